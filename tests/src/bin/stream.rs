//! Records the stream and judges it natively, for the runtimes to be compared with.
//!
//! `stream FOLDER [COUNT]` writes there the setting (`setting.json`, `municipality.pack`), a request a
//! line (`requests.jsonl`), and what becomes of each, by the function (`function.txt`) and by the whole
//! screen (`whole.txt`), a line each.
//!
//! `stream time FOLDER` writes the same and times the function's part, for `cargo xtask bench edge`: it
//! prints microseconds a request by what is answered, as JSON.

#![expect(clippy::print_stdout, reason = "its figures are its answer")]

use std::collections::BTreeMap;
use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use balagh_edge::http::Response;
use balagh_tests::stream::{Judge, Recording, head, record};
use serde_json::Value;

/// How many requests there are where nobody says.
const COUNT: usize = 10_000;
/// How often they are timed; the first time warms up.
const ROUNDS: usize = 6;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_timed = arguments.first().is_some_and(|first| first == "time");
    if is_timed {
        arguments.remove(0);
    }
    let folder = arguments.first().ok_or("stream [time] FOLDER [COUNT]")?;
    let count = arguments.get(1).map_or(Ok(COUNT), |count| count.parse())?;
    let recording = record(count)?;
    write(Path::new(folder), &recording)?;
    if is_timed {
        println!("{}", serde_json::to_string(&time(&recording)?)?);
    }
    Ok(())
}

fn write(folder: &Path, recording: &Recording) -> Result<(), Box<dyn Error>> {
    let Recording {
        setting,
        pack,
        requests,
    } = recording;
    let mut judge = Judge::open(setting, pack.clone())?;
    let (mut lines, mut function, mut whole) = (String::new(), String::new(), String::new());
    for recorded in requests {
        let judged = judge.judge(recorded);
        for (text, line) in [
            (&mut lines, serde_json::to_string(recorded)?),
            (&mut function, judged.function),
            (&mut whole, judged.whole),
        ] {
            text.push_str(&line);
            text.push('\n');
        }
    }
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join("setting.json"), serde_json::to_vec(setting)?)?;
    std::fs::write(folder.join("municipality.pack"), pack)?;
    std::fs::write(folder.join("requests.jsonl"), lines)?;
    std::fs::write(folder.join("function.txt"), function)?;
    std::fs::write(folder.join("whole.txt"), whole)?;
    Ok(())
}

/// Microseconds a request, by what is answered.
fn time(recording: &Recording) -> Result<BTreeMap<String, f64>, Box<dyn Error>> {
    let mut rounds: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for round in 0..ROUNDS {
        let mut judge = Judge::open(&recording.setting, recording.pack.clone())?;
        let mut times: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for recorded in &recording.requests {
            // As the JavaScript edge is handed its header fields; the body each of them copies.
            let head = head(recorded);
            let began = Instant::now();
            let answer = black_box(judge.function(black_box(head), black_box(recorded)));
            let took = began.elapsed().as_secs_f64() * 1e6;
            times.entry(class(&answer)).or_default().push(took);
        }
        for (class, of) in times.into_iter().filter(|_| round > 0) {
            rounds.entry(class).or_default().push(middle(of));
        }
    }
    Ok(rounds
        .into_iter()
        .map(|(class, of)| (class, middle(of)))
        .collect())
}

/// The one in the middle: whoever else uses the machine takes its time from single requests.
fn middle(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of.get(of.len() / 2).copied().unwrap_or(f64::NAN)
}

/// `passed`, or the status and the code of what it was refused for.
fn class(answer: &Result<String, Response>) -> String {
    match answer {
        Ok(_) => "passed".to_owned(),
        Err(response) => {
            let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
            let code = body.get("code").and_then(Value::as_str).unwrap_or_default();
            format!("{} {code}", response.status).trim_end().to_owned()
        }
    }
}
