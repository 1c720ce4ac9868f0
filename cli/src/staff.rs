//! `balagh origin staff`: who works at the municipality.

use std::io::Read;
use std::path::PathBuf;

use balagh_origin::hire::{Newcomer, dismiss, hire, seat};
use balagh_origin::staff::Role;
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};

use crate::failure::{Failure, note};
use crate::waiting::wait;

/// What to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Add a member of staff: with a password for the console, or with a token for programs, which is
    /// printed once. Somebody of the same name is changed, and signed out everywhere
    Add(Add),
    /// Remove a member of staff, and sign them out everywhere
    Remove {
        /// Their name
        name: String,
        /// The origin's configuration file (TOML)
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
}

/// Most bytes that are read of a password.
const MOST_PASSWORD_BYTES: u64 = 4096;

#[derive(Args)]
pub(crate) struct Add {
    /// Their name, as it will stand in the event log
    name: String,
    /// What they do
    #[arg(long, value_parser = PossibleValuesParser::new(Role::ALL.map(Role::code)))]
    role: String,
    /// The department they belong to, for the roles field and department
    #[arg(long, value_name = "CODE")]
    department: Option<String>,
    /// The municipality they work for; not needed where the origin serves only one
    #[arg(long, value_name = "ID")]
    municipality: Option<String>,
    /// Read their password for the console from standard input, one line
    #[arg(long)]
    password_stdin: bool,
    /// The origin's configuration file (TOML)
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

/// Does it, in the ledger of the origin that the configuration describes.
pub(crate) fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Add(add) => wait(run_add(add))?,
        Command::Remove { name, config } => wait(dismiss(&config, &name))?.map_err(Failure::new),
    }
}

async fn run_add(add: Add) -> Result<(), Failure> {
    let Add {
        name,
        role,
        department,
        municipality,
        password_stdin,
        config,
    } = add;
    let role = Role::from_code(&role).ok_or_else(|| Failure::new("there is no such role"))?;
    let newcomer = Newcomer {
        name,
        role,
        municipality,
        department,
    };
    if password_stdin {
        let mut typed = String::new();
        std::io::stdin()
            .take(MOST_PASSWORD_BYTES)
            .read_to_string(&mut typed)?;
        let password = typed.trim_end_matches(['\r', '\n']);
        return seat(&config, &newcomer, password)
            .await
            .map_err(Failure::new);
    }
    let token = hire(&config, &newcomer).await.map_err(Failure::new)?;
    note("the token is shown this once; it goes into `Authorization: Bearer`");
    crate::failure::print(&token)
}
