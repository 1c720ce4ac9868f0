//! Holds the sums up to date: what is marked is summed up again, some of it at a time.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::municipalities::Municipalities;
use crate::store::{Store, StoreError};
use crate::{rounds, sys};

/// The wait between two looks at what is marked. A page sums up its own days before it is shown:
/// this is for the months before.
const PAUSE: Duration = Duration::from_secs(10);
/// Days summed up before others may have their turn.
const DAYS_AT_ONCE: u32 = 16;
/// Months added up from their days at once.
const MONTHS_AT_ONCE: u32 = 2;
/// Reports whose facts are written in one transaction.
const REPORTS_AT_ONCE: u32 = 100;
/// Every day there is.
const ALWAYS: Range<i64> = i64::MIN..i64::MAX;

/// What holds the sums up to date.
pub(crate) struct Keeper {
    pub(crate) store: Store,
    pub(crate) municipalities: Arc<Municipalities>,
}

impl Keeper {
    /// Works until `stop` changes. Cut short it loses nothing: marks go with what they ask for.
    pub(crate) async fn run(self, mut stop: watch::Receiver<bool>) {
        loop {
            let round = tokio::select! {
                _ = stop.changed() => return,
                round = self.round() => round,
            };
            let pause = match round {
                Ok(false) => PAUSE,
                Ok(true) => Duration::ZERO,
                Err(error) => {
                    tracing::error!(%error, "figures cannot be summed up");
                    rounds::AFTER_FAILURE
                }
            };
            tokio::select! {
                _ = stop.changed() => return,
                () = sys::sleep(pause) => {}
            }
        }
    }

    /// Sums some of it up; whether there is more.
    async fn round(&self) -> Result<bool, StoreError> {
        let documents = &self.municipalities;
        let mut is_more = self.store.catch_up(documents, REPORTS_AT_ONCE).await? > 0;
        for served in documents.iter() {
            let document = &served.document;
            let left = self.store.sum_up(document, ALWAYS, DAYS_AT_ONCE).await?;
            is_more |= left > 0;
            // The month that it is changes with every report, and is read from its days.
            let today = document.time_zone.local_day(sys::now());
            let months = self.store.sum_up_months(document, today, MONTHS_AT_ONCE);
            is_more |= months.await? > 0;
        }
        Ok(is_more)
    }
}
