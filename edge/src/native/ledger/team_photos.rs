//! Photos of the work: rows that name files, each with its report.

use balagh_shared::time::Timestamp;

use super::{Ledger, LedgerError};
use crate::ledger::statements;

impl Ledger {
    /// Writes the row of a photo whose file is durable.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn keep_team_photo(
        &self,
        number: &str,
        sha256: &str,
        media_type: &str,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let mut tx = self.begin().await?;
        sqlx::query(statements::KEEP_TEAM_PHOTO)
            .bind(sha256)
            .bind(number)
            .bind(media_type)
            .bind(now.millis())
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// The media type of a photo of this report's work; nothing where there is none.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn team_photo(
        &self,
        number: &str,
        sha256: &str,
    ) -> Result<Option<String>, LedgerError> {
        Ok(sqlx::query_scalar(statements::TEAM_PHOTO)
            .bind(sha256)
            .bind(number)
            .fetch_optional(self.database.readers())
            .await?)
    }

    /// Forgets the photos stored before `old` that no status names any more: the origin has erased
    /// them, or never told of them.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn forget_unnamed_team_photos(&self, old: Timestamp) -> Result<(), LedgerError> {
        let mut tx = self.begin().await?;
        sqlx::query(statements::FORGET_UNNAMED_TEAM_PHOTOS)
            .bind(old.millis())
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }
}
