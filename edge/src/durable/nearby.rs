//! Reports by where they are, for who stands near and for who joins one.

use balagh_shared::delivery::Delivery;
use balagh_shared::status::State;

use super::sql::{Row, values};
use super::{Keeper, StoreError};
use crate::ledger::grid::cell;
use crate::ledger::statements;
use crate::nearby::{Around, Found, MOST_ROWS};
use crate::screen::{Leader, Spot};

impl Keeper<'_> {
    /// Open reports in the squares around a place; those outside of it are still among them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn around(&self, around: &Around) -> Result<Vec<Found>, StoreError> {
        let values = values![
            around.municipality.as_str(),
            around.category.as_str(),
            around.since.millis(),
            MOST_ROWS,
        ];
        let rows = self.run(&around.statement(), values)?;
        rows.iter().map(found).collect()
    }

    /// Whether a report can be joined.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn leader(&self, municipality: &str, number: &str) -> Result<Leader, StoreError> {
        let row = self.first(statements::LEADER, values![number, municipality])?;
        Ok(match row.map(|row| row.at(0)).transpose()? {
            None => Leader::Unknown,
            Some(false) => Leader::Over,
            Some(true) => Leader::Open,
        })
    }

    /// Notes where a report is, as it comes in.
    pub(super) fn place(&self, delivery: &Delivery, spot: &Spot) -> Result<(), StoreError> {
        let values = values![
            delivery.number.as_str(),
            delivery.municipality.as_str(),
            delivery.report.category.as_str(),
            cell(spot.at),
            spot.at.lon,
            spot.at.lat,
            delivery.received_at.millis(),
            State::Received.code(),
            spot.is_shown,
        ];
        self.run(statements::PLACE, values).map(drop)
    }
}

fn found(row: &Row) -> Result<Found, StoreError> {
    let (number, category) = (row.at(0)?, row.at(1)?);
    let (lon, lat, received_at) = (row.at(2)?, row.at(3)?, row.at(4)?);
    let (state, joined, text) = (row.at(5)?, row.at(6)?, row.at(7)?);
    Found::of((number, category, lon, lat, received_at, state, joined, text))
        .map_err(|_| StoreError::Corrupt("a state"))
}
