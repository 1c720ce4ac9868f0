//! The outbox as operators see it: what waits and for how long, what was put aside, and why. Numbers
//! and codes, nothing of what anybody wrote.

use balagh_shared::time::Timestamp;

use super::{Ledger, LedgerError};
use crate::ledger::letter::{Letter, LetterRow, Which};
use crate::ledger::statements;

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

impl Ledger {
    /// What is not delivered, the oldest first, up to `most`.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn letters(&self, which: Which<'_>, most: u32) -> Result<Vec<Letter>, LedgerError> {
        let rows: Vec<LetterRow> = sqlx::query_as(statements::LETTERS)
            .bind(i64::from(which.dead))
            .bind(which.destination)
            .bind(which.number)
            .bind(i64::from(most))
            .fetch_all(self.database.readers())
            .await?;
        Ok(rows.into_iter().map(Letter::of).collect())
    }

    /// Queues what was put aside anew, as if it had never been tried; gives how much that was. A
    /// running edge finds it within a minute.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn replay(&self, which: Which<'_>, now: Timestamp) -> Result<u64, LedgerError> {
        let mut tx = self.begin().await?;
        let replayed = sqlx::query(statements::REPLAY)
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
