//! Counters: the theoretical arrival time of each subject.

use std::collections::{BTreeMap, BTreeSet};

use balagh_database::{Connection, Rows, Value, among};
use balagh_shared::time::Timestamp;
use sqlx::Row as _;

use super::{Ledger, LedgerError};
use crate::ledger::count::Count;
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

/// The states of counters; those at rest are missing.
pub(super) async fn states(
    reader: &mut Connection,
    subjects: BTreeSet<&str>,
) -> Result<BTreeMap<String, i64>, sqlx::Error> {
    let subjects = subjects.into_iter().map(Value::from).collect();
    let rows = among(reader, STATES, subjects).await?;
    rows.iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect()
}

/// Subjects.
const STATES: &str = "SELECT subject, tat FROM counters WHERE subject IN";

/// Counts events, in their order, each on top of those before it.
pub(super) async fn advance(tx: &mut Connection, counts: &[Count]) -> Result<(), LedgerError> {
    let subjects = counts.iter().map(|count| count.subject.as_str());
    let mut after = states(tx, subjects.collect()).await?;
    for count in counts {
        let next = count.after(after.get(&count.subject).copied());
        after.insert(count.subject.clone(), next);
    }
    let mut rows = Rows::new(statements::KEEP_COUNTER);
    for (subject, tat) in after {
        rows.push([subject.into(), tat.into()]);
    }
    rows.write(tx).await?;
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
            let count = Count {
                subject: "sender".to_owned(),
                tat: each.new_tat,
                step_ms: 1_000,
                beyond: each.beyond,
            };
            advance(&mut tx, &[count]).await.unwrap();
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
