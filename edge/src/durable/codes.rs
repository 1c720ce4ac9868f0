//! One-time codes: what was sent to whom, by hashes; and how a report's sender is reached.

use balagh_shared::report::Contact;
use balagh_shared::seal;
use balagh_shared::time::Timestamp;

use super::sql::values;
use super::{Keeper, StoreError};
use crate::codes::ask::{Reads, Wanted};
use crate::codes::{Entry, Sent};
use crate::ledger::code;
use crate::ledger::statements;

impl Keeper<'_> {
    /// What is known of a request for a code.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn codes(&self, wanted: &Wanted) -> Result<Reads, StoreError> {
        let mut reads = Reads {
            entry: self.code(&wanted.subject)?,
            proof_spent: self.is_spent(wanted.proof)?,
            ..Reads::default()
        };
        for subject in &wanted.counters {
            let tat = self.counter(subject)?;
            reads.counters.extend(tat.map(|tat| (subject.clone(), tat)));
        }
        Ok(reads)
    }

    /// Writes down a code that is to be sent, and what it counts for. Where that fails some of it may
    /// be written: the caller's transaction takes it back.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where the solved challenge is spent.
    pub fn send_code(&self, sent: &Sent, now: Timestamp) -> Result<(), StoreError> {
        self.keep_code(&sent.subject, &sent.entry, now)?;
        for count in &sent.counts {
            self.count(count)?;
        }
        if let Some((nonce, expires_at)) = &sent.spent {
            self.spend(nonce, *expires_at)?;
        }
        self.run(statements::FORGET_CODES, values![now.millis()])
            .map(drop)
    }

    /// What is kept of a contact.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn code(&self, subject: &str) -> Result<Entry, StoreError> {
        let Some(row) = self.first(statements::CODE, values![subject])? else {
            return Ok(Entry::default());
        };
        let (sent, mac, expires_at) = (row.at(0)?, row.at(1)?, row.at(2)?);
        let (asked_by, left, others) = (row.at(3)?, row.at(4)?, row.at(5)?);
        code::entry((sent, mac, expires_at, asked_by, left, others))
            .map_err(|_| StoreError::Corrupt("when codes were sent"))
    }

    /// Writes what becomes of a contact's entry.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_code(
        &self,
        subject: &str,
        entry: &Entry,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let ((sent, mac, expires_at, asked_by, left, others), forget_at) =
            code::row(entry, now).map_err(|_| StoreError::Corrupt("what is to be stored"))?;
        let mac = mac.as_deref();
        let values = values![
            subject, sent, mac, expires_at, asked_by, left, others, forget_at,
        ];
        self.run(statements::KEEP_CODE, values).map(drop)
    }

    /// Which key the tracking code of a report is derived with, and how its reporter is reached;
    /// nothing where there is no such report, after the same work.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn contact(
        &self,
        municipality: &str,
        number: &str,
    ) -> Result<Option<(String, Option<Contact>)>, StoreError> {
        let row = self.first(statements::CONTACT, values![number, municipality])?;
        let (kid, sealed): (Option<String>, Option<String>) = match row {
            Some(row) => (row.at(0)?, row.at(1)?),
            None => (None, None),
        };
        let contact = self.open_contact(number, sealed.as_deref())?;
        if sealed.is_none() {
            // Opening costs what sealing does.
            seal::seal(self.seals, &[0; 24], number.as_bytes(), &[b' '; 48])?;
        }
        Ok(kid.map(|kid| (kid, contact)))
    }
}
