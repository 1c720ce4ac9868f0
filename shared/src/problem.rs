//! Refusals on the wire: RFC 9457 problem details with our violations.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::proof::Challenge;
use crate::reason::{Reason, Violation, fill};

/// The media type of [`Problem`].
pub const MEDIA_TYPE: &str = "application/problem+json";

/// A refusal as a client reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Problem {
    /// Where the reason is explained: a relative reference into the edge's own documentation.
    #[serde(rename = "type")]
    pub kind: String,
    /// The reason's sentence, in the language asked for.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// The reason's code.
    pub code: Reason,
    /// What to mend, each with its own sentence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub violations: Vec<ProblemViolation>,
    /// The work that is asked for, in a 428.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<Challenge>,
}

/// A violation with its sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProblemViolation {
    /// The violation.
    #[serde(flatten)]
    pub violation: Violation,
    /// Its sentence, in the language asked for.
    pub detail: String,
}

impl Problem {
    /// A refusal for `violations`, the first of which decides the status.
    ///
    /// `language` as [`negotiate`] gives it.
    #[must_use]
    pub fn of(violations: &[Violation], language: &str) -> Problem {
        let told = violations.iter().map(|violation| ProblemViolation {
            detail: sentence(violation, language),
            violation: violation.clone(),
        });
        let violations: Vec<ProblemViolation> = told.collect();
        let first = violations.first();
        let code = first.map_or(Reason::Internal, |told| told.violation.code);
        Problem {
            kind: code.documentation(),
            title: first.map_or_else(String::new, |told| told.detail.clone()),
            status: code.status(),
            code,
            violations,
            challenge: None,
        }
    }
}

/// What [`Problem::of`] says, as JSON, with the work that is asked for in a 428: a refusal is answered far
/// more often than it is read here, and is written without being put together before.
#[must_use]
pub fn json(violations: &[Violation], language: &str, challenge: Option<&Challenge>) -> Vec<u8> {
    let code = violations.first().map_or(Reason::Internal, |it| it.code);
    let sentence_of = |violation| quoted(&told(violation, language));
    let title = violations.first().map_or_else(|| quoted(""), sentence_of);
    let mut json = Vec::with_capacity(JSON_BYTES);
    // Codes are letters, dots and underscores, which JSON leaves as they are.
    let code_text = code.code().as_bytes();
    json.extend_from_slice(b"{\"type\":\"/reasons#");
    json.extend_from_slice(code_text);
    json.extend_from_slice(b"\",\"title\":");
    json.extend_from_slice(&title);
    json.extend_from_slice(b",\"status\":");
    add(&mut json, &code.status());
    json.extend_from_slice(b",\"code\":\"");
    json.extend_from_slice(code_text);
    json.push(b'"');
    for (index, violation) in violations.iter().enumerate() {
        let before: &[u8] = if index == 0 {
            b",\"violations\":["
        } else {
            b","
        };
        json.extend_from_slice(before);
        json.extend_from_slice(b"{\"code\":\"");
        json.extend_from_slice(violation.code.code().as_bytes());
        json.extend_from_slice(b"\",\"field\":");
        add(&mut json, &violation.field);
        if !violation.params.is_empty() {
            json.extend_from_slice(b",\"params\":");
            add(&mut json, &violation.params);
        }
        json.extend_from_slice(b",\"detail\":");
        match index {
            0 => json.extend_from_slice(&title),
            _ => json.extend_from_slice(&sentence_of(violation)),
        }
        json.push(b'}');
    }
    if !violations.is_empty() {
        json.push(b']');
    }
    if let Some(challenge) = challenge {
        json.extend_from_slice(b",\"challenge\":");
        add(&mut json, challenge);
    }
    json.push(b'}');
    json
}

/// Room for a refusal of one reason.
const JSON_BYTES: usize = 768;

/// Writes text, whole numbers or an object of such, which to memory cannot fail.
fn add(json: &mut Vec<u8>, value: &impl Serialize) {
    let _ = serde_json::to_writer(json, value);
}

fn quoted(text: &str) -> Vec<u8> {
    let mut json = Vec::with_capacity(text.len() + 2);
    add(&mut json, &text);
    json
}

/// The sentence for a violation in `language`, else in English.
#[must_use]
pub fn sentence(violation: &Violation, language: &str) -> String {
    told(violation, language).into_owned()
}

/// As [`sentence`]; one without figures is lent.
fn told(violation: &Violation, language: &str) -> Cow<'static, str> {
    let all = LazyLock::force(&SENTENCES);
    let in_language = |language: &str| {
        let at = LANGUAGES.iter().position(|known| *known == language)?;
        let sentence = all.get(at)?.get(violation.code.place())?;
        (!sentence.is_empty()).then_some(sentence.as_str())
    };
    let sentence = in_language(language).or_else(|| in_language("en"));
    let sentence = sentence.unwrap_or_default();
    if violation.params.is_empty() {
        Cow::Borrowed(sentence)
    } else {
        let figure = |name: &str| violation.params.get(name).map(String::as_str);
        Cow::Owned(fill(sentence, &figure))
    }
}

/// Languages that refusals are written in.
pub const LANGUAGES: [&str; 6] = ["ar", "en", "hi", "id", "ms", "ur"];

/// The file of sentences of each language. A test finds one that is missing here.
const FILES: [(&str, &str); LANGUAGES.len()] = [
    ("ar", include_str!("../locales/ar.json")),
    ("en", include_str!("../locales/en.json")),
    ("hi", include_str!("../locales/hi.json")),
    ("id", include_str!("../locales/id.json")),
    ("ms", include_str!("../locales/ms.json")),
    ("ur", include_str!("../locales/ur.json")),
];

/// The language of ours that an `Accept-Language` header prefers; English where it names none.
///
/// ```
/// use balagh_shared::problem::negotiate;
/// assert_eq!(negotiate(Some("fr, ar-SA;q=0.8, en;q=0.5")), "ar");
/// assert_eq!(negotiate(None), "en");
/// ```
#[must_use]
pub fn negotiate(accept_language: Option<&str>) -> &'static str {
    let mut best = ("en", 0);
    for range in accept_language.unwrap_or_default().split(',').take(16) {
        let mut parts = range.split(';');
        let tag = parts.next().unwrap_or_default().trim();
        let primary = tag.split_once('-').map_or(tag, |(primary, _)| primary);
        let quality = parts
            .find_map(|part| part.trim().strip_prefix("q="))
            .map_or(1000, thousandths);
        for language in LANGUAGES {
            if primary.eq_ignore_ascii_case(language) && quality > best.1 {
                best = (language, quality);
            }
        }
    }
    best.0
}

/// A quality as RFC 9110 writes it: `0` to `1` with up to three decimals; 0 for anything else. Digit by
/// digit: what reads any number brings tables of 10 KB to the edge function.
fn thousandths(quality: &str) -> u32 {
    let (whole, decimals) = quality.split_once('.').unwrap_or((quality, ""));
    if !matches!(whole, "0" | "1") || decimals.len() > 3 {
        return 0;
    }
    let digit = |at: usize| match decimals.as_bytes().get(at) {
        None => Some(0),
        Some(byte) => char::from(*byte).to_digit(10),
    };
    match (digit(0), digit(1), digit(2)) {
        (Some(tenths), Some(hundredths), Some(rest)) => {
            let sum = 100 * tenths + 10 * hundredths + rest;
            if whole == "1" { 1000 } else { sum }
        }
        _ => 0,
    }
}

/// The sentences of each language, in the order of [`LANGUAGES`] and of [`Reason::ALL`].
static SENTENCES: LazyLock<[Vec<String>; LANGUAGES.len()]> = LazyLock::new(|| {
    // The files are compiled in and a test reads each of them; an unreadable one leaves codes
    // without sentences, never a refusal without a code.
    FILES.map(|(_, text)| {
        let mut by_code: BTreeMap<String, String> = serde_json::from_str(text).unwrap_or_default();
        let sentences = Reason::ALL
            .iter()
            .map(|reason| by_code.remove(reason.code()));
        sentences.map(Option::unwrap_or_default).collect()
    })
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_with_the_highest_quality_is_spoken() {
        let check = |header: &str, language| assert_eq!(negotiate(Some(header)), language);
        check("ar;q=0.25, ur;q=0.251", "ur");
        check("ar;q=0.9, ur;q=1", "ur");
        check("hi;q=0.5, ms;q=0.50", "hi");
        // What is no quality is none.
        for nothing in [
            "q=0", "q=0.000", "q=", "q=2", "q=1e3", "q=-1", "q=0.1234", "q=0.x", "q=.5",
        ] {
            check(&format!("ar;{nothing}"), "en");
            check(&format!("ar;{nothing}, id;q=0.001"), "id");
        }
    }

    #[test]
    fn a_refusal_says_what_to_mend_in_the_language_asked_for() {
        let violations = [Violation::new(Reason::TextTooLong, "/description").with("max", 4000)];
        let english = serde_json::to_value(Problem::of(&violations, "en")).unwrap();
        assert_eq!(
            english,
            serde_json::json!({
                "type": "/reasons#text.too_long",
                "title": "The text is longer than 4000 characters. Shorten it.",
                "status": 422,
                "code": "text.too_long",
                "violations": [{
                    "code": "text.too_long",
                    "field": "/description",
                    "params": {"max": "4000"},
                    "detail": "The text is longer than 4000 characters. Shorten it.",
                }],
            })
        );
        assert_eq!(
            Problem::of(&violations, "ar").title,
            "النص أطول من 4000 حرف. اختصره."
        );
    }

    #[test]
    fn a_refusal_is_written_as_it_is_read() {
        let one = Violation::new(Reason::RequestType, "");
        let other = Violation::new(Reason::AnswerInvalid, "/answers/a\"b");
        let figures = Violation::new(Reason::TextTooLong, "/description").with("max", "\"4000");
        let random = [7; 36];
        let keys = crate::keyring::for_tests();
        let challenge = Challenge::new(&keys, "eastern-province", 1000, &random, 1_795_243_260);
        for violations in [
            vec![],
            vec![one.clone()],
            vec![figures.clone(), other.clone(), one.clone()],
        ] {
            for (language, challenge) in LANGUAGES.iter().zip([None, Some(&challenge)]) {
                let problem = Problem {
                    challenge: challenge.cloned(),
                    ..Problem::of(&violations, language)
                };
                let expected = serde_json::to_string(&problem).unwrap();
                let written = json(&violations, language, challenge);
                assert_eq!(String::from_utf8(written).unwrap(), expected);
            }
        }
    }

    #[test]
    fn every_language_has_its_file() {
        assert_eq!(FILES.map(|(language, _)| language), LANGUAGES);
        for language in LANGUAGES {
            for reason in Reason::ALL {
                let violation = Violation::new(*reason, "");
                assert_ne!(sentence(&violation, language), "", "{language}: {reason:?}");
            }
        }
    }

    #[test]
    fn the_language_with_the_highest_quality_wins() {
        #[track_caller]
        fn check(header: &str, expected: &str) {
            assert_eq!(negotiate(Some(header)), expected, "{header}");
        }
        check("ar", "ar");
        check("AR-sa", "ar");
        check("en;q=0.9, ar", "ar");
        check("ar;q=0, en", "en");
        check("ar;q=nonsense", "en");
        check("", "en");
    }
}
