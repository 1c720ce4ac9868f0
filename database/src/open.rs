//! Opening: the right engine, durable, with its tables up to date.

use std::fmt;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions, install_default_drivers};
use sqlx::migrate::MigrateError;
use sqlx::{AnyPool, ConnectOptions};

use crate::announced::Speaker;
use crate::{Care, Connection, Database, Engine, Place, Schema, TURN, postgres, sqlite};

/// Why a database is not opened.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// The engine did not.
    Database(sqlx::Error),
    /// Its tables cannot be brought to this version's.
    Migration(MigrateError),
    /// What is committed would not survive a power cut.
    NotDurable {
        /// The engine's setting that is wrong.
        setting: &'static str,
        /// What it says.
        value: String,
    },
    /// PostgreSQL would not store every text.
    NotUnicode {
        /// The encoding that it has instead.
        encoding: String,
    },
}

impl Database {
    /// Opens the database at `place`, makes a file that is not there, and brings its tables up to
    /// date.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(place: &Place, schema: &Schema, care: Care) -> Result<Database, OpenError> {
        let database = Database::connect(place, care).await?;
        schema.of(database.engine).run(&database.writer).await?;
        Ok(database)
    }

    /// Opens the database at `place` with the tables that it has, if any.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn connect(place: &Place, care: Care) -> Result<Database, OpenError> {
        install_default_drivers();
        Ok(match place {
            Place::Memory => in_memory().await?,
            Place::File(path) => {
                let writer = sqlite::address(path, "rwc")?;
                let readers = sqlite::address(path, "ro")?;
                let of_writer = care.overwrite_deleted;
                // First by itself: a pool says of a connection that failed only that it took too long.
                let mut first = writer.connect().await?;
                sqlite::prepare(&mut first, of_writer).await?;
                sqlx::Connection::close(first).await?;
                let writer = files(1)
                    .after_connect(move |connection, _| {
                        Box::pin(async move {
                            sqlite::prepare(connection, of_writer)
                                .await
                                .map_err(OpenError::into_sqlx)
                        })
                    })
                    .connect_with(writer)
                    .await?;
                Database {
                    engine: Engine::Sqlite,
                    writer,
                    readers: files(care.readers).connect_lazy_with(readers),
                    speaker: Speaker::default(),
                }
            }
            Place::Postgres(address) => {
                let options: AnyConnectOptions = address.parse()?;
                let mut first = options.connect().await?;
                postgres::prepare(&mut first).await?;
                sqlx::Connection::close(first).await?;
                let writer = pool(1)
                    .after_connect(|connection, _| {
                        Box::pin(async move {
                            postgres::prepare(connection)
                                .await
                                .map_err(OpenError::into_sqlx)
                        })
                    })
                    .connect_with(options.clone())
                    .await?;
                let readers = pool(care.readers)
                    .after_connect(|connection, _| Box::pin(postgres::forbid_writing(connection)))
                    .connect_lazy_with(options);
                Database {
                    engine: Engine::Postgres,
                    writer,
                    readers,
                    speaker: Speaker::default(),
                }
            }
        })
    }
}

fn pool(connections: u32) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(TURN)
}

/// A file does not hang up: nobody asks whether it is still there before each statement.
fn files(connections: u32) -> AnyPoolOptions {
    pool(connections).test_before_acquire(false)
}

async fn in_memory() -> Result<Database, OpenError> {
    // One connection, which is the database: another one would see another.
    let only: AnyPool = files(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(Duration::from_secs(600))
        .connect_with(sqlite::in_memory()?)
        .await?;
    Ok(Database {
        engine: Engine::Memory,
        writer: only.clone(),
        readers: only,
        speaker: Speaker::default(),
    })
}

/// The value of a setting, as text.
pub(crate) async fn setting(
    connection: &mut Connection,
    asked: &'static str,
) -> Result<String, OpenError> {
    Ok(sqlx::query_scalar(asked).fetch_one(connection).await?)
}

impl OpenError {
    /// For a pool, which knows no others.
    fn into_sqlx(self) -> sqlx::Error {
        match self {
            OpenError::Database(error) => error,
            other => sqlx::Error::Configuration(other.into()),
        }
    }
}

impl From<sqlx::Error> for OpenError {
    fn from(error: sqlx::Error) -> OpenError {
        OpenError::Database(error)
    }
}

impl From<MigrateError> for OpenError {
    fn from(error: MigrateError) -> OpenError {
        OpenError::Migration(error)
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::Database(error) => write!(f, "the database: {error}"),
            OpenError::Migration(error) => write!(f, "the database's tables: {error}"),
            OpenError::NotDurable { setting, value } => write!(
                f,
                "the database's {setting} is {value}: what it acknowledges could be lost \
                 (SQLite: put the data folder on a local disk; PostgreSQL: fsync and full_page_writes \
                 are to be on, synchronous_commit is to be anything but off)"
            ),
            OpenError::NotUnicode { encoding } => write!(
                f,
                "the database's encoding is {encoding}: make it with ENCODING 'UTF8'"
            ),
        }
    }
}

impl std::error::Error for OpenError {}
