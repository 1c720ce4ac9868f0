//! Counters: the theoretical arrival time of each subject.

use balagh_shared::time::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::{Ledger, LedgerError};

impl Ledger {
    /// The state of one counter, in milliseconds since 1970.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn counter(&self, subject: &str) -> Result<Option<i64>, LedgerError> {
        Ok(
            sqlx::query_scalar("SELECT tat FROM counters WHERE subject = ?")
                .bind(subject)
                .fetch_optional(&self.readers)
                .await?,
        )
    }
}

/// Counts an event that was decided from a state `step_ms` before `tat`. Another event may have
/// been counted since that state was read; this one comes on top of it, but of none that is past
/// `beyond`.
pub(super) async fn advance(
    tx: &mut Transaction<'static, Sqlite>,
    subject: &str,
    tat: i64,
    step_ms: i64,
    beyond: i64,
) -> Result<(), LedgerError> {
    sqlx::query(
        "INSERT INTO counters (subject, tat) VALUES (?1, ?2)
         ON CONFLICT (subject) DO UPDATE
         SET tat = CASE WHEN tat > ?4 THEN ?2 ELSE max(tat, ?2 - ?3) + ?3 END",
    )
    .bind(subject)
    .bind(tat)
    .bind(step_ms)
    .bind(beyond)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Forgets the counters whose bucket is empty: they weigh nothing any more.
pub(super) async fn forget_idle(
    tx: &mut Transaction<'static, Sqlite>,
    now: Timestamp,
) -> Result<(), LedgerError> {
    sqlx::query("DELETE FROM counters WHERE tat < ?")
        .bind(now.millis())
        .execute(&mut **tx)
        .await?;
    Ok(())
}
