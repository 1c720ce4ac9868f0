//! The ledger: everything acknowledged is on disk in it before it is acknowledged.
//!
//! SQLite in a file of this machine's, or PostgreSQL, which several edges may share: see
//! [`balagh_database`]. Writers queue one behind the other, readers have connections of their own.
//! Decisions that come at the same time share a commit ([`Ledger::apply`]). What a process remembers
//! beside it is either its own ([`Commits`]) or caught up with before it is used (what came lately), so
//! that it makes no difference which of several edges a request comes to.

mod codes;
mod counters;
mod decisions;
mod deliveries;
mod erasure;
mod leases;
mod letters;
mod looked_up;
mod nearby;
mod photos;
mod reports;
mod screenings;
mod statuses;
mod tallies;
mod team_photos;
mod together;
mod under_way;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use balagh_database::{
    Asked, Care, Database, Engine, OpenError, Place, Schema, Write as Transaction, is_taken,
};
use balagh_shared::keyring::Keyring;
use balagh_shared::seal::SealError;
use balagh_shared::time::Timestamp;
use tokio::sync::Mutex;

use super::clock;
use crate::ledger::count::Count;
use crate::ledger::recent::Recent;
use looked_up::Keys;
use together::Together;

pub use deliveries::Target;
pub use erasure::{Bodies, Overdue};
pub use letters::Backlog;

pub use crate::ledger::job::{Failure, Job, Load, ORIGIN};
pub use crate::ledger::letter::{Letter, LetterState, Which};
pub use crate::ledger::screening::{Label, Labelled, Screening};
pub use balagh_database::Commits;

/// The tables.
static SCHEMA: Schema = Schema {
    sqlite: sqlx::migrate!("migrations/sqlite"),
    postgres: sqlx::migrate!("migrations/postgres"),
};
/// What is erased is overwritten, not only unlinked.
const CARE: Care = Care {
    readers: 4,
    overwrite_deleted: true,
};

/// The ledger of an edge, or of several.
#[derive(Debug, Clone)]
pub struct Ledger {
    database: Database,
    seals: Keyring,
    /// Who is told of what comes in.
    targets: Arc<[Target]>,
    /// What is on its way to the disk.
    together: Arc<Together>,
    /// What is being looked up.
    asked: Arc<Asked<Keys>>,
    /// What came lately.
    recent: Arc<Recent>,
    /// The last of the rows that several edges wrote and that are remembered here; held while the next
    /// are read.
    last_seen: Arc<Mutex<Option<i64>>>,
    /// When what is over was last forgotten, in milliseconds since 1970: once a second is enough.
    forgot: Arc<AtomicI64>,
    /// When a probe last wrote.
    probed: Arc<Mutex<Option<Timestamp>>>,
}

/// Why something is not in the ledger.
#[derive(Debug)]
#[non_exhaustive]
pub enum LedgerError {
    /// Another report took the key, the number or the nonce first.
    Conflict,
    /// The storage failed; nothing was written.
    Storage(sqlx::Error),
    /// The database does not open, or would not keep what is acknowledged.
    Open(OpenError),
    /// What is stored cannot be read as what was stored.
    Corrupt(serde_json::Error),
    /// A contact could not be sealed or opened.
    Seal(SealError),
    /// The system gave no random bytes to seal with.
    Randomness,
    /// The commit failed that this was to go with; nothing was written.
    Together(Arc<LedgerError>),
}

impl Ledger {
    /// Opens the ledger at `place`, making a file where there is none, and checks that a commit will
    /// mean what it must mean. `seals` keeps the contacts.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn open(place: &Place, seals: Keyring) -> Result<Ledger, LedgerError> {
        let ledger = Ledger {
            database: Database::open(place, &SCHEMA, CARE).await?,
            seals,
            targets: Target::origin_alone(),
            together: Arc::default(),
            asked: Arc::default(),
            recent: Arc::default(),
            last_seen: Arc::default(),
            forgot: Arc::default(),
            probed: Arc::default(),
        };
        ledger.remember().await?;
        Ok(ledger)
    }

    /// Where the ledger of an edge is that keeps its data in `folder`, unless it is told otherwise.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Place {
        Place::File(folder.join("edge.sqlite"))
    }

    /// The same ledger, whose new reports are queued for `targets` instead of Balagh's origin alone.
    #[must_use]
    pub fn for_targets(mut self, targets: Vec<Target>) -> Ledger {
        self.targets = targets.into();
        self
    }

    /// A ledger that is gone with the process, for a simulation: SQLite's own promise, that a commit
    /// outlives the process, is kept by [`Ledger::reopened`].
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn in_memory(seals: Keyring) -> Result<Ledger, LedgerError> {
        Ledger::open(&Place::Memory, seals).await
    }

    /// The same database as another process finds it, or this one after a crash.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn reopened(&self) -> Result<Ledger, LedgerError> {
        let ledger = Ledger {
            together: Arc::default(),
            asked: Arc::default(),
            recent: Arc::default(),
            last_seen: Arc::default(),
            forgot: Arc::default(),
            probed: Arc::default(),
            ..self.clone()
        };
        ledger.remember().await?;
        Ok(ledger)
    }

    /// Whether other edges may have it open too.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.database.engine() == Engine::Postgres
    }

    /// Whether it can be written, as `now` found it or a moment ago: a full disk, a lock that is
    /// not given back and a folder that became read-only all still answer a read.
    ///
    /// # Errors
    /// [`LedgerError::Storage`].
    pub async fn probe(&self, now: Timestamp) -> Result<(), LedgerError> {
        // One after the other, and only successes are remembered: whoever asks in a flood costs one
        // write a second.
        let mut last = self.probed.lock().await;
        if last.is_some_and(|last| last.millis().abs_diff(now.millis()) < 1000) {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        // A counter like the others, idle at once and forgotten with the next idle ones.
        let (tat, beyond) = (now.millis(), now.millis());
        let probe = Count {
            subject: "probe".to_owned(),
            tat,
            step_ms: 0,
            beyond,
        };
        counters::advance(&mut tx, &[probe]).await?;
        tx.commit().await?;
        *last = Some(now);
        Ok(())
    }

    /// Closes it in order, after everything that is under way.
    pub async fn close(&self) {
        self.database.close().await;
    }

    /// A transaction that has the ledger to itself from its first moment: what it reads stays true
    /// until it commits.
    async fn begin(&self) -> Result<Transaction, LedgerError> {
        self.turn().await?;
        Ok(self.database.write().await?)
    }

    /// Waits for its turn to write, which is at once but in a simulation. Nothing that others wait
    /// for may be held meanwhile.
    async fn turn(&self) -> Result<(), LedgerError> {
        let turn = clock::turn("write the ledger").await;
        Ok(turn.map_err(sqlx::Error::Io)?)
    }
}

impl From<sqlx::Error> for LedgerError {
    fn from(error: sqlx::Error) -> LedgerError {
        if is_taken(&error) {
            LedgerError::Conflict
        } else {
            LedgerError::Storage(error)
        }
    }
}

impl From<Arc<LedgerError>> for LedgerError {
    fn from(shared: Arc<LedgerError>) -> LedgerError {
        LedgerError::Together(shared)
    }
}

impl From<OpenError> for LedgerError {
    fn from(error: OpenError) -> LedgerError {
        LedgerError::Open(error)
    }
}

impl From<serde_json::Error> for LedgerError {
    fn from(error: serde_json::Error) -> LedgerError {
        LedgerError::Corrupt(error)
    }
}

impl From<SealError> for LedgerError {
    fn from(error: SealError) -> LedgerError {
        LedgerError::Seal(error)
    }
}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LedgerError::Conflict => f.write_str("the key, number or nonce is taken"),
            LedgerError::Storage(error) => write!(f, "the ledger: {error}"),
            LedgerError::Open(error) => error.fmt(f),
            // Where and of what kind, never the parser's words: they quote the citizen's.
            LedgerError::Corrupt(error) => write!(
                f,
                "a row of the ledger cannot be read ({:?}, column {})",
                error.classify(),
                error.column()
            ),
            LedgerError::Seal(error) => write!(f, "a sealed contact: {error}"),
            LedgerError::Together(error) => error.fmt(f),
            LedgerError::Randomness => f.write_str("the system gives no random bytes"),
        }
    }
}

impl std::error::Error for LedgerError {}

#[cfg(test)]
mod suite;
