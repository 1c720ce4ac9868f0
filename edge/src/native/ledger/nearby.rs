//! Reports by where they are, for who stands near and for who joins one.

use balagh_shared::delivery::{Delivery, OriginEvent};
use balagh_shared::nearby::NearbyReport;
use balagh_shared::report::Point;
use balagh_shared::status::State;
use balagh_shared::time::Timestamp;
use sqlx::{QueryBuilder, Sqlite, Transaction};

use super::{Ledger, LedgerError};
use crate::ledger::grid::{cell, cells_between};
use crate::screen::{Leader, Spot};

/// Most reports that are measured: where more stand in a few streets, the newest do.
const MOST_ROWS: i64 = 500;

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Around<'a> {
    pub(crate) municipality: &'a str,
    pub(crate) category: &'a str,
    /// South-west and north-east of what may be near.
    pub(crate) from: Point,
    pub(crate) to: Point,
    /// Received since then.
    pub(crate) since: Timestamp,
}

/// A report with its point, of which only the square is told.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) at: Point,
    pub(crate) report: NearbyReport,
}

type Row = (String, String, f64, f64, i64, String, i64, Option<String>);

impl Ledger {
    /// Open reports in the squares around a place; those outside of it are still among them.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub(crate) async fn around(&self, around: &Around<'_>) -> Result<Vec<Found>, LedgerError> {
        let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(
            "SELECT number, category, lon, lat, received_at, state, joined, text FROM nearby \
             WHERE is_open AND is_shown AND municipality = ",
        );
        query
            .push_bind(around.municipality)
            .push(" AND category = ")
            .push_bind(around.category)
            .push(" AND received_at >= ")
            .push_bind(around.since.millis())
            .push(" AND cell IN (");
        let mut cells = query.separated(", ");
        for cell in cells_between(around.from, around.to) {
            cells.push_bind(cell);
        }
        query
            .push(") ORDER BY received_at DESC LIMIT ")
            .push_bind(MOST_ROWS);
        let rows: Vec<Row> = query.build_query_as().fetch_all(&self.readers).await?;
        rows.into_iter().map(found).collect()
    }

    /// Whether a report can be joined.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn leader(&self, municipality: &str, number: &str) -> Result<Leader, LedgerError> {
        let is_open: Option<bool> = sqlx::query_scalar(
            "SELECT is_open FROM nearby WHERE number = ? AND municipality = ? AND is_shown",
        )
        .bind(number)
        .bind(municipality)
        .fetch_optional(&self.readers)
        .await?;
        Ok(match is_open {
            None => Leader::Unknown,
            Some(false) => Leader::Over,
            Some(true) => Leader::Open,
        })
    }
}

/// Notes where a report is, as it comes in.
pub(super) async fn place(
    tx: &mut Transaction<'static, Sqlite>,
    delivery: &Delivery,
    spot: &Spot,
) -> Result<(), LedgerError> {
    sqlx::query(
        "INSERT INTO nearby (number, municipality, category, cell, lon, lat, received_at, state,
                             is_open, is_shown)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?)",
    )
    .bind(&delivery.number)
    .bind(&delivery.municipality)
    .bind(&delivery.report.category)
    .bind(cell(spot.at))
    .bind(spot.at.lon)
    .bind(spot.at.lat)
    .bind(delivery.received_at.millis())
    .bind(State::Received.code())
    .bind(spot.is_shown)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes what the origin told of a report.
pub(super) async fn follow(
    tx: &mut Transaction<'static, Sqlite>,
    event: &OriginEvent,
) -> Result<(), LedgerError> {
    let status = &event.status;
    // What has left the screen and the intake, a person has looked at.
    let was_seen = !matches!(status.state, State::Received | State::Screened);
    sqlx::query(
        "UPDATE nearby SET state = ?, joined = ?, is_open = ?, is_shown = (is_shown OR ?) AND ?,
                           text = COALESCE(?, text)
         WHERE number = ? AND municipality = ?",
    )
    .bind(status.state.code())
    .bind(status.joined)
    .bind(status.state.is_open())
    .bind(was_seen)
    // What follows another report is found where that one is.
    .bind(status.joins.is_none())
    .bind(&event.public_text)
    .bind(&status.number)
    .bind(&event.municipality)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn found(
    (number, category, lon, lat, received_at, state, joined, text): Row,
) -> Result<Found, LedgerError> {
    let report = NearbyReport {
        number,
        category,
        received_at: Timestamp::from_millis(received_at),
        state: serde_json::from_value(state.into())?,
        distance_m: 0,
        square: None,
        joined: u32::try_from(joined).unwrap_or(u32::MAX),
        text,
        photo: None,
    };
    let at = Point {
        lon,
        lat,
        accuracy_m: None,
    };
    Ok(Found { at, report })
}
