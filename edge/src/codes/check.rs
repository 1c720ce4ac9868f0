//! Is it the code that was sent?

use balagh_shared::codes::{CodeTyped, ContactGranted};
use balagh_shared::contact::{Confirmed, LIFETIME_S};
use balagh_shared::keyring::Keyring;
use balagh_shared::number::is_separator;
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::text::digit;
use balagh_shared::time::Timestamp;

use super::address::Address;
use super::{Entry, Refused, message};
use crate::http::{Request, Response};
use crate::served::Served;

/// A code that was typed, read.
#[derive(Debug)]
pub struct Checking {
    municipality: String,
    language: &'static str,
    address: Address,
    subject: String,
    /// Who types, by the hash of an address.
    sender: String,
    /// Six digits; nothing where something else was typed.
    typed: Option<Typed>,
}

/// Six digits, which no log sees.
struct Typed(String);

/// What follows: what the contact's entry becomes, and what is answered.
#[derive(Debug, Clone)]
pub struct Checked {
    /// What to write; nothing where nothing changed.
    pub entry: Option<Entry>,
    /// 200 with the token, or a refusal.
    pub answer: Result<Response, Refused>,
}

impl Checking {
    /// Reads the body of `POST /v1/{municipality}/codes/verify`; `sender` as a hash.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(
        served: &Served,
        contacts: &Keyring,
        request: &Request,
        sender: &str,
    ) -> Result<Checking, Violation> {
        let CodeTyped { phone, email, code } = super::body(request)?;
        let address = Address::read(served, phone.as_deref(), email.as_deref())?;
        Ok(Checking {
            municipality: served.id().to_owned(),
            language: request.language(),
            subject: address.subject(contacts, served.id()),
            sender: sender.to_owned(),
            typed: six_digits(&code).map(Typed),
            address,
        })
    }

    /// Whose entry must be looked up.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Decides. A contact that was never sent a code is answered as one whose code is over.
    #[must_use]
    pub fn decide(&self, contacts: &Keyring, entry: Entry, now: Timestamp) -> Checked {
        let live = entry.live.clone().filter(|live| now < live.expires_at);
        let Some(mut live) = live.filter(|live| *live.clone().tries_of(&self.sender) > 0) else {
            return self.refuse(None, Violation::new(Reason::CodeExpired, "/code"));
        };
        let left = live.tries_of(&self.sender);
        let Some(Typed(typed)) = &self.typed else {
            // Not a guess: five digits, or a word.
            return self.refuse(None, mismatch(*left));
        };
        let time = live.expires_at.millis().to_be_bytes();
        let message = message(&self.subject, &time, typed);
        // One key a rotation at most is older than a code.
        if contacts.keys().any(|key| key.verifies(&message, &live.mac)) {
            let token = Confirmed::mint(
                contacts,
                &self.municipality,
                &self.address.reached(),
                now.seconds(),
            );
            let expires_at = now.plus_millis(LIFETIME_S * 1000);
            return Checked {
                entry: Some(Entry {
                    live: None,
                    ..entry.clone()
                }),
                answer: Ok(Response::private_json(
                    200,
                    &ContactGranted { token, expires_at },
                )),
            };
        }
        let left = live.tries_of(&self.sender);
        *left -= 1;
        let violation = match *left {
            0 => Violation::new(Reason::CodeExpired, "/code"),
            left => mismatch(left),
        };
        let entry = Entry {
            live: Some(live),
            sent: entry.sent,
        };
        self.refuse(Some(entry), violation)
    }

    fn refuse(&self, entry: Option<Entry>, violation: Violation) -> Checked {
        Checked {
            entry,
            answer: Err(Refused::of(violation, self.language)),
        }
    }
}

fn mismatch(left: u8) -> Violation {
    Violation::new(Reason::CodeMismatch, "/code").with("left", left)
}

/// Six digits of any script, with the spaces and dashes that people and messages put between them.
fn six_digits(typed: &str) -> Option<String> {
    let mut digits = String::new();
    for character in typed.chars().filter(|c| !is_separator(*c)) {
        digits.push(digit(character)?);
        if digits.len() > 6 {
            return None;
        }
    }
    (digits.len() == 6).then_some(digits)
}

/// A code is not for logs.
impl std::fmt::Debug for Typed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Typed(…)")
    }
}
