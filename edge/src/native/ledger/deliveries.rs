//! The outbox: what the origin is still to be told. Rows outlive the process; a row is done only
//! when the origin has said so.

use balagh_shared::delivery::{Delivery, StoredPhoto};
use balagh_shared::outbox::LONGEST_MS;
use balagh_shared::time::Timestamp;

use super::photos::PhotoRow;
use super::{Ledger, LedgerError};

/// Something to deliver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The outbox row.
    pub id: i64,
    /// The report.
    pub number: String,
    /// What of it.
    pub load: Load,
    /// How many times it failed.
    pub attempts: u32,
}

/// What a [`Job`] delivers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Load {
    /// The report with the photos that are here.
    Report,
    /// A photo that came after its report, by the name it was sent under.
    Photo(String),
    /// What a person said of a report that was held.
    Review,
}

/// What stands in the place of a photo's name in the row of a [`Load::Review`]; no hash reads so.
pub(super) const REVIEW: &str = "review";

/// How much waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Rows.
    pub rows: i64,
    /// When the oldest was queued, in milliseconds since 1970.
    pub oldest: Option<i64>,
}

impl Ledger {
    /// Up to `most` jobs that are due, the longest due first. A late photo waits for its report.
    /// What is due later than anything is ever put off was written by a clock that was wrong, and
    /// is due now.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn due(&self, now: Timestamp, most: u32) -> Result<Vec<Job>, LedgerError> {
        let rows: Vec<(i64, String, String, i64)> = sqlx::query_as(
            "SELECT id, number, photo, attempts FROM outbox job
             WHERE delivered_at IS NULL AND (due_at <= ?1 OR due_at > ?2) AND (photo = '' OR EXISTS (
                 SELECT 1 FROM outbox report WHERE report.number = job.number
                 AND report.photo = '' AND report.delivered_at IS NOT NULL))
             ORDER BY due_at LIMIT ?3",
        )
        .bind(now.millis())
        .bind(now.millis().saturating_add(LONGEST_MS))
        .bind(most)
        .fetch_all(&self.readers)
        .await?;
        let job = |(id, number, photo, attempts): (i64, String, String, i64)| Job {
            id,
            number,
            load: if photo.is_empty() {
                Load::Report
            } else if photo == REVIEW {
                Load::Review
            } else {
                Load::Photo(photo)
            },
            attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        };
        Ok(rows.into_iter().map(job).collect())
    }

    /// When the next job is due.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn next_due(&self) -> Result<Option<Timestamp>, LedgerError> {
        let millis: Option<i64> = sqlx::query_scalar(
            "SELECT min(due_at) FROM outbox job
             WHERE delivered_at IS NULL AND (photo = '' OR EXISTS (
                 SELECT 1 FROM outbox report WHERE report.number = job.number
                 AND report.photo = '' AND report.delivered_at IS NOT NULL))",
        )
        .fetch_one(&self.readers)
        .await?;
        Ok(millis.map(Timestamp::from_millis))
    }

    /// A report as it is delivered: contact opened, with the photos that are here by now. Nothing
    /// when there is no such report.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn delivery(&self, number: &str) -> Result<Option<Delivery>, LedgerError> {
        let row: Option<(String, Option<String>)> =
            sqlx::query_as("SELECT delivery_json, contact_sealed FROM reports WHERE number = ?")
                .bind(number)
                .fetch_optional(&self.readers)
                .await?;
        let Some((json, sealed)) = row else {
            return Ok(None);
        };
        let mut delivery: Delivery = serde_json::from_str(&json)?;
        delivery.report.contact = self.open_contact(number, sealed.as_deref())?;
        let photos: Vec<PhotoRow> = sqlx::query_as(
            "SELECT sha256, sent_sha256, media_type, bytes, width, height FROM report_photos
             JOIN photos USING (sent_sha256)
             WHERE number = ? AND municipality = ? ORDER BY position",
        )
        .bind(number)
        .bind(&delivery.municipality)
        .fetch_all(&self.readers)
        .await?;
        delivery.photos = photos.into_iter().map(StoredPhoto::from).collect();
        Ok(Some(delivery))
    }

    /// The origin has it, and with it these photos (by the names they were sent under).
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn delivered(
        &self,
        job: &Job,
        photos: &[StoredPhoto],
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let mut tx = self.begin().await?;
        sqlx::query("UPDATE outbox SET delivered_at = ? WHERE id = ?")
            .bind(now.millis())
            .bind(job.id)
            .execute(&mut *tx)
            .await?;
        for photo in photos {
            sqlx::query(
                "UPDATE outbox SET delivered_at = ?
                 WHERE number = ? AND photo = ? AND delivered_at IS NULL",
            )
            .bind(now.millis())
            .bind(&job.number)
            .bind(&photo.sent_sha256)
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Queues photos that stayed behind their report, from `due`.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn follow(
        &self,
        number: &str,
        photos: &[StoredPhoto],
        now: Timestamp,
        due: Timestamp,
    ) -> Result<(), LedgerError> {
        for photo in photos {
            sqlx::query(
                "INSERT INTO outbox (number, photo, attempts, queued_at, due_at)
                 VALUES (?, ?, 1, ?, ?) ON CONFLICT DO NOTHING",
            )
            .bind(number)
            .bind(&photo.sent_sha256)
            .bind(now.millis())
            .bind(due.millis())
            .execute(&self.writer)
            .await?;
        }
        Ok(())
    }

    /// It failed and is tried again at `due`.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn postpone(&self, job: &Job, due: Timestamp) -> Result<(), LedgerError> {
        sqlx::query("UPDATE outbox SET attempts = attempts + 1, due_at = ? WHERE id = ?")
            .bind(due.millis())
            .bind(job.id)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// The origin answers again: everything that waits is due at once.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn hasten(&self, now: Timestamp) -> Result<(), LedgerError> {
        sqlx::query("UPDATE outbox SET due_at = ?1 WHERE delivered_at IS NULL AND due_at > ?1")
            .bind(now.millis())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// How much waits.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn backlog(&self) -> Result<Backlog, LedgerError> {
        let (rows, oldest) = sqlx::query_as(
            "SELECT count(*), min(queued_at) FROM outbox WHERE delivered_at IS NULL",
        )
        .fetch_one(&self.readers)
        .await?;
        Ok(Backlog { rows, oldest })
    }
}
