//! Counts for the metrics.

use sqlx::Row as _;

use super::rows::unsigned;
use super::{Store, StoreError};

/// How much there is of what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// Reports by municipality, verdict and state.
    pub reports: Vec<Intake>,
    /// Statuses the edge is still to be told.
    pub status_queue: u64,
    /// Messages by what became of them; `waiting` are still to be sent.
    pub notices: Vec<(String, u64)>,
}

/// Reports that have a municipality, a verdict and a state in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intake {
    /// The municipality's id.
    pub municipality: String,
    /// The verdict's code.
    pub verdict: String,
    /// The state's code.
    pub state: String,
    /// How many.
    pub count: u64,
}

impl Store {
    /// Counts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn figures(&self) -> Result<Figures, StoreError> {
        let rows = sqlx::query(
            "SELECT municipality, verdict, state, COUNT(*) AS count FROM reports \
             GROUP BY municipality, verdict, state ORDER BY municipality, verdict, state",
        )
        .fetch_all(self.readers())
        .await?;
        let reports = rows
            .iter()
            .map(|row| {
                Ok(Intake {
                    municipality: row.try_get("municipality")?,
                    verdict: row.try_get("verdict")?,
                    state: row.try_get("state")?,
                    count: unsigned(row, "count")?,
                })
            })
            .collect::<Result<_, StoreError>>()?;
        let queued = sqlx::query("SELECT COUNT(*) AS count FROM status_queue")
            .fetch_one(self.readers())
            .await?;
        let notices = sqlx::query(
            "SELECT COALESCE(outcome, 'waiting') AS outcome, COUNT(*) AS count FROM notices \
             GROUP BY 1 ORDER BY 1",
        )
        .fetch_all(self.readers())
        .await?;
        let notices = notices
            .iter()
            .map(|row| Ok((row.try_get("outcome")?, unsigned(row, "count")?)))
            .collect::<Result<_, StoreError>>()?;
        Ok(Figures {
            notices,
            reports,
            status_queue: unsigned(&queued, "count")?,
        })
    }
}
