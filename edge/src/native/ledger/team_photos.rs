//! Photos of the work: rows that name files, each with its report.

use balagh_shared::time::Timestamp;

use super::{Ledger, LedgerError};

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
        sqlx::query(
            "INSERT INTO team_photos (sha256, number, media_type, stored_at)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT (sha256, number) DO UPDATE SET stored_at = excluded.stored_at",
        )
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
        Ok(sqlx::query_scalar(
            "SELECT media_type FROM team_photos WHERE sha256 = $1 AND number = $2",
        )
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
        sqlx::query(
            "DELETE FROM team_photos WHERE stored_at < $1 AND NOT EXISTS (
                 SELECT 1 FROM statuses WHERE statuses.number = team_photos.number
                   AND statuses.status_json LIKE '%' || team_photos.sha256 || '%')",
        )
        .bind(old.millis())
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }
}
