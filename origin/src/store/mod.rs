//! The origin's ledger: SQLite, one file.
//!
//! Every change of a report is one transaction that writes its event, its state, its new revision
//! and the line in the queue that tells the edge: none of them is ever there without the others.

mod facts;
mod figure_days;
mod figure_months;
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
use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, SqlitePool, Transaction};

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
    pool: SqlitePool,
}

/// Why the ledger did not do something.
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreError {
    /// The database did not.
    Database(sqlx::Error),
    /// The database's file cannot be brought to this version's tables.
    Migration(sqlx::migrate::MigrateError),
    /// The database does not promise what an acknowledgement needs: what is committed survives a
    /// power cut.
    NotDurable,
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

/// Connections to the database.
const CONNECTIONS: u32 = 4;
/// How long a writer waits for another before it gives up.
const BUSY: Duration = Duration::from_secs(5);

impl Store {
    /// Opens the database at `path`, makes it if it is not there, and brings its tables up to
    /// date.
    ///
    /// # Errors
    /// [`StoreError`], also when the file system does not support what durability needs.
    pub async fn open(path: &Path) -> Result<Store, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY);
        let pool = SqlitePoolOptions::new()
            .max_connections(CONNECTIONS)
            .connect_with(options)
            .await?;
        let store = Store { pool };
        store.assert_durable().await?;
        sqlx::migrate!("./migrations")
            .run(&store.pool)
            .await
            .map_err(StoreError::Migration)?;
        Ok(store)
    }

    /// A ledger that is gone with the process, for a simulation: whoever keeps a clone of it keeps
    /// what was committed, as a disk does.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn in_memory() -> Result<Store, StoreError> {
        // One connection, which is the database: another one would see another.
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .acquire_timeout(Duration::from_secs(600))
            .connect_with(SqliteConnectOptions::new().foreign_keys(true))
            .await?;
        sqlx::migrate!("./migrations")
            .run(&pool)
            .await
            .map_err(StoreError::Migration)?;
        Ok(Store { pool })
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
        self.pool.close().await;
    }

    async fn assert_durable(&self) -> Result<(), StoreError> {
        let journal: String = sqlx::query_scalar("PRAGMA journal_mode")
            .fetch_one(&self.pool)
            .await?;
        let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous")
            .fetch_one(&self.pool)
            .await?;
        // 2 is FULL: in WAL mode the log is synced at each commit.
        if journal.eq_ignore_ascii_case("wal") && synchronous == 2 {
            Ok(())
        } else {
            Err(StoreError::NotDurable)
        }
    }

    /// A transaction that has the write lock from its first moment: what it reads cannot change
    /// before it writes.
    async fn write(&self) -> Result<Transaction<'_, Sqlite>, StoreError> {
        sys::turn("write the store")
            .await
            .map_err(sqlx::Error::Io)?;
        match self.pool.begin_with("BEGIN IMMEDIATE").await {
            // A full disk ends SQLite's transaction by itself; the client library still counts it,
            // and would refuse every other one on that connection for ever.
            Err(sqlx::Error::InvalidSavePointStatement) => {
                for _ in 0..CONNECTIONS {
                    self.pool.acquire().await?.close().await?;
                }
                Ok(self.pool.begin_with("BEGIN IMMEDIATE").await?)
            }
            begun => Ok(begun?),
        }
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
            StoreError::Migration(error) => write!(f, "the database's tables: {error}"),
            StoreError::NotDurable => f.write_str(
                "the database does not sync what it commits (journal_mode=WAL, synchronous=FULL): \
                 put the data folder on a local disk",
            ),
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
