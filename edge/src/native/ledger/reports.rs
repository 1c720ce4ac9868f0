//! Reports: what a decision reads, and what it writes.

use balagh_shared::report::Contact;
use balagh_shared::seal;

use balagh_database::Connection;

use super::looked_up::Keys;
use super::{Ledger, LedgerError};
use crate::ledger::statements;
use crate::native::clock;
use crate::screen::{Reads, Slot, StoredSubmission, Wanted};

impl Ledger {
    /// Looks up what a plan wants.
    ///
    /// # Errors
    /// [`LedgerError`], when the storage fails.
    pub async fn read(&self, municipality: &str, wanted: &Wanted) -> Result<Reads, LedgerError> {
        let mut reads = Reads::default();
        if let Some(keys) = Keys::of(wanted) {
            let mut found = self.asked.ask(&self.database, keys).await?;
            reads.submission = found.submission()?;
            reads.nonce_spent = found.is_spent(wanted.nonce);
            reads.proof_spent = found.is_spent(wanted.proof);
            reads.identity_spent = found.is_spent(wanted.identity);
            reads.counters = found.counters;
        }
        for name in &wanted.photos {
            reads.photos.extend(self.photo(municipality, name).await?);
        }
        if let Some(number) = &wanted.leader {
            reads.leader = self.leader(municipality, number).await?;
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

    /// What was acknowledged in a slot.
    ///
    /// # Errors
    /// [`LedgerError`], when the storage fails.
    pub async fn submission(&self, slot: Slot) -> Result<Option<StoredSubmission>, LedgerError> {
        let wanted = Wanted {
            slot: Some(slot),
            ..Wanted::default()
        };
        match Keys::of(&wanted) {
            Some(keys) => self.asked.ask(&self.database, keys).await?.submission(),
            None => Ok(None),
        }
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

    pub(super) fn seal_contact(
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
