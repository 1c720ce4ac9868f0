//! The one native binary of Balagh. It reads arguments and starts what it is told; what is decided
//! is decided in the crates it starts.
//!
//! Results go to standard output, everything else to standard error. Exit codes: 0 done; 1 the
//! input is wrong, or a server could not start or run; 2 the arguments are wrong.

mod backup;
mod categorise;
mod check;
mod failure;
mod health;
mod ledger;
mod letters;
mod locate;
mod open311_check;
mod outbox;
mod pack;
mod person;
mod public_document;
mod review;
mod screen;
mod serve;
mod staff;
mod unpack;
mod waiting;
mod words;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::Failure;

/// Municipal reports: the edge, the origin, and the tools for a municipality's document.
#[derive(Parser)]
#[command(
    name = "balagh",
    version,
    after_help = "Exit codes: 0 done, 1 wrong input or failed, 2 wrong arguments."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start the edge: the screen before the origin; or look at what it screened and delivers
    Edge {
        /// Configuration file (TOML)
        #[arg(long, value_name = "FILE", global = true)]
        config: Option<PathBuf>,
        #[command(subcommand)]
        command: Option<EdgeCommand>,
    },
    /// Start the reference origin, say who works with it, or look after its messages
    #[command(subcommand_negates_reqs = true, args_conflicts_with_subcommands = true)]
    Origin {
        /// Configuration file (TOML)
        #[arg(long, value_name = "FILE", required = true)]
        config: Option<PathBuf>,
        #[command(subcommand)]
        command: Option<OriginCommand>,
    },
    /// Compile boundaries (GeoJSON) into a pack
    Pack(pack::Arguments),
    /// Write what a pack holds as GeoJSON
    Unpack {
        /// A compiled pack
        #[arg(value_name = "PACK")]
        pack: PathBuf,
        /// The file to write
        #[arg(short, long, value_name = "GEOJSON")]
        output: PathBuf,
    },
    /// Find the districts of positions: `[lon, lat]` or `[lon, lat, accuracy_m]` a line on
    /// standard input, one JSON answer a line on standard output
    Locate {
        /// A compiled pack
        #[arg(value_name = "PACK")]
        pack: PathBuf,
    },
    /// Print what the public may read of a municipality: the body of `GET /v1/{municipality}`
    PublicDocument {
        /// The municipality's document
        #[arg(long, value_name = "FILE")]
        municipality: PathBuf,
        /// Folder of its compiled packs; compiled from the document's own files when absent
        #[arg(long, value_name = "FOLDER")]
        packs: Option<PathBuf>,
        /// With the labels of this language alone, as a phone asks for it
        #[arg(long, value_name = "LANG")]
        lang: Option<String>,
    },
    /// Screen one report (JSON on standard input) as a posted one, and print the decision with every
    /// reason
    Screen {
        /// The municipality's document
        #[arg(long, value_name = "FILE")]
        municipality: PathBuf,
        /// The time to decide at (RFC 3339); now when absent
        #[arg(long, value_name = "TIME")]
        now: Option<String>,
        /// Read plain texts instead, one a line: a decision as JSON a line
        #[arg(long)]
        texts: bool,
    },
    /// Suggest categories for texts: one a line on standard input, `{"text", "lang", "suggestions":
    /// [{"category", "score", "because"}]}` a line on standard output
    Categorise {
        /// The municipality's document
        #[arg(long, value_name = "FILE")]
        municipality: PathBuf,
    },
    /// Compile what texts are read with: the words files of `GET /v1/{municipality}/words`, and their
    /// checksums
    Words {
        /// The municipality's document
        #[arg(long, value_name = "FILE")]
        municipality: PathBuf,
        /// The folder to write them to
        #[arg(short, long, value_name = "FOLDER")]
        output: PathBuf,
    },
    /// Check how far an endpoint keeps to Open311 GeoReport v2: numbered rules, each with its section
    /// of the specification, what was expected and what was seen. Posts nothing unless told to
    #[command(name = "open311-check")]
    Open311Check(open311_check::Arguments),
    /// Check a municipality's document: every fault with its JSON path and what to write instead
    Check {
        /// The municipality's document
        #[arg(value_name = "FILE")]
        document: PathBuf,
        /// Print the faults as a JSON array instead: path, code, message, instead, suggestion
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
enum EdgeCommand {
    /// Ask the edge that runs by this configuration whether it lives
    Health,
    #[command(flatten)]
    Ledger(ledger::Command),
}

#[derive(Subcommand)]
enum OriginCommand {
    /// Who works at the municipality
    #[command(subcommand)]
    Staff(staff::Command),
    /// Messages that were given up
    #[command(subcommand)]
    Notifications(letters::Command),
    /// What is kept of somebody: to be handed to them, or erased; and the keys it is kept under
    #[command(subcommand)]
    Person(person::Command),
    /// Write everything in the ledger to one file, also while the origin runs
    Backup(backup::Backup),
    /// Put a backup back, into SQLite or PostgreSQL; not while the origin runs
    Restore(backup::Restore),
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(),
    }
}

fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Edge { config, command } => {
            let config = config.ok_or_else(|| Failure::new("give --config FILE"))?;
            match command {
                None => serve::edge(&config),
                Some(EdgeCommand::Health) => health::ask(&config),
                Some(EdgeCommand::Ledger(command)) => ledger::run(&config, command),
            }
        }
        Command::Origin { config, command } => match (command, config) {
            (Some(OriginCommand::Staff(command)), _) => staff::run(command),
            (Some(OriginCommand::Notifications(command)), _) => letters::run(command),
            (Some(OriginCommand::Person(command)), _) => person::run(command),
            (Some(OriginCommand::Backup(arguments)), _) => backup::write(&arguments),
            (Some(OriginCommand::Restore(arguments)), _) => backup::put_back(&arguments),
            (None, Some(config)) => serve::origin(&config),
            // Clap asks for it before this.
            (None, None) => Err(Failure::new("give --config FILE")),
        },
        Command::Pack(arguments) => pack::run(&arguments),
        Command::Unpack { pack, output } => unpack::run(&pack, &output),
        Command::Locate { pack } => locate::run(&pack),
        Command::PublicDocument {
            municipality,
            packs,
            lang,
        } => public_document::run(&municipality, packs.as_deref(), lang.as_deref()),
        Command::Screen {
            municipality,
            now,
            texts,
        } => screen::run(&municipality, now.as_deref(), texts),
        Command::Categorise { municipality } => categorise::run(&municipality),
        Command::Words {
            municipality,
            output,
        } => words::run(&municipality, &output),
        Command::Open311Check(arguments) => open311_check::run(&arguments),
        Command::Check { document, json } => check::run(&document, json),
    }
}
