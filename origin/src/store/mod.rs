//! The origin's ledger: SQLite in one file, or PostgreSQL.
//!
//! Every change of a report is written by one transaction with its event, its state, its new revision
//! and the line in the queue that tells the edge: none of them is ever there without the others.

mod arrival;
mod audit;
mod contact_ratings;
mod facts;
mod figure_days;
mod figure_months;
mod figures;
mod jobs;
mod joining;
mod listing;
mod notices;
mod older;
mod person;
mod pictures;
mod queue;
mod reports;
mod rows;
mod sealing;
mod sessions;
mod staff;
mod status_queue;
mod steps;
mod together;
mod unsealed;
pub(crate) mod vault;

use std::fmt;
use std::sync::Arc;

use balagh_database::{Care, Database, OpenError, Place, Schema, Write};
use balagh_shared::keyring::Keyring;
use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AnyPool};
use tokio::sync::Mutex;

use crate::lifecycle::Illegal;
use crate::sys;

pub use audit::{AuditFilter, Audited};
pub use balagh_database::Commits;
pub use contact_ratings::{ContactFigures, ContactRating};
pub use figure_days::Scope;
pub use figures::{Figures, Intake};
pub use joining::Joiner;
pub use listing::{Listed, Listing, Span, Which};
pub use notices::{DeadLetter, Errand, Settled};
pub use person::Erasure;
pub(crate) use person::Shreds;
pub use queue::MOST_COUNTED;
pub use reports::{Inserted, NewReport, StoredReport};
pub use sealing::Privacy;
pub use sessions::{Account, IDLE_MS, Limited};
pub use status_queue::Due;
pub use steps::Taken;
use together::Together;
pub(crate) use vault::Held;
pub use vault::{ItemKey, Locked, Resealed, Vault};

/// The ledger.
#[derive(Debug, Clone)]
pub struct Store {
    database: Database,
    vault: Vault,
    together: Arc<Together>,
    /// Held by who sums days up: two at once would look through the same ones.
    summing: Arc<Mutex<()>>,
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
    /// The report's key is not here: a master key is missing, or the file of the keys was opened by
    /// nobody.
    Locked,
    /// The caller adds words to a report whose personal data was erased.
    Erased,
    /// What is sealed does not open with its own key: it was changed or moved.
    Sealed,
    /// The keys beside the ledger are another ledger's, or none.
    Keyless,
    /// The transaction that it shared with others was not.
    Together(Arc<StoreError>),
}

pub(crate) static SCHEMA: Schema = Schema {
    sqlite: sqlx::migrate!("./migrations/sqlite"),
    postgres: sqlx::migrate!("./migrations/postgres"),
};

/// What an older version stored in clear is sealed by and by, and the clear text is to be gone then.
pub(crate) const CARE: Care = Care {
    readers: 4,
    overwrite_deleted: true,
};

impl Store {
    /// Opens the database at `place`, makes a file that is not there, and brings its tables up to
    /// date; what is sealed in it is read and written with the keys of `vault`.
    ///
    /// # Errors
    /// [`StoreError::Open`], also where it would not keep what it acknowledges, and
    /// [`StoreError::Keyless`] where the keys are not this ledger's.
    pub async fn open(place: &Place, vault: Vault) -> Result<Store, StoreError> {
        let mut store = Store::open_shut(place).await?;
        store.vault = vault;
        store.pair().await?;
        Ok(store)
    }

    /// The same without the keys: nobody's words can be read or stored.
    ///
    /// # Errors
    /// [`StoreError::Open`].
    pub async fn open_shut(place: &Place) -> Result<Store, StoreError> {
        let opened = Database::open(place, &SCHEMA, CARE).await;
        let database = opened.map_err(StoreError::Open)?;
        let vault = Vault::shut();
        Ok(Store {
            database,
            vault,
            together: Arc::default(),
            summing: Arc::default(),
        })
    }

    /// A ledger that is gone with the process, for a simulation: whoever keeps a clone of it keeps
    /// what was committed, as a disk does.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn in_memory(seals: Keyring) -> Result<Store, StoreError> {
        let vault = Vault::open(&Place::Memory, seals).await?;
        Store::open(&Place::Memory, vault).await
    }

    /// Finds out whether the keys are those of this ledger; gives both a name where neither has one.
    async fn pair(&self) -> Result<(), StoreError> {
        let ours: Option<String> = sqlx::query_scalar("SELECT id FROM vault")
            .fetch_optional(self.readers())
            .await?;
        let theirs = self.vault.id().await?;
        let id = match (ours, theirs) {
            (Some(ours), Some(theirs)) if ours == theirs => return Ok(()),
            (Some(_), _) => return Err(StoreError::Keyless),
            // A crash came between the two, or a ledger from before there were keys was put back.
            (None, Some(theirs)) => theirs,
            (None, None) => {
                let drawn: [u8; 8] = sys::random().map_err(|_| StoreError::Randomness)?;
                let id = balagh_shared::canonical::hex(&drawn);
                self.vault.name(&id).await?;
                id
            }
        };
        self.write_one(sqlx::query("INSERT INTO vault (id) VALUES ($1)").bind(id))
            .await?;
        Ok(())
    }

    /// The keys of what is sealed in it.
    pub(crate) fn vault(&self) -> &Vault {
        &self.vault
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
        self.vault.close().await;
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

impl From<Arc<StoreError>> for StoreError {
    fn from(shared: Arc<StoreError>) -> StoreError {
        StoreError::Together(shared)
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
            StoreError::Locked => f.write_str(
                "the report's key cannot be opened: a master key is missing in BALAGH_SEAL_KEYS",
            ),
            StoreError::Erased => f.write_str("the report's personal data was erased"),
            StoreError::Sealed => f.write_str("what is sealed does not open with its own key"),
            StoreError::Together(shared) => shared.fmt(f),
            StoreError::Keyless => f.write_str(
                "the keys of the reports are not here: the file that `report_keys` names holds none, \
                 or another ledger's. Put back the file that belongs to this ledger; without it what \
                 people wrote cannot be read",
            ),
        }
    }
}

impl std::error::Error for StoreError {}
