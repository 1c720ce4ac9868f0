//! What a citizen gets back.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// The answer to an accepted report: 201, or 200 when the same key is sent again.
///
/// A report kept for a person to look at reads `accepted` here: telling a sender which of their
/// tries passed would teach the screen's rules to whoever attacks it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Receipt {
    /// The report's number, `EP-7K3M9-QX2RT-D`.
    pub number: String,
    /// The tracking code that goes with it, `K7QF5-2MDX9`.
    pub secret: String,
    /// When the edge had it on disk.
    pub received_at: Timestamp,
    /// What became of it.
    pub verdict: Acknowledged,
    /// Code of the sub-municipality that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
    /// Code of the department that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Id of the agency it is passed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// By when it is expected to be resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// The number of the report it was joined to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joins: Option<String>,
    /// Where its state is read.
    pub status_url: String,
}

/// The secret never reaches a log through `{:?}`.
impl std::fmt::Debug for Receipt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Receipt")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

/// The verdicts that are acknowledged with a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Acknowledged {
    /// The municipality has it.
    Accepted,
    /// Another agency gets it.
    Redirected,
}
