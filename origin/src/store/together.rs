//! What the origin writes in groups: deliveries, and what became of statuses and messages.

use balagh_database::{Batch, Commits, Connection, Statement, Work};

use super::{Store, StoreError};
use crate::sys;

/// The group that gathers.
pub(super) type Together = balagh_database::Together<Each, StoreError>;

/// Each work writes for itself, and leaves nothing.
#[derive(Debug, Default)]
pub(super) struct Each;

/// One statement; it comes to how many rows it changed.
pub(super) struct Alone(pub(super) Statement);

impl Store {
    /// Writes with whatever else waits; on disk once this returns.
    pub(super) async fn together<W>(&self, work: W) -> Result<W::Done, StoreError>
    where
        W: Work<Batch = Each, Error = StoreError>,
    {
        // Before it leads or waits for who leads: in a simulation somebody else's turn may come first.
        sys::turn("write the store")
            .await
            .map_err(sqlx::Error::Io)?;
        self.together.write(&self.database, work).await
    }

    /// How work went to the disk, since the process began.
    #[must_use]
    pub fn commits(&self) -> Commits {
        self.together.commits()
    }
}

impl Batch for Each {
    type Error = StoreError;

    async fn write(self, _tx: &mut Connection) -> Result<(), StoreError> {
        Ok(())
    }
}

impl Work for Alone {
    type Batch = Each;
    type Done = u64;
    type Error = StoreError;

    async fn write(&self, tx: &mut Connection, _batch: &mut Each) -> Result<u64, StoreError> {
        Ok(self.0.execute(tx).await?)
    }
}
