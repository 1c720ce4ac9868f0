//! The one catalogue of everything a client can be told.
//!
//! A reason's code is at once what the wire carries, the key of its sentence in
//! `shared/locales/<language>.json`, the label in the metrics and the anchor in the documentation.
//! The catalogue itself is [`catalogue`](Reason), a line a reason; `www/docs/reasons.md` is written
//! from it, and a test holds catalogue, sentences, schema and documentation together.

mod catalogue;
#[cfg(feature = "server")]
mod page;
mod violation;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use catalogue::Reason;
#[cfg(feature = "server")]
pub use page::page;
pub use violation::{Violation, fill};

/// What kind of thing a reason is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Whoever fills in the form can see it and mend it.
    Mend,
    /// The program that calls did something wrong that its user can do nothing about.
    Caller,
    /// The client clears it by itself, with something fresh or with work, and sends again with the
    /// same key.
    Challenge,
    /// No honest program sends this.
    Hostile,
    /// Never refuses: a word to the municipality beside a receipt.
    Mark,
    /// Nobody outside did anything wrong: something here is away, busy or full.
    Ours,
}

/// What a client does with an answer, by its HTTP status alone: a client that is older than a
/// reason does the right thing with it all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Nothing: it is no refusal.
    Nothing,
    /// Puts it before the person, under the field it is about.
    Ask,
    /// Fetches a new session, or asks the page for a new identity, and sends again with the same
    /// key.
    Renew,
    /// Does the work that the answer names, and sends again with the same key.
    Work,
    /// Keeps the report, and sends it again later with the same key.
    Wait,
}

impl Action {
    /// What an answer with this HTTP status asks of a client.
    #[must_use]
    pub const fn of(status: u16) -> Action {
        match status {
            200..=299 => Action::Nothing,
            401 => Action::Renew,
            413 | 415 | 422 => Action::Ask,
            428 => Action::Work,
            _ => Action::Wait,
        }
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Reason, D::Error> {
        let code = String::deserialize(deserializer)?;
        Reason::from_code(&code).ok_or_else(|| de::Error::custom("unknown reason"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_its_own_and_reads_back() {
        for reason in Reason::ALL {
            assert_eq!(Reason::from_code(reason.code()), Some(*reason));
        }
    }

    #[test]
    fn a_reasons_kind_and_status_ask_the_same_of_a_client() {
        for reason in Reason::ALL {
            let (kind, action) = (reason.severity(), reason.action());
            let agree = match kind {
                Severity::Mark => action == Action::Nothing,
                Severity::Challenge => matches!(action, Action::Renew | Action::Work),
                Severity::Ours => action == Action::Wait,
                // Tracking's 404 is mended by typing the number again; there is no queue to wait in.
                Severity::Mend => action == Action::Ask || *reason == Reason::ReportUnknown,
                Severity::Caller | Severity::Hostile => action != Action::Nothing,
            };
            assert!(agree, "{reason:?}: {kind:?} and {action:?}");
        }
    }
}
