//! The outbox: what destinations are still to be told. Rows outlive the process; a row is done only
//! when its destination has said so, and stays where it is when it was put aside for a person.

use std::sync::Arc;

use balagh_shared::delivery::{Delivery, StoredPhoto};
use balagh_shared::time::Timestamp;

use balagh_database::Connection;

use super::photos::PhotoRow;
use super::{Ledger, LedgerError, tallies};
use crate::ledger::job::{Failure, Job, JobRow, ORIGIN};
use crate::ledger::statements;
use crate::outbox::schedule::Next;

/// A destination as far as the ledger must know it: who gets a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its name in the configuration.
    pub id: String,
    /// The municipalities whose reports it gets; all where none is named.
    pub municipalities: Vec<String>,
}

impl Target {
    /// Balagh's own origin, for everything.
    pub(super) fn origin_alone() -> Arc<[Target]> {
        Arc::new([Target {
            id: ORIGIN.to_owned(),
            municipalities: Vec::new(),
        }])
    }
}

impl Ledger {
    /// Up to `most` jobs of a destination that are due, the longest due first. A late photo waits
    /// for its report. What is due later than `longest_ms` from now, which is longer than anything is
    /// put off, was written by a clock that was wrong, and is due now.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn due(
        &self,
        destination: &str,
        now: Timestamp,
        longest_ms: i64,
        most: u32,
    ) -> Result<Vec<Job>, LedgerError> {
        let rows: Vec<JobRow> = sqlx::query_as(statements::DUE)
            .bind(destination)
            .bind(now.millis())
            .bind(now.millis().saturating_add(longest_ms))
            .bind(i64::from(most))
            .fetch_all(self.database.readers())
            .await?;
        Ok(rows.into_iter().map(Job::from).collect())
    }

    /// When the next job of a destination is due.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn next_due(&self, destination: &str) -> Result<Option<Timestamp>, LedgerError> {
        let millis: Option<i64> = sqlx::query_scalar(statements::NEXT_DUE)
            .bind(destination)
            .fetch_one(self.database.readers())
            .await?;
        Ok(millis.map(Timestamp::from_millis))
    }

    /// A report as it is delivered: contact opened, with the photos that are here by now. Nothing
    /// when there is no such report, or its body was erased.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn delivery(&self, number: &str) -> Result<Option<Delivery>, LedgerError> {
        let row: Option<(String, Option<String>)> = sqlx::query_as(statements::BODY)
            .bind(number)
            .fetch_optional(self.database.readers())
            .await?;
        let Some((json, sealed)) = row else {
            return Ok(None);
        };
        let mut delivery: Delivery = serde_json::from_str(&json)?;
        delivery.report.contact = self.open_contact(number, sealed.as_deref())?;
        let photos: Vec<PhotoRow> = sqlx::query_as(statements::PHOTOS_OF)
            .bind(number)
            .bind(&delivery.municipality)
            .fetch_all(self.database.readers())
            .await?;
        delivery.photos = photos.into_iter().map(StoredPhoto::from).collect();
        Ok(Some(delivery))
    }

    /// The destination has it, and with it these photos (by the names they were sent under).
    /// `reference` is what it calls the report.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn delivered(
        &self,
        job: &Job,
        photos: &[StoredPhoto],
        reference: Option<&str>,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let photos = photos.iter().map(|photo| photo.sent_sha256.clone());
        let outcome = Outcome::Delivered {
            row: job.id,
            number: job.number.clone(),
            photos: photos.collect(),
            reference: reference.map(str::to_owned),
            now,
        };
        self.together(outcome).await
    }

    /// Queues photos that stayed behind their report, from `due`.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn follow(
        &self,
        job: &Job,
        photos: &[StoredPhoto],
        now: Timestamp,
        due: Timestamp,
    ) -> Result<(), LedgerError> {
        if photos.is_empty() {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        for photo in photos {
            sqlx::query(statements::STAYED_BEHIND)
                .bind(&photo.sent_sha256)
                .bind(now.millis())
                .bind(due.millis())
                .bind(job.id)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Notes, before a job is sent to a destination that does not deduplicate, that it is being sent;
    /// until `until` nobody else does. False where another process was quicker. A job that was in
    /// doubt already is counted as a possible duplicate.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn claim(
        &self,
        job: &Job,
        destination: &str,
        until: Timestamp,
    ) -> Result<bool, LedgerError> {
        let mut tx = self.begin().await?;
        let claimed = sqlx::query(
            "UPDATE outbox SET in_doubt = 1, due_at = $1
             WHERE id = $2 AND due_at = $3 AND delivered_at IS NULL AND dead_at IS NULL",
        )
        .bind(until.millis())
        .bind(job.id)
        .bind(job.due.millis())
        .execute(&mut *tx)
        .await?;
        let is_ours = claimed.rows_affected() == 1;
        if is_ours && job.in_doubt {
            let name = format!("possible_duplicates/{destination}");
            tallies::add(&mut tx, &name, 1).await?;
        }
        tx.commit().await?;
        Ok(is_ours)
    }

    /// It did not arrive, and is tried again or put aside.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn failed(
        &self,
        job: &Job,
        failure: &Failure<'_>,
        next: Next,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let outcome = Outcome::Failed {
            row: job.id,
            code: failure.code.to_owned(),
            is_refusal: failure.is_refusal,
            in_doubt: failure.in_doubt,
            next,
            now,
        };
        self.together(outcome).await
    }

    /// The destination answers again: everything that waits for it is due at once.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn hasten(&self, destination: &str, now: Timestamp) -> Result<(), LedgerError> {
        let mut tx = self.begin().await?;
        sqlx::query(statements::HASTEN)
            .bind(now.millis())
            .bind(destination)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// The destinations that get what comes to a municipality.
    pub(super) fn targets(&self, municipality: &str) -> impl Iterator<Item = &Target> {
        self.targets.iter().filter(move |target| {
            let all = &target.municipalities;
            all.is_empty() || all.iter().any(|id| id == municipality)
        })
    }
}

/// What became of an attempt, on its way to the disk.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The destination has it.
    Delivered {
        row: i64,
        number: String,
        /// And with it the photos that were sent under these names.
        photos: Vec<String>,
        reference: Option<String>,
        now: Timestamp,
    },
    /// It did not arrive.
    Failed {
        row: i64,
        code: String,
        is_refusal: bool,
        in_doubt: bool,
        next: Next,
        now: Timestamp,
    },
}

impl Outcome {
    pub(super) async fn write_into(&self, tx: &mut Connection) -> Result<(), LedgerError> {
        match self {
            Outcome::Delivered {
                row,
                number,
                photos,
                reference,
                now,
            } => {
                sqlx::query(statements::DELIVERED)
                    .bind(now.millis())
                    .bind(reference)
                    .bind(row)
                    .execute(&mut *tx)
                    .await?;
                for photo in photos {
                    sqlx::query(statements::DELIVERED_WITH)
                        .bind(now.millis())
                        .bind(number)
                        .bind(photo)
                        .bind(row)
                        .execute(&mut *tx)
                        .await?;
                }
            }
            Outcome::Failed {
                row,
                code,
                is_refusal,
                in_doubt,
                next,
                now,
            } => {
                let (due, dead) = match next {
                    Next::Again(due) => (Some(due.millis()), None),
                    Next::Dead => (None, Some(now.millis())),
                };
                sqlx::query(statements::FAILED)
                    .bind(i64::from(*is_refusal))
                    .bind(i64::from(*in_doubt))
                    .bind(code)
                    .bind(due)
                    .bind(dead)
                    .bind(row)
                    .execute(&mut *tx)
                    .await?;
            }
        }
        Ok(())
    }
}

/// A person has looked at a report that the screen held: what waited for that goes out now, or
/// (`is_meant` false) never.
pub(super) async fn looked_at(
    tx: &mut Connection,
    number: &str,
    is_meant: bool,
    now: Timestamp,
) -> Result<(), LedgerError> {
    let query = if is_meant {
        sqlx::query("UPDATE outbox SET is_held = 0, due_at = $1 WHERE number = $2 AND is_held = 1")
            .bind(now.millis())
    } else {
        sqlx::query("DELETE FROM outbox WHERE number = $1 AND is_held = 1")
    };
    query.bind(number).execute(&mut *tx).await?;
    Ok(())
}
