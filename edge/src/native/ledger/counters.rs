//! Counters: the theoretical arrival time of each subject.

use balagh_shared::time::Timestamp;

use balagh_database::Connection;

use super::{Ledger, LedgerError};
use crate::ledger::statements;

impl Ledger {
    /// The state of one counter, in milliseconds since 1970.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn counter(&self, subject: &str) -> Result<Option<i64>, LedgerError> {
        Ok(sqlx::query_scalar(statements::COUNTER)
            .bind(subject)
            .fetch_optional(self.database.readers())
            .await?)
    }
}

/// Counts an event that was decided from a state `step_ms` before `tat`. Another event may have
/// been counted since that state was read; this one comes on top of it, but of none that is past
/// `beyond`.
pub(super) async fn advance(
    tx: &mut Connection,
    subject: &str,
    tat: i64,
    step_ms: i64,
    beyond: i64,
) -> Result<(), LedgerError> {
    sqlx::query(statements::COUNT)
        .bind(subject)
        .bind(tat)
        .bind(step_ms)
        .bind(beyond)
        .execute(&mut *tx)
        .await?;
    Ok(())
}

/// Forgets the counters whose bucket is empty: they weigh nothing any more.
pub(super) async fn forget_idle(tx: &mut Connection, now: Timestamp) -> Result<(), LedgerError> {
    sqlx::query(statements::FORGET_IDLE)
        .bind(now.millis())
        .execute(&mut *tx)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use balagh_shared::keyring::Keyring;
    use balagh_shared::limit::Gcra;

    use super::*;

    const NOW: i64 = 1_795_243_260_000;

    #[tokio::test]
    async fn a_crowd_at_one_moment_fills_its_bucket_however_many_they_are() {
        let key = format!("1:{}", "A".repeat(43));
        let seals = Keyring::parse("TEST", &key).unwrap();
        let ledger = Ledger::in_memory(seals).await.unwrap();
        let limit = Gcra::new(3, 1_000);
        // All of them were decided before the first was counted.
        let each = limit.check(None, NOW);
        for others in 0..20 {
            let mut tx = ledger.begin().await.unwrap();
            advance(&mut tx, "sender", each.new_tat, 1_000, each.beyond)
                .await
                .unwrap();
            tx.commit().await.unwrap();
            let tat = ledger.counter("sender").await.unwrap();
            assert_eq!(limit.check(tat, NOW).allowed, others < 2, "after {others}");
        }
        let tat = ledger.counter("sender").await.unwrap();
        assert!(
            !limit.check(tat, NOW + 3_000).allowed,
            "two buckets of them"
        );
        assert!(limit.check(tat, NOW + 4_000).allowed);
    }
}
