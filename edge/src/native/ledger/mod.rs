//! The ledger: SQLite, in which everything acknowledged is on disk before it is acknowledged.
//!
//! Write-ahead log with `synchronous = FULL`: a commit returns after `fsync`. One connection
//! writes, so that writers queue here and not inside SQLite; a few others read. Decisions that come
//! at the same time share a commit ([`Ledger::apply`]).

mod codes;
mod counters;
mod deliveries;
mod erasure;
mod letters;
mod nearby;
mod photos;
mod recent;
mod reports;
mod screenings;
mod statuses;
mod tallies;
mod team_photos;
mod together;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use balagh_shared::keyring::Keyring;
use balagh_shared::seal::SealError;
use balagh_shared::time::Timestamp;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Sqlite, Transaction};
use tokio::sync::Mutex;

use super::clock;
use recent::Recent;
use together::Together;

pub use deliveries::{Failure, Job, Load, ORIGIN, Target};
pub use erasure::{Bodies, Overdue};
pub use letters::{Backlog, Letter, LetterState, Which};
pub(crate) use nearby::Around;
pub use screenings::{Label, Labelled, Screening};
pub use together::Commits;

/// How long a writer waits for its turn, in seconds, before the client is told to come back.
const TURN_S: u64 = 5;
const READERS: u32 = 4;

/// The ledger of one edge.
#[derive(Debug, Clone)]
pub struct Ledger {
    writer: SqlitePool,
    readers: SqlitePool,
    seals: Keyring,
    /// Who is told of what comes in.
    targets: Arc<[Target]>,
    /// What is on its way to the disk.
    together: Arc<Together>,
    /// What came lately.
    recent: Arc<Recent>,
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
    /// The schema could not be brought up to date.
    Migration(sqlx::migrate::MigrateError),
    /// SQLite does not promise what an acknowledgement promises.
    Durability {
        /// Which setting.
        pragma: &'static str,
        /// What it says.
        value: String,
    },
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
    /// Opens `<folder>/edge.sqlite`, making it where there is none, and checks that a commit will
    /// mean what it must mean. `seals` keeps the contacts.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn open(folder: &Path, seals: Keyring) -> Result<Ledger, LedgerError> {
        let options = SqliteConnectOptions::new()
            .filename(folder.join("edge.sqlite"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // What is erased is overwritten, not only unlinked.
            .pragma("secure_delete", "ON")
            .busy_timeout(Duration::from_secs(TURN_S));
        let pool = SqlitePoolOptions::new().acquire_timeout(Duration::from_secs(TURN_S));
        let writer = pool
            .clone()
            .max_connections(1)
            .connect_with(options.clone())
            .await?;
        sqlx::migrate!("./migrations")
            .run(&writer)
            .await
            .map_err(LedgerError::Migration)?;
        let readers = pool
            .max_connections(READERS)
            .connect_with(options.read_only(true))
            .await?;
        let ledger = Ledger {
            writer,
            readers,
            seals,
            targets: Target::origin_alone(),
            together: Arc::default(),
            recent: Arc::default(),
            probed: Arc::default(),
        };
        ledger.check_durability().await?;
        ledger.remember().await?;
        Ok(ledger)
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
            .map_err(LedgerError::Migration)?;
        Ok(Ledger {
            writer: pool.clone(),
            readers: pool,
            seals,
            targets: Target::origin_alone(),
            together: Arc::default(),
            recent: Arc::default(),
            probed: Arc::default(),
        })
    }

    /// The same database as another process finds it, or this one after a crash.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn reopened(&self) -> Result<Ledger, LedgerError> {
        let ledger = Ledger {
            together: Arc::default(),
            recent: Arc::default(),
            probed: Arc::default(),
            ..self.clone()
        };
        ledger.remember().await?;
        Ok(ledger)
    }

    async fn check_durability(&self) -> Result<(), LedgerError> {
        let journal: String = sqlx::query_scalar("PRAGMA journal_mode")
            .fetch_one(&self.writer)
            .await?;
        let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous")
            .fetch_one(&self.writer)
            .await?;
        if !journal.eq_ignore_ascii_case("wal") {
            return Err(LedgerError::Durability {
                pragma: "journal_mode",
                value: journal,
            });
        }
        // 2 is FULL: the log is on disk before a commit returns. 1 (NORMAL) loses the last ones.
        if synchronous < 2 {
            let value = synchronous.to_string();
            return Err(LedgerError::Durability {
                pragma: "synchronous",
                value,
            });
        }
        Ok(())
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
        counters::advance(&mut tx, "probe", now.millis(), 0, now.millis()).await?;
        tx.commit().await?;
        *last = Some(now);
        Ok(())
    }

    /// Closes it in order: the log is folded into the database.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// A transaction that holds the write lock from its first moment: what it reads stays true
    /// until it commits.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, LedgerError> {
        self.turn().await?;
        self.begin_in_turn().await
    }

    /// Waits for its turn to write, which is at once but in a simulation. Nothing that others wait
    /// for may be held meanwhile.
    async fn turn(&self) -> Result<(), LedgerError> {
        let turn = clock::turn("write the ledger").await;
        Ok(turn.map_err(sqlx::Error::Io)?)
    }

    async fn begin_in_turn(&self) -> Result<Transaction<'static, Sqlite>, LedgerError> {
        match self.writer.begin_with("BEGIN IMMEDIATE").await {
            // A full disk ends SQLite's transaction by itself; the client library still counts it,
            // and would refuse every other one on this connection for ever.
            Err(sqlx::Error::InvalidSavePointStatement) => {
                self.writer.acquire().await?.close().await?;
                Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
            }
            begun => Ok(begun?),
        }
    }
}

impl From<sqlx::Error> for LedgerError {
    fn from(error: sqlx::Error) -> LedgerError {
        let is_taken = error
            .as_database_error()
            .is_some_and(|error| error.is_unique_violation());
        if is_taken {
            LedgerError::Conflict
        } else {
            LedgerError::Storage(error)
        }
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
            LedgerError::Migration(error) => write!(f, "the ledger's schema: {error}"),
            LedgerError::Durability { pragma, value } => {
                write!(
                    f,
                    "SQLite's {pragma} is {value}: a receipt would promise too much"
                )
            }
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
