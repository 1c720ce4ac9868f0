//! By what reports are one person's: keyed fingerprints of what was shown of who reports.
//!
//! A contact that was only typed joins nothing: anybody can type anybody's number. What joins is a
//! contact that a one-time code confirmed, one that whoever took the call made sure of, and who the
//! page around the form had signed in. The municipality is part of what is hashed, so that two of them
//! on one origin have nothing to compare.

use balagh_shared::contact::Channel;
use balagh_shared::delivery::Confirmation;
use balagh_shared::keyring::Keyring;
use balagh_shared::municipality::Municipality;
use balagh_shared::report::Contact;
use balagh_shared::rules;
use balagh_shared::seal::{BlindIndex, blind_index, blind_indexes};

/// A contact that somebody is looked up by, in the one way it is written.
#[derive(Clone, PartialEq, Eq)]
pub struct Sought {
    kind: &'static str,
    value: String,
}

impl Sought {
    /// Reads a phone number or an e-mail address as people write them; nothing where it is neither.
    #[must_use]
    pub fn parse(document: &Municipality, typed: &str) -> Option<Sought> {
        if typed.contains('@') {
            return email(typed);
        }
        phone(document, typed)
    }

    /// Its fingerprints, under every key, the current one first.
    #[must_use]
    pub fn fingerprints(&self, keys: &Keyring, municipality: &str) -> Vec<String> {
        let all = blind_indexes(keys, self.kind, &hashed(municipality, &self.value));
        all.iter().map(|one| one.as_str().to_owned()).collect()
    }
}

/// The fingerprints of a report, each with its kind: none where nothing was shown.
pub(crate) fn of(
    keys: &Keyring,
    document: &Municipality,
    confirmed: &Confirmation,
    contact: Option<&Contact>,
) -> Vec<(&'static str, BlindIndex)> {
    let reached = contact.and_then(|contact| match confirmed.contact? {
        Channel::Phone => phone(document, contact.phone.as_deref()?),
        Channel::Email => email(contact.email.as_deref()?),
    });
    let identity = confirmed.identity.as_ref().map(|identity| Sought {
        kind: "identity",
        value: identity.clone(),
    });
    let all = reached.into_iter().chain(identity);
    let index = |it: Sought| {
        let value = hashed(&document.id, &it.value);
        (it.kind, blind_index(keys, it.kind, &value))
    };
    all.map(index).collect()
}

fn phone(document: &Municipality, typed: &str) -> Option<Sought> {
    let number = rules::phone(typed, &document.contact)?;
    Some(Sought {
        kind: "phone",
        value: number.as_str().to_owned(),
    })
}

fn email(typed: &str) -> Option<Sought> {
    let address = rules::email(typed)?;
    // No provider of today tells names apart by their case.
    Some(Sought {
        kind: "email",
        value: address.as_str().to_lowercase(),
    })
}

/// No id holds a line break: no municipality and value can be cut differently.
fn hashed(municipality: &str, value: &str) -> String {
    format!("{municipality}\n{value}")
}

/// Personal data never reaches a log through `{:?}`.
impl std::fmt::Debug for Sought {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sought(by {})", self.kind)
    }
}
