//! The whole ledger in one file, and back: also from SQLite to PostgreSQL. Photos are files already.

use std::fmt;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use balagh_database::backup::{BackupError, Manifest};
use balagh_database::{Database, Place};

use crate::config::{Config, ConfigError};
use crate::store::{CARE, SCHEMA};

/// What the first line of an origin's backup says it is of.
const NAME: &str = "origin";

/// Why there is no backup, or why it was not put back.
#[derive(Debug)]
#[non_exhaustive]
pub enum Failed {
    /// The configuration.
    Config(ConfigError),
    /// There is no ledger where the configuration says.
    NoLedger(Place),
    /// The rest.
    Backup(BackupError),
}

/// Writes everything in the ledger that the file at `config` describes to a new file, as of one
/// moment, while the origin runs.
///
/// # Errors
/// [`Failed`]; then there is no such file.
pub async fn back_up(config: &Path, file: &Path) -> Result<Manifest, Failed> {
    let place = Config::read(config).map_err(Failed::Config)?.place();
    // Not made by being looked for.
    if matches!(&place, Place::File(path) if !path.is_file()) {
        return Err(Failed::NoLedger(place));
    }
    let database = Database::connect(&place, CARE).await;
    let database = database.map_err(|error| Failed::Backup(error.into()))?;
    let made = database.back_up_to(NAME, file).await;
    database.close().await;
    made.map_err(Failed::Backup)
}

/// Puts a backup back into the ledger that the file at `config` describes, which must be empty, unless
/// what is in it may go: `replace`. The origin must not run meanwhile.
///
/// # Errors
/// [`Failed`]; then nothing was changed.
pub async fn restore(config: &Path, file: &Path, replace: bool) -> Result<Manifest, Failed> {
    let config = Config::read(config).map_err(Failed::Config)?;
    let failed = |error: std::io::Error| Failed::Backup(error.into());
    let mut from = BufReader::new(File::open(file).map_err(failed)?);
    std::fs::create_dir_all(&config.data).map_err(failed)?;
    let into = (&config.place(), &SCHEMA, CARE);
    let restored = balagh_database::backup::restore(NAME, &mut from, into, replace).await;
    restored.map_err(Failed::Backup)
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failed::Config(error) => error.fmt(f),
            Failed::NoLedger(place) => write!(f, "there is no ledger at {place}"),
            Failed::Backup(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Failed {}
