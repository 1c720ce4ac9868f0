//! Reports by where they are, for who stands near and for who joins one.

use balagh_shared::delivery::OriginEvent;
use balagh_shared::status::State;

use balagh_database::Connection;
use sqlx::AssertSqlSafe;

use super::{Ledger, LedgerError};
use crate::ledger::statements;
use crate::nearby::{Around, Found, FoundRow, MOST_ROWS};
use crate::screen::Leader;

impl Ledger {
    /// Open reports in the squares around a place; those outside of it are still among them.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn around(&self, around: &Around) -> Result<Vec<Found>, LedgerError> {
        let rows: Vec<FoundRow> = sqlx::query_as(AssertSqlSafe(around.statement()))
            .bind(&around.municipality)
            .bind(&around.category)
            .bind(around.since.millis())
            .bind(MOST_ROWS)
            .fetch_all(self.database.readers())
            .await?;
        let found: Result<Vec<Found>, _> = rows.into_iter().map(Found::of).collect();
        Ok(found?)
    }

    /// Whether a report can be joined.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn leader(&self, municipality: &str, number: &str) -> Result<Leader, LedgerError> {
        let is_open: Option<i64> = sqlx::query_scalar(statements::LEADER)
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
    sqlx::query(statements::FOLLOW_NEARBY)
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
