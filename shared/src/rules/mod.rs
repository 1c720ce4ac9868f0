//! Whether a report can be accepted, and what must be mended if not.
//!
//! The same function runs in the widget before it sends, at the edge before it accepts and at the
//! origin's own door; all three give it the same [`PublicMunicipality`] and boundary pack.

mod answers;
mod contact;
mod place;

use crate::district::Pack;
use crate::municipality::{PublicCategory, PublicMunicipality};
use crate::reason::{Reason, Violation};
use crate::report::Report;
use crate::text;

pub use answers::{asked, judge as answers};
pub use contact::{PhoneNumber, judge as contact, phone};

/// A report that breaks no rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted<'a> {
    /// What it is about.
    pub category: &'a PublicCategory,
    /// The sub-municipality it goes to.
    pub district: Option<String>,
    /// Those it lies between, when the citizen does not know.
    pub candidates: Vec<String>,
    /// The reporter's number in E.164, if given.
    pub phone: Option<PhoneNumber>,
    /// What a person at the municipality should know; never a refusal.
    pub marks: Vec<Reason>,
}

/// Most characters of a landmark, an asset number, an answer or a name: a line or two.
pub const LINE: u32 = 300;

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
    if !municipality.languages.contains(&report.lang) {
        found.push(Violation::new(Reason::LanguageUnknown, "/lang"));
    }
    let placed = place::judge(municipality, pack, category, report, &mut found);
    description(municipality, report, &mut found);
    if let Some(category) = category {
        answers::judge(category, report, &mut found);
    }
    photos(municipality, report, &mut found);
    let phone = contact::judge(municipality, category, report, &mut found);
    if !report.declared {
        found.push(Violation::new(Reason::DeclarationMissing, "/declared"));
    }
    provenance(report, &mut found);
    match category {
        Some(category) if found.is_empty() => Ok(Accepted {
            category,
            district: placed.district,
            candidates: placed.candidates,
            phone,
            marks: placed.marks,
        }),
        _ => Err(found),
    }
}

/// Checks the description alone, so that the widget can tell as soon as the field is left.
pub fn description(municipality: &PublicMunicipality, report: &Report, found: &mut Vec<Violation>) {
    let field = "/description";
    let typed = report.description.trim();
    let length = text::length(typed);
    let limits = &municipality.text;
    if typed.is_empty() {
        found.push(Violation::new(Reason::TextMissing, field));
    } else if length < limits.min {
        found.push(Violation::new(Reason::TextTooShort, field).with("min", limits.min));
    } else if length > limits.max {
        found.push(Violation::new(Reason::TextTooLong, field).with("max", limits.max));
    }
    if text::has_control(typed) {
        found.push(Violation::new(Reason::TextControl, field));
    }
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
    if !(1..=32).contains(&channel.len()) || !channel.bytes().all(plain) {
        found.push(Violation::new(Reason::ChannelInvalid, "/channel"));
    }
    if let Some(reference) = &report.partner_reference {
        line(reference, "/partner_reference", found);
    }
    if report.pack.as_ref().is_some_and(|pack| !is_sha256(pack)) {
        found.push(Violation::new(Reason::RequestMalformed, "/pack"));
    }
}

/// Checks a line of free text that is not the description.
fn line(typed: &str, field: &str, found: &mut Vec<Violation>) {
    if text::length(typed) > LINE {
        found.push(Violation::new(Reason::TextTooLong, field).with("max", LINE));
    }
    if text::has_control(typed) {
        found.push(Violation::new(Reason::TextControl, field));
    }
}
