//! Photos of reports: what citizens sent, and pictures of the work that staff add.

use balagh_database::Connection;
use balagh_shared::delivery::StoredPhoto;

use super::reports::photo_of;
use super::rows::signed;
use super::{Store, StoreError};

impl Store {
    /// A photo of a report, whoever it is from.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn picture(
        &self,
        number: &str,
        sha256: &str,
    ) -> Result<Option<StoredPhoto>, StoreError> {
        let row = sqlx::query(
            "SELECT sha256, sent_sha256, media_type, bytes, width, height FROM photos \
             WHERE number = $1 AND sha256 = $2",
        )
        .bind(number)
        .bind(sha256)
        .fetch_optional(self.readers())
        .await?;
        row.as_ref().map(photo_of).transpose()
    }

    /// The photos of a report's work that the edge does not have yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn untold_pictures(&self, number: &str) -> Result<Vec<String>, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT sha256 FROM photos WHERE number = $1 AND of_team = 1 AND is_told = 0",
        )
        .bind(number)
        .fetch_all(self.readers())
        .await?)
    }

    /// The edge has this one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn picture_told(&self, number: &str, sha256: &str) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sqlx::query("UPDATE photos SET is_told = 1 WHERE number = $1 AND sha256 = $2")
            .bind(number)
            .bind(sha256)
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }
}

/// Who a photo is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sender {
    /// The citizen who reported.
    Reporter,
    /// The team that does the work.
    Team,
}

/// Names a photo to its report; gives whether it was not yet one of theirs. What both sent is both's.
pub(super) async fn attach(
    tx: &mut Connection,
    number: &str,
    photo: &StoredPhoto,
    sender: Sender,
) -> Result<bool, StoreError> {
    let attached = sqlx::query(
        "INSERT INTO photos \
         (sha256, number, sent_sha256, media_type, bytes, width, height, of_reporter, of_team, place) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, \
         (SELECT COALESCE(MAX(place), 0) + 1 FROM photos WHERE number = $2)) \
         ON CONFLICT (sha256, number) DO UPDATE SET \
         of_reporter = photos.of_reporter | excluded.of_reporter, \
         of_team = photos.of_team | excluded.of_team \
         WHERE photos.of_reporter < excluded.of_reporter OR photos.of_team < excluded.of_team",
    )
    .bind(&photo.sha256)
    .bind(number)
    .bind(&photo.sent_sha256)
    .bind(&photo.media_type)
    .bind(signed(photo.bytes))
    .bind(i64::from(photo.width))
    .bind(i64::from(photo.height))
    .bind(i64::from(sender == Sender::Reporter))
    .bind(i64::from(sender == Sender::Team))
    .execute(tx)
    .await?;
    Ok(attached.rows_affected() > 0)
}
