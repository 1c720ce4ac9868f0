//! The origin's ledger: SQLite in one file, or PostgreSQL.
//!
//! Every change of a report is one transaction that writes its event, its state, its new revision
//! and the line in the queue that tells the edge: none of them is ever there without the others.

mod facts;
mod figure_days;
mod figures;
mod jobs;
mod joining;
mod listing;
mod notices;
mod queue;
mod reports;
mod rows;
mod sessions;
mod staff;
mod status_queue;
mod steps;

use std::fmt;

use balagh_database::{Care, Database, OpenError, Place, Schema, Write};
use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AnyPool};

use crate::lifecycle::Illegal;
use crate::sys;

pub use figure_days::Scope;
pub use figures::{Figures, Intake};
pub use joining::Joiner;
pub use listing::{Listed, Listing, Span, Which};
pub use notices::{DeadLetter, Errand, Settled};
pub use queue::MOST_COUNTED;
pub use reports::{Inserted, NewReport, StoredReport};
pub use sessions::{Account, IDLE_MS, Limited};
pub use status_queue::Due;
pub use steps::Taken;

/// The ledger.
#[derive(Debug, Clone)]
pub struct Store {
    database: Database,
}

/// Why the ledger did not do something.
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreError {
    /// The database did not.
    Database(sqlx::Error),
    /// The database cannot be opened, or not so that what is committed survives a power cut.
    Open(OpenError),
    /// A row holds what this version cannot read; names the column.
    Unreadable(&'static str),
    /// The caller asked for a step that must not be taken.
    Illegal(Illegal),
    /// The caller decided from another revision than this, the stored one: someone else was first.
    Stale(u64),
    /// The report is of a municipality that is not served here any more.
    Undocumented(String),
    /// The system gave no random bytes.
    Randomness,
    /// The caller named a report that is not there.
    Unknown,
}

static SCHEMA: Schema = Schema {
    sqlite: sqlx::migrate!("./migrations/sqlite"),
    postgres: sqlx::migrate!("./migrations/postgres"),
};

/// What was erased stays in the file until it is written over: nothing of the origin's is erased yet
/// that is not sealed.
const CARE: Care = Care {
    readers: 4,
    overwrite_deleted: false,
};

impl Store {
    /// Opens the database at `place`, makes a file that is not there, and brings its tables up to
    /// date.
    ///
    /// # Errors
    /// [`StoreError::Open`], also where it would not keep what it acknowledges.
    pub async fn open(place: &Place) -> Result<Store, StoreError> {
        let opened = Database::open(place, &SCHEMA, CARE).await;
        let database = opened.map_err(StoreError::Open)?;
        Ok(Store { database })
    }

    /// A ledger that is gone with the process, for a simulation: whoever keeps a clone of it keeps
    /// what was committed, as a disk does.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn in_memory() -> Result<Store, StoreError> {
        Store::open(&Place::Memory).await
    }

    /// Whether the ledger could be written now: a file that became read-only and a lock that is not
    /// given back still answer a read.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn ping(&self) -> Result<(), StoreError> {
        Ok(self.write().await?.rollback().await?)
    }

    /// Closes it, after everything that is under way.
    pub async fn close(&self) {
        self.database.close().await;
    }

    /// For statements that only read.
    fn readers(&self) -> &AnyPool {
        self.database.readers()
    }

    /// A transaction that has the write lock from its first moment: what it reads cannot change
    /// before it writes.
    async fn write(&self) -> Result<Write, StoreError> {
        sys::turn("write the store")
            .await
            .map_err(sqlx::Error::Io)?;
        Ok(self.database.write().await?)
    }

    /// Writes one statement; gives how many rows it changed.
    async fn write_one(&self, one: Query<'_, Any, AnyArguments>) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let done = one.execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(done.rows_affected())
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> StoreError {
        StoreError::Database(error)
    }
}

impl From<Illegal> for StoreError {
    fn from(illegal: Illegal) -> StoreError {
        StoreError::Illegal(illegal)
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Database(error) => write!(f, "the database: {error}"),
            StoreError::Open(error) => error.fmt(f),
            StoreError::Unreadable(column) => write!(f, "the stored {column} cannot be read"),
            StoreError::Illegal(illegal) => illegal.fmt(f),
            StoreError::Stale(revision) => {
                write!(
                    f,
                    "the report has changed meanwhile: it is at revision {revision}"
                )
            }
            StoreError::Undocumented(id) => write!(f, "there is no municipality {id:?} here"),
            StoreError::Randomness => f.write_str("the system gives no random bytes"),
            StoreError::Unknown => f.write_str("there is no such report"),
        }
    }
}

impl std::error::Error for StoreError {}
