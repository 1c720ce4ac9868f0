//! How reports stand: what the origin last told, so that tracking works while it is away.

use balagh_shared::delivery::{Delivery, OriginEvent};
use balagh_shared::status::{PublicStatus, State};

use super::deliveries::looked_at;
use super::{Ledger, LedgerError};
use crate::ledger::rest::as_received;
use crate::ledger::statements;
use crate::native::clock;

impl Ledger {
    /// Which key the tracking code of a report is derived with; nothing where there is none.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn secret_kid(
        &self,
        municipality: &str,
        number: &str,
    ) -> Result<Option<String>, LedgerError> {
        Ok(sqlx::query_scalar(statements::SECRET_KID)
            .bind(number)
            .bind(municipality)
            .fetch_optional(self.database.readers())
            .await?)
    }

    /// How a report stands: as the origin last told, else as it was received.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn status(&self, number: &str) -> Result<Option<PublicStatus>, LedgerError> {
        let told: Option<String> = sqlx::query_scalar(statements::STATUS)
            .bind(number)
            .fetch_optional(self.database.readers())
            .await?;
        if let Some(told) = told {
            return Ok(Some(serde_json::from_str(&told)?));
        }
        let received: Option<String> = sqlx::query_scalar(statements::RECEIVED)
            .bind(number)
            .fetch_optional(self.database.readers())
            .await?;
        let Some(received) = received else {
            return Ok(None);
        };
        let delivery: Delivery = serde_json::from_str(&received)?;
        Ok(Some(as_received(delivery)))
    }

    /// Keeps news from the origin, unless newer news is here already.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn keep_status(&self, event: &OriginEvent) -> Result<(), LedgerError> {
        let mut tx = self.begin().await?;
        let kept = sqlx::query(statements::KEEP_STATUS)
            .bind(&event.status.number)
            .bind(&event.municipality)
            .bind(i64::try_from(event.status.revision).unwrap_or(i64::MAX))
            .bind(serde_json::to_string(&event.status)?)
            .bind(&event.secret_kid)
            .fetch_optional(&mut *tx)
            .await?;
        if kept.is_some() {
            super::nearby::follow(&mut tx, event).await?;
            match event.status.state {
                // Nobody has looked at it yet.
                State::Received | State::Screened => {}
                state => {
                    let is_meant = state != State::Rejected;
                    let (number, now) = (&event.status.number, clock::now());
                    looked_at(&mut tx, number, is_meant, now).await?;
                }
            }
        }
        tx.commit().await?;
        Ok(())
    }
}
