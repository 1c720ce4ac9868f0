//! The sums of months, by both calendars, from those of their days; and those of a period, from as
//! few of both as make it up.
//!
//! A month is never changed with its days: they are counted instead, and a month that was summed when
//! they had been summed as often as now is as good as they are. Any other is read from its days.

use std::ops::Range;

use balagh_database::{Connection, Row};
use balagh_shared::municipality::Municipality;
use sqlx::Row as _;

use super::figure_days::Scope;
use super::rows::{from_json, json, unsigned};
use super::{Store, StoreError};
use crate::analytics::{Calendar, Counts, Period, PeriodSums, Sums};

impl Store {
    /// The sums of a period, as its days were last added up.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn period_sums(
        &self,
        document: &Municipality,
        period: Period,
        scope: Scope,
    ) -> Result<PeriodSums, StoreError> {
        let months = self.month_sums(&document.id, period, scope).await?;
        let (months, mut stretches): (Vec<Range<i64>>, Vec<Sums>) = months.into_iter().unzip();
        for days in around(period.days(), &months) {
            stretches.extend(self.day_sums(&document.id, days, scope).await?);
        }
        let counts = self.day_counts(&document.id, period.days(), scope).await?;
        Ok(PeriodSums::of(period, stretches, counts, document))
    }

    /// Adds up months of `document`'s municipality whose days have changed, at most `most` of those
    /// that were over before `today` and have no marked day, the latest first; gives how many.
    ///
    /// # Errors
    /// [`StoreError`]; what was summed stays so.
    pub async fn sum_up_months(
        &self,
        document: &Municipality,
        today: i64,
        most: u32,
    ) -> Result<u32, StoreError> {
        let rows = sqlx::query(
            "SELECT calendar, first, until, changes FROM figure_months \
             WHERE municipality = $1 AND until <= $2 AND summed <> changes AND NOT EXISTS ( \
                SELECT 1 FROM figure_work WHERE figure_work.municipality = $1 \
                AND day >= figure_months.first AND day < figure_months.until) \
             ORDER BY first DESC LIMIT $3",
        )
        .bind(&document.id)
        .bind(today)
        .bind(i64::from(most))
        .fetch_all(self.readers())
        .await?;
        let mut summed = 0;
        for row in rows {
            let changes: i64 = row.try_get("changes")?;
            self.sum_up_month(&document.id, row.try_get("calendar")?, days(&row)?, changes)
                .await?;
            summed += 1;
        }
        Ok(summed)
    }

    /// The days are added up before the transaction, so that intake does not wait for it; where one
    /// of them has changed meanwhile, the month's turn comes again.
    async fn sum_up_month(
        &self,
        municipality: &str,
        calendar: &str,
        days: Range<i64>,
        changes: i64,
    ) -> Result<(), StoreError> {
        let first = days.start;
        let mut by_scope = [(0_i64, Sums::default()), (1, Sums::default())];
        let rows = self.day_rows(municipality, days, Scope::Everything).await?;
        for row in &rows {
            let hidden: i64 = row.try_get("hidden")?;
            let sums: Sums = from_json(row, "sums")?;
            for (of, sum) in &mut by_scope {
                if *of == hidden {
                    sum.merge(&sums);
                }
            }
        }
        let mut tx = self.write().await?;
        let is_still_so = sqlx::query(
            "UPDATE figure_months SET summed = $4 \
             WHERE municipality = $1 AND calendar = $2 AND first = $3 AND changes = $4",
        )
        .bind(municipality)
        .bind(calendar)
        .bind(first)
        .bind(changes)
        .execute(&mut *tx)
        .await?;
        if is_still_so.rows_affected() == 0 {
            return Ok(());
        }
        for (hidden, sums) in by_scope {
            sqlx::query(
                "INSERT INTO figure_month_sums (municipality, calendar, first, hidden, sums) \
                 VALUES ($1, $2, $3, $4, $5) \
                 ON CONFLICT (municipality, calendar, first, hidden) DO UPDATE SET sums = $5",
            )
            .bind(municipality)
            .bind(calendar)
            .bind(first)
            .bind(hidden)
            .bind(json(&sums)?)
            .execute(&mut *tx)
            .await?;
        }
        Ok(tx.commit().await?)
    }

    /// The whole months of a period that are as good as their days, in order, each with its sums.
    async fn month_sums(
        &self,
        municipality: &str,
        period: Period,
        scope: Scope,
    ) -> Result<Vec<(Range<i64>, Sums)>, StoreError> {
        let days_of_it = period.days();
        let rows = sqlx::query(
            "SELECT months.first, months.until, sums.sums FROM figure_months AS months \
             JOIN figure_month_sums AS sums ON sums.municipality = months.municipality \
             AND sums.calendar = months.calendar AND sums.first = months.first \
             WHERE months.municipality = $1 AND months.calendar = $2 \
             AND months.first >= $3 AND months.until <= $4 AND months.summed = months.changes \
             AND sums.hidden <= $5 ORDER BY months.first",
        )
        .bind(municipality)
        .bind(period.calendar().code())
        .bind(days_of_it.start)
        .bind(days_of_it.end)
        .bind(i64::from(scope == Scope::Everything))
        .fetch_all(self.readers())
        .await?;
        let mut months: Vec<(Range<i64>, Sums)> = Vec::new();
        for row in &rows {
            let (month, sums) = (days(row)?, from_json(row, "sums")?);
            match months.last_mut().filter(|(last, _)| *last == month) {
                Some((_, sum)) => sum.merge(&sums),
                None => months.push((month, sums)),
            }
        }
        Ok(months)
    }

    async fn day_sums(
        &self,
        municipality: &str,
        days: Range<i64>,
        scope: Scope,
    ) -> Result<Vec<Sums>, StoreError> {
        let rows = self.day_rows(municipality, days, scope).await?;
        rows.iter().map(|row| from_json(row, "sums")).collect()
    }

    async fn day_rows(
        &self,
        municipality: &str,
        days: Range<i64>,
        scope: Scope,
    ) -> Result<Vec<Row>, StoreError> {
        let rows = sqlx::query(
            "SELECT hidden, sums FROM figure_days \
             WHERE municipality = $1 AND day >= $2 AND day < $3 AND hidden <= $4 ORDER BY day",
        )
        .bind(municipality)
        .bind(days.start)
        .bind(days.end)
        .bind(i64::from(scope == Scope::Everything))
        .fetch_all(self.readers())
        .await?;
        Ok(rows)
    }

    async fn day_counts(
        &self,
        municipality: &str,
        days: Range<i64>,
        scope: Scope,
    ) -> Result<Vec<(i64, Counts)>, StoreError> {
        let rows = sqlx::query(
            "SELECT day, received, completed FROM figure_days \
             WHERE municipality = $1 AND day >= $2 AND day < $3 AND hidden <= $4",
        )
        .bind(municipality)
        .bind(days.start)
        .bind(days.end)
        .bind(i64::from(scope == Scope::Everything))
        .fetch_all(self.readers())
        .await?;
        let counts = rows.iter().map(|row| {
            let counts = Counts {
                received: unsigned(row, "received")?,
                completed: unsigned(row, "completed")?,
            };
            Ok((row.try_get("day")?, counts))
        });
        counts.collect()
    }
}

/// Notes that the sums of the months of `day` are not those of their days any more.
pub(super) async fn changed(
    tx: &mut Connection,
    municipality: &str,
    day: i64,
) -> Result<(), StoreError> {
    for calendar in Calendar::ALL {
        // A day beyond a calendar's years is read by itself.
        let Some(month) = calendar.month_around(day) else {
            continue;
        };
        sqlx::query(
            "INSERT INTO figure_months (municipality, calendar, first, until, changes, summed) \
             VALUES ($1, $2, $3, $4, 1, 0) \
             ON CONFLICT (municipality, calendar, first) \
             DO UPDATE SET changes = figure_months.changes + 1",
        )
        .bind(municipality)
        .bind(calendar.code())
        .bind(month.start)
        .bind(month.end)
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

fn days(row: &Row) -> Result<Range<i64>, StoreError> {
    Ok(row.try_get("first")?..row.try_get("until")?)
}

/// What of `all` is in none of `taken`, which are in order and share no day.
fn around(all: Range<i64>, taken: &[Range<i64>]) -> Vec<Range<i64>> {
    let begins = std::iter::once(all.start).chain(taken.iter().map(|it| it.end));
    let ends = taken.iter().map(|it| it.start).chain([all.end]);
    let between = begins.zip(ends).map(|(begin, end)| begin..end);
    between.filter(|days| !days.is_empty()).collect()
}
