//! Decisions: what one reads, and what it writes.

use balagh_shared::report::{Contact, Point};
use balagh_shared::seal;
use balagh_shared::time::Timestamp;

use super::sql::values;
use super::{Keeper, StoreError};
use crate::ledger::count::Count;
use crate::ledger::recent::{Entry, MOST, Recent};
use crate::ledger::rest::{verdict_code, without_contact};
use crate::ledger::statements;
use crate::screen::{Effect, Insert, Reads, Screened, Slot, StoredSubmission, Wanted};

/// What came lately to a municipality; up to so many.
const LATELY: &str = "SELECT screenings.received_at, screenings.category, screened_json, lon, lat
     FROM screenings LEFT JOIN nearby ON nearby.number = screenings.number
     WHERE screenings.municipality = $1 ORDER BY screenings.received_at DESC LIMIT $2";

/// Slot.
const SUBMISSION: &str = "SELECT fingerprint, receipt_json FROM submissions WHERE slot = $1";

impl Keeper<'_> {
    /// Looks up what a plan wants.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn read(
        &self,
        municipality: &str,
        wanted: &Wanted,
        recent: &Recent,
        now: Timestamp,
    ) -> Result<Reads, StoreError> {
        let mut reads = Reads::default();
        if let Some(slot) = wanted.slot {
            reads.submission = self.submission(slot)?;
        }
        reads.nonce_spent = self.is_spent(wanted.nonce)?;
        reads.proof_spent = self.is_spent(wanted.proof)?;
        reads.identity_spent = self.is_spent(wanted.identity)?;
        for name in &wanted.photos {
            reads.photos.extend(self.photo(municipality, name)?);
        }
        if let Some(number) = &wanted.leader {
            reads.leader = self.leader(municipality, number)?;
        }
        for subject in &wanted.counters {
            let tat = self.counter(subject)?;
            reads.counters.extend(tat.map(|tat| (subject.clone(), tat)));
        }
        if let Some(text) = wanted.text {
            reads.alike = recent.alike(municipality, text, now);
        }
        if let Some(around) = &wanted.around {
            reads.nearby = recent.nearby(municipality, around, now);
        }
        Ok(reads)
    }

    /// What was acknowledged in a slot.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn submission(&self, slot: Slot) -> Result<Option<StoredSubmission>, StoreError> {
        let Some(row) = self.first(SUBMISSION, values![slot.hex()])? else {
            return Ok(None);
        };
        // A fingerprint of another length fits no report: the key then counts as another's.
        let fingerprint = row.at::<Vec<u8>>(0)?.try_into().unwrap_or_default();
        let receipt: String = row.at(1)?;
        let stub = serde_json::from_str(&receipt).map_err(|_| StoreError::Corrupt("a receipt"))?;
        Ok(Some(StoredSubmission { fingerprint, stub }))
    }

    /// The state of one counter, in milliseconds since 1970.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn counter(&self, subject: &str) -> Result<Option<i64>, StoreError> {
        let row = self.first(statements::COUNTER, values![subject])?;
        row.map(|row| row.at(0)).transpose()
    }

    pub(super) fn is_spent(&self, nonce: Option<[u8; 16]>) -> Result<bool, StoreError> {
        let Some(nonce) = nonce else { return Ok(false) };
        let row = self.first(statements::IS_SPENT, values![nonce.as_slice()])?;
        Ok(row.is_some())
    }

    /// Writes a decision. Where that fails some of it may be written: the caller's transaction takes
    /// it back. `nonce` seals the contact.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where the number, the key or a nonce is taken.
    pub fn apply(
        &self,
        effects: &[Effect],
        nonce: &[u8; 24],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for effect in effects {
            match effect {
                Effect::InsertReport(insert) => self.insert(insert, nonce, now)?,
                Effect::SpendNonce { nonce, expires_at } => self.spend(nonce, *expires_at)?,
                Effect::Count { .. } => {
                    if let Some(count) = Count::of(effect) {
                        self.count(&count)?;
                    }
                }
            }
        }
        // What is over weighs nothing any more: a spent nonce of a dead session, an empty bucket.
        self.run(statements::FORGET_IDLE, values![now.millis()])?;
        self.run(statements::FORGET_SPENT, values![now.seconds()])?;
        Ok(())
    }

    /// Uses up a session, a challenge or an outside identity, until `expires_at` in seconds since 1970.
    pub(super) fn spend(&self, nonce: &[u8; 16], expires_at: i64) -> Result<(), StoreError> {
        let values = values![nonce.as_slice(), expires_at];
        self.run(statements::SPEND, values).map(drop)
    }

    /// Counts an event.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn count(&self, count: &Count) -> Result<(), StoreError> {
        let next = count.after(self.counter(&count.subject)?);
        let values = values![count.subject.as_str(), next];
        self.run(statements::KEEP_COUNTER, values).map(drop)
    }

    fn insert(&self, insert: &Insert, nonce: &[u8; 24], now: Timestamp) -> Result<(), StoreError> {
        let Insert {
            slot,
            fingerprint,
            stub,
            delivery,
            screened,
            spot,
        } = insert;
        let number = stub.number.as_str();
        let (municipality, category) = (&*delivery.municipality, &*delivery.report.category);
        let receipt = json(stub)?;
        self.run(
            statements::KEEP_SUBMISSION,
            values![
                slot.hex(),
                fingerprint.as_slice(),
                number,
                receipt,
                now.millis()
            ],
        )?;
        let contact = delivery.report.contact.as_ref();
        let sealed = contact.map(|contact| self.seal(number, contact, nonce));
        self.run(
            statements::KEEP_REPORT,
            values![
                number,
                municipality,
                category,
                verdict_code(delivery.verdict),
                delivery.secret_kid.as_str(),
                now.millis(),
                json(&without_contact(delivery))?,
                sealed.transpose()?,
            ],
        )?;
        for (position, photo) in delivery.report.photos.iter().enumerate() {
            self.run(
                statements::NAME_PHOTO,
                values![number, photo.as_str(), position],
            )?;
        }
        if let Some(spot) = spot {
            self.place(delivery, spot)?;
        }
        self.run(
            statements::KEEP_SCREENING,
            values![
                number,
                municipality,
                now.millis(),
                category,
                delivery.partner.as_deref(),
                verdict_code(delivery.verdict),
                json(screened)?,
            ],
        )?;
        self.queue(number, now)
    }

    fn seal(
        &self,
        number: &str,
        contact: &Contact,
        nonce: &[u8; 24],
    ) -> Result<String, StoreError> {
        let plain = json(contact)?;
        let sealed = seal::seal(self.seals, nonce, number.as_bytes(), plain.as_bytes())?;
        Ok(sealed.as_str().to_owned())
    }

    pub(super) fn open_contact(
        &self,
        number: &str,
        sealed: Option<&str>,
    ) -> Result<Option<Contact>, StoreError> {
        let Some(sealed) = sealed else {
            return Ok(None);
        };
        let sealed = seal::Sealed::parse(sealed)?;
        let plain = seal::open(self.seals, number.as_bytes(), &sealed)?;
        let contact =
            serde_json::from_slice(&plain).map_err(|_| StoreError::Corrupt("a contact"))?;
        Ok(Some(contact))
    }

    /// Reads what came lately.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn recall(&self, municipality: &str) -> Result<Recent, StoreError> {
        let recent = Recent::default();
        let rows = self.run(LATELY, values![municipality, MOST])?;
        for row in rows.iter().rev() {
            let screened: String = row.at(2)?;
            let screened: Screened =
                serde_json::from_str(&screened).map_err(|_| StoreError::Corrupt("an opinion"))?;
            let (lon, lat): (Option<f64>, Option<f64>) = (row.at(3)?, row.at(4)?);
            let entry = Entry {
                at: row.at(0)?,
                fingerprint: screened.fingerprint,
                category: row.at(1)?,
                place: lon.zip(lat).map(|(lon, lat)| Point {
                    lon,
                    lat,
                    accuracy_m: None,
                }),
            };
            recent.add(municipality, entry);
        }
        Ok(recent)
    }
}

pub(super) fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Corrupt("what is to be stored"))
}
