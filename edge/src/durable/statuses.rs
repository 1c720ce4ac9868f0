//! How reports stand: what the origin last told, so that tracking works while it is away.

use balagh_shared::delivery::{Delivery, OriginEvent};
use balagh_shared::status::{PublicStatus, State};

use super::decisions::json;
use super::sql::values;
use super::{Keeper, StoreError};
use crate::ledger::rest::as_received;
use crate::ledger::statements;

impl Keeper<'_> {
    /// Which key the tracking code of a report is derived with; nothing where there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn secret_kid(
        &self,
        municipality: &str,
        number: &str,
    ) -> Result<Option<String>, StoreError> {
        let row = self.first(statements::SECRET_KID, values![number, municipality])?;
        row.map(|row| row.at(0)).transpose()
    }

    /// How a report stands: as the origin last told, else as it was received.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn status(&self, number: &str) -> Result<Option<PublicStatus>, StoreError> {
        if let Some(row) = self.first(statements::STATUS, values![number])? {
            let told: String = row.at(0)?;
            let status =
                serde_json::from_str(&told).map_err(|_| StoreError::Corrupt("a status"))?;
            return Ok(Some(status));
        }
        let Some(row) = self.first(statements::RECEIVED, values![number])? else {
            return Ok(None);
        };
        let received: String = row.at(0)?;
        let delivery: Delivery =
            serde_json::from_str(&received).map_err(|_| StoreError::Corrupt("a delivery"))?;
        Ok(Some(as_received(delivery)))
    }

    /// Keeps news from the origin, unless newer news is here already.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_status(&self, event: &OriginEvent) -> Result<(), StoreError> {
        let (status, municipality) = (&event.status, event.municipality.as_str());
        let number = status.number.as_str();
        let values = values![
            number,
            municipality,
            status.revision,
            json(status)?,
            event.secret_kid.as_deref(),
        ];
        if self.first(statements::KEEP_STATUS, values)?.is_none() {
            return Ok(());
        }
        // What has left the screen and the intake, a person has looked at.
        let was_seen = !matches!(status.state, State::Received | State::Screened);
        self.run(
            statements::FOLLOW_NEARBY,
            values![
                status.state.code(),
                status.joined,
                status.state.is_open(),
                was_seen,
                // What follows another report is found where that one is.
                status.joins.is_none(),
                event.public_text.as_deref(),
                number,
                municipality,
            ],
        )
        .map(drop)
    }
}
