//! `balagh edge … outbox`: what is not delivered yet, and what was put aside. Numbers and codes, nothing that anybody wrote.

use balagh_edge::native::ledger::{Backlog, Ledger, Letter, LetterState, Which};
use balagh_shared::time::Timestamp;
use clap::{Args, Subcommand};

use crate::failure::{Failure, note, print};
use crate::ledger::{line, now, number};

/// Most messages that are listed at once.
const MOST: u32 = 1000;

/// What to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// What is not delivered, the oldest first: report, destination, what of it, how it stands, age,
    /// attempts, code of the last failure, time of the next attempt; a line each, between tabs
    List(List),
    /// Queue anew what was put aside; a running edge finds it within a minute
    Replay(Replay),
}

#[derive(Args)]
pub(crate) struct List {
    /// Only what was put aside and waits for a person
    #[arg(long)]
    dead: bool,
    /// Only what is for this destination
    #[arg(long, value_name = "DESTINATION")]
    destination: Option<String>,
    /// A JSON object a line instead
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(crate) struct Replay {
    /// Numbers of reports from the list
    #[arg(value_name = "NUMBER", required_unless_present = "all")]
    numbers: Vec<String>,
    /// All that was put aside
    #[arg(long, conflicts_with = "numbers")]
    all: bool,
    /// Only what is for this destination
    #[arg(long, value_name = "DESTINATION")]
    destination: Option<String>,
}

/// Does it.
pub(crate) async fn execute(ledger: &Ledger, command: Command) -> Result<(), Failure> {
    match command {
        Command::List(list) => show(ledger, &list).await,
        Command::Replay(replay) => queue(ledger, &replay).await,
    }
}

async fn show(ledger: &Ledger, list: &List) -> Result<(), Failure> {
    let now = now();
    for backlog in ledger.backlog().await.map_err(Failure::new)? {
        if list
            .destination
            .as_ref()
            .is_none_or(|it| *it == backlog.destination)
        {
            note(summary(&backlog, now));
        }
    }
    let which = Which {
        dead: list.dead,
        destination: list.destination.as_deref(),
        number: None,
    };
    let letters = ledger.letters(which, MOST).await.map_err(Failure::new)?;
    for letter in &letters {
        if list.json {
            line(letter)?;
        } else {
            print(row(letter, now))?;
        }
    }
    if letters.len() >= MOST as usize {
        note(format!("the first {MOST} only"));
    }
    Ok(())
}

async fn queue(ledger: &Ledger, replay: &Replay) -> Result<(), Failure> {
    let all = Which {
        destination: replay.destination.as_deref(),
        ..Which::default()
    };
    if replay.all {
        let replayed = ledger.replay(all, now()).await.map_err(Failure::new)?;
        note(format!("{replayed} queued anew"));
        return Ok(());
    }
    let mut missing = Vec::new();
    let numbers = replay.numbers.iter().map(|it| number(it));
    for number in numbers.collect::<Result<Vec<_>, _>>()? {
        let which = Which {
            number: Some(&number),
            ..all
        };
        match ledger.replay(which, now()).await.map_err(Failure::new)? {
            0 => missing.push(number),
            replayed => note(format!("{number}: {replayed} queued anew")),
        }
    }
    if missing.is_empty() {
        Ok(())
    } else {
        let missing = missing.join(", ");
        Err(Failure::new(format!("nothing was put aside of {missing}")))
    }
}

fn summary(backlog: &Backlog, now: Timestamp) -> String {
    let Backlog {
        destination,
        waiting,
        oldest,
        held,
        dead,
    } = backlog;
    let oldest =
        oldest.map(|at| format!(" (the oldest for {})", age(Timestamp::from_millis(at), now)));
    format!(
        "{destination}: {waiting} waiting{}, {held} held, {dead} dead",
        oldest.unwrap_or_default()
    )
}

fn row(letter: &Letter, now: Timestamp) -> String {
    let state = match letter.state {
        LetterState::Waiting => "waiting",
        LetterState::Held => "held",
        LetterState::Dead => "dead",
    };
    format!(
        "{}\t{}\t{}\t{state}\t{}\t{}\t{}\t{}",
        letter.number,
        letter.destination,
        letter.what,
        age(letter.queued_at, now),
        letter.attempts,
        letter.last_error.as_deref().unwrap_or("-"),
        letter.due_at.map_or("-".to_owned(), |due| due.to_string()),
    )
}

/// How long ago, in the two largest units.
fn age(then: Timestamp, now: Timestamp) -> String {
    let seconds = (now.seconds() - then.seconds()).max(0);
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, minutes) => format!("{minutes}m{}s", seconds % 60),
        (0, hours, minutes) => format!("{hours}h{minutes}m"),
        (days, hours, _) => format!("{days}d{hours}h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(seconds: i64, expected: &str) {
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1000);
        assert_eq!(age(at(1_000_000), at(1_000_000 + seconds)), expected);
    }

    #[test]
    fn an_age_reads_as_people_say_it() {
        check(-5, "0s");
        check(59, "59s");
        check(61, "1m1s");
        check(3 * 3600 + 12 * 60, "3h12m");
        check(2 * 86_400 + 3600, "2d1h");
    }
}
