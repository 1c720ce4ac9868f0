//! How a report comes into the ledger, and photos that come after it: with whatever else waits for the
//! disk, and sealed before that.

use std::sync::Arc;

use balagh_database::{Connection, Work};
use balagh_shared::delivery::StoredPhoto;
use balagh_shared::seal::Sealed;
use balagh_shared::time::Timestamp;
use sqlx::Row as _;

use super::pictures::{self, Sender};
use super::reports::{Inserted, NewReport, Standing, StoredReport, append, load, record, spread};
use super::rows::{code_of, json, signed};
use super::sealing::{self, Personal, Privacy};
use super::together::Each;
use super::vault::{ItemKey, Vault};
use super::{Store, StoreError};
use crate::lifecycle::life::Head;
use crate::lifecycle::{Actor, Event, What, timer};
use crate::municipalities::Municipalities;

const FIRST_REVISION: u64 = 1;

impl Store {
    /// Puts a report into the ledger, once, and joins it to the one its reporter named, where that
    /// one is here and open. Reports that come at once share a commit; one that cannot be stored is
    /// refused alone.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing is stored.
    pub async fn insert(
        &self,
        new: &NewReport,
        documents: &Arc<Municipalities>,
        now: Timestamp,
    ) -> Result<Inserted, StoreError> {
        // Durable before anything is sealed with it.
        let (key_id, key) = self.vault.draw().await?;
        let arrival = Arrival {
            sealed: Words::of(new, &key)?,
            stored: new.stored(key.clone()),
            new: new.clone(),
            key_id,
            vault: self.vault.clone(),
            documents: Arc::clone(documents),
            now,
        };
        let inserted = self.together(arrival).await?;
        if inserted != Inserted::New {
            self.vault.give_back(key_id, key);
        }
        Ok(inserted)
    }

    /// Attaches a photo, whose bytes are in the photo store, to a report that came before it, once.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] when there is no such report.
    pub async fn attach_photo(
        &self,
        number: &str,
        photo: &StoredPhoto,
        documents: &Arc<Municipalities>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let attachment = Attachment {
            number: number.to_owned(),
            photo: photo.clone(),
            vault: self.vault.clone(),
            documents: Arc::clone(documents),
            now,
        };
        self.together(attachment).await
    }
}

/// A report on its way, with everything that can be made ready before the ledger is locked.
struct Arrival {
    new: NewReport,
    /// As it will be stored.
    stored: StoredReport,
    sealed: Words,
    key_id: i64,
    vault: Vault,
    documents: Arc<Municipalities>,
    now: Timestamp,
}

/// What of a report is somebody's, sealed, and what is left of it.
struct Words {
    personal: Sealed,
    contact: Option<Sealed>,
    /// Degrees, rounded: longitude and latitude.
    at: Option<(f64, f64)>,
    /// The report without them, as JSON.
    report: String,
}

impl Words {
    fn of(new: &NewReport, key: &ItemKey) -> Result<Words, StoreError> {
        let number = new.number.as_str();
        let mut report = new.report.clone();
        let personal = Personal::of(&mut report, new.media_url.clone());
        let contact = new.contact.as_ref();
        let contact = contact.map(|it| sealing::contact(key, number, it));
        let rounded =
            |at: balagh_shared::report::Point| (sealing::rounded(at.lon), sealing::rounded(at.lat));
        Ok(Words {
            personal: personal.sealed(key, number)?,
            contact: contact.transpose()?,
            at: personal.at.map(rounded),
            report: json(&report)?,
        })
    }
}

impl NewReport {
    /// As it will be stored, but for its contact, which nothing that follows from it asks for.
    fn stored(&self, key: ItemKey) -> StoredReport {
        StoredReport {
            municipality: self.municipality.clone(),
            verdict: self.verdict,
            reasons: self.reasons.clone(),
            report: self.report.clone(),
            contact: None,
            media_url: self.media_url.clone(),
            privacy: Privacy::Open(key),
            partner: self.partner.clone(),
            head: Head {
                number: self.number.as_str().to_owned(),
                category: self.report.category.clone(),
                received_at: self.received_at,
                district: self.route.district.clone(),
                department: self.route.department.clone(),
                agency: self.route.agency.clone(),
                due: self.route.due,
            },
            log: self.log.clone(),
            revision: FIRST_REVISION,
            secret_kid: self.secret_kid.clone(),
        }
    }
}

impl Work for Arrival {
    type Batch = Each;
    type Done = Inserted;
    type Error = StoreError;

    async fn write(&self, tx: &mut Connection, _batch: &mut Each) -> Result<Inserted, StoreError> {
        let number = self.new.number.as_str();
        let standing = Standing::of(&self.stored);
        let inserted = if self.insert_row(tx, &standing).await? {
            self.follow(tx, &standing).await?;
            Inserted::New
        } else {
            self.known(tx).await?
        };
        if inserted != Inserted::Conflict {
            for photo in &self.new.photos {
                attach(tx, number, photo).await?;
            }
        }
        Ok(inserted)
    }
}

impl Arrival {
    /// Whether there was none under its number.
    async fn insert_row(
        &self,
        tx: &mut Connection,
        standing: &Standing,
    ) -> Result<bool, StoreError> {
        let (new, life) = (&self.new, &standing.life);
        let fingerprint = new.fingerprints.first();
        let fingerprint = fingerprint.ok_or(StoreError::Unreadable("fingerprint"))?;
        let inserted = sqlx::query(
            "INSERT INTO reports (number, municipality, secret_kid, category, district, \
             candidates, department, agency, inspectors, verdict, reasons, received_at, due, \
             language, channel, description, lon, lat, contact_sealed, partner, report_json, \
             delivery_mac, received_ms, confirmed, revision, key_id, personal, state, \
             current_department, current_agency, current_due, level, joins, is_listed, \
             is_published, changed_ms, over_ms) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, '', $16, \
             $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, \
             $34, $35, $36) ON CONFLICT (number) DO NOTHING",
        )
        .bind(new.number.as_str())
        .bind(&new.municipality)
        .bind(&new.secret_kid)
        .bind(&new.report.category)
        .bind(&new.route.district)
        .bind(json(&new.route.candidates)?)
        .bind(&new.route.department)
        .bind(&new.route.agency)
        .bind(&new.route.inspectors)
        .bind(code_of(&new.verdict)?)
        .bind(json(&new.reasons)?)
        .bind(new.received_at.to_string())
        .bind(new.route.due.to_string())
        .bind(&new.report.lang)
        .bind(&new.report.channel)
        .bind(self.sealed.at.map(|(lon, _)| lon))
        .bind(self.sealed.at.map(|(_, lat)| lat))
        .bind(self.sealed.contact.as_ref().map(Sealed::as_str))
        .bind(&new.partner)
        .bind(&self.sealed.report)
        .bind(fingerprint.as_str())
        .bind(new.received_at.millis())
        .bind(new.confirmed.as_ref().map(json).transpose()?)
        .bind(signed(FIRST_REVISION))
        .bind(self.key_id)
        .bind(self.sealed.personal.as_str())
        .bind(life.state.code())
        .bind(&life.department)
        .bind(&life.agency)
        .bind(life.due.millis())
        .bind(i64::from(life.level))
        .bind(&life.joins)
        .bind(i64::from(standing.is_listed))
        .bind(i64::from(life.is_published))
        .bind(standing.changed_ms)
        .bind(standing.over_ms)
        .execute(tx)
        .await?;
        Ok(inserted.rows_affected() > 0)
    }

    /// Writes everything that follows from its coming.
    async fn follow(&self, tx: &mut Connection, standing: &Standing) -> Result<(), StoreError> {
        let (new, stored) = (&self.new, &self.stored);
        let number = new.number.as_str();
        super::person::keep(tx, new).await?;
        let happened = stored.log.events();
        append(tx, number, happened, &stored.privacy).await?;
        let policy = self
            .documents
            .policy(&new.municipality, &new.report.category)?;
        if let Some(job) = timer::next(&standing.life, &policy) {
            super::jobs::set(tx, number, job).await?;
        }
        let life = (&standing.life, happened);
        spread(tx, stored, life, &policy, self.now).await?;
        super::joining::on_arrival(tx, &self.vault, stored, new, &self.documents, self.now).await
    }

    /// Whether the report that is there under its number is the same.
    async fn known(&self, tx: &mut Connection) -> Result<Inserted, StoreError> {
        let row = sqlx::query("SELECT delivery_mac, key_id FROM reports WHERE number = $1")
            .bind(self.new.number.as_str())
            .fetch_one(tx)
            .await?;
        // Written before, by a leader that was ended before it could say so.
        if row.try_get::<Option<i64>, _>("key_id")? == Some(self.key_id) {
            return Ok(Inserted::New);
        }
        let mac: &str = row.try_get("delivery_mac")?;
        let mut fingerprints = self.new.fingerprints.iter();
        Ok(match fingerprints.any(|one| one.as_str() == mac) {
            true => Inserted::Known,
            false => Inserted::Conflict,
        })
    }
}

/// A photo on its way to a report that is there.
struct Attachment {
    number: String,
    photo: StoredPhoto,
    vault: Vault,
    documents: Arc<Municipalities>,
    now: Timestamp,
}

impl Work for Attachment {
    type Batch = Each;
    type Done = ();
    type Error = StoreError;

    async fn write(&self, tx: &mut Connection, _batch: &mut Each) -> Result<(), StoreError> {
        let stored = load(tx, &self.vault, &self.number).await?;
        let mut stored = stored.ok_or(StoreError::Unknown)?;
        if attach(tx, &self.number, &self.photo).await? {
            let came = Event {
                at: self.now,
                state: stored.life().state,
                what: What::Photo,
                actor: Actor::Reporter,
                staff: None,
                note: None,
            };
            let policy = self
                .documents
                .policy(&stored.municipality, &stored.head.category)?;
            record(tx, &mut stored, vec![came], &policy, self.now).await?;
        }
        Ok(())
    }
}

/// Names a photo that came from its reporter to a report; gives whether that is new.
async fn attach(
    tx: &mut Connection,
    number: &str,
    photo: &StoredPhoto,
) -> Result<bool, StoreError> {
    // A photo that comes after all is erased is none of it any more.
    let erased: Option<i64> = sqlx::query_scalar("SELECT erased_ms FROM reports WHERE number = $1")
        .bind(number)
        .fetch_one(&mut *tx)
        .await?;
    if erased.is_some() {
        super::person::shred_photo(tx, &photo.sha256).await?;
        return Ok(false);
    }
    pictures::attach(tx, number, photo, Sender::Reporter).await
}
