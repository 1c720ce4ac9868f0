//! A row of the outbox as operators see it: numbers and codes, nothing of what anybody wrote.

use balagh_shared::time::Timestamp;
use serde::Serialize;

use super::job::{Load, count};

/// A row of the outbox that is not delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Letter {
    /// The report.
    pub number: String,
    /// For whom.
    pub destination: String,
    /// `report`, `photo` or `review`.
    pub what: &'static str,
    /// How it stands.
    pub state: LetterState,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// When it is tried next; absent for what waits for something else than the time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// When it was put aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dead_at: Option<Timestamp>,
    /// Attempts that did not arrive.
    pub attempts: u32,
    /// The code of the last failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
}

/// How a letter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterState {
    /// For its next attempt.
    Waiting,
    /// A person has to look at the report first.
    Held,
    /// It was put aside; a person replays it.
    Dead,
}

/// Which letters.
#[derive(Debug, Clone, Copy, Default)]
pub struct Which<'a> {
    /// Only those that were put aside.
    pub dead: bool,
    /// Only those for this destination.
    pub destination: Option<&'a str>,
    /// Only those about this report.
    pub number: Option<&'a str>,
}

/// A row of [`statements::LETTERS`](super::statements::LETTERS).
pub(crate) type LetterRow = (
    String,
    String,
    String,
    i64,
    i64,
    i64,
    Option<i64>,
    i64,
    Option<String>,
);

impl Letter {
    /// Reads a row.
    pub(crate) fn of(row: LetterRow) -> Letter {
        let (number, destination, photo, is_held, queued_at, due_at, dead_at, attempts, last_error) =
            row;
        let state = match dead_at {
            Some(_) => LetterState::Dead,
            None if is_held != 0 => LetterState::Held,
            None => LetterState::Waiting,
        };
        Letter {
            number,
            destination,
            what: match Load::of(photo) {
                Load::Report => "report",
                Load::Photo(_) => "photo",
                Load::Review => "review",
            },
            state,
            queued_at: Timestamp::from_millis(queued_at),
            due_at: (state == LetterState::Waiting).then(|| Timestamp::from_millis(due_at)),
            dead_at: dead_at.map(Timestamp::from_millis),
            attempts: count(attempts),
            last_error,
        }
    }
}
