//! What reports come to, as figures: written by the transactions that change the reports, with a
//! mark on the day whose sums are no longer those of its facts.

use balagh_shared::municipality::TimeZone;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::reports::{StoredReport, load};
use super::rows::unsigned;
use super::{Store, StoreError};
use crate::analytics::Fact;
use crate::municipalities::Municipalities;

impl Store {
    /// Writes the facts of reports from before there were any, at most `most` at once; gives how many
    /// were looked at, none when all are written.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn catch_up(
        &self,
        documents: &Municipalities,
        most: u32,
    ) -> Result<usize, StoreError> {
        let mut tx = self.write().await?;
        let numbers: Vec<String> = sqlx::query_scalar("SELECT number FROM unfigured LIMIT ?")
            .bind(most)
            .fetch_all(&mut *tx)
            .await?;
        for number in &numbers {
            let stored = load(&mut tx, &self.vault, number).await?;
            // Of a municipality that is not served any more nothing is shown.
            let served = stored
                .as_ref()
                .and_then(|stored| documents.by_id(&stored.municipality));
            if let Some((stored, served)) = stored.as_ref().zip(served) {
                keep(&mut tx, stored, &served.document.time_zone).await?;
            }
            sqlx::query("DELETE FROM unfigured WHERE number = ?")
                .bind(number)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(numbers.len())
    }
}

/// Writes what a report comes to, and marks its day where that is new.
pub(super) async fn keep(
    tx: &mut SqliteConnection,
    stored: &StoredReport,
    zone: &TimeZone,
) -> Result<(), StoreError> {
    let number = &stored.head.number;
    let Some(fact) = Fact::of(stored, zone) else {
        let day: Option<i64> =
            sqlx::query_scalar("DELETE FROM facts WHERE number = ? RETURNING day")
                .bind(number)
                .fetch_optional(&mut *tx)
                .await?;
        return match day {
            Some(day) => mark(tx, &stored.municipality, day).await,
            None => Ok(()),
        };
    };
    let written = sqlx::query(
        "INSERT INTO facts (number, municipality, day, category, district, department, channel, \
         partner, reporter_type, minutes, on_time, rejected, transferred, reopenings, marks) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
         ON CONFLICT (number) DO UPDATE SET department = excluded.department, \
         minutes = excluded.minutes, on_time = excluded.on_time, rejected = excluded.rejected, \
         transferred = excluded.transferred, reopenings = excluded.reopenings, \
         marks = excluded.marks \
         WHERE (department, minutes, on_time, rejected, transferred, reopenings, marks) IS NOT \
         (excluded.department, excluded.minutes, excluded.on_time, excluded.rejected, \
         excluded.transferred, excluded.reopenings, excluded.marks)",
    )
    .bind(number)
    .bind(&stored.municipality)
    .bind(fact.day)
    .bind(&fact.category)
    .bind(&fact.district)
    .bind(&fact.department)
    .bind(&fact.channel)
    .bind(&fact.partner)
    .bind(&fact.reporter_type)
    .bind(fact.minutes)
    .bind(fact.is_on_time)
    .bind(fact.is_rejected)
    .bind(fact.is_transferred)
    .bind(fact.reopenings)
    .bind(fact.marks)
    .execute(&mut *tx)
    .await?;
    if written.rows_affected() > 0 {
        mark(tx, &stored.municipality, fact.day).await?;
    }
    Ok(())
}

async fn mark(tx: &mut SqliteConnection, municipality: &str, day: i64) -> Result<(), StoreError> {
    sqlx::query("INSERT OR IGNORE INTO figure_work (municipality, day) VALUES (?, ?)")
        .bind(municipality)
        .bind(day)
        .execute(tx)
        .await?;
    Ok(())
}

/// The facts of a day.
pub(super) async fn of_day(
    tx: &mut SqliteConnection,
    municipality: &str,
    day: i64,
) -> Result<Vec<Fact>, StoreError> {
    let rows = sqlx::query(
        "SELECT day, category, district, department, channel, partner, reporter_type, minutes, \
         on_time, rejected, transferred, reopenings, marks FROM facts \
         WHERE municipality = ? AND day = ?",
    )
    .bind(municipality)
    .bind(day)
    .fetch_all(tx)
    .await?;
    rows.iter().map(fact_of).collect()
}

fn fact_of(row: &SqliteRow) -> Result<Fact, StoreError> {
    Ok(Fact {
        day: row.try_get("day")?,
        category: row.try_get("category")?,
        district: row.try_get("district")?,
        department: row.try_get("department")?,
        channel: row.try_get("channel")?,
        partner: row.try_get("partner")?,
        reporter_type: row.try_get("reporter_type")?,
        minutes: row.try_get("minutes")?,
        is_on_time: row.try_get("on_time")?,
        is_rejected: row.try_get("rejected")?,
        is_transferred: row.try_get("transferred")?,
        reopenings: u32::try_from(unsigned(row, "reopenings")?).unwrap_or(u32::MAX),
        marks: row.try_get("marks")?,
    })
}
