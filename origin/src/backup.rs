//! The whole ledger in one file, and back: also from SQLite to PostgreSQL. Photos are files already.
//!
//! The keys of the reports are never in the file of the ledger: whoever destroys a key has erased what it
//! sealed in every backup too. They have files of their own, of which an operator keeps only the newest.

use std::fmt;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use balagh_database::backup::{BackupError, Manifest};
use balagh_database::{Care, Database, Place, Schema};

use crate::config::{Config, ConfigError};
use crate::store;

/// What is backed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Everything but the keys.
    Ledger,
    /// The keys of the reports, sealed under those of the environment.
    Keys,
}

impl What {
    /// What the first line of such a backup says.
    fn name(self) -> &'static str {
        match self {
            What::Ledger => "origin",
            What::Keys => "origin's keys",
        }
    }

    fn place(self, config: &Config) -> (Place, &'static Schema, Care) {
        match self {
            What::Ledger => (config.place(), &store::SCHEMA, store::CARE),
            What::Keys => (config.keys(), &store::vault::SCHEMA, store::vault::CARE),
        }
    }
}

/// Why there is no backup, or why it was not put back.
#[derive(Debug)]
#[non_exhaustive]
pub enum Failed {
    /// The configuration.
    Config(ConfigError),
    /// There is no database where the configuration says.
    NoDatabase(Place),
    /// The rest.
    Backup(BackupError),
}

/// Writes all of `what` the file at `config` describes to a new file, as of one moment, while the
/// origin runs.
///
/// # Errors
/// [`Failed`]; then there is no such file.
pub async fn back_up(what: What, config: &Path, file: &Path) -> Result<Manifest, Failed> {
    let config = Config::read(config).map_err(Failed::Config)?;
    let (place, _, care) = what.place(&config);
    // Not made by being looked for.
    if matches!(&place, Place::File(path) if !path.is_file()) {
        return Err(Failed::NoDatabase(place));
    }
    let database = Database::connect(&place, care).await;
    let database = database.map_err(|error| Failed::Backup(error.into()))?;
    let made = database.back_up_to(what.name(), file).await;
    database.close().await;
    made.map_err(Failed::Backup)
}

/// Puts a backup of `what` back where the file at `config` says, which must be empty, unless what is in
/// it may go: `replace`. The origin must not run meanwhile.
///
/// # Errors
/// [`Failed`]; then nothing was changed.
pub async fn restore(
    what: What,
    config: &Path,
    file: &Path,
    replace: bool,
) -> Result<Manifest, Failed> {
    let config = Config::read(config).map_err(Failed::Config)?;
    let failed = |error: std::io::Error| Failed::Backup(error.into());
    let mut from = BufReader::new(File::open(file).map_err(failed)?);
    std::fs::create_dir_all(&config.data).map_err(failed)?;
    let (place, schema, care) = what.place(&config);
    let into = (&place, schema, care);
    let restored = balagh_database::backup::restore(what.name(), &mut from, into, replace);
    restored.await.map_err(Failed::Backup)
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failed::Config(error) => error.fmt(f),
            Failed::NoDatabase(place) => write!(f, "there is no database at {place}"),
            Failed::Backup(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Failed {}
