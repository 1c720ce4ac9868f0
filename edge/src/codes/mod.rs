//! One-time codes: who reports, as far as a phone or a mailbox that answers can say.
//!
//! | module | idea |
//! | --- | --- |
//! | `address` | what is to be confirmed, read and named by a keyed hash |
//! | `bounds` | how many codes a number, a sender, a network, a country and a municipality get |
//! | [`ask`] | may a code be sent? |
//! | [`check`](mod@check) | is it the one that was sent? |
//! | `lost` | whose tracking code is it? |
//!
//! As the screen, it is pure: the shell reads what [`Asking::reads`] or [`Checking::subject`] name, in
//! a transaction that holds the write lock, and writes what comes back in the same one. Nothing here
//! but the last knows of reports: whether a number ever filed one makes no difference to any answer.

mod address;
pub mod ask;
mod bounds;
pub mod check;
mod lost;

use balagh_shared::keyring::Key;
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::time::Timestamp;
use serde::de::DeserializeOwned;

use crate::http::{Request, Response, refusal};

pub use address::Address;
pub use ask::{Asking, Sent};
pub use check::{Checked, Checking};
pub use lost::Lost;

/// How long a code is good for, in milliseconds: ten minutes.
pub const LIFETIME_MS: i64 = 10 * 60 * 1000;

/// How often a code may be tried by whoever asked for it, and as often by all others together: whoever
/// knows a number could else use up the tries of the one whose phone it is. Six digits guessed ten
/// times, six codes a day: one number in sixteen thousand would fall in a day of trying.
pub const TRIES: u8 = 5;

/// What is kept of one contact: no number, no address, no code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// When codes were sent within the last day, the oldest first.
    pub sent: Vec<Timestamp>,
    /// The code that is out.
    pub live: Option<Live>,
}

/// A code that is out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// Its keyed hash.
    pub mac: [u8; 32],
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// Who asked for it: the hash of an address, of that day. Whose phone has meanwhile another one
    /// is one of the others.
    pub asked_by: String,
    /// How often who asked may still try it.
    pub left: u8,
    /// How often all others may.
    pub left_to_others: u8,
}

impl Live {
    /// The tries of the sender with this hash.
    fn tries_of(&mut self, sender: &str) -> &mut u8 {
        if self.asked_by == sender {
            &mut self.left
        } else {
            &mut self.left_to_others
        }
    }
}

/// A refusal.
#[derive(Debug, Clone)]
pub struct Refused {
    /// Why.
    pub reason: Reason,
    /// What is answered.
    pub response: Response,
}

impl Refused {
    fn of(violation: Violation, language: &'static str) -> Refused {
        Refused {
            reason: violation.code,
            response: refusal::response(&[violation], language),
        }
    }
}

fn body<T: DeserializeOwned>(request: &Request) -> Result<T, Violation> {
    serde_json::from_slice(&request.body).map_err(|_| Violation::new(Reason::RequestMalformed, ""))
}

/// What is stored of a code: bound to the contact it was sent to and to the moment.
fn mac(key: &Key, subject: &str, expires_at: Timestamp, code: &str) -> [u8; 32] {
    key.mac(&message(subject, &expires_at.millis().to_be_bytes(), code))
}

/// A subject holds no zero byte.
fn message<'m>(subject: &'m str, expires_at: &'m [u8; 8], code: &'m str) -> [&'m [u8]; 5] {
    [
        b"balagh code v1\0",
        subject.as_bytes(),
        b"\0",
        expires_at,
        code.as_bytes(),
    ]
}

// The boundaries of the town are compiled by the test, with a feature that only `native` brings.
#[cfg(feature = "native")]
#[cfg(test)]
mod tests;
