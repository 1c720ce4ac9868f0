//! What citizens and partners send.

use std::sync::LazyLock;

use balagh_shared::canonical::fingerprint;
use balagh_shared::district::Pack;
use balagh_shared::municipality::{Municipality, PublicMunicipality, compile_boundaries};
use balagh_shared::open311::{NewRequest, report_of};
use balagh_shared::problem::{LANGUAGES, Problem};
use balagh_shared::report::{Report, ReporterType};
use balagh_shared::rules;
use balagh_shared::text as texts;

use super::text as lossy;

/// The demonstration's municipality, its potholes with questions of every datatype.
pub(crate) struct Town {
    /// Its document.
    pub(crate) document: Municipality,
    /// What the public reads of it.
    pub(crate) public: PublicMunicipality,
    /// Its boundaries.
    pub(crate) pack: Pack,
    /// The boundaries' bytes.
    pub(crate) packed: Vec<u8>,
}

pub(crate) static TOWN: LazyLock<Town> = LazyLock::new(|| {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../www/municipalities/eastern-province"
    );
    let read = |path: &str| std::fs::read_to_string(format!("{folder}/{path}"));
    let mut document: Municipality =
        serde_json::from_str(&read("municipality.json").unwrap()).unwrap();
    let mut categories = document
        .groups
        .iter_mut()
        .flat_map(|group| &mut group.categories);
    let pothole = categories
        .find(|category| category.code == "roads.pothole")
        .unwrap();
    pothole.questions = serde_json::from_str(QUESTIONS).unwrap();
    let compiled = compile_boundaries(&document, read).unwrap();
    let pack = Pack::open(&compiled.pack).unwrap();
    let public = PublicMunicipality::of(&document, &pack);
    Town {
        document,
        public,
        pack,
        packed: compiled.pack,
    }
});

const QUESTIONS: &str = r#"[
    {"code": "width", "names": {"ar": "-", "en": "-"}, "datatype": "singlevaluelist", "values": [
        {"code": "hand", "names": {"ar": "-", "en": "-"}},
        {"code": "wider", "names": {"ar": "-", "en": "-"}}]},
    {"code": "metres", "names": {"ar": "-", "en": "-"}, "datatype": "number", "required": true,
        "when": {"question": "width", "is": "wider"}},
    {"code": "since", "names": {"ar": "-", "en": "-"}, "datatype": "datetime"},
    {"code": "harm", "names": {"ar": "-", "en": "-"}, "datatype": "multivaluelist", "values": [
        {"code": "car", "names": {"ar": "-", "en": "-"}},
        {"code": "person", "names": {"ar": "-", "en": "-"}}]},
    {"code": "plate", "names": {"ar": "-", "en": "-"}, "datatype": "string",
        "when": {"question": "harm", "is": "car"}},
    {"code": "story", "names": {"ar": "-", "en": "-"}, "datatype": "text"}
]"#;

/// A report's body: read, written and read again it is the same report, and the rules have an answer
/// that can be told.
pub(crate) fn report(bytes: &[u8]) {
    let Ok(report) = serde_json::from_slice::<Report>(bytes) else {
        return;
    };
    let written = serde_json::to_vec(&report).unwrap();
    let again: Report = serde_json::from_slice(&written).unwrap();
    assert_eq!(report, again, "a report changes on the wire");
    assert_eq!(fingerprint(&report).unwrap(), fingerprint(&again).unwrap());
    judged(&report);
}

/// An Open311 form, to a report and its judgement.
pub(crate) fn open311(bytes: &[u8]) {
    if let Ok(request) = NewRequest::from_form(bytes) {
        judged(&report_of(&request, &TOWN.pack, "en", ReporterType::Person));
    }
}

/// What must hold of a judgement, whatever was sent.
fn judged(report: &Report) {
    let town = &*TOWN;
    let judgement = rules::judge(&town.public, &town.pack, report);
    assert_eq!(judgement, rules::judge(&town.public, &town.pack, report));
    match judgement {
        Ok(accepted) => {
            assert_eq!(accepted.description.as_str(), report.description.trim());
            assert_eq!(
                texts::fold(&accepted.description.folded()),
                accepted.description.folded()
            );
            for id in accepted.district.iter().chain(&accepted.candidates) {
                assert!(
                    town.public.district(id).is_some(),
                    "a district that there is not"
                );
            }
            assert!(accepted.marks.iter().all(|mark| mark.status() == 200));
            assert!(accepted.answers.len() <= accepted.category.questions.len());
            let said = format!("{accepted:?}");
            for secret in [
                accepted
                    .reporter
                    .phone
                    .as_ref()
                    .map(rules::PhoneNumber::as_str),
                accepted
                    .reporter
                    .email
                    .as_ref()
                    .map(rules::EmailAddress::as_str),
            ] {
                assert!(
                    secret.is_none_or(|it| !said.contains(it)),
                    "a contact in a log"
                );
            }
        }
        Err(found) => {
            assert!(!found.is_empty(), "refused without a reason");
            assert!(found.len() <= 64, "{} sentences for one body", found.len());
            for violation in &found {
                let code = violation.code;
                assert!((400..500).contains(&code.status()), "{code:?} refuses");
                assert!(violation.field.is_empty() || violation.field.starts_with('/'));
                let known = |name: &String| code.params().contains(&name.as_str());
                assert!(
                    violation.params.keys().all(known),
                    "{code:?} has no such figure"
                );
            }
            for language in LANGUAGES {
                for said in Problem::of(&found, language).violations {
                    assert!(!said.detail.is_empty() && !said.detail.contains('{'));
                }
            }
        }
    }
}

/// A phone number and an e-mail address: what is read reads as itself.
pub(crate) fn contact(bytes: &[u8]) {
    let typed = lossy(bytes);
    let policy = &TOWN.public.contact;
    if let Some(number) = rules::phone(&typed, policy) {
        let digits = number.as_str().strip_prefix('+').unwrap();
        assert!((8..=15).contains(&digits.len()));
        assert!(digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0'));
        assert_eq!(
            rules::phone(number.as_str(), policy).as_ref(),
            Some(&number)
        );
    }
    if let Some(address) = rules::email(&typed) {
        assert!(address.as_str().len() <= 254);
        assert!(!address.as_str().contains(char::is_whitespace));
        assert_eq!(rules::email(address.as_str()).as_ref(), Some(&address));
    }
}

/// Free text and plain decimals.
pub(crate) fn text(bytes: &[u8]) {
    let typed = lossy(bytes);
    let folded = texts::fold(&typed);
    assert_eq!(texts::fold(&folded), folded, "folding is not idempotent");
    assert!(
        folded.chars().count() <= 3 * typed.chars().count() && 3 * folded.len() <= 4 * typed.len(),
        "folding grows over its bound"
    );
    assert!(texts::length(&typed) as usize <= typed.chars().count());
    if let Some(number) = texts::decimal(&typed) {
        assert!(number.is_finite() && number.abs() < 1e15);
        assert_eq!(
            texts::decimal(&texts::with_ascii_digits(&typed)),
            Some(number)
        );
    }
}
