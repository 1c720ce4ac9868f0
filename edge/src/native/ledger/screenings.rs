//! What the screen made of reports, and what people said of it.

use balagh_shared::delivery::Verdict;
use balagh_shared::report::Point;
use balagh_shared::time::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::{Sqlite, Transaction};

use super::deliveries::{ORIGIN, REVIEW, looked_at};
use super::{Ledger, LedgerError};
use crate::ledger::recent::{Entry, MOST};
use crate::ledger::rest::verdict_code;
use crate::screen::{Insert, Screened};

/// What a person says of a report that was held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// Somebody means it.
    Honest,
    /// Nobody does.
    Spam,
}

impl Label {
    /// As it is stored and travels.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Label::Honest => "honest",
            Label::Spam => "spam",
        }
    }

    fn from_code(code: &str) -> Option<Label> {
        [Label::Honest, Label::Spam]
            .into_iter()
            .find(|label| label.code() == code)
    }
}

/// A report with what was made of it; none of its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Screening {
    /// Its number.
    pub number: String,
    /// The municipality's id.
    pub municipality: String,
    /// When it came.
    pub received_at: Timestamp,
    /// Category code.
    pub category: String,
    /// The partner it came through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partner: Option<String>,
    /// What was done with it.
    pub verdict: String,
    /// What the steps made of it.
    #[serde(flatten)]
    pub screened: Screened,
    /// What a person said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
}

/// What became of a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Labelled {
    /// It is kept, and of a held report the origin is told.
    Kept,
    /// The report was looked at before.
    Before,
    /// There is no report with this number.
    Unknown,
}

type Row = (
    String,
    String,
    i64,
    String,
    Option<String>,
    String,
    String,
    Option<String>,
);

/// What is read back at the start: municipality, time, category, `Screened`, longitude, latitude.
type Recalled = (String, i64, String, String, Option<f64>, Option<f64>);

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT number, municipality, received_at, category, partner, verdict, screened_json, \
             label FROM screenings ",
            $rest
        )
    };
}

impl Ledger {
    /// The reports that wait for a person, the oldest first; up to `most`.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn held(&self, most: u32) -> Result<Vec<Screening>, LedgerError> {
        let rows: Vec<Row> = sqlx::query_as(select!(
            "WHERE verdict = 'quarantine' AND label IS NULL ORDER BY received_at LIMIT ?"
        ))
        .bind(most)
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(screening).collect()
    }

    /// What was made of the reports received from `since` on, the oldest first.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn screenings(&self, since: Timestamp) -> Result<Vec<Screening>, LedgerError> {
        let rows: Vec<Row> = sqlx::query_as(select!("WHERE received_at >= ? ORDER BY received_at"))
            .bind(since.millis())
            .fetch_all(&self.readers)
            .await?;
        rows.into_iter().map(screening).collect()
    }

    /// What was made of one report.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn screening(&self, number: &str) -> Result<Option<Screening>, LedgerError> {
        let row: Option<Row> = sqlx::query_as(select!("WHERE number = ?"))
            .bind(number)
            .fetch_optional(&self.readers)
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
        let known: Option<(String, Option<String>)> =
            sqlx::query_as("SELECT verdict, label FROM screenings WHERE number = ?")
                .bind(number)
                .fetch_optional(&mut *tx)
                .await?;
        let was_held = match known {
            Some((verdict, None)) => verdict == verdict_code(Verdict::Quarantine),
            Some((_, Some(_))) => return Ok(Labelled::Before),
            None => return Ok(Labelled::Unknown),
        };
        sqlx::query("UPDATE screenings SET label = ?, labelled_at = ? WHERE number = ?")
            .bind(label.code())
            .bind(now.millis())
            .bind(number)
            .execute(&mut *tx)
            .await?;
        if was_held {
            // For whom it was not held, it is already on its way: they are told what was said.
            sqlx::query(
                "INSERT INTO outbox (number, destination, photo, queued_at, due_at)
                 SELECT number, destination, ?2, ?3, ?3 FROM outbox
                 WHERE number = ?1 AND photo = '' AND destination = ?4 ON CONFLICT DO NOTHING",
            )
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
        let most = i64::try_from(MOST).unwrap_or(i64::MAX);
        let rows: Vec<Recalled> = sqlx::query_as(
            "SELECT screenings.municipality, screenings.received_at, screenings.category,
                    screened_json, lon, lat
             FROM screenings LEFT JOIN nearby USING (number)
             ORDER BY screenings.received_at DESC LIMIT ?",
        )
        .bind(most)
        .fetch_all(&self.readers)
        .await?;
        for (municipality, at, category, json, lon, lat) in rows.into_iter().rev() {
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
        }
        Ok(())
    }
}

/// Writes what was made of a report beside it.
pub(super) async fn insert(
    tx: &mut Transaction<'static, Sqlite>,
    insert: &Insert,
    now: Timestamp,
) -> Result<(), LedgerError> {
    let Insert {
        delivery, screened, ..
    } = insert;
    sqlx::query(
        "INSERT INTO screenings (number, municipality, received_at, category, partner, verdict,
                                 screened_json)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&delivery.number)
    .bind(&delivery.municipality)
    .bind(now.millis())
    .bind(&delivery.report.category)
    .bind(&delivery.partner)
    .bind(verdict_code(delivery.verdict))
    .bind(serde_json::to_string(screened)?)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn screening(row: Row) -> Result<Screening, LedgerError> {
    let (number, municipality, received_at, category, partner, verdict, json, label) = row;
    Ok(Screening {
        number,
        municipality,
        received_at: Timestamp::from_millis(received_at),
        category,
        partner,
        verdict,
        screened: serde_json::from_str(&json)?,
        label: label.as_deref().and_then(Label::from_code),
    })
}
