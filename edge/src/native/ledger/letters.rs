//! The outbox as operators see it: what waits and for how long, what was put aside, and why. Numbers
//! and codes, nothing of what anybody wrote.

use balagh_shared::time::Timestamp;
use serde::Serialize;

use super::{Ledger, LedgerError};
use crate::ledger::job::{Load, count};

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

/// How much a destination is still to be told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backlog {
    /// The destination.
    pub destination: String,
    /// Rows that wait.
    pub waiting: i64,
    /// When the oldest of them was queued, in milliseconds since 1970.
    pub oldest: Option<i64>,
    /// Rows that wait for a person to look at the report.
    pub held: i64,
    /// Rows that were put aside.
    pub dead: i64,
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

type Row = (
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

impl Ledger {
    /// What is not delivered, the oldest first, up to `most`.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn letters(&self, which: Which<'_>, most: u32) -> Result<Vec<Letter>, LedgerError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT number, destination, photo, is_held, queued_at, due_at, dead_at, attempts,
                    last_error
             FROM outbox
             WHERE delivered_at IS NULL AND ($1 = 0 OR dead_at IS NOT NULL)
               AND (CAST($2 AS TEXT) IS NULL OR destination = $2)
               AND (CAST($3 AS TEXT) IS NULL OR number = $3)
             ORDER BY queued_at, id LIMIT $4",
        )
        .bind(i64::from(which.dead))
        .bind(which.destination)
        .bind(which.number)
        .bind(i64::from(most))
        .fetch_all(self.database.readers())
        .await?;
        Ok(rows.into_iter().map(letter).collect())
    }

    /// Queues what was put aside anew, as if it had never been tried; gives how much that was. A
    /// running edge finds it within a minute.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn replay(&self, which: Which<'_>, now: Timestamp) -> Result<u64, LedgerError> {
        let mut tx = self.begin().await?;
        let replayed = sqlx::query(
            "UPDATE outbox SET dead_at = NULL, attempts = 0, refusals = 0, due_at = $1
             WHERE dead_at IS NOT NULL AND delivered_at IS NULL
               AND (CAST($2 AS TEXT) IS NULL OR destination = $2)
               AND (CAST($3 AS TEXT) IS NULL OR number = $3)",
        )
        .bind(now.millis())
        .bind(which.destination)
        .bind(which.number)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(replayed.rows_affected())
    }

    /// How much each destination is still to be told; those that have everything are not named.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn backlog(&self) -> Result<Vec<Backlog>, LedgerError> {
        let rows: Vec<(String, i64, Option<i64>, i64, i64)> = sqlx::query_as(
            "SELECT destination,
                    COUNT(CASE WHEN dead_at IS NULL AND is_held = 0 THEN 1 END),
                    MIN(CASE WHEN dead_at IS NULL AND is_held = 0 THEN queued_at END),
                    COUNT(CASE WHEN dead_at IS NULL AND is_held = 1 THEN 1 END),
                    COUNT(dead_at)
             FROM outbox WHERE delivered_at IS NULL GROUP BY destination",
        )
        .fetch_all(self.database.readers())
        .await?;
        let backlog = |(destination, waiting, oldest, held, dead)| Backlog {
            destination,
            waiting,
            oldest,
            held,
            dead,
        };
        Ok(rows.into_iter().map(backlog).collect())
    }
}

fn letter(row: Row) -> Letter {
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
