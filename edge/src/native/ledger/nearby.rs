//! Reports by where they are, for who stands near and for who joins one.

use balagh_shared::delivery::OriginEvent;
use balagh_shared::nearby::NearbyReport;
use balagh_shared::report::Point;
use balagh_shared::status::State;
use balagh_shared::time::Timestamp;

use balagh_database::Connection;
use sqlx::AssertSqlSafe;

use super::{Ledger, LedgerError};
use crate::ledger::grid::cells_between;
use crate::screen::Leader;

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
        // Whole numbers that were computed here: as many place holders would be another statement for
        // each number of squares as well.
        let cells: Vec<String> = cells_between(around.from, around.to)
            .map(|cell| cell.to_string())
            .collect();
        let statement = format!(
            "SELECT number, category, lon, lat, received_at, state, joined, text FROM nearby
             WHERE is_open = 1 AND is_shown = 1 AND municipality = $1 AND category = $2
               AND received_at >= $3 AND cell IN ({})
             ORDER BY received_at DESC LIMIT $4",
            cells.join(", ")
        );
        let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(statement))
            .bind(around.municipality)
            .bind(around.category)
            .bind(around.since.millis())
            .bind(MOST_ROWS)
            .fetch_all(self.database.readers())
            .await?;
        rows.into_iter().map(found).collect()
    }

    /// Whether a report can be joined.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn leader(&self, municipality: &str, number: &str) -> Result<Leader, LedgerError> {
        let is_open: Option<i64> = sqlx::query_scalar(
            "SELECT is_open FROM nearby WHERE number = $1 AND municipality = $2 AND is_shown = 1",
        )
        .bind(number)
        .bind(municipality)
        .fetch_optional(self.database.readers())
        .await?;
        Ok(match is_open {
            None => Leader::Unknown,
            Some(0) => Leader::Over,
            Some(_) => Leader::Open,
        })
    }
}

/// Notes what the origin told of a report.
pub(super) async fn follow(tx: &mut Connection, event: &OriginEvent) -> Result<(), LedgerError> {
    let status = &event.status;
    // What has left the screen and the intake, a person has looked at.
    let was_seen = !matches!(status.state, State::Received | State::Screened);
    sqlx::query(
        "UPDATE nearby SET state = $1, joined = $2, is_open = $3,
                           is_shown = CASE WHEN (is_shown = 1 OR $4 = 1) AND $5 = 1
                                           THEN 1 ELSE 0 END,
                           text = COALESCE($6, text)
         WHERE number = $7 AND municipality = $8",
    )
    .bind(status.state.code())
    .bind(i64::from(status.joined))
    .bind(i64::from(status.state.is_open()))
    .bind(i64::from(was_seen))
    // What follows another report is found where that one is.
    .bind(i64::from(status.joins.is_none()))
    .bind(&event.public_text)
    .bind(&status.number)
    .bind(&event.municipality)
    .execute(&mut *tx)
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
