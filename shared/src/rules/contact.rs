//! How to reach the reporter.

use super::asks;
use super::email::{EmailAddress, email};
use super::limits::LINE;
use super::phone::{PhoneNumber, phone};
use super::written::{Written, is_blank, words};
use crate::municipality::{Ask, ContactRule, PublicCategory, PublicMunicipality};
use crate::reason::{Reason, Violation};
use crate::report::Report;

/// Who reports, as far as they said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reporter {
    /// Their number in E.164.
    pub phone: Option<PhoneNumber>,
    /// Their e-mail address.
    pub email: Option<EmailAddress>,
    /// Their name.
    pub name: Option<Written>,
}

/// Reads the contact alone, so that the widget can tell as soon as the field is left. Blank fields
/// are absent ones.
pub fn judge(
    municipality: &PublicMunicipality,
    category: Option<&PublicCategory>,
    report: &Report,
    found: &mut Vec<Violation>,
) -> Reporter {
    let policy = &municipality.contact;
    let contact = report.contact.as_ref();
    let is_said = |typed: &&str| !is_blank(typed);
    let typed_phone = contact
        .and_then(|contact| contact.phone.as_deref())
        .filter(is_said);
    let typed_email = contact
        .and_then(|contact| contact.email.as_deref())
        .filter(is_said);
    let mut reporter = Reporter::default();
    if let Some(typed) = typed_phone {
        reporter.phone = phone(typed, policy);
        if reporter.phone.is_none() {
            found.push(Violation::new(Reason::ContactPhone, "/contact/phone"));
        }
    }
    if let Some(typed) = typed_email {
        reporter.email = email(typed);
        if reporter.email.is_none() {
            found.push(Violation::new(Reason::ContactEmail, "/contact/email"));
        }
    }
    if let Some(name) = contact.and_then(|contact| contact.name.as_deref()) {
        reporter.name = words(name, LINE, "/contact/name", found);
    }
    let needed = (policy.phone == ContactRule::Required
        || asks(municipality, category).contact == Ask::Required)
        && !category.is_some_and(|category| category.anonymous);
    if needed && typed_phone.is_none() && typed_email.is_none() {
        found.push(Violation::new(Reason::ContactMissing, "/contact"));
    }
    reporter
}
