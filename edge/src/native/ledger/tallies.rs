//! Counts that outlive the process.

use balagh_database::Connection;

use super::{Ledger, LedgerError};

impl Ledger {
    /// All counts, by name.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn tallies(&self) -> Result<Vec<(String, i64)>, LedgerError> {
        Ok(
            sqlx::query_as("SELECT name, count FROM tallies ORDER BY name")
                .fetch_all(self.database.readers())
                .await?,
        )
    }
}

/// Adds to a count.
pub(super) async fn add(tx: &mut Connection, name: &str, count: i64) -> Result<(), LedgerError> {
    sqlx::query(
        "INSERT INTO tallies (name, count) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET count = tallies.count + $2",
    )
    .bind(name)
    .bind(count)
    .execute(&mut *tx)
    .await?;
    Ok(())
}
