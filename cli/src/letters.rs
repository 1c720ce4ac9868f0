//! `balagh origin notifications`: messages that were given up.

use std::path::Path;

use balagh_origin::letters::{Which, list, replay};
use clap::{Args, Subcommand};

use crate::failure::{Failure, note, print};

/// What to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// List the messages that were given up: id, report, who was to be told, of what, since when,
    /// after how many attempts, why; a line each, between tabs
    List,
    /// Queue messages anew that were given up
    Replay(Replay),
}

#[derive(Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Replay {
    /// Ids from the list
    #[arg(value_name = "ID")]
    ids: Vec<i64>,
    /// All of them
    #[arg(long)]
    all: bool,
}

/// Does it, in the ledger of the origin that the file at `config` describes.
pub(crate) fn run(config: &Path, command: Command) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    match command {
        Command::List => {
            for letter in runtime.block_on(list(config)).map_err(Failure::new)? {
                print(&format!(
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
        Command::Replay(Replay { ids, all }) => {
            let which = if all { Which::All } else { Which::These(ids) };
            let replayed = runtime.block_on(replay(config, &which));
            note(&format!("{} queued anew", replayed.map_err(Failure::new)?));
            Ok(())
        }
    }
}
