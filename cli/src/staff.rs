//! `balagh origin staff`: who works at the municipality.

use std::path::PathBuf;

use balagh_origin::hire::{Newcomer, hire};
use balagh_origin::staff::Role;
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};

use crate::failure::{Failure, note};

/// What to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Add a member of staff, and print the token they work with, once
    Add(Add),
}

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
    /// The origin's configuration file (TOML)
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

/// Does it, in the ledger of the origin that the configuration describes.
pub(crate) fn run(command: Command) -> Result<(), Failure> {
    let Command::Add(Add {
        name,
        role,
        department,
        municipality,
        config,
    }) = command;
    let role = Role::from_code(&role).ok_or_else(|| Failure::new("there is no such role"))?;
    let newcomer = Newcomer {
        name,
        role,
        municipality,
        department,
    };
    let token = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(hire(&config, &newcomer))
        .map_err(Failure::new)?;
    note("the token is shown this once; it goes into `Authorization: Bearer`");
    crate::failure::print(&token)
}
