//! Whether a report can be accepted, and what must be mended if not.
//!
//! The same function runs in the widget before it sends, at the edge before it accepts and at the
//! origin's own door; all three give it the same [`PublicMunicipality`] and boundary pack.

mod answers;
mod contact;
mod email;
pub mod limits;
mod phone;
mod place;
mod written;

use crate::district::Pack;
use crate::municipality::{Ask, Asks, Kind, PublicCategory, PublicMunicipality};
use crate::reason::{Reason, Violation};
use crate::report::{Point, Report};
use crate::text;
use limits::{CHANNEL, LINE};
use written::{is_blank, words};

pub use answers::{Answered, Given, asked, counted, judge as answers};
pub use contact::{Reporter, judge as contact};
pub use email::{EmailAddress, email};
pub use phone::{PhoneNumber, phone};
pub use written::{Written, note};

/// A report that breaks no rule, read once: what comes after works with this, and reads nothing
/// again.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted<'a> {
    /// What it is about.
    pub category: &'a PublicCategory,
    /// The language of the form it was written in, one of those offered.
    pub language: &'a str,
    /// The citizen's own words.
    pub description: Written,
    /// The point, on Earth; its accuracy is finite and not negative.
    pub at: Option<Point>,
    /// The sub-municipality it goes to.
    pub district: Option<String>,
    /// Those it lies between, when the citizen does not know.
    pub candidates: Vec<String>,
    /// The place in words.
    pub landmark: Option<Written>,
    /// The number on a lamp post, container or sign.
    pub asset: Option<Written>,
    /// Answers to the category's questions, in their order.
    pub answers: Vec<Answered<'a>>,
    /// Who reports, as far as they said.
    pub reporter: Reporter,
    /// What a person at the municipality should know; never a refusal.
    pub marks: Vec<Reason>,
}

/// Judges `report` by the rules of `municipality` and the boundaries of `pack`.
///
/// # Errors
/// Everything there is to mend at once, in the order of the form.
pub fn judge<'a>(
    municipality: &'a PublicMunicipality,
    pack: &Pack,
    report: &Report,
) -> Result<Accepted<'a>, Vec<Violation>> {
    let mut found = Vec::new();
    let category = municipality.category(&report.category);
    if category.is_none() {
        found.push(Violation::new(Reason::CategoryUnknown, "/category"));
    }
    let language = municipality
        .languages
        .iter()
        .find(|offered| **offered == report.lang);
    if language.is_none() {
        found.push(Violation::new(Reason::LanguageUnknown, "/lang"));
    }
    let placed = place::judge(municipality, pack, category, report, &mut found);
    let description = description(municipality, category, report, &mut found);
    let answers = category.map(|category| answers::judge(category, report, &mut found));
    photos(municipality, report, &mut found);
    let reporter = contact::judge(municipality, category, report, &mut found);
    if !report.declared {
        found.push(Violation::new(Reason::DeclarationMissing, "/declared"));
    }
    provenance(report, &mut found);
    match (category, language, description) {
        (Some(category), Some(language), Some(description)) if found.is_empty() => Ok(Accepted {
            category,
            language,
            description,
            at: placed.at,
            district: placed.district,
            candidates: placed.candidates,
            landmark: placed.landmark,
            asset: placed.asset,
            answers: answers.unwrap_or_default(),
            reporter,
            marks: placed.marks,
        }),
        _ => Err(found),
    }
}

/// Reads the description alone, so that the widget can tell as soon as the field is left.
pub fn description(
    municipality: &PublicMunicipality,
    category: Option<&PublicCategory>,
    report: &Report,
    found: &mut Vec<Violation>,
) -> Option<Written> {
    let field = "/description";
    let (typed, policy) = (report.description.trim(), &municipality.text);
    if is_blank(typed) {
        if asks(municipality, category).description == Ask::Required {
            found.push(Violation::new(Reason::TextMissing, field));
            return None;
        }
        return Some(Written::default());
    }
    let description = words(typed, policy.max, field, found)?;
    if text::length_to(typed, policy.min) < policy.min {
        found.push(Violation::new(Reason::TextTooShort, field).with("min", policy.min));
        return None;
    }
    Some(description)
}

/// What the kind of this category asks for; what a report does, where the category is not known.
fn asks(municipality: &PublicMunicipality, category: Option<&PublicCategory>) -> Asks {
    municipality.asks(category.map_or(Kind::Report, |category| category.kind))
}

fn photos(municipality: &PublicMunicipality, report: &Report, found: &mut Vec<Violation>) {
    let most = municipality.photos.count;
    if report.photos.len() > usize::from(most) {
        found.push(Violation::new(Reason::PhotoCount, "/photos").with("max", most));
    }
    // What is over the number is refused already: naming each would answer a short body with a
    // thousand sentences.
    for (index, hash) in report.photos.iter().take(most.into()).enumerate() {
        if !is_sha256(hash)
            || report
                .photos
                .iter()
                .take(index)
                .any(|earlier| earlier == hash)
        {
            found.push(Violation::new(
                Reason::PhotoHash,
                format!("/photos/{index}"),
            ));
        }
    }
}

/// Whether `hash` is a SHA-256 in lower-case hexadecimal.
#[must_use]
pub fn is_sha256(hash: &str) -> bool {
    hash.len() == 64 && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn provenance(report: &Report, found: &mut Vec<Violation>) {
    let channel = &report.channel;
    let plain = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_');
    if !(1..=CHANNEL).contains(&channel.len()) || !channel.bytes().all(plain) {
        found.push(Violation::new(Reason::ChannelInvalid, "/channel"));
    }
    if let Some(reference) = &report.partner_reference {
        words(reference, LINE, "/partner_reference", found);
    }
    if report.pack.as_ref().is_some_and(|pack| !is_sha256(pack)) {
        found.push(Violation::new(Reason::RequestMalformed, "/pack"));
    }
}
