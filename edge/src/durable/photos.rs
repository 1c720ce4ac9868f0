//! Photos: rows that name files. The file is durable before its row is written.

use balagh_shared::delivery::StoredPhoto;
use balagh_shared::time::{DAY_MS, Timestamp};

use super::sql::{Row, values};
use super::{Keeper, StoreError};
use crate::ledger::count::Count;
use crate::ledger::job::ORIGIN;
use crate::ledger::statements;
use crate::screen::Effect;

impl Keeper<'_> {
    /// The photo that was sent under this name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn photo(
        &self,
        municipality: &str,
        sent_sha256: &str,
    ) -> Result<Option<StoredPhoto>, StoreError> {
        let row = self.first(statements::PHOTO, values![municipality, sent_sha256])?;
        row.as_ref().map(photo).transpose()
    }

    /// Writes the row of a photo whose file is durable, and queues it for every report that waited for
    /// it. `count` is the sender's ceiling, counted with it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_photo(
        &self,
        municipality: &str,
        photo: &StoredPhoto,
        count: &Effect,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let StoredPhoto {
            sha256,
            sent_sha256,
            media_type,
            bytes,
            width,
            height,
        } = photo;
        let sent = sent_sha256.as_str();
        self.run(
            statements::KEEP_PHOTO,
            values![
                municipality,
                sent,
                sha256.as_str(),
                media_type.as_str(),
                *bytes,
                *width,
                *height,
                now.millis(),
            ],
        )?;
        self.run(
            statements::QUEUE_LATE_PHOTO,
            values![now.millis(), sent, municipality, ORIGIN],
        )?;
        Count::of(count).map_or(Ok(()), |count| self.count(&count))
    }

    /// A photo was sent again: its time to be named by a report begins anew, if a day of it is over.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn renew_photo(
        &self,
        municipality: &str,
        sent_sha256: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let old = now.millis().saturating_sub(DAY_MS);
        let values = values![now.millis(), municipality, sent_sha256, old];
        self.run(statements::RENEW_PHOTO, values).map(drop)
    }

    /// Writes the row of a photo of the work whose file is durable.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_team_photo(
        &self,
        number: &str,
        sha256: &str,
        media_type: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let values = values![sha256, number, media_type, now.millis()];
        self.run(statements::KEEP_TEAM_PHOTO, values).map(drop)
    }

    /// The media type of a photo of this report's work; nothing where there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn team_photo(&self, number: &str, sha256: &str) -> Result<Option<String>, StoreError> {
        let row = self.first(statements::TEAM_PHOTO, values![sha256, number])?;
        row.map(|row| row.at(0)).transpose()
    }

    /// Whether a row names this file.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn names_file(&self, sha256: &str) -> Result<bool, StoreError> {
        Ok(self
            .first(statements::NAMES_FILE, values![sha256])?
            .is_some())
    }
}

pub(super) fn photo(row: &Row) -> Result<StoredPhoto, StoreError> {
    let count = |column| row.at::<i64>(column).map(u64::try_from);
    let pixels = |column| row.at::<i64>(column).map(u32::try_from);
    Ok(StoredPhoto {
        sha256: row.at(0)?,
        sent_sha256: row.at(1)?,
        media_type: row.at(2)?,
        bytes: count(3)?.unwrap_or_default(),
        width: pixels(4)?.unwrap_or_default(),
        height: pixels(5)?.unwrap_or_default(),
    })
}
