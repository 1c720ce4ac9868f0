//! What the edge is still to be told. It survives a restart, and holds one line a report.

use balagh_database::Statement;
use balagh_shared::outbox::{LONGEST_MS, next_attempt};
use balagh_shared::time::Timestamp;
use sqlx::Row as _;

use super::rows::{count, signed, unsigned};
use super::together::Alone;
use super::{Store, StoreError};

/// A status to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Of which report.
    pub number: String,
    /// The revision that was queued; what is sent may be a later one.
    pub revision: u64,
    /// How often it was tried in vain.
    pub attempts: u32,
}

impl Store {
    /// What is due at `now`, at most `most`, the longest due first. What is due later than anything
    /// is ever put off was written by a clock that was wrong, and is due now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn due_statuses(&self, now: Timestamp, most: u32) -> Result<Vec<Due>, StoreError> {
        let rows = sqlx::query(
            "SELECT number, revision, attempts FROM status_queue \
             WHERE next_attempt <= $1 OR next_attempt > $2 ORDER BY next_attempt LIMIT $3",
        )
        .bind(now.millis())
        .bind(now.millis().saturating_add(LONGEST_MS))
        .bind(i64::from(most))
        .fetch_all(self.readers())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Due {
                    number: row.try_get("number")?,
                    revision: unsigned(row, "revision")?,
                    attempts: count(row, "attempts")?,
                })
            })
            .collect()
    }

    /// When the next status is due; none when the queue is empty.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next_status(&self) -> Result<Option<Timestamp>, StoreError> {
        let next: Option<i64> = sqlx::query_scalar("SELECT MIN(next_attempt) FROM status_queue")
            .fetch_one(self.readers())
            .await?;
        Ok(next.map(Timestamp::from_millis))
    }

    /// The edge has been told of `revision`: the line goes, unless the report has changed since it
    /// was read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn status_told(&self, number: &str, revision: u64) -> Result<(), StoreError> {
        let mut told = Statement::new("DELETE FROM status_queue WHERE number = ");
        told.push_bind(number).push(" AND revision <= ");
        told.push_bind(signed(revision));
        self.together(Alone(told)).await?;
        Ok(())
    }

    /// The edge could not be told: tried again later. A line that was renewed meanwhile keeps its
    /// own time.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn status_failed(
        &self,
        due: &Due,
        now: Timestamp,
        jitter: u8,
    ) -> Result<(), StoreError> {
        let attempts = due.attempts.saturating_add(1);
        let mut failed = Statement::new("UPDATE status_queue SET attempts = ");
        failed.push_bind(attempts).push(", next_attempt = ");
        failed.push_bind(next_attempt(now, attempts, jitter).millis());
        failed.push(" WHERE number = ").push_bind(&due.number);
        failed
            .push(" AND revision = ")
            .push_bind(signed(due.revision));
        self.together(Alone(failed)).await?;
        Ok(())
    }
}
