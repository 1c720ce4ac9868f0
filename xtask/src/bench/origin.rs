//! `cargo xtask bench origin`: an origin with ten thousand, a hundred thousand and a million reports,
//! asked for its pages.

use std::process::Command;

use serde::Deserialize;

use super::table::{Goal, Row, Table, machine};
use crate::failure::Failure;
use crate::files;
use crate::process;
use crate::progress::Progress;
use crate::workspace::Workspace;

/// Reports in the ledger, from small to what a province has in some years.
const SIZES: [u64; 3] = [10_000, 100_000, 1_000_000];
/// What users of FixMyStreet report of their staff's pages at a million reports, in milliseconds.
const PEER: (&str, f64) = ("FixMyStreet, as its users report", 7_000.0);

/// What `tests/replay/src/bin/filled.rs` prints: milliseconds at the median but where it says so.
#[derive(Deserialize)]
struct Load {
    reports: u64,
    summing_ms: f64,
    queue_ms: f64,
    queue_words_ms: f64,
    figures_year_ms: f64,
    figures_hijri_year_ms: f64,
    figures_half_ms: f64,
    figures_month_ms: f64,
    requests_p95_ms: f64,
    requests_1000_p95_ms: f64,
    intake_per_second: f64,
}

pub(super) fn measure(workspace: &Workspace, progress: &Progress) -> Result<Table, Failure> {
    let folder = workspace.target("bench/origin");
    files::create_folder(&folder)?;
    progress.measure("the origin, optimised", |step| {
        let load = ["--package", "balagh-replay", "--bin", "filled", "--release"];
        process::cargo_build(workspace, step, &load)
    })?;
    let program = workspace
        .target("release/filled")
        .with_extension(std::env::consts::EXE_EXTENSION);
    let mut rows = Vec::new();
    for size in SIZES {
        let load = progress.measure(&format!("an origin with {size} reports"), |_| {
            let mut command = Command::new(&program);
            command.arg(folder.join("data")).arg(size.to_string());
            let output = process::output(&mut command)?;
            serde_json::from_slice::<Load>(&output).map_err(|error| {
                Failure::new(format!("figures that cannot be read: {error}"))
                    .said(String::from_utf8_lossy(&output))
            })
        })?;
        rows.extend(of_size(&load));
    }
    Ok(Table {
        name: "origin".to_owned(),
        machine: machine(),
        rows,
    })
}

/// The goals are for a million; what comes before shows how it grows.
fn of_size(load: &Load) -> Vec<Row> {
    let size = load.reports;
    let is_largest = SIZES.last() == Some(&size);
    let row = |id: &str, what: &str, value: f64, unit: &str| {
        let what = format!("{what}, with {} thousand reports", size / 1_000);
        Row::new(&format!("{id}-{size}"), &what, value, unit)
    };
    let goal = |row: Row, goal: Goal| if is_largest { row.goal(goal) } else { row };
    let page = |id: &str, what: &str, millis: f64| {
        let row = goal(row(id, what, millis, "ms"), Goal::AtMost(300.0));
        if is_largest {
            row.beside(PEER.0, PEER.1)
        } else {
            row
        }
    };
    let requests = |id: &str, rows: &str, millis: f64| {
        let what = format!("`GET /requests`, a page of {rows}, 95th percentile");
        goal(row(id, &what, millis, "ms"), Goal::AtMost(50.0))
    };
    vec![
        page("queue", "the console's queue", load.queue_ms),
        page(
            "queue-words",
            "the queue searched for words that 10,000 reports do not hold",
            load.queue_words_ms,
        ),
        page(
            "figures-year",
            "figures of a year beside the year before",
            load.figures_year_ms,
        ),
        page(
            "figures-hijri-year",
            "figures of a Hijri year",
            load.figures_hijri_year_ms,
        ),
        page(
            "figures-half",
            "figures of half a year beside the half before",
            load.figures_half_ms,
        ),
        page(
            "figures-month",
            "figures of a month beside the one before",
            load.figures_month_ms,
        ),
        requests("requests-p95", "100", load.requests_p95_ms),
        requests("requests-1000-p95", "1,000", load.requests_1000_p95_ms),
        goal(
            row(
                "intake",
                "reports taken, each on disk before it is answered",
                load.intake_per_second,
                "/s",
            ),
            Goal::AtLeast(1_000.0),
        ),
        row(
            "summing",
            "summing up two years of days and months anew",
            load.summing_ms,
            "ms",
        ),
    ]
}
