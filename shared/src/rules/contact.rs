//! How to reach the reporter.

use std::fmt;

use super::line;
use crate::municipality::{ContactPolicy, ContactRule, PublicCategory, PublicMunicipality};
use crate::reason::{Reason, Violation};
use crate::report::Report;
use crate::text::digit;

/// A phone number in the shape of E.164: `+`, then 8 to 15 digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// The number as it is dialled.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Personal data never reaches a log through `{:?}`.
impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber(…)")
    }
}

/// Reads a number as people write it: digits of any script, spaces, dots, hyphens and brackets
/// anywhere, `+` or `00` before a calling code, or a local number with its trunk digit.
///
/// Nothing when it is incomplete or not a number.
///
/// ```
/// use balagh_shared::municipality::{ContactPolicy, ContactRule};
/// use balagh_shared::rules::phone;
/// let policy = ContactPolicy {
///     phone: ContactRule::Optional, calling_code: "966".into(), trunk: "0".into(), digits: 9,
/// };
/// assert_eq!(phone("٠٥٠ ١٢٣ ٤٥٦٧", &policy).unwrap().as_str(), "+966501234567");
/// assert!(phone("05 512 345", &policy).is_none());
/// ```
#[must_use]
pub fn phone(typed: &str, policy: &ContactPolicy) -> Option<PhoneNumber> {
    let mut digits = String::new();
    let mut international = false;
    for character in typed.trim().chars() {
        match character {
            '+' | '＋' if digits.is_empty() && !international => international = true,
            ' ' | '-' | '.' | '(' | ')' | '/' | '\u{00A0}' | '\u{202F}' => {}
            // Isolates and marks that come along when a number is copied from a page.
            '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {}
            other => digits.push(digit(other)?),
        }
    }
    if !international && let Some(rest) = digits.strip_prefix("00") {
        digits = rest.to_owned();
        international = true;
    }
    let local = usize::from(policy.digits);
    let number = if international {
        digits
    } else if let Some(rest) = digits
        .strip_prefix(&policy.trunk)
        .filter(|r| r.len() == local)
    {
        format!("{}{rest}", policy.calling_code)
    } else if digits.len() == local {
        format!("{}{digits}", policy.calling_code)
    } else if digits
        .strip_prefix(&policy.calling_code)
        .is_some_and(|r| r.len() == local)
    {
        digits
    } else {
        return None;
    };
    let own = number.strip_prefix(&policy.calling_code);
    if own.is_some_and(|rest| rest.len() != local) {
        return None;
    }
    ((8..=15).contains(&number.len()) && !number.starts_with('0'))
        .then(|| PhoneNumber(format!("+{number}")))
}

/// Checks the contact alone, so that the widget can tell as soon as the field is left. The number,
/// where there is a good one.
pub fn judge(
    municipality: &PublicMunicipality,
    category: Option<&PublicCategory>,
    report: &Report,
    found: &mut Vec<Violation>,
) -> Option<PhoneNumber> {
    let policy = &municipality.contact;
    let contact = report.contact.as_ref();
    let typed = contact.and_then(|contact| contact.phone.as_deref());
    let email = contact.and_then(|contact| contact.email.as_deref());
    let number = typed.and_then(|typed| phone(typed, policy));
    if typed.is_some() && number.is_none() {
        found.push(Violation::new(Reason::ContactPhone, "/contact/phone"));
    }
    if email.is_some_and(|email| !is_email(email)) {
        found.push(Violation::new(Reason::ContactEmail, "/contact/email"));
    }
    if let Some(name) = contact.and_then(|contact| contact.name.as_deref()) {
        line(name, "/contact/name", found);
    }
    let needed = policy.phone == ContactRule::Required
        && !category.is_some_and(|category| category.anonymous);
    if needed && typed.is_none() && email.is_none() {
        found.push(Violation::new(Reason::ContactMissing, "/contact"));
    }
    number
}

/// Whether it has the shape of an address; whether it exists only a message can tell.
fn is_email(typed: &str) -> bool {
    let shape = |(name, domain): (&str, &str)| {
        !name.is_empty()
            && domain.contains('.')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
    };
    typed.len() <= 254
        && !typed.contains(|c: char| c.is_whitespace() || c.is_control())
        && typed.rsplit_once('@').is_some_and(shape)
}
