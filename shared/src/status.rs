//! What the reporter may see of a report's life: `GET /v1/{municipality}/reports/{number}`.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// A report as its reporter tracks it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PublicStatus {
    /// The report's number.
    pub number: String,
    /// Category code.
    pub category: String,
    /// Where it stands.
    pub state: State,
    /// When it was received.
    pub received_at: Timestamp,
    /// Code of the sub-municipality that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
    /// Code of the department that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Id of the agency it was passed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// By when it is expected to be resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// What happened, oldest first.
    pub events: Vec<StatusEvent>,
    /// How many times the origin has told of it: the higher one is the newer one, whatever order
    /// they arrive in.
    pub revision: u64,
}

/// A step in a report's life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StatusEvent {
    /// When.
    pub at: Timestamp,
    /// Where it stood from then on.
    pub state: State,
    /// A sentence for the reporter, if someone wrote one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Where a report stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The edge has it.
    Received,
    /// It passed the screen.
    Screened,
    /// A department has it.
    Assigned,
    /// Someone works on it.
    InProgress,
    /// The reporter is asked something.
    WaitingForReporter,
    /// Another agency has it.
    Transferred,
    /// The work is reported done.
    Resolved,
    /// Done, and agreed.
    Closed,
    /// Done, and not agreed.
    Reopened,
    /// Not taken, with a reason.
    Rejected,
}

impl State {
    /// The code on the wire and the stem of its words.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            State::Received => "received",
            State::Screened => "screened",
            State::Assigned => "assigned",
            State::InProgress => "in_progress",
            State::WaitingForReporter => "waiting_for_reporter",
            State::Transferred => "transferred",
            State::Resolved => "resolved",
            State::Closed => "closed",
            State::Reopened => "reopened",
            State::Rejected => "rejected",
        }
    }
}
