//! Times the desk natively: `cargo xtask bench rules` builds and starts it, optimised.
//!
//! `desk FOLDER` writes what is decided there (`municipality.pack`, `reports.json`) for the same
//! measure in Node, and prints its own figures as JSON.

#![expect(clippy::print_stdout, reason = "its figures are its answer")]

use std::error::Error;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

use balagh_tests::desk::Desk;
use balagh_tests::reports::{self, Case};
use serde_json::json;

const ROUNDS: usize = 31;
const OPENINGS: usize = 9;

fn main() -> Result<(), Box<dyn Error>> {
    let folder: PathBuf = std::env::args_os().nth(1).ok_or("desk FOLDER")?.into();
    let (document, pack) = reports::demo()?;
    let desk = Desk::open(document.as_bytes(), &pack)?;
    let cases = reports::cases(&desk)?;
    let listed: Vec<_> = cases
        .iter()
        .map(|case| {
            let verdict = desk.decide(case.json.as_bytes());
            json!({ "flaw": case.flaw, "text": case.text, "json": case.json, "verdict": verdict })
        })
        .collect();
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("municipality.pack"), &pack)?;
    std::fs::write(folder.join("reports.json"), serde_json::to_vec(&listed)?)?;

    let mut opening = Vec::new();
    for _ in 0..OPENINGS {
        let started = Instant::now();
        black_box(Desk::open(document.as_bytes(), &pack)?);
        opening.push(started.elapsed().as_secs_f64() * 1e3);
    }
    let [mut decide, mut validate, mut categorise] = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS {
        decide.push(each(&cases, |case| desk.decide(case.json.as_bytes())));
        validate.push(each(&cases, |case| desk.validate(case.json.as_bytes())));
        categorise.push(each(&cases, |case| desk.categorise(&case.text)));
    }
    let figures = json!({
        "reports": cases.len(),
        "open_ms": median(opening),
        "decide_us": median(decide),
        "validate_us": median(validate),
        "categorise_us": median(categorise),
    });
    println!("{figures}");
    Ok(())
}

/// Microseconds a report.
fn each(cases: &[Case], work: impl Fn(&Case) -> u32) -> f64 {
    let started = Instant::now();
    for case in cases {
        black_box(work(black_box(case)));
    }
    started.elapsed().as_secs_f64() * 1e6 / cases.len() as f64
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of.get(of.len() / 2).copied().unwrap_or(f64::NAN)
}
