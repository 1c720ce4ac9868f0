//! How a report ends, and who hears of one that does not.

use serde::{Deserialize, Serialize};

use super::Due;
use crate::translated::Translated;

/// How a report that is reported done is agreed to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Closing {
    /// By what.
    pub by: ClosingBy,
    /// Days after which it closes without the reporter's word; 0 for never.
    pub fallback_days: u16,
    /// Whether the reporter's code is given online only, never to who stands at the door: where
    /// reporters fear retaliation.
    pub online: bool,
    /// A rating whose three marks (1 to 5) have a mean below this reopens the report; 0 for never.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 5)))]
    pub reopen_below: u8,
}

/// What closes a report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ClosingBy {
    /// The reporter gives their closing code once they are satisfied.
    Code,
    /// The municipality closes, and asks how it went.
    #[default]
    Survey,
}

/// A level of escalation: who hears of a report that is past due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EscalationLevel {
    /// What the level is called.
    pub names: Translated,
    /// How long past due it is reached; each level later than the one before.
    pub after: Due,
    /// Codes of the departments that are told; the report's own where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tell: Vec<String>,
    /// Whether the reporter is told too.
    #[serde(default)]
    pub tell_reporter: bool,
}

impl Default for Closing {
    fn default() -> Closing {
        Closing {
            by: ClosingBy::Survey,
            fallback_days: 7,
            online: false,
            reopen_below: 2,
        }
    }
}
