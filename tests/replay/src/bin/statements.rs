//! `cargo xtask test --only statements`: the five published statements, replayed.
//!
//! By default one report in a hundred is sent, but for the Eastern Province's, which are all sent;
//! `--full` sends every one. The last line is `test result: ok. N passed; N failed`.
#![expect(clippy::print_stdout, reason = "what it finds is what it is for")]

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use balagh_replay::clock;
use balagh_replay::documents::TOWNS;
use balagh_replay::play::{Told, play};
use balagh_replay::stack::Stack;
use balagh_replay::statements::{STATEMENTS, Scale, compare};
use balagh_replay::story::{Fate, Writer};
use balagh_replay::texts::Texts;
use balagh_shared::time::Timestamp;

/// How many reports one stands for, unless every one is sent.
const USUAL: Scale = Scale(100);

fn main() -> ExitCode {
    let is_full = std::env::args().any(|argument| argument == "--full");
    let scale = if is_full { Scale(1) } else { USUAL };
    println!("one report sent for {} published", scale.0);
    let folder = std::env::temp_dir().join(format!("balagh-statements-{}", std::process::id()));
    // The day before the first report of all.
    let runtime = clock::runtime(Timestamp::from_millis(1_640_900_000_000));
    let (passed, failed) = runtime.block_on(replay(folder, scale));
    let result = if failed == 0 { "ok" } else { "FAILED" };
    println!("\ntest result: {result}. {passed} passed; {failed} failed");
    ExitCode::from(u8::from(failed > 0))
}

async fn replay(folder: PathBuf, scale: Scale) -> (u64, u64) {
    let started = Instant::now();
    let (stack, places) = Stack::start(&folder).await;
    let stack = Arc::new(stack);
    let texts = Texts::read();
    let mut writer = Writer::new(&texts);
    let mut story = Vec::new();
    let mut ends = Vec::new();
    for statement in STATEMENTS {
        let place = places.iter().find(|it| it.town.id == statement.town);
        for chapter in place
            .iter()
            .flat_map(|place| (statement.chapters)(place, scale))
        {
            story.extend(writer.chapter(&chapter));
        }
        ends.push(story.len());
    }
    let count = story.len();
    println!("{count} reports written in {:.1?}", started.elapsed());
    let told = play(&stack, story).await;
    println!("told in {:.1?}", started.elapsed());
    let (mut passed, mut failed) = (0, 0);
    let mut begin = 0;
    for (statement, end) in STATEMENTS.iter().zip(ends) {
        let of_it = told.get(begin..end).unwrap_or_default();
        let (held, did_not) = compare(&stack, statement, of_it, scale).await;
        (passed, failed) = (passed + held, failed + did_not);
        begin = end;
    }
    let (held, did_not) = nothing_else(&stack, &told).await;
    (passed, failed) = (passed + held, failed + did_not);
    println!("\n{:.1?} in all", started.elapsed());
    if let Ok(stack) = Arc::try_unwrap(stack) {
        stack.stop().await;
    }
    (passed, failed)
}

/// Every report is counted, and nothing of what is none: whether it is so, and whether not.
async fn nothing_else(stack: &Stack, told: &[Told]) -> (u64, u64) {
    let of = |is: fn(&Fate) -> bool| told.iter().filter(|one| is(&one.sent.fate)).count() as u64;
    let reports = of(|fate| matches!(fate, Fate::Open | Fate::Done { .. }));
    let (spam, trials) = (of(|it| *it == Fate::Spam), of(|it| *it == Fate::Trial));
    let refused = of(|it| *it == Fate::Refused);
    let (mut counted, mut held, mut known) = (0, 0, 0);
    for town in TOWNS {
        let facts = "SELECT COUNT(*) FROM facts WHERE municipality = ?";
        counted += stack.count(facts, town.id).await;
        let rejected = "SELECT COUNT(*) FROM reports WHERE municipality = ? AND state = 'rejected'";
        held += stack.count(rejected, town.id).await;
        let all = "SELECT COUNT(*) FROM reports WHERE municipality = ?";
        known += stack.count(all, town.id).await;
    }
    println!(
        "\nof {} sent, {reports} are reports, {spam} spam, {trials} trials and {refused} refused by \
         the edge: {counted} counted, {held} held and not taken, {known} known to the origin",
        told.len()
    );
    let is_so = (counted, held, known) == (reports, spam, reports + spam + trials);
    (u64::from(is_so), u64::from(!is_so))
}
