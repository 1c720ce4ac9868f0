//! Who of several edges on one ledger does what one at a time should do; and where their photos are.

use balagh_shared::time::Timestamp;

use super::{Ledger, LedgerError};

impl Ledger {
    /// Takes `duty` for `holder` until `until`, or renews it. False where somebody else has it. A lease
    /// that ends after `latest`, which is later than any that is given now, was written by a clock that
    /// was wrong, and counts for nothing.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn lease(
        &self,
        duty: &str,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
        latest: Timestamp,
    ) -> Result<bool, LedgerError> {
        let known: Option<(String, i64)> =
            sqlx::query_as("SELECT holder, until FROM leases WHERE duty = $1")
                .bind(duty)
                .fetch_optional(self.database.readers())
                .await?;
        // Whoever only waits for its turn writes nothing.
        let is_taken = known.is_some_and(|(other, until)| {
            other != holder && until > now.millis() && until <= latest.millis()
        });
        if is_taken {
            return Ok(false);
        }
        let mut tx = self.begin().await?;
        let leased = sqlx::query(
            "INSERT INTO leases (duty, holder, until) VALUES ($1, $2, $3)
             ON CONFLICT (duty) DO UPDATE SET holder = excluded.holder, until = excluded.until
             WHERE leases.holder = excluded.holder OR leases.until <= $4 OR leases.until > $5",
        )
        .bind(duty)
        .bind(holder)
        .bind(until.millis())
        .bind(now.millis())
        .bind(latest.millis())
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(leased.rows_affected() == 1)
    }

    /// Gives back everything that `holder` has, so that nobody waits for it.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn give_back(&self, holder: &str) -> Result<(), LedgerError> {
        let mut tx = self.begin().await?;
        sqlx::query("DELETE FROM leases WHERE holder = $1")
            .bind(holder)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Where the photos are that this ledger names: `name`, unless another place was noted before.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn photos_are_in(&self, name: &str) -> Result<String, LedgerError> {
        let mut tx = self.begin().await?;
        sqlx::query("INSERT INTO stores (what, name) VALUES ('photos', $1) ON CONFLICT DO NOTHING")
            .bind(name)
            .execute(&mut *tx)
            .await?;
        let noted = sqlx::query_scalar("SELECT name FROM stores WHERE what = 'photos'")
            .fetch_one(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(noted)
    }

    /// The photos have been moved to `name`.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn photos_moved_to(&self, name: &str) -> Result<(), LedgerError> {
        let mut tx = self.begin().await?;
        sqlx::query("UPDATE stores SET name = $1 WHERE what = 'photos'")
            .bind(name)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }
}
