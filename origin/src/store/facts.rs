//! What reports come to, as figures: written by the transactions that change the reports, with a
//! mark on the day whose sums are no longer those of its facts.

use balagh_database::{Connection, Row};
use balagh_shared::municipality::TimeZone;
use sqlx::Row as _;

use super::reports::{StoredReport, load};
use super::rows::{count, flag, optional};
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
        let numbers: Vec<String> = sqlx::query_scalar("SELECT number FROM unfigured LIMIT $1")
            .bind(i64::from(most))
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
            sqlx::query("DELETE FROM unfigured WHERE number = $1")
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
    tx: &mut Connection,
    stored: &StoredReport,
    zone: &TimeZone,
) -> Result<(), StoreError> {
    let number = &stored.head.number;
    let Some(fact) = Fact::of(stored, zone) else {
        let day: Option<i64> =
            sqlx::query_scalar("DELETE FROM facts WHERE number = $1 RETURNING day")
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
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
         ON CONFLICT (number) DO UPDATE SET department = excluded.department, \
         minutes = excluded.minutes, on_time = excluded.on_time, rejected = excluded.rejected, \
         transferred = excluded.transferred, reopenings = excluded.reopenings, \
         marks = excluded.marks \
         WHERE (facts.department, facts.minutes, facts.on_time, facts.rejected, \
         facts.transferred, facts.reopenings, facts.marks) IS DISTINCT FROM \
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
    .bind(fact.minutes.map(i64::from))
    .bind(i64::from(fact.is_on_time))
    .bind(i64::from(fact.is_rejected))
    .bind(i64::from(fact.is_transferred))
    .bind(i64::from(fact.reopenings))
    .bind(fact.marks.map(i64::from))
    .execute(&mut *tx)
    .await?;
    if written.rows_affected() > 0 {
        mark(tx, &stored.municipality, fact.day).await?;
    }
    Ok(())
}

async fn mark(tx: &mut Connection, municipality: &str, day: i64) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO figure_work (municipality, day) VALUES ($1, $2) ON CONFLICT DO NOTHING",
    )
    .bind(municipality)
    .bind(day)
    .execute(tx)
    .await?;
    Ok(())
}

/// The facts of a day.
pub(super) async fn of_day(
    tx: &mut Connection,
    municipality: &str,
    day: i64,
) -> Result<Vec<Fact>, StoreError> {
    let rows = sqlx::query(
        "SELECT day, category, district, department, channel, partner, reporter_type, minutes, \
         on_time, rejected, transferred, reopenings, marks FROM facts \
         WHERE municipality = $1 AND day = $2",
    )
    .bind(municipality)
    .bind(day)
    .fetch_all(tx)
    .await?;
    rows.iter().map(fact_of).collect()
}

fn fact_of(row: &Row) -> Result<Fact, StoreError> {
    Ok(Fact {
        day: row.try_get("day")?,
        category: row.try_get("category")?,
        district: row.try_get("district")?,
        department: row.try_get("department")?,
        channel: row.try_get("channel")?,
        partner: row.try_get("partner")?,
        reporter_type: row.try_get("reporter_type")?,
        minutes: optional(row, "minutes")?,
        is_on_time: flag(row, "on_time")?,
        is_rejected: flag(row, "rejected")?,
        is_transferred: flag(row, "transferred")?,
        reopenings: count(row, "reopenings")?,
        marks: optional(row, "marks")?,
    })
}
