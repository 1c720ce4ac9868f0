//! `balagh origin person`: what is kept of somebody, and the keys it is kept under.

use std::path::PathBuf;

use balagh_origin::person::command::{
    Asked, Erased, Whom, erase_person, export_person, reseal, unreadable,
};
use clap::{Args, Subcommand};

use crate::failure::{Failure, note, print};
use crate::waiting::wait;

/// What to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Everything that is held on somebody, as JSON on standard output
    Export(Person),
    /// Erase what is personal in somebody's reports: at once where they are over, else once they are.
    /// The keys are destroyed, so that no backup of the ledger opens it either
    Erase {
        #[command(flatten)]
        person: Person,
        /// That it cannot be undone is understood
        #[arg(long, required = true)]
        yes: bool,
    },
    /// Seal the keys of all reports anew under the current master key, the first of BALAGH_SEAL_KEYS;
    /// an origin that runs does so by itself within the hour
    Reseal {
        /// The origin's configuration file (TOML)
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// List the reports that cannot be read because their master key is missing: its id and the
    /// report's number, a line each, between tabs
    Unreadable {
        /// The origin's configuration file (TOML)
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
}

#[derive(Args)]
pub(crate) struct Person {
    /// Their phone number or e-mail address, where it was confirmed
    #[arg(long, value_name = "CONTACT", required_unless_present = "number")]
    contact: Option<String>,
    /// One report alone, by its number
    #[arg(long, value_name = "NUMBER", conflicts_with = "contact")]
    number: Option<String>,
    /// What for; it stands in the audit
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// The municipality; not needed where the origin serves only one
    #[arg(long, value_name = "ID")]
    municipality: Option<String>,
    /// The origin's configuration file (TOML)
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

impl Person {
    fn asked(&self) -> Asked {
        let whom = match (&self.number, &self.contact) {
            (Some(number), _) => Whom::Number(number.clone()),
            (None, contact) => Whom::Contact(contact.clone().unwrap_or_default()),
        };
        Asked {
            municipality: self.municipality.clone(),
            whom,
            why: self.why.clone(),
        }
    }
}

/// Does it, in the ledger of the origin that the configuration describes.
pub(crate) fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Export(person) => {
            let exported = wait(export_person(&person.config, &person.asked()))?;
            let exported = exported.map_err(Failure::new)?;
            print(serde_json::to_string_pretty(&exported).map_err(Failure::new)?)
        }
        Command::Erase { person, .. } => {
            let erased = wait(erase_person(&person.config, &person.asked()))?;
            let Erased { done, later, known } = erased.map_err(Failure::new)?;
            note(format!(
                "{done} erased, {later} to be erased once they are over, {known} erased before"
            ));
            Ok(())
        }
        Command::Reseal { config } => {
            let (resealed, locked) = wait(reseal(&config))?.map_err(Failure::new)?;
            note(format!("{} keys sealed anew", resealed.sealed));
            if resealed.unopened > 0 {
                note(format!(
                    "{} keys do not open with the master key they name: another one of the same id is \
                     in BALAGH_SEAL_KEYS, or they were changed",
                    resealed.unopened
                ));
            }
            for one in locked {
                note(format!(
                    "{} keys need the master key {:?}, which is not in BALAGH_SEAL_KEYS",
                    one.count, one.kid
                ));
            }
            Ok(())
        }
        Command::Unreadable { config } => {
            let listed = wait(unreadable(&config))?.map_err(Failure::new)?;
            for (locked, numbers) in listed {
                for number in numbers {
                    print(format!("{}\t{number}", locked.kid))?;
                }
            }
            Ok(())
        }
    }
}
