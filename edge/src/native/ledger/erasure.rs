//! What is erased once everybody has it: words, places, answers, contacts and photos. What stays is
//! what deduplication, tracking and figures need: keys, receipts, numbers, categories, routes, times,
//! opinions.
//!
//! What is still to be delivered, was put aside or waits for a person's look is never erased: a
//! report that was acknowledged is nowhere else.

use balagh_shared::municipality::Screening;
use balagh_shared::time::{DAY_MS, Timestamp};

use balagh_database::Connection;

use super::{Ledger, LedgerError, tallies};
use crate::ledger::rest::{KEY_DAYS, without_body};
use crate::ledger::statements;

/// Reports erased in one transaction: writers wait for no more than that.
const AT_ONCE: i64 = 200;

/// Until when what a municipality's reports hold is to be erased.
#[derive(Debug, Clone, Copy)]
pub struct Overdue {
    /// Bodies that everybody had before this.
    pub bodies: Timestamp,
    /// Photos of reports that everybody had before this.
    pub photos: Timestamp,
    /// Places that others are not offered any more.
    pub nearby: Timestamp,
}

impl Overdue {
    /// By the days of a municipality's document.
    #[must_use]
    pub fn of(screening: &Screening, now: Timestamp) -> Overdue {
        let ago = |days: u16| now.plus_millis(-i64::from(days) * DAY_MS);
        Overdue {
            bodies: ago(screening.retention.body_days),
            photos: ago(screening.retention.photo_days),
            nearby: ago(screening.nearby.days),
        }
    }
}

/// How many bodies there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bodies {
    /// Not erased.
    pub count: i64,
    /// When the oldest of them came, in milliseconds since 1970.
    pub oldest: Option<i64>,
}

impl Ledger {
    /// The municipalities of which there is anything to erase one day.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn municipalities(&self) -> Result<Vec<String>, LedgerError> {
        Ok(sqlx::query_scalar(
            "SELECT municipality FROM reports WHERE erased_at IS NULL
             UNION SELECT municipality FROM reports JOIN report_photos USING (number)
             UNION SELECT municipality FROM nearby",
        )
        .fetch_all(self.database.readers())
        .await?)
    }

    /// Erases some of the bodies that are overdue; gives how many. None when there are no more.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn erase_bodies(
        &self,
        municipality: &str,
        overdue: Overdue,
        now: Timestamp,
    ) -> Result<usize, LedgerError> {
        let mut tx = self.begin().await?;
        let rows: Vec<(String, String)> = sqlx::query_as(statements::OVERDUE_BODIES)
            .bind(municipality)
            .bind(overdue.bodies.millis())
            .bind(AT_ONCE)
            .fetch_all(&mut *tx)
            .await?;
        for (number, json) in &rows {
            let rest = without_body(serde_json::from_str(json)?);
            sqlx::query(statements::ERASE_BODY)
                .bind(serde_json::to_string(&rest)?)
                .bind(now.millis())
                .bind(number)
                .execute(&mut *tx)
                .await?;
        }
        add(&mut tx, "erased/bodies", rows.len()).await?;
        sqlx::query(statements::ERASE_NEARBY)
            .bind(municipality)
            .bind(overdue.nearby.millis())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(rows.len())
    }

    /// Forgets the photos of some reports that are overdue, but for those that another report names
    /// too; gives how many reports that were, and the names of the files that no row names any more.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn erase_photos(
        &self,
        municipality: &str,
        overdue: Overdue,
    ) -> Result<(usize, Vec<String>), LedgerError> {
        let mut tx = self.begin().await?;
        let numbers: Vec<String> = sqlx::query_scalar(statements::OVERDUE_PHOTOS)
            .bind(municipality)
            .bind(overdue.photos.millis())
            .bind(AT_ONCE)
            .fetch_all(&mut *tx)
            .await?;
        let mut files = Vec::new();
        for number in &numbers {
            let named: Vec<String> = sqlx::query_scalar(statements::UNNAME_PHOTOS)
                .bind(number)
                .fetch_all(&mut *tx)
                .await?;
            for sent in named {
                let file: Option<String> = sqlx::query_scalar(statements::FORGET_PHOTO)
                    .bind(municipality)
                    .bind(sent)
                    .fetch_optional(&mut *tx)
                    .await?;
                files.extend(file);
            }
        }
        add(&mut tx, "erased/photos", files.len()).await?;
        tx.commit().await?;
        Ok((numbers.len(), files))
    }

    /// Forgets the keys that are older than any client repeats them, and whom codes were sent to a day
    /// ago.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn forget_keys(&self, now: Timestamp) -> Result<(), LedgerError> {
        let mut tx = self.begin().await?;
        sqlx::query(statements::FORGET_SUBMISSIONS)
            .bind(now.plus_millis(-KEY_DAYS * DAY_MS).millis())
            .execute(&mut *tx)
            .await?;
        sqlx::query(statements::FORGET_CODES)
            .bind(now.millis())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Puts what was erased out of reach as far as the database does: false where somebody reads just
    /// now.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn fold(&self) -> Result<bool, LedgerError> {
        Ok(self.database.fold().await?)
    }

    /// How many bodies there are.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn bodies(&self) -> Result<Bodies, LedgerError> {
        let (count, oldest) = sqlx::query_as(
            "SELECT count(*), min(received_at) FROM reports WHERE erased_at IS NULL",
        )
        .fetch_one(self.database.readers())
        .await?;
        Ok(Bodies { count, oldest })
    }
}

async fn add(tx: &mut Connection, name: &str, count: usize) -> Result<(), LedgerError> {
    if count == 0 {
        return Ok(());
    }
    tallies::add(tx, name, i64::try_from(count).unwrap_or(i64::MAX)).await
}
