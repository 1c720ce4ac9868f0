//! Keys whose report an edge is storing at this moment, as the other edges on its ledger see it.

use balagh_database::Announced;

use super::{Ledger, LedgerError};
use crate::screen::Slot;

impl Ledger {
    /// Lets the other edges on this ledger know that a report is being stored under a key, until what
    /// this gives is dropped. Only whoever asks what became of an attempt needs to know, so one that
    /// could not be told is stored all the same.
    pub(crate) async fn under_way(&self, slot: Slot) -> Option<Announced> {
        match self.database.announce(slot.short()).await {
            Ok(announced) => announced,
            Err(error) => {
                tracing::warn!(%error, "other edges do not know what is being stored here");
                None
            }
        }
    }

    /// Whether an edge on this ledger may be storing a report under a key.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub(crate) async fn is_under_way(&self, slot: Slot) -> Result<bool, LedgerError> {
        Ok(self.database.is_announced(slot.short()).await?)
    }
}
