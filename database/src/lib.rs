//! The database of a ledger: SQLite in a file, PostgreSQL on a server, or memory for a simulation.
//!
//! This is the one place that knows which of them it is. Whoever keeps a ledger writes its statements
//! once, in what both understand: `$1, $2 …`; whole numbers and booleans (0 and 1) as `BIGINT`; upserts
//! by `ON CONFLICT`. What they do not share stays in here:
//!
//! - *Writing.* [`Database::write`] gives a transaction that has the database to itself from its first
//!   moment, so that what it reads stays true until it commits: SQLite's write lock, or one advisory
//!   lock that every writer of a PostgreSQL database takes. What only reads has connections of its
//!   own, [`Database::readers`], which cannot write.
//! - *Together.* What several ask for at the same time shares a commit ([`Together`]), or the
//!   way to the engine and back ([`Asked`]).
//! - *Keeping.* A commit is on disk before it returns. Each connection that writes checks that it will
//!   be, and the database does not open where it would not.
//! - *Tables.* A [`Schema`] has a folder of migrations for each engine.
//! - *Busy.* What a process is about to write, the others may know ([`Database::announce`]).
//! - *Copies.* A [backup] is one file, the same from both, and goes back into either.

mod announced;
mod asked;
pub mod backup;
mod catalogue;
#[cfg(feature = "cluster")]
pub mod cluster;
mod crowd;
mod open;
mod place;
mod postgres;
mod restore;
mod rows;
mod sqlite;
mod statement;
mod together;
mod write;

use std::time::Duration;

use sqlx::AnyPool;
use sqlx::migrate::Migrator;

pub use announced::Announced;
pub use asked::{Asked, Question, among};
pub use open::OpenError;
pub use place::{BadPlace, Place};
pub use rows::Rows;
pub use statement::{Statement, Value};
pub use together::{Batch, Commits, Failure, Together, Work};
pub use write::Write;

/// A connection, as statements are executed on one.
pub type Connection = sqlx::AnyConnection;
/// A row of an answer. Booleans are read as `i64`.
pub type Row = sqlx::any::AnyRow;
/// What is nested in a [`Write`]: taken back alone, or part of it.
pub type Savepoint<'w> = sqlx::Transaction<'w, sqlx::Any>;

/// How long a writer waits for its turn before it gives up.
const TURN: Duration = Duration::from_secs(5);

/// An open database. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Database {
    engine: Engine,
    writer: AnyPool,
    readers: AnyPool,
    speaker: announced::Speaker,
}

/// What keeps the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// SQLite in memory: what is committed outlives whoever wrote it, as long as a clone of the
    /// database is kept.
    Memory,
    /// SQLite in a file.
    Sqlite,
    /// A PostgreSQL server, which several processes may share.
    Postgres,
}

impl Engine {
    /// The name of what says where a row lies in its table, for a page that is found in an index and
    /// then read with one look a row. It holds for the statement that it was read in.
    #[must_use]
    pub fn row_address(self) -> &'static str {
        match self {
            Engine::Memory | Engine::Sqlite => "rowid",
            Engine::Postgres => "ctid",
        }
    }
}

/// The tables, engine by engine. What came before in a folder stays as it is: databases remember its
/// checksums.
#[derive(Debug)]
pub struct Schema {
    /// For SQLite.
    pub sqlite: Migrator,
    /// For PostgreSQL.
    pub postgres: Migrator,
}

impl Schema {
    pub(crate) fn of(&self, engine: Engine) -> &Migrator {
        match engine {
            Engine::Memory | Engine::Sqlite => &self.sqlite,
            Engine::Postgres => &self.postgres,
        }
    }
}

/// How a database is to be kept.
#[derive(Debug, Clone, Copy)]
pub struct Care {
    /// Connections that read.
    pub readers: u32,
    /// Whether SQLite overwrites what is deleted. PostgreSQL has no such thing: there the space is
    /// given back by [`Database::fold`] and used again.
    pub overwrite_deleted: bool,
}

impl Database {
    /// A transaction that has the database to itself: nobody else writes before it ends, in this
    /// process or another. It is rolled back where it is not committed.
    ///
    /// # Errors
    /// [`sqlx::Error`], also when the turn did not come for five seconds.
    pub async fn write(&self) -> Result<Write, sqlx::Error> {
        let begun = match self.engine {
            Engine::Memory => sqlite::begin(&self.writer).await,
            Engine::Sqlite => sqlite::begin_on_disk(&self.writer).await,
            Engine::Postgres => postgres::begin(&self.writer).await,
        };
        begun.map(|transaction| Write::new(transaction, self.engine))
    }

    /// The connections for statements that only read; one that writes fails on them, but in memory.
    /// What is read in one transaction of theirs is as it was at one moment.
    #[must_use]
    pub fn readers(&self) -> &AnyPool {
        &self.readers
    }

    /// What keeps it.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Puts what was deleted out of reach as far as the engine does: folds SQLite's log into the file,
    /// or gives the space back in PostgreSQL. False where somebody reads just now and it is to be asked
    /// for again.
    ///
    /// # Errors
    /// [`sqlx::Error`].
    pub async fn fold(&self) -> Result<bool, sqlx::Error> {
        match self.engine {
            Engine::Memory => Ok(true),
            Engine::Sqlite => sqlite::fold(&self.writer).await,
            Engine::Postgres => postgres::fold(&self.writer).await,
        }
    }

    /// Closes it, after everything that is under way.
    pub async fn close(&self) {
        self.speaker.close().await;
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Whether a statement failed because another row has what must be unique. In PostgreSQL a transaction
/// has failed with it, unless the statement stood behind a [`Savepoint`].
#[must_use]
pub fn is_taken(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(|error| error.is_unique_violation())
}
