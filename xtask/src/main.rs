//! The one tool that builds, runs, tests and measures: `cargo xtask COMMAND`.

mod bench;
mod build;
mod demo;
mod failure;
mod files;
mod process;
mod progress;
mod setup;
mod sizes;
mod stamp;
mod test;
mod weights;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::Failure;
use progress::Progress;
use workspace::Workspace;

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Builds, runs, tests and measures Balagh"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check what the other commands need and install what is missing (they all do this first)
    Setup,
    /// Build dist/widget, dist/worker, the boundary packs and the native binary
    Build {
        /// Build the native binary for speed, as target/release/balagh
        #[arg(long)]
        release: bool,
    },
    /// Build everything and run it on this machine until Ctrl-C
    Demo {
        /// Port of the edge; the five after it are taken too: partner's page, origin, edge function,
        /// messages' page and mail
        #[arg(long, default_value_t = 8787)]
        port: u16,
        /// Where databases, photos, keys and logs of the demo live [default: target/demo]
        #[arg(long)]
        data: Option<PathBuf>,
    },
    /// Everything CI runs
    Test {
        /// Run one suite alone
        #[arg(long, value_name = "NAME")]
        only: Option<String>,
        /// Run the long tier too
        #[arg(long)]
        full: bool,
        /// Of the simulation, run this seed alone and tell all of it
        #[arg(long, value_name = "N")]
        seed: Option<u64>,
    },
    /// Measure beside peers, all engines in one run
    Bench {
        /// One bench alone: district, edge, origin, rules, widget
        #[arg(value_name = "NAME")]
        name: Option<String>,
        /// Write the table to its snapshot and to its page of the documentation too
        #[arg(long)]
        update: bool,
    },
    /// Compare what a phone downloads before the first input with the committed snapshot
    Sizes {
        /// Write the snapshot instead of comparing with it
        #[arg(long)]
        update: bool,
    },
    /// Learn the categoriser's weights from shared/development and measure how often it is right
    Weights {
        /// Write nothing; fail where the committed files are not what would be written
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let progress = Progress::new();
    match run(arguments.command, &progress) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            progress.failure(&failure);
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command, progress: &Progress) -> Result<(), Failure> {
    let workspace = Workspace::find()?;
    match command {
        Command::Setup => setup::for_building(&workspace, progress),
        Command::Build { release } => {
            setup::for_building(&workspace, progress)?;
            build::everything(
                &workspace,
                progress,
                build::Native::from_release_flag(release),
            )
        }
        Command::Demo { port, data } => {
            setup::for_building(&workspace, progress)?;
            let demo = demo::Demo::prepare(&workspace, port, data)?;
            build::everything(&workspace, progress, build::Native::Development)?;
            demo.run(&workspace, progress)
        }
        Command::Test { only, full, seed } => {
            test::run(&workspace, progress, only.as_deref(), full, seed)
        }
        Command::Bench { name, update } => {
            setup::for_building(&workspace, progress)?;
            bench::run(&workspace, progress, name.as_deref(), update)
        }
        Command::Weights { check } => weights::run(&workspace, progress, check),
        Command::Sizes { update } => {
            setup::for_building(&workspace, progress)?;
            build::everything(&workspace, progress, build::Native::Development)?;
            sizes::run(&workspace, progress, update)
        }
    }
}
