//! `balagh edge … quarantine|report|replay`: what the screen held, what people say of it, and how the
//! two go together.

use std::path::PathBuf;

use balagh_edge::native::ledger::{Label, Labelled, Ledger};
use balagh_edge::track_record::{self, Report};
use balagh_shared::municipality::Spam;
use balagh_shared::time::{DAY_MS, Timestamp};
use clap::Subcommand;
use serde_json::json;

use crate::failure::Failure;
use crate::ledger::{line, now};

/// Most reports that are listed at once.
const MOST: u32 = 500;

/// What to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Look through what waits for a person
    #[command(subcommand)]
    Quarantine(Quarantine),
    /// Hold what each step would have done against what people said: a group a line, as JSON
    Report {
        /// How far back, in days, such as 7d
        #[arg(long, value_name = "DAYS", default_value = "7d")]
        since: String,
    },
    /// Say what other thresholds would have done
    Replay {
        /// The thresholds, as `screening.spam` of a municipality's document
        #[arg(long, value_name = "FILE")]
        thresholds: PathBuf,
        /// How far back, in days, such as 7d
        #[arg(long, value_name = "DAYS", default_value = "30d")]
        since: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum Quarantine {
    /// What waits, the oldest first: a report a line, as JSON without its words
    List,
    /// One report with its words
    Show {
        /// Its number
        number: String,
    },
    /// Somebody means it: it goes on to the department
    Release {
        /// Its number
        number: String,
    },
    /// Nobody means it: it is not taken. A report that was not held is only labelled
    Spam {
        /// Its number
        number: String,
    },
}

/// Does it.
pub(crate) async fn execute(ledger: &Ledger, command: Command) -> Result<(), Failure> {
    match command {
        Command::Quarantine(Quarantine::List) => {
            let held = ledger.held(MOST).await.map_err(Failure::new)?;
            held.iter().try_for_each(line)
        }
        Command::Quarantine(Quarantine::Show { number }) => show(ledger, &number).await,
        Command::Quarantine(Quarantine::Release { number }) => {
            label(ledger, &number, Label::Honest).await
        }
        Command::Quarantine(Quarantine::Spam { number }) => {
            label(ledger, &number, Label::Spam).await
        }
        Command::Report { since } => {
            let all = ledger
                .screenings(start(&since)?, now().plus_millis(1))
                .await;
            let all = all.map_err(Failure::new)?;
            let mut report = Report::default();
            all.iter().for_each(|screening| report.add(screening));
            report.rows().iter().try_for_each(line)
        }
        Command::Replay { thresholds, since } => {
            let text = std::fs::read_to_string(&thresholds)?;
            let thresholds: Spam = serde_json::from_str(&text).map_err(Failure::new)?;
            let all = ledger
                .screenings(start(&since)?, now().plus_millis(1))
                .await;
            line(&track_record::replay(
                &all.map_err(Failure::new)?,
                &thresholds,
            ))
        }
    }
}

async fn show(ledger: &Ledger, number: &str) -> Result<(), Failure> {
    let screening = ledger.screening(number).await.map_err(Failure::new)?;
    let delivery = ledger.delivery(number).await.map_err(Failure::new)?;
    let (Some(screening), Some(delivery)) = (screening, delivery) else {
        return Err(Failure::new(format!("there is no report {number} here")));
    };
    // Not the contact: whether somebody means it does not hang on who they are.
    line(&json!({
        "screening": screening,
        "description": delivery.report.description,
        "place": delivery.report.place,
        "photos": delivery.photos.len(),
    }))
}

async fn label(ledger: &Ledger, number: &str, label: Label) -> Result<(), Failure> {
    let labelled = ledger.label(number, label, now()).await;
    match labelled.map_err(Failure::new)? {
        Labelled::Kept => line(&json!({"number": number, "label": label})),
        Labelled::Before => Err(Failure::new(format!("{number} was looked at before"))),
        Labelled::Unknown => Err(Failure::new(format!("there is no report {number} here"))),
    }
}

/// The time so many days ago.
fn start(since: &str) -> Result<Timestamp, Failure> {
    let days: Option<i64> = since.strip_suffix('d').and_then(|days| days.parse().ok());
    let days = days.filter(|days| (0..=40_000).contains(days));
    let days = days.ok_or_else(|| Failure::new("give days such as 7d"))?;
    Ok(now().plus_millis(-days * DAY_MS))
}
