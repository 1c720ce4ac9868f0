//! Reports: what a decision reads, and what it writes.

use balagh_shared::report::Contact;
use balagh_shared::seal;
use balagh_shared::time::Timestamp;

use balagh_database::Connection;

use super::counters::advance;
use super::screenings;
use super::{Ledger, LedgerError};
use crate::ledger::recent::Entry;
use crate::ledger::rest::{verdict_code, without_contact};
use crate::ledger::statements;
use crate::native::clock;
use crate::screen::{Effect, Insert, Reads, Slot, StoredSubmission, Wanted};

impl Ledger {
    /// Looks up what a plan wants.
    ///
    /// # Errors
    /// [`LedgerError`], when the storage fails.
    pub async fn read(&self, municipality: &str, wanted: &Wanted) -> Result<Reads, LedgerError> {
        let mut reads = Reads::default();
        if let Some(slot) = wanted.slot {
            reads.submission = self.submission(slot).await?;
        }
        reads.nonce_spent = self.is_spent(wanted.nonce).await?;
        reads.proof_spent = self.is_spent(wanted.proof).await?;
        reads.identity_spent = self.is_spent(wanted.identity).await?;
        for name in &wanted.photos {
            reads.photos.extend(self.photo(municipality, name).await?);
        }
        if let Some(number) = &wanted.leader {
            reads.leader = self.leader(municipality, number).await?;
        }
        for subject in &wanted.counters {
            let tat = self.counter(subject).await?;
            reads.counters.extend(tat.map(|tat| (subject.clone(), tat)));
        }
        if wanted.text.is_some() || wanted.around.is_some() {
            self.catch_up().await?;
        }
        let now = clock::now();
        if let Some(text) = wanted.text {
            reads.alike = self.recent.alike(municipality, text, now);
        }
        if let Some(around) = &wanted.around {
            reads.nearby = self.recent.nearby(municipality, around, now);
        }
        Ok(reads)
    }

    async fn is_spent(&self, nonce: Option<[u8; 16]>) -> Result<bool, LedgerError> {
        match nonce {
            Some(nonce) => is_spent(self.database.readers(), &nonce).await,
            None => Ok(false),
        }
    }

    /// What was acknowledged in a slot.
    ///
    /// # Errors
    /// [`LedgerError`], when the storage fails.
    pub async fn submission(&self, slot: Slot) -> Result<Option<StoredSubmission>, LedgerError> {
        let row: Option<(Vec<u8>, String)> = sqlx::query_as(statements::SUBMISSION)
            .bind(slot.hex())
            .fetch_optional(self.database.readers())
            .await?;
        let Some((fingerprint, receipt)) = row else {
            return Ok(None);
        };
        // A fingerprint of another length fits no report: the key then counts as another's.
        let fingerprint = fingerprint.try_into().unwrap_or_default();
        Ok(Some(StoredSubmission {
            fingerprint,
            stub: serde_json::from_str(&receipt)?,
        }))
    }

    /// Writes a decision into a transaction; where that fails, some of it may be written.
    pub(super) async fn decide(
        &self,
        tx: &mut Connection,
        effects: &[Effect],
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        for effect in effects {
            match effect {
                Effect::InsertReport(insert) => self.insert(tx, insert, now).await?,
                Effect::SpendNonce { nonce, expires_at } => spend(tx, nonce, *expires_at).await?,
                Effect::Count {
                    subject,
                    tat,
                    step_ms,
                    beyond,
                } => advance(tx, subject, *tat, *step_ms, *beyond).await?,
            }
        }
        Ok(())
    }

    /// Remembers what is on disk now, for comparing others with it.
    pub(super) fn recall(&self, effects: &[Effect], now: Timestamp) {
        if self.is_shared() {
            // It is caught up with as what others wrote.
            return;
        }
        for effect in effects {
            if let Effect::InsertReport(insert) = effect {
                let municipality = &insert.delivery.municipality;
                self.recent.add(municipality, Entry::of(insert, now));
            }
        }
    }

    async fn insert(
        &self,
        tx: &mut Connection,
        insert: &Insert,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let Insert {
            slot,
            fingerprint,
            stub,
            delivery,
            spot,
            ..
        } = insert;
        let number = stub.number.as_str();
        sqlx::query(statements::KEEP_SUBMISSION)
            .bind(slot.hex())
            .bind(fingerprint.to_vec())
            .bind(number)
            .bind(serde_json::to_string(stub)?)
            .bind(now.millis())
            .execute(&mut *tx)
            .await?;
        sqlx::query(statements::KEEP_REPORT)
            .bind(number)
            .bind(&delivery.municipality)
            .bind(&delivery.report.category)
            .bind(verdict_code(delivery.verdict))
            .bind(&delivery.secret_kid)
            .bind(now.millis())
            .bind(serde_json::to_string(&without_contact(delivery))?)
            .bind(self.seal_contact(number, delivery.report.contact.as_ref())?)
            .execute(&mut *tx)
            .await?;
        for (position, photo) in delivery.report.photos.iter().enumerate() {
            sqlx::query(statements::NAME_PHOTO)
                .bind(number)
                .bind(photo)
                .bind(i64::try_from(position).unwrap_or(i64::MAX))
                .execute(&mut *tx)
                .await?;
        }
        if let Some(spot) = spot {
            super::nearby::place(tx, delivery, spot).await?;
        }
        screenings::insert(tx, insert, now).await?;
        self.queue(tx, delivery, now).await?;
        Ok(())
    }

    /// Which key the tracking code of a report is derived with, and how its reporter is reached;
    /// nothing where there is no such report, after the same work.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn contact(
        &self,
        municipality: &str,
        number: &str,
    ) -> Result<Option<(String, Option<Contact>)>, LedgerError> {
        let row: Option<(String, Option<String>)> = sqlx::query_as(statements::CONTACT)
            .bind(number)
            .bind(municipality)
            .fetch_optional(self.database.readers())
            .await?;
        let (kid, sealed) = match row {
            Some((kid, sealed)) => (Some(kid), sealed),
            None => (None, None),
        };
        let contact = match sealed {
            Some(sealed) => self.open_contact(number, Some(&sealed))?,
            None => {
                // Opening costs what sealing does.
                seal::seal(&self.seals, &[0; 24], number.as_bytes(), &[b' '; 48])?;
                None
            }
        };
        Ok(kid.map(|kid| (kid, contact)))
    }

    fn seal_contact(
        &self,
        number: &str,
        contact: Option<&Contact>,
    ) -> Result<Option<String>, LedgerError> {
        let Some(contact) = contact else {
            return Ok(None);
        };
        let nonce = clock::random().map_err(|_| LedgerError::Randomness)?;
        let plain = serde_json::to_vec(contact)?;
        let sealed = seal::seal(&self.seals, &nonce, number.as_bytes(), &plain)?;
        Ok(Some(sealed.as_str().to_owned()))
    }

    pub(super) fn open_contact(
        &self,
        number: &str,
        sealed: Option<&str>,
    ) -> Result<Option<Contact>, LedgerError> {
        let Some(sealed) = sealed else {
            return Ok(None);
        };
        let sealed = seal::Sealed::parse(sealed)?;
        let plain = seal::open(&self.seals, number.as_bytes(), &sealed)?;
        Ok(Some(serde_json::from_slice(&plain)?))
    }
}

/// Whether a session, a challenge or an outside identity is used up.
pub(super) async fn is_spent<'e>(
    reader: impl sqlx::Executor<'e, Database = sqlx::Any>,
    nonce: &[u8; 16],
) -> Result<bool, LedgerError> {
    let spent = sqlx::query(statements::IS_SPENT)
        .bind(nonce.to_vec())
        .fetch_optional(reader)
        .await?;
    Ok(spent.is_some())
}

/// Uses one up, until `expires_at` in seconds since 1970.
pub(super) async fn spend(
    tx: &mut Connection,
    nonce: &[u8; 16],
    expires_at: i64,
) -> Result<(), LedgerError> {
    sqlx::query(statements::SPEND)
        .bind(nonce.to_vec())
        .bind(expires_at)
        .execute(&mut *tx)
        .await?;
    Ok(())
}
