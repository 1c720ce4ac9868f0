//! Photos: rows that name files. The file is durable before its row is written.

use balagh_shared::delivery::StoredPhoto;
use balagh_shared::time::{DAY_MS, Timestamp};
use sqlx::FromRow;

use super::counters::advance;
use super::{Ledger, LedgerError};
use crate::ledger::count::Count;
use crate::ledger::job::ORIGIN;
use crate::ledger::statements;
use crate::screen::Effect;

#[derive(FromRow)]
pub(super) struct PhotoRow {
    sha256: String,
    sent_sha256: String,
    media_type: String,
    bytes: i64,
    width: i64,
    height: i64,
}

impl From<PhotoRow> for StoredPhoto {
    fn from(row: PhotoRow) -> StoredPhoto {
        StoredPhoto {
            sha256: row.sha256,
            sent_sha256: row.sent_sha256,
            media_type: row.media_type,
            bytes: u64::try_from(row.bytes).unwrap_or_default(),
            width: u32::try_from(row.width).unwrap_or_default(),
            height: u32::try_from(row.height).unwrap_or_default(),
        }
    }
}

impl Ledger {
    /// The photo that was sent under this name.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn photo(
        &self,
        municipality: &str,
        sent_sha256: &str,
    ) -> Result<Option<StoredPhoto>, LedgerError> {
        let row: Option<PhotoRow> = sqlx::query_as(statements::PHOTO)
            .bind(municipality)
            .bind(sent_sha256)
            .fetch_optional(self.database.readers())
            .await?;
        Ok(row.map(StoredPhoto::from))
    }

    /// Writes the row of a photo whose file is durable, and queues it for every report that
    /// waited for it. `count` is the sender's ceiling, counted with it.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn keep_photo(
        &self,
        municipality: &str,
        photo: &StoredPhoto,
        count: &Effect,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let mut tx = self.begin().await?;
        sqlx::query(statements::KEEP_PHOTO)
            .bind(municipality)
            .bind(&photo.sent_sha256)
            .bind(&photo.sha256)
            .bind(&photo.media_type)
            .bind(i64::try_from(photo.bytes).unwrap_or(i64::MAX))
            .bind(i64::from(photo.width))
            .bind(i64::from(photo.height))
            .bind(now.millis())
            .execute(&mut *tx)
            .await?;
        sqlx::query(statements::QUEUE_LATE_PHOTO)
            .bind(now.millis())
            .bind(&photo.sent_sha256)
            .bind(municipality)
            // Others are told of a photo, and fetch none.
            .bind(ORIGIN)
            .execute(&mut *tx)
            .await?;
        if let Some(count) = Count::of(count) {
            advance(&mut tx, &[count]).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// A photo was sent again: its time to be named by a report begins anew, if a day of it is over.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn renew_photo(
        &self,
        municipality: &str,
        sent_sha256: &str,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let mut tx = self.begin().await?;
        sqlx::query(statements::RENEW_PHOTO)
            .bind(now.millis())
            .bind(municipality)
            .bind(sent_sha256)
            .bind(now.millis().saturating_sub(DAY_MS))
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Forgets the photos stored before `old` that no report names.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn forget_orphans(&self, old: Timestamp) -> Result<(), LedgerError> {
        let mut tx = self.begin().await?;
        sqlx::query(statements::FORGET_ORPHANS)
            .bind(old.millis())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Does `work` unless a row names this file, and lets no row be written before it is done.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn unless_named<T>(
        &self,
        sha256: &str,
        work: impl Future<Output = T>,
    ) -> Result<Option<T>, LedgerError> {
        let mut tx = self.begin().await?;
        let named = sqlx::query(statements::NAMES_FILE)
            .bind(sha256)
            .fetch_optional(&mut *tx)
            .await?;
        let done = match named {
            Some(_) => None,
            None => Some(work.await),
        };
        tx.rollback().await?;
        Ok(done)
    }
}
