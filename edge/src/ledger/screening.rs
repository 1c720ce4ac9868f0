//! What the screen made of a report, and what a person says of it.

use balagh_shared::delivery::Outcome;
use balagh_shared::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::screen::Screened;

/// What a person says of a report that was held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// Somebody means it.
    Honest,
    /// Nobody does.
    Spam,
}

impl Label {
    /// As it is stored and travels.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Label::Honest => "honest",
            Label::Spam => "spam",
        }
    }

    /// As the origin is told.
    #[must_use]
    pub fn outcome(self) -> Outcome {
        match self {
            Label::Honest => Outcome::Release,
            Label::Spam => Outcome::Spam,
        }
    }

    /// From how it is stored.
    pub(crate) fn from_code(code: &str) -> Option<Label> {
        [Label::Honest, Label::Spam]
            .into_iter()
            .find(|label| label.code() == code)
    }
}

/// A report with what was made of it; none of its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Screening {
    /// Its number.
    pub number: String,
    /// The municipality's id.
    pub municipality: String,
    /// When it came.
    pub received_at: Timestamp,
    /// Category code.
    pub category: String,
    /// The partner it came through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partner: Option<String>,
    /// What was done with it.
    pub verdict: String,
    /// What the steps made of it.
    #[serde(flatten)]
    pub screened: Screened,
    /// What a person said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
}

/// What became of a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Labelled {
    /// It is kept, and of a held report the origin is told.
    Kept,
    /// The report was looked at before.
    Before,
    /// There is no report with this number.
    Unknown,
}

/// A row of [`statements::SCREENING`](super::statements::SCREENING) and of those like it.
pub(crate) type ScreeningRow = (
    String,
    String,
    i64,
    String,
    Option<String>,
    String,
    String,
    Option<String>,
);

impl Screening {
    /// Reads a row.
    ///
    /// # Errors
    /// What the steps made of it cannot be read.
    pub(crate) fn of(row: ScreeningRow) -> Result<Screening, serde_json::Error> {
        let (number, municipality, received_at, category, partner, verdict, json, label) = row;
        Ok(Screening {
            number,
            municipality,
            received_at: Timestamp::from_millis(received_at),
            category,
            partner,
            verdict,
            screened: serde_json::from_str(&json)?,
            label: label.as_deref().and_then(Label::from_code),
        })
    }
}
