//! What the screen made of reports, and what people said of it.

use balagh_shared::delivery::Verdict;
use balagh_shared::report::Point;
use balagh_shared::time::Timestamp;

use super::deliveries::looked_at;
use super::{Ledger, LedgerError};
use crate::ledger::job::{ORIGIN, REVIEW};
use crate::ledger::recent::{Entry, MOST};
use crate::ledger::rest::verdict_code;
use crate::ledger::screening::{Label, Labelled, Screening, ScreeningRow};
use crate::ledger::statements;
use crate::screen::Screened;

/// What is read back: municipality, time, category, `Screened`, longitude, latitude.
type Recalled = (String, i64, String, String, Option<f64>, Option<f64>);

/// The same of what another edge wrote, with the number of the row.
type Caught = (i64, String, i64, String, String, Option<f64>, Option<f64>);

impl Ledger {
    /// The reports that wait for a person, the oldest first; up to `most`.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn held(&self, most: u32) -> Result<Vec<Screening>, LedgerError> {
        let rows: Vec<ScreeningRow> = sqlx::query_as(statements::HELD)
            .bind(i64::from(most))
            .fetch_all(self.database.readers())
            .await?;
        rows.into_iter().map(screening).collect()
    }

    /// What was made of the reports received from `since` on and before another time, the oldest first.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn screenings(
        &self,
        since: Timestamp,
        before: Timestamp,
    ) -> Result<Vec<Screening>, LedgerError> {
        let rows: Vec<ScreeningRow> = sqlx::query_as(statements::SCREENINGS)
            .bind(since.millis())
            .bind(before.millis())
            .fetch_all(self.database.readers())
            .await?;
        rows.into_iter().map(screening).collect()
    }

    /// What was made of one report.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn screening(&self, number: &str) -> Result<Option<Screening>, LedgerError> {
        let row: Option<ScreeningRow> = sqlx::query_as(statements::SCREENING)
            .bind(number)
            .fetch_optional(self.database.readers())
            .await?;
        row.map(screening).transpose()
    }

    /// Keeps what a person said of a report; of a held one it is queued for the origin, behind the
    /// report itself. What was delivered is never changed: sent once more, it must still be the same.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn label(
        &self,
        number: &str,
        label: Label,
        now: Timestamp,
    ) -> Result<Labelled, LedgerError> {
        let mut tx = self.begin().await?;
        let known: Option<(String, Option<String>)> = sqlx::query_as(statements::LABEL_OF)
            .bind(number)
            .fetch_optional(&mut *tx)
            .await?;
        let was_held = match known {
            Some((verdict, None)) => verdict == verdict_code(Verdict::Quarantine),
            Some((_, Some(_))) => return Ok(Labelled::Before),
            None => return Ok(Labelled::Unknown),
        };
        sqlx::query(statements::LABEL)
            .bind(label.code())
            .bind(now.millis())
            .bind(number)
            .execute(&mut *tx)
            .await?;
        if was_held {
            // For whom it was not held, it is already on its way: they are told what was said.
            sqlx::query(statements::QUEUE_REVIEW)
                .bind(number)
                .bind(REVIEW)
                .bind(now.millis())
                .bind(ORIGIN)
                .execute(&mut *tx)
                .await?;
            looked_at(&mut tx, number, label == Label::Honest, now).await?;
        }
        tx.commit().await?;
        Ok(Labelled::Kept)
    }

    /// Reads what came lately into memory.
    pub(super) async fn remember(&self) -> Result<(), LedgerError> {
        if self.is_shared() {
            return self.catch_up().await;
        }
        let rows: Vec<Recalled> = sqlx::query_as(
            "SELECT screenings.municipality, screenings.received_at, screenings.category,
                    screened_json, lon, lat
             FROM screenings LEFT JOIN nearby ON nearby.number = screenings.number
             ORDER BY screenings.received_at DESC LIMIT $1",
        )
        .bind(most())
        .fetch_all(self.database.readers())
        .await?;
        for row in rows.into_iter().rev() {
            self.add(row)?;
        }
        Ok(())
    }

    /// Reads into memory what any edge wrote since it was last read, where there are others.
    pub(super) async fn catch_up(&self) -> Result<(), LedgerError> {
        if !self.is_shared() {
            return Ok(());
        }
        let mut last = self.last_seen.lock().await;
        let mut from = match *last {
            Some(last) => last,
            None => self.far_enough_back().await?,
        };
        loop {
            let rows: Vec<Caught> = sqlx::query_as(
                "SELECT sequence, screenings.municipality, screenings.received_at,
                        screenings.category, screened_json, lon, lat
                 FROM screenings LEFT JOIN nearby ON nearby.number = screenings.number
                 WHERE sequence > $1 ORDER BY sequence LIMIT $2",
            )
            .bind(from)
            .bind(most())
            .fetch_all(self.database.readers())
            .await?;
            let count = rows.len();
            for (sequence, municipality, at, category, json, lon, lat) in rows {
                self.add((municipality, at, category, json, lon, lat))?;
                from = sequence;
                *last = Some(from);
            }
            if count < MOST {
                *last = Some(from);
                return Ok(());
            }
        }
    }

    /// The row before the first that is worth remembering.
    async fn far_enough_back(&self) -> Result<i64, LedgerError> {
        let newest: Option<i64> = sqlx::query_scalar("SELECT MAX(sequence) FROM screenings")
            .fetch_one(self.database.readers())
            .await?;
        Ok(newest.unwrap_or(0).saturating_sub(most()))
    }

    fn add(
        &self,
        (municipality, at, category, json, lon, lat): Recalled,
    ) -> Result<(), LedgerError> {
        let screened: Screened = serde_json::from_str(&json)?;
        let entry = Entry {
            at,
            fingerprint: screened.fingerprint,
            category,
            place: lon.zip(lat).map(|(lon, lat)| Point {
                lon,
                lat,
                accuracy_m: None,
            }),
        };
        self.recent.add(&municipality, entry);
        Ok(())
    }
}

fn most() -> i64 {
    i64::try_from(MOST).unwrap_or(i64::MAX)
}

fn screening(row: ScreeningRow) -> Result<Screening, LedgerError> {
    Ok(Screening::of(row)?)
}
