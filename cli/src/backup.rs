//! `balagh origin backup` and `balagh origin restore`: the ledger in one file, and back.

use std::path::{Path, PathBuf};

use balagh_database::backup::Manifest;
use balagh_origin::backup::{What, back_up, restore};
use clap::Args;

use crate::failure::{Failure, note};
use crate::waiting::wait;

#[derive(Args)]
pub(crate) struct Backup {
    /// The file to write; there must be none of this name
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The keys of the reports instead, which are in no other backup
    #[arg(long)]
    keys: bool,
    /// The origin's configuration file (TOML)
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

#[derive(Args)]
pub(crate) struct Restore {
    /// A backup
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The keys of the reports instead
    #[arg(long)]
    keys: bool,
    /// Also where it is not empty: everything in it goes
    #[arg(long)]
    replace: bool,
    /// The origin's configuration file (TOML)
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

/// Writes one.
pub(crate) fn write(Backup { file, keys, config }: &Backup) -> Result<(), Failure> {
    let made = wait(back_up(what(*keys), config, file))?;
    tell("backed up to", file, &made.map_err(Failure::new)?);
    Ok(())
}

/// Puts one back.
pub(crate) fn put_back(
    Restore {
        file,
        keys,
        replace,
        config,
    }: &Restore,
) -> Result<(), Failure> {
    let restored = wait(restore(what(*keys), config, file, *replace))?;
    tell("restored from", file, &restored.map_err(Failure::new)?);
    Ok(())
}

fn what(is_keys: bool) -> What {
    match is_keys {
        true => What::Keys,
        false => What::Ledger,
    }
}

fn tell(done: &str, file: &Path, manifest: &Manifest) {
    let rows: u64 = manifest.rows.values().sum();
    let reports = manifest.rows.get("reports");
    let reports = reports.map_or(String::new(), |reports| format!("{reports} reports, "));
    note(format!(
        "{done} {}: {reports}{rows} rows in {} tables",
        file.display(),
        manifest.rows.len()
    ));
}
