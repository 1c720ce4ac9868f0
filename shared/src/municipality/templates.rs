//! What reporters are told by message.

use serde::{Deserialize, Serialize};

use crate::translated::Translated;

/// The text of a message by event and language. In each stand the place holders it needs:
/// `{number}`, `{state}`, `{link}`, `{code}`, `{agency}` and `{contact}`, the agency's, and `{secret}`,
/// the tracking code of what staff took in. An event
/// without a text sends none; a sentence with a place holder that has no value is left out, as that
/// of the closing code where there is none to give.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Templates {
    /// The report is here.
    #[serde(skip_serializing_if = "Translated::is_empty")]
    pub received: Translated,
    /// The same, where staff took it in by phone or at the counter: the message that brings the number
    /// and the tracking code. Without it such a report is `received` like any other.
    #[serde(skip_serializing_if = "Translated::is_empty")]
    pub taken_in: Translated,
    /// A department has it.
    #[serde(skip_serializing_if = "Translated::is_empty")]
    pub assigned: Translated,
    /// The reporter is asked something.
    #[serde(skip_serializing_if = "Translated::is_empty")]
    pub waiting: Translated,
    /// Another agency has it.
    #[serde(skip_serializing_if = "Translated::is_empty")]
    pub transferred: Translated,
    /// The work is reported done.
    #[serde(skip_serializing_if = "Translated::is_empty")]
    pub resolved: Translated,
    /// Done, and agreed.
    #[serde(skip_serializing_if = "Translated::is_empty")]
    pub closed: Translated,
    /// Done, and not agreed.
    #[serde(skip_serializing_if = "Translated::is_empty")]
    pub reopened: Translated,
    /// The one-time code that confirms a phone or an e-mail address.
    #[serde(skip_serializing_if = "Translated::is_empty")]
    pub code: Translated,
    /// It is past due, and was taken higher.
    #[serde(skip_serializing_if = "Translated::is_empty")]
    pub escalated: Translated,
    /// The same, for the departments that hear of it, by e-mail.
    #[serde(skip_serializing_if = "Translated::is_empty")]
    pub overdue: Translated,
}

impl Templates {
    /// What may stand in braces in a template.
    pub const PLACEHOLDERS: [&str; 7] = [
        "number", "state", "link", "code", "agency", "contact", "secret",
    ];

    /// Each event with its text, in the order of a report's life.
    #[must_use]
    pub fn all(&self) -> [(&'static str, &Translated); 11] {
        [
            ("received", &self.received),
            ("taken_in", &self.taken_in),
            ("assigned", &self.assigned),
            ("waiting", &self.waiting),
            ("transferred", &self.transferred),
            ("resolved", &self.resolved),
            ("closed", &self.closed),
            ("reopened", &self.reopened),
            ("code", &self.code),
            ("escalated", &self.escalated),
            ("overdue", &self.overdue),
        ]
    }

    /// The texts of the event with this name.
    #[must_use]
    pub fn of(&self, event: &str) -> Option<&Translated> {
        let mut all = self.all().into_iter();
        all.find_map(|(name, texts)| (name == event).then_some(texts))
    }
}
