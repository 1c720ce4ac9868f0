//! `balagh origin notifications`: messages that were given up.

use std::path::PathBuf;

use balagh_origin::letters::{Which, list, replay};
use clap::{Args, Subcommand};

use crate::failure::{Failure, note, print};
use crate::waiting::wait;

/// What to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// List the messages that were given up: id, report, who was to be told, of what, since when,
    /// after how many attempts, why; a line each, between tabs
    List {
        /// The origin's configuration file (TOML)
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// Queue messages anew that were given up
    Replay(Replay),
}

#[derive(Args)]
pub(crate) struct Replay {
    /// Ids from the list
    #[arg(value_name = "ID", required_unless_present = "all")]
    ids: Vec<i64>,
    /// All of them
    #[arg(long, conflicts_with = "ids")]
    all: bool,
    /// The origin's configuration file (TOML)
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

/// Does it, in the ledger of the origin that the configuration describes.
pub(crate) fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::List { config } => {
            for letter in wait(list(&config))?.map_err(Failure::new)? {
                print(format!(
                    "{}\t{}\t{}\t{}\t{}\t{}\t{}",
                    letter.id,
                    letter.number,
                    letter.audience,
                    letter.template,
                    letter.created_at,
                    letter.attempts,
                    letter.cause
                ))?;
            }
            Ok(())
        }
        Command::Replay(Replay { ids, all, config }) => {
            let which = if all { Which::All } else { Which::These(ids) };
            let replayed = wait(replay(&config, &which))?;
            note(format!("{} queued anew", replayed.map_err(Failure::new)?));
            Ok(())
        }
    }
}
