//! Is the reporter known, as far as the municipality asks?
//!
//! Two things can say so: a contact that a one-time code has confirmed, and the signed identity of
//! the page around the form. Neither is asked for where the municipality offers to report without a
//! name, nor in a category that may be reported so; and of whoever gives no contact there, nothing
//! that came along is looked at or kept.

use balagh_shared::contact::{Channel, Confirmed, Reached};
use balagh_shared::delivery::Confirmation;
use balagh_shared::keyring::Keyring;
use balagh_shared::municipality::{IdentityMethod, PublicCategory, PublicMunicipality};
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::report::{Contact, Report};
use balagh_shared::rules;
use balagh_shared::seal::blind_index;
use balagh_shared::time::Timestamp;

use super::{Caller, Effect, Posted, Reads};
use crate::jwt::Outside;

/// What judges who reports.
#[derive(Debug, Clone, Copy)]
pub enum Identity<'a> {
    /// The upstream: an edge function holds no key of contacts, and verifies no outside signature.
    Upstream,
    /// This edge.
    Here {
        /// Signs the tokens of contacts.
        contacts: &'a Keyring,
        /// Who the page around the form says that reports, its signature verified; nothing where it
        /// says nothing.
        outside: Option<&'a Result<Outside, Reason>>,
    },
}

/// Who reports, as far as it was shown.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// What goes to the origin.
    pub(super) confirmation: Option<Confirmation>,
    /// The outside identity is used up.
    pub(super) spends: Option<Effect>,
}

impl Identity<'_> {
    /// What the ledger is to be asked for: whether this identity was used.
    pub(super) fn nonce(&self) -> Option<[u8; 16]> {
        match self {
            Identity::Here {
                outside: Some(Ok(outside)),
                ..
            } => Some(outside.nonce),
            _ => None,
        }
    }
}

pub(super) fn judge(
    posted: &Posted<'_>,
    caller: &Caller,
    report: &Report,
    reads: &Reads,
    now: Timestamp,
) -> Result<Known, Violation> {
    let Identity::Here { contacts, outside } = posted.identity else {
        return Ok(Known::default());
    };
    // An unknown category is the rules' to refuse; a partner answers for its own people.
    let category = posted.served.public().category(&report.category);
    let (Some(category), Caller::Form { .. }) = (category, caller) else {
        return Ok(Known::default());
    };
    let methods = &posted.served.document().identity.methods;
    let offers = |method| methods.contains(&method);
    let is_asked = !offers(IdentityMethod::Anonymous) && !category.anonymous;
    if !is_asked && report.contact.is_none() {
        return Ok(Known::default());
    }
    let outside = match outside.filter(|_| offers(IdentityMethod::Token)) {
        Some(Ok(_)) if reads.identity_spent => return refuse(Reason::IdentityExpired),
        Some(Ok(outside)) => Some(outside),
        Some(Err(reason)) => return refuse(*reason),
        None => None,
    };
    let by_code = confirmed(posted, contacts, report, now);
    let is_known = outside.is_some() || by_code.is_some();
    if is_asked && !is_known && is_readable(posted, category, report) {
        let by_code = offers(IdentityMethod::PhoneCode) || offers(IdentityMethod::EmailCode);
        return if by_code {
            Err(Violation::new(Reason::ContactUnverified, "/contact"))
        } else {
            refuse(Reason::IdentityExpired)
        };
    }
    Ok(Known {
        confirmation: is_known.then(|| Confirmation {
            contact: by_code,
            identity: outside.map(|outside| {
                let who = format!("{}\n{}", outside.issuer, outside.subject);
                blind_index(contacts, "identity", &who).as_str().to_owned()
            }),
        }),
        spends: outside.map(|outside| Effect::SpendNonce {
            nonce: outside.nonce,
            expires_at: outside.forget_at,
        }),
    })
}

fn refuse(reason: Reason) -> Result<Known, Violation> {
    Err(Violation::new(reason, ""))
}

/// By what the report's own contact was confirmed. A token of another contact, municipality or month
/// is as good as none.
fn confirmed(
    posted: &Posted<'_>,
    contacts: &Keyring,
    report: &Report,
    now: Timestamp,
) -> Option<Channel> {
    let token = posted.request.headers.get(CONTACT_HEADER)?;
    let id = posted.served.id();
    let confirmed = Confirmed::verify(contacts, token, id, now.seconds()).ok()?;
    let contact = report.contact.as_ref()?;
    let reached = reached(posted.served.public(), contact, confirmed.channel)?;
    confirmed
        .is_of(contacts, &reached)
        .then_some(confirmed.channel)
}

/// The header of a contact's token, in lower case.
pub const CONTACT_HEADER: &str = "balagh-contact";

/// A report's contact in the one way that is confirmed.
#[must_use]
pub fn reached(
    municipality: &PublicMunicipality,
    contact: &Contact,
    channel: Channel,
) -> Option<Reached> {
    match channel {
        Channel::Phone => {
            let typed = contact.phone.as_deref()?;
            rules::phone(typed, &municipality.contact).map(|phone| Reached::by_phone(&phone))
        }
        Channel::Email => {
            let typed = contact.email.as_deref()?;
            rules::email(typed).map(|address| Reached::by_email(&address))
        }
    }
}

/// Whether the contact has no fault that the rules will tell: whoever mistyped a number is told so,
/// not asked to confirm it.
fn is_readable(posted: &Posted<'_>, category: &PublicCategory, report: &Report) -> bool {
    let mut found = Vec::new();
    rules::contact(posted.served.public(), Some(category), report, &mut found);
    !found
        .iter()
        .any(|it| matches!(it.code, Reason::ContactPhone | Reason::ContactEmail))
}
