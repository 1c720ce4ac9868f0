//! What an edge writes in groups: decisions about reports, and what became of deliveries.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use balagh_database::{Batch, Commits, Connection, Work};
use balagh_shared::time::Timestamp;

use super::decisions::Decided;
use super::deliveries::Outcome;
use super::{Ledger, LedgerError};
use crate::ledger::recent::{Entry, Recent};
use crate::screen::Effect;

/// How often what is over is forgotten, in milliseconds.
const FORGETS_MS: u64 = 1_000;

/// The group that gathers.
pub(super) type Together = balagh_database::Together<Decided, LedgerError>;

/// A decision on its way to the disk, with everything that can be made ready before the ledger is
/// locked.
struct Decision {
    rows: Decided,
    /// What others are compared with from then on: the municipality, and the report.
    lately: Vec<(String, Entry)>,
    recent: Arc<Recent>,
}

impl Ledger {
    /// Writes a decision: all of it, durably, or nothing.
    ///
    /// # Errors
    /// [`LedgerError::Conflict`] when key, number or nonce were taken since they were read.
    pub async fn apply(&self, effects: &[Effect], now: Timestamp) -> Result<(), LedgerError> {
        let mut rows = self.decided(effects, now)?;
        let before = self.forgot.load(Ordering::Relaxed);
        if before.abs_diff(now.millis()) >= FORGETS_MS {
            self.forgot.store(now.millis(), Ordering::Relaxed);
            rows.forget(now);
        }
        let decision = Decision {
            rows,
            lately: self.lately(effects, now),
            recent: Arc::clone(&self.recent),
        };
        self.together(decision).await
    }

    /// Writes with whatever else waits; on disk once this returns.
    pub(super) async fn together<W>(&self, work: W) -> Result<(), LedgerError>
    where
        W: Work<Batch = Decided, Done = (), Error = LedgerError>,
    {
        // Before it leads or waits for who leads: in a simulation somebody else's turn may come first.
        self.turn().await?;
        self.together.write(&self.database, work).await
    }

    /// How writes went to the disk, since the process began.
    #[must_use]
    pub fn commits(&self) -> Commits {
        self.together.commits()
    }

    /// The reports of a decision, for comparing others with them.
    fn lately(&self, effects: &[Effect], now: Timestamp) -> Vec<(String, Entry)> {
        if self.is_shared() {
            // They are caught up with as what others wrote.
            return Vec::new();
        }
        let reports = effects.iter().filter_map(|effect| match effect {
            Effect::InsertReport(insert) => Some(insert),
            Effect::SpendNonce { .. } | Effect::Count { .. } => None,
        });
        reports
            .map(|insert| {
                let municipality = insert.delivery.municipality.clone();
                (municipality, Entry::of(insert, now))
            })
            .collect()
    }
}

impl Work for Decision {
    type Batch = Decided;
    type Done = ();
    type Error = LedgerError;

    async fn write(&self, _tx: &mut Connection, batch: &mut Decided) -> Result<(), LedgerError> {
        batch.add(&self.rows);
        Ok(())
    }

    fn stands(&self) {
        for (municipality, entry) in &self.lately {
            self.recent.add(municipality, entry.clone());
        }
    }
}

impl Work for Outcome {
    type Batch = Decided;
    type Done = ();
    type Error = LedgerError;

    async fn write(&self, tx: &mut Connection, _batch: &mut Decided) -> Result<(), LedgerError> {
        self.write_into(tx).await
    }
}

impl Batch for Decided {
    type Error = LedgerError;

    async fn write(self, tx: &mut Connection) -> Result<(), LedgerError> {
        self.write_into(tx).await
    }
}
