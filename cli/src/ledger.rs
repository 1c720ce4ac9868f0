//! `balagh edge --config FILE …`: the commands that work on an edge's ledger, beside a running edge or
//! without one.

use std::path::Path;
use std::time::SystemTime;

use balagh_edge::keys::LedgerKeys;
use balagh_edge::native::config::Config;
use balagh_edge::native::ledger::Ledger;
use balagh_shared::time::Timestamp;
use clap::Subcommand;
use serde::Serialize;

use crate::failure::{Failure, print};
use crate::waiting::wait;
use crate::{outbox, review};

/// What to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    #[command(flatten)]
    Review(review::Command),
    /// What is not delivered yet, and what was put aside for a person
    #[command(subcommand)]
    Outbox(outbox::Command),
}

/// Does it, in the ledger of the edge that the file at `config` describes.
pub(crate) fn run(config: &Path, command: Command) -> Result<(), Failure> {
    let config = Config::read(config).map_err(Failure::new)?;
    let variable = |name: &str| std::env::var(name).ok();
    let keys = LedgerKeys::read(&variable).map_err(Failure::new)?;
    let place = config.ledger(&variable).map_err(Failure::new)?;
    wait(async {
        let ledger = Ledger::open(&place, keys.seals)
            .await
            .map_err(Failure::new)?
            .for_targets(config.targets());
        let done = match command {
            Command::Review(command) => review::execute(&ledger, command).await,
            Command::Outbox(command) => outbox::execute(&ledger, command).await,
        };
        ledger.close().await;
        done
    })?
}

/// Prints a value as a line of JSON.
pub(crate) fn line(value: &impl Serialize) -> Result<(), Failure> {
    print(&serde_json::to_string(value).map_err(Failure::new)?)
}

pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let millis = since.map_or(0, |since| since.as_millis());
    Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}
