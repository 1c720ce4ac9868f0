//! The outbox: what the origin is still to be told. A row is done only when the origin has said so, and
//! stays where it is when it was put aside for a person.

use balagh_shared::delivery::{Delivery, StoredPhoto};
use balagh_shared::time::Timestamp;

use super::sql::values;
use super::{Keeper, StoreError};
use crate::ledger::job::{Failure, Job, ORIGIN};
use crate::ledger::letter::{Letter, Which};
use crate::ledger::statements;
use crate::outbox::schedule::Next;

impl Keeper<'_> {
    /// Queues a report that has just come.
    pub(super) fn queue(&self, number: &str, now: Timestamp) -> Result<(), StoreError> {
        // Whoever looks at what the screen held is at the origin: it gets all at once.
        let is_held = false;
        let values = values![number, ORIGIN, is_held, now.millis()];
        self.run(statements::QUEUE, values).map(drop)
    }

    /// Up to `most` jobs that are due, the longest due first. A late photo waits for its report. What
    /// is due later than `longest_ms` from now, which is longer than anything is put off, was written
    /// by a clock that was wrong, and is due now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn due(&self, now: Timestamp, longest_ms: i64, most: u32) -> Result<Vec<Job>, StoreError> {
        let wrong = now.millis().saturating_add(longest_ms);
        let rows = self.run(statements::DUE, values![ORIGIN, now.millis(), wrong, most])?;
        let job = |row: &super::sql::Row| {
            let (id, number, photo) = (row.at(0)?, row.at(1)?, row.at(2)?);
            let (attempts, refusals) = (row.at(3)?, row.at(4)?);
            let (due, in_doubt) = (row.at(5)?, row.at(6)?);
            let row = (id, number, photo, attempts, refusals, due, in_doubt);
            Ok(Job::from(row))
        };
        rows.iter().map(job).collect()
    }

    /// When the next job is due.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let row = self.first(statements::NEXT_DUE, values![ORIGIN])?;
        let millis: Option<i64> = row.map_or(Ok(None), |row| row.at(0))?;
        Ok(millis.map(Timestamp::from_millis))
    }

    /// A report as it is delivered: contact opened, with the photos that are here by now. Nothing when
    /// there is no such report, or its body was erased.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn delivery(&self, number: &str) -> Result<Option<Delivery>, StoreError> {
        let Some(row) = self.first(statements::BODY, values![number])? else {
            return Ok(None);
        };
        let (json, sealed): (String, Option<String>) = (row.at(0)?, row.at(1)?);
        let mut delivery: Delivery =
            serde_json::from_str(&json).map_err(|_| StoreError::Corrupt("a delivery"))?;
        delivery.report.contact = self.open_contact(number, sealed.as_deref())?;
        let values = values![number, delivery.municipality.as_str()];
        let photos = self.run(statements::PHOTOS_OF, values)?;
        delivery.photos = photos
            .iter()
            .map(super::photos::photo)
            .collect::<Result<_, _>>()?;
        Ok(Some(delivery))
    }

    /// The origin has it, and with it these photos. Photos that stayed behind follow from `due`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn delivered(
        &self,
        job: &Job,
        photos: &[StoredPhoto],
        left_behind: &[StoredPhoto],
        now: Timestamp,
        due: Timestamp,
    ) -> Result<(), StoreError> {
        for photo in left_behind {
            let sent = photo.sent_sha256.as_str();
            let values = values![sent, now.millis(), due.millis(), job.id];
            self.run(statements::STAYED_BEHIND, values)?;
        }
        // Our own origin calls a report as we do.
        let reference = None::<&str>;
        self.run(
            statements::DELIVERED,
            values![now.millis(), reference, job.id],
        )?;
        for photo in photos {
            let (number, sent) = (job.number.as_str(), photo.sent_sha256.as_str());
            let values = values![now.millis(), number, sent, job.id];
            self.run(statements::DELIVERED_WITH, values)?;
        }
        Ok(())
    }

    /// It did not arrive, and is tried again or put aside.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn failed(
        &self,
        job: &Job,
        failure: &Failure<'_>,
        next: Next,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (due, dead) = match next {
            Next::Again(due) => (Some(due.millis()), None),
            Next::Dead => (None, Some(now.millis())),
        };
        let Failure {
            code,
            is_refusal,
            in_doubt,
        } = *failure;
        let values = values![is_refusal, in_doubt, code, due, dead, job.id];
        self.run(statements::FAILED, values).map(drop)
    }

    /// What is not delivered, the oldest first, up to `most`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn letters(&self, which: Which<'_>, most: u32) -> Result<Vec<Letter>, StoreError> {
        let values = values![which.dead, which.destination, which.number, most];
        let rows = self.run(statements::LETTERS, values)?;
        let letter = |row: &super::sql::Row| {
            Ok(Letter::of((
                row.at(0)?,
                row.at(1)?,
                row.at(2)?,
                row.at(3)?,
                row.at(4)?,
                row.at(5)?,
                row.at(6)?,
                row.at(7)?,
                row.at(8)?,
            )))
        };
        rows.iter().map(letter).collect()
    }

    /// Queues what was put aside anew, as if it had never been tried.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn replay(&self, which: Which<'_>, now: Timestamp) -> Result<(), StoreError> {
        let values = values![now.millis(), which.destination, which.number];
        self.run(statements::REPLAY, values).map(drop)
    }

    /// The origin answers again: everything that waits for it is due at once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn hasten(&self, now: Timestamp) -> Result<(), StoreError> {
        self.run(statements::HASTEN, values![now.millis(), ORIGIN])
            .map(drop)
    }
}
