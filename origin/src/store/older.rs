//! What an older version stored in clear, sealed by and by.

use balagh_shared::keyring::Keyring;
use balagh_shared::seal::SealError;
use sqlx::Row as _;

use super::reports::{StoredReport, load};
use super::rows::json;
use super::sealing::{self, Personal, Privacy};
use super::vault::ItemKey;
use super::{Store, StoreError};

/// What became of some reports that an older version stored in clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Older {
    /// How many are sealed now.
    pub(crate) sealed: usize,
    /// How many are not, because what is stored of them cannot be read. They stay as they are.
    pub(crate) unreadable: usize,
    /// The number behind which to go on; nothing once all were looked at.
    pub(crate) last: Option<String>,
}

impl Store {
    /// Seals some reports behind the number `after` that an older version stored in clear. `masters`
    /// is what their contacts were sealed under.
    ///
    /// # Errors
    /// [`StoreError`], where it is not about one report alone.
    pub(crate) async fn seal_old(
        &self,
        masters: &Keyring,
        after: &str,
        most: u32,
    ) -> Result<Older, StoreError> {
        let numbers: Vec<String> = sqlx::query_scalar(
            "SELECT number FROM reports \
             WHERE key_id IS NULL AND erased_ms IS NULL AND number > $1 \
             ORDER BY number LIMIT $2",
        )
        .bind(after)
        .bind(i64::from(most))
        .fetch_all(self.readers())
        .await?;
        let (mut sealed, mut unreadable) = (0, 0);
        for number in &numbers {
            let (key_id, key) = self.vault.draw().await?;
            let done = self.seal_one(masters, number, (key_id, &key)).await;
            match done {
                Ok(true) => {
                    sealed += 1;
                    continue;
                }
                Ok(false) => {}
                Err(error) if is_of_its_row(&error) => unreadable += 1,
                // Whether it was written is not known then, and the key is nobody else's.
                Err(error) => return Err(error),
            }
            self.vault.give_back(key_id, key);
        }
        Ok(Older {
            sealed,
            unreadable,
            last: numbers.into_iter().next_back(),
        })
    }

    /// Seals a report with this key; false where it waits for its master key, or is gone.
    async fn seal_one(
        &self,
        masters: &Keyring,
        number: &str,
        (key_id, key): (i64, &ItemKey),
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let stored: Option<StoredReport> = load(&mut tx, &self.vault, number).await?;
        let unsealed = stored.filter(|it| matches!(it.privacy, Privacy::Unsealed));
        let Some(mut stored) = unsealed else {
            return Ok(false);
        };
        let media_url = sqlx::query_scalar("SELECT media_url FROM reports WHERE number = $1")
            .bind(number)
            .fetch_one(&mut *tx)
            .await?;
        let contact = match stored.contact(masters) {
            Ok(contact) => contact,
            // It may be put back; until then the report stays as it is.
            Err(SealError::UnknownKey) => return Ok(false),
            Err(_) => return Err(StoreError::Sealed),
        };
        let contact = contact.map(|it| sealing::contact(key, number, &it));
        let personal = Personal::of(&mut stored.report, media_url);
        sqlx::query(
            "UPDATE reports SET key_id = $1, personal = $2, contact_sealed = $3, \
             report_json = $4, lon = $5, lat = $6, description = '', landmark = NULL, \
             media_url = NULL WHERE number = $7",
        )
        .bind(key_id)
        .bind(personal.sealed(key, number)?.as_str())
        .bind(contact.transpose()?.map(|it| it.as_str().to_owned()))
        .bind(json(&stored.report)?)
        .bind(personal.at.map(|at| sealing::rounded(at.lon)))
        .bind(personal.at.map(|at| sealing::rounded(at.lat)))
        .bind(number)
        .execute(&mut *tx)
        .await?;
        let privacy = Privacy::Open(key.clone());
        let notes =
            sqlx::query("SELECT id, note FROM events WHERE number = $1 AND note IS NOT NULL");
        for row in notes.bind(number).fetch_all(&mut *tx).await? {
            let (id, said): (i64, String) = (row.try_get("id")?, row.try_get("note")?);
            sqlx::query("UPDATE events SET note = $1 WHERE id = $2")
                .bind(privacy.note(number, &said)?)
                .bind(id)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(true)
    }
}

/// Whether an error is about what one report's row holds, and not about the database.
fn is_of_its_row(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Unreadable(_)
            | StoreError::Illegal(_)
            | StoreError::Sealed
            | StoreError::Database(sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_))
    )
}
