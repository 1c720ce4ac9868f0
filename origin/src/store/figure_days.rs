//! The sums of days: added up anew from a day's facts whenever one of them has changed.
//!
//! A report changes the day it came on for weeks. Adding and subtracting would be twenty writes in
//! the transaction that acknowledges it, and one mistake in it would stay in the sums for good; a
//! mark is one write, and a day summed again is right whatever it was before.

use balagh_database::Connection;
use std::collections::BTreeMap;
use std::ops::Range;

use balagh_shared::municipality::{Municipality, PublicRule};

use super::rows::{json, signed, unsigned};
use super::{Store, StoreError, facts, figure_months};
use crate::analytics::Sums;

/// What may be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All categories.
    Everything,
    /// Only those of which the public may see something.
    Public,
}

impl Store {
    /// Notes which categories of `document` are never public. Where those are others than when the
    /// days were summed, all of them are to be summed again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn note_hidden(&self, document: &Municipality) -> Result<(), StoreError> {
        let public = json(&public(document))?;
        let mut tx = self.write().await?;
        let noted = sqlx::query(
            "INSERT INTO figure_rules (municipality, hidden) VALUES ($1, $2) \
             ON CONFLICT (municipality) DO UPDATE SET hidden = excluded.hidden \
             WHERE figure_rules.hidden <> excluded.hidden",
        )
        .bind(&document.id)
        .bind(public)
        .execute(&mut *tx)
        .await?;
        if noted.rows_affected() > 0 {
            sqlx::query(
                "INSERT INTO figure_work (municipality, day) \
                 SELECT DISTINCT municipality, day FROM figure_days WHERE municipality = $1 \
                 ON CONFLICT DO NOTHING",
            )
            .bind(&document.id)
            .execute(&mut *tx)
            .await?;
        }
        Ok(tx.commit().await?)
    }

    /// Sums up days of `document`'s municipality that are marked, at most `most` of those in `days`,
    /// the latest first; gives how many are still marked.
    ///
    /// # Errors
    /// [`StoreError`]; what was summed stays so.
    pub async fn sum_up(
        &self,
        document: &Municipality,
        days: Range<i64>,
        most: u32,
    ) -> Result<u64, StoreError> {
        // Who waits finds done what they would have done.
        let _alone = balagh_world::others(self.summing.lock()).await;
        let marked: Vec<i64> = sqlx::query_scalar(
            "SELECT day FROM figure_work WHERE municipality = $1 AND day >= $2 AND day < $3 \
             ORDER BY day DESC LIMIT $4",
        )
        .bind(&document.id)
        .bind(days.start)
        .bind(days.end)
        .bind(i64::from(most))
        .fetch_all(self.readers())
        .await?;
        if marked.is_empty() {
            return Ok(0);
        }
        let public = public(document);
        for day in marked {
            // A transaction a day: intake waits for no more than that.
            let mut tx = self.write().await?;
            sum(&mut tx, &document.id, day, &public).await?;
            tx.commit().await?;
        }
        let left = sqlx::query(
            "SELECT COUNT(*) AS count FROM figure_work \
             WHERE municipality = $1 AND day >= $2 AND day < $3",
        )
        .bind(&document.id)
        .bind(days.start)
        .bind(days.end)
        .fetch_one(self.readers())
        .await?;
        unsigned(&left, "count")
    }
}

/// The codes of the categories that may be public, in order. One that the document has no more may
/// have been one that never was.
fn public(document: &Municipality) -> Vec<&str> {
    let categories = document.groups.iter().flat_map(|group| &group.categories);
    let public = categories.filter(|it| it.public != PublicRule::Never);
    let mut codes: Vec<&str> = public.map(|it| it.code.as_str()).collect();
    codes.sort_unstable();
    codes
}

async fn sum(
    tx: &mut Connection,
    municipality: &str,
    day: i64,
    public: &[&str],
) -> Result<(), StoreError> {
    let taken = sqlx::query("DELETE FROM figure_work WHERE municipality = $1 AND day = $2")
        .bind(municipality)
        .bind(day)
        .execute(&mut *tx)
        .await?;
    if taken.rows_affected() == 0 {
        // Somebody else who asked at the same time has just done it.
        return Ok(());
    }
    let mut sums: BTreeMap<bool, Sums> = BTreeMap::new();
    for fact in facts::of_day(tx, municipality, day).await? {
        let is_hidden = public.binary_search(&fact.category.as_str()).is_err();
        sums.entry(is_hidden).or_default().add(&fact);
    }
    sqlx::query("DELETE FROM figure_days WHERE municipality = $1 AND day = $2")
        .bind(municipality)
        .bind(day)
        .execute(&mut *tx)
        .await?;
    for (is_hidden, sums) in sums {
        sqlx::query(
            "INSERT INTO figure_days (municipality, day, hidden, received, completed, sums) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(municipality)
        .bind(day)
        .bind(i64::from(is_hidden))
        .bind(signed(sums.total.received))
        .bind(signed(sums.total.completed))
        .bind(json(&sums)?)
        .execute(&mut *tx)
        .await?;
    }
    figure_months::changed(tx, municipality, day).await
}
