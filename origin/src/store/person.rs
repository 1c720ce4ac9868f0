//! Whose reports are whose, and what is erased of them.

use balagh_database::{Connection, Statement};
use balagh_shared::time::Timestamp;
use sqlx::Row as _;

use super::reports::{NewReport, load, record};
use super::rows::json;
use super::sealing::{Personal, Privacy};
use super::{Store, StoreError};
use crate::lifecycle::{Actor, Event, What};
use crate::municipalities::Municipalities;

/// What became of the wish to erase a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erasure {
    /// What was somebody's in it is gone.
    Done,
    /// Somebody still works on it: it is erased once it is over.
    Later,
    /// It was erased before.
    Known,
}

/// What is still to be destroyed of what was erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shreds {
    /// The key with this id.
    Key(i64),
    /// The photo of this name, which no report names any more.
    Photo(String),
}

/// Rows looked at for one that a restored backup brought back.
const AT_ONCE: i64 = 1000;

impl Store {
    /// The numbers of the reports that have one of these fingerprints, the newest first; where the
    /// contact went to somebody else, those of whoever had it at `at`. All of them: what is erased
    /// or handed out by them has to be everything.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reports_of(
        &self,
        fingerprints: &[String],
        at: Timestamp,
    ) -> Result<Vec<String>, StoreError> {
        let (from, until) = self.had(fingerprints, at).await?;
        let mut query = Statement::new("SELECT number FROM person_contacts WHERE contact IN ");
        query.push_list(fingerprints);
        query.push(" AND received_ms >= ").push_bind(from);
        query.push(" AND received_ms < ").push_bind(until);
        query.push(" GROUP BY number ORDER BY MAX(received_ms) DESC, number");
        let rows = query.fetch_all(self.readers()).await?;
        rows.iter().map(|row| Ok(row.try_get("number")?)).collect()
    }

    /// From when until when a contact was the same person's, around `at`.
    async fn had(&self, fingerprints: &[String], at: Timestamp) -> Result<(i64, i64), StoreError> {
        let changes = self.contact_changes(fingerprints).await?;
        let from = changes.iter().rev().find(|since| **since <= at);
        let until = changes.iter().find(|since| **since > at);
        Ok((
            from.map_or(i64::MIN, |from| from.millis()),
            until.map_or(i64::MAX, |until| until.millis()),
        ))
    }

    /// The fingerprints of a report: by what others of the same person are found.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn fingerprints_of(&self, number: &str) -> Result<Vec<String>, StoreError> {
        let all = sqlx::query_scalar("SELECT contact FROM person_contacts WHERE number = $1");
        Ok(all.bind(number).fetch_all(self.readers()).await?)
    }

    /// Notes that a contact is another person's from `since` on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn contact_changed(
        &self,
        fingerprints: &[String],
        since: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        for contact in fingerprints {
            sqlx::query(
                "INSERT INTO contact_changes (contact, since_ms) VALUES ($1, $2) \
                 ON CONFLICT DO NOTHING",
            )
            .bind(contact)
            .bind(since.millis())
            .execute(&mut *tx)
            .await?;
        }
        Ok(tx.commit().await?)
    }

    /// From when on a contact was noted to be another person's, the first time first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn contact_changes(
        &self,
        fingerprints: &[String],
    ) -> Result<Vec<Timestamp>, StoreError> {
        let mut query = Statement::new("SELECT since_ms FROM contact_changes WHERE contact IN ");
        query.push_list(fingerprints);
        query.push(" GROUP BY since_ms ORDER BY since_ms");
        let rows = query.fetch_all(self.readers()).await?;
        let changes = rows.iter().map(|row| row.try_get("since_ms"));
        let changes = changes.map(|since| Ok(Timestamp::from_millis(since?)));
        changes.collect()
    }

    /// Takes back that a contact is another person's from `since` on; whether that was noted.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn contact_unchanged(
        &self,
        fingerprints: &[String],
        since: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut delete = Statement::new("DELETE FROM contact_changes WHERE since_ms = ");
        delete.push_bind(since.millis()).push(" AND contact IN ");
        delete.push_list(fingerprints);
        let mut tx = self.write().await?;
        let deleted = delete.execute(&mut tx).await?;
        tx.commit().await?;
        Ok(deleted > 0)
    }

    /// When the oldest of the reports came that are the same person's by these fingerprints, around
    /// `at`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn first_of(
        &self,
        fingerprints: &[String],
        at: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let (from, until) = self.had(fingerprints, at).await?;
        let mut query = Statement::new(
            "SELECT MIN(received_ms) AS first FROM person_contacts WHERE contact IN ",
        );
        query.push_list(fingerprints);
        query.push(" AND received_ms >= ").push_bind(from);
        query.push(" AND received_ms < ").push_bind(until);
        let first: Option<i64> = query.fetch_one(self.readers()).await?.try_get("first")?;
        Ok(first.map(Timestamp::from_millis))
    }

    /// Erases what is somebody's in a report, where it is over; else once it is. `staff` is who asked
    /// for it, and nobody where its time has come. Its key is destroyed by the eraser's next round.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing is erased.
    pub async fn erase(
        &self,
        number: &str,
        staff: Option<&str>,
        documents: &Municipalities,
        now: Timestamp,
    ) -> Result<Erasure, StoreError> {
        let mut tx = self.write().await?;
        let stored = load(&mut tx, &self.vault, number).await?;
        let mut stored = stored.ok_or(StoreError::Unknown)?;
        let row = sqlx::query("SELECT key_id, over_ms, erased_ms FROM reports WHERE number = $1")
            .bind(number)
            .fetch_one(&mut *tx)
            .await?;
        if row.try_get::<Option<i64>, _>("erased_ms")?.is_some() {
            return Ok(Erasure::Known);
        }
        if row.try_get::<Option<i64>, _>("over_ms")?.is_none() {
            sqlx::query("UPDATE reports SET erase_asked = 1 WHERE number = $1")
                .bind(number)
                .execute(&mut *tx)
                .await?;
            tx.commit().await?;
            return Ok(Erasure::Later);
        }
        let key: Option<i64> = row.try_get("key_id")?;
        // From here on nothing of it can be read, and nothing is written that was read.
        stored.privacy = Privacy::Erased;
        let Personal { .. } = Personal::of(&mut stored.report, None);
        let erased = Event {
            at: now,
            state: stored.life().state,
            what: What::Erased,
            actor: staff.map_or(Actor::Origin, |_| Actor::Staff),
            staff: staff.map(str::to_owned),
            note: None,
        };
        for statement in [
            "UPDATE events SET note = NULL WHERE number = $1 AND note IS NOT NULL",
            "DELETE FROM person_contacts WHERE number = $1",
            "UPDATE reports SET personal = NULL, contact_sealed = NULL, description = '', \
             landmark = NULL, lon = NULL, lat = NULL, media_url = NULL, confirmed = NULL, \
             over_ms = NULL, erase_asked = 0 WHERE number = $1",
        ] {
            sqlx::query(statement)
                .bind(number)
                .execute(&mut *tx)
                .await?;
        }
        sqlx::query("UPDATE reports SET report_json = $1, erased_ms = $2 WHERE number = $3")
            .bind(json(&stored.report)?)
            .bind(now.millis())
            .bind(number)
            .execute(&mut *tx)
            .await?;
        let photos: Vec<String> =
            sqlx::query_scalar("DELETE FROM photos WHERE number = $1 RETURNING sha256")
                .bind(number)
                .fetch_all(&mut *tx)
                .await?;
        for photo in photos {
            shred_photo(&mut tx, &photo).await?;
        }
        if let Some(key) = key {
            shred(&mut tx, "key", &key.to_string()).await?;
        }
        let policy = documents.policy(&stored.municipality, &stored.head.category)?;
        record(&mut tx, &mut stored, vec![erased], &policy, now).await?;
        tx.commit().await?;
        Ok(Erasure::Done)
    }

    /// Reports of a municipality that were over before `before`, or that somebody asked to be erased
    /// as soon as they are over; some of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn overdue_for_erasure(
        &self,
        municipality: &str,
        before: Timestamp,
        most: u32,
    ) -> Result<Vec<String>, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT number FROM reports WHERE municipality = $1 AND over_ms IS NOT NULL \
             AND (over_ms < $2 OR erase_asked = 1) ORDER BY over_ms LIMIT $3",
        )
        .bind(municipality)
        .bind(before.millis())
        .bind(i64::from(most))
        .fetch_all(self.readers())
        .await?)
    }

    /// What is still to be destroyed of what was erased.
    pub(crate) async fn shreds(&self) -> Result<Vec<Shreds>, StoreError> {
        let rows = sqlx::query("SELECT kind, item FROM shredding ORDER BY kind, item LIMIT $1")
            .bind(AT_ONCE)
            .fetch_all(self.readers())
            .await?;
        let shreds = rows.iter().map(|row| {
            let (kind, item): (String, String) = (row.try_get("kind")?, row.try_get("item")?);
            match (kind.as_str(), item.parse()) {
                ("photo", _) => Ok(Shreds::Photo(item)),
                ("key", Ok(id)) => Ok(Shreds::Key(id)),
                _ => Err(StoreError::Unreadable("shredding")),
            }
        });
        shreds.collect()
    }

    /// That a key was destroyed.
    pub(crate) async fn key_shredded(&self, id: i64) -> Result<(), StoreError> {
        let done = sqlx::query("DELETE FROM shredding WHERE kind = 'key' AND item = $1");
        self.write_one(done.bind(id.to_string())).await?;
        Ok(())
    }

    /// Notes that a photo is to be destroyed, unless a report names it by then.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn doubt_photo(&self, sha256: &str) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        shred(&mut tx, "photo", sha256).await?;
        Ok(tx.commit().await?)
    }

    /// Lets a photo that is to be destroyed be so by `destroy`, unless a report names it again. Nobody
    /// writes meanwhile: a report that comes to name it finds it, or finds it gone.
    pub(crate) async fn shred_unnamed<E: From<StoreError>>(
        &self,
        sha256: &str,
        destroy: impl Future<Output = Result<(), impl Into<E>>>,
    ) -> Result<(), E> {
        let mut tx = self.write().await?;
        if !is_named(&mut tx, sha256).await? {
            destroy.await.map_err(Into::into)?;
        }
        sqlx::query("DELETE FROM shredding WHERE kind = 'photo' AND item = $1")
            .bind(sha256)
            .execute(&mut *tx)
            .await
            .map_err(StoreError::from)?;
        Ok(tx.commit().await.map_err(StoreError::from)?)
    }

    /// Folds both logs into their files: what was overwritten is in neither any more.
    pub(crate) async fn fold(&self) -> Result<bool, StoreError> {
        let folded = self.database.fold().await?;
        Ok(self.vault.fold().await? && folded)
    }

    /// Of the reports behind the key `after` that are not erased here, those whose key was destroyed:
    /// a backup from before that was put back. Gives their numbers, and behind which key to go on;
    /// nothing once all were looked at.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn brought_back(
        &self,
        after: i64,
    ) -> Result<(Vec<String>, Option<i64>), StoreError> {
        let rows = sqlx::query(
            "SELECT key_id, number FROM reports \
             WHERE key_id IS NOT NULL AND erased_ms IS NULL AND key_id > $1 \
             ORDER BY key_id LIMIT $2",
        )
        .bind(after)
        .bind(AT_ONCE)
        .fetch_all(self.readers())
        .await?;
        let mut keys = Vec::with_capacity(rows.len());
        for row in &rows {
            keys.push((row.try_get("key_id")?, row.try_get::<String, _>("number")?));
        }
        let ids: Vec<i64> = keys.iter().map(|(id, _)| *id).collect();
        let destroyed = match ids.is_empty() {
            true => Vec::new(),
            false => self.vault.destroyed(&ids).await?,
        };
        let next = ids.last().copied();
        let back = keys.into_iter().filter(|(id, _)| destroyed.contains(id));
        Ok((back.map(|(_, number)| number).collect(), next))
    }

    /// Erases a report anew whose key was destroyed while the ledger it is in was a backup.
    pub(crate) async fn erase_again(
        &self,
        number: &str,
        documents: &Municipalities,
        now: Timestamp,
    ) -> Result<Erasure, StoreError> {
        // It may not have been over when the backup was made.
        let over =
            sqlx::query("UPDATE reports SET over_ms = $1 WHERE number = $2 AND over_ms IS NULL");
        self.write_one(over.bind(now.millis()).bind(number.to_owned()))
            .await?;
        self.erase(number, None, documents, now).await
    }

    /// The numbers of the reports that a master key's absence leaves unreadable, behind the key
    /// `after`; and behind which to go on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn unreadable(
        &self,
        kid: &str,
        after: i64,
    ) -> Result<(Vec<String>, Option<i64>), StoreError> {
        let most = u32::try_from(AT_ONCE).unwrap_or(u32::MAX);
        let ids = self.vault.under(kid, after, most).await?;
        let Some(last) = ids.last().copied() else {
            return Ok((Vec::new(), None));
        };
        let mut query = Statement::new("SELECT number FROM reports WHERE key_id IN ");
        query.push_list(ids).push(" ORDER BY number");
        let rows = query.fetch_all(self.readers()).await?;
        let numbers = rows.iter().map(|row| row.try_get("number"));
        Ok((numbers.collect::<Result<_, _>>()?, Some(last)))
    }
}

/// Keeps by what a report can be found that is one person's.
pub(super) async fn keep(tx: &mut Connection, new: &NewReport) -> Result<(), StoreError> {
    for (kind, contact) in &new.persons {
        sqlx::query(
            "INSERT INTO person_contacts (number, kind, contact, received_ms) \
             VALUES ($1, $2, $3, $4)",
        )
        .bind(new.number.as_str())
        .bind(*kind)
        .bind(contact.as_str())
        .bind(new.received_at.millis())
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

/// A photo that a report does not name any more is to be destroyed, unless another one does.
pub(super) async fn shred_photo(tx: &mut Connection, sha256: &str) -> Result<(), StoreError> {
    match is_named(tx, sha256).await? {
        true => Ok(()),
        false => shred(tx, "photo", sha256).await,
    }
}

/// Whether a report names this photo.
async fn is_named(tx: &mut Connection, sha256: &str) -> Result<bool, StoreError> {
    let named: Option<String> =
        sqlx::query_scalar("SELECT number FROM photos WHERE sha256 = $1 LIMIT 1")
            .bind(sha256)
            .fetch_optional(tx)
            .await?;
    Ok(named.is_some())
}

async fn shred(tx: &mut Connection, kind: &str, item: &str) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO shredding (kind, item) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(kind)
        .bind(item)
        .execute(tx)
        .await?;
    Ok(())
}
