//! `cargo xtask bench widget`: what the widget costs a phone, in bytes and in time.
//!
//! Times are Chromium's under its own throttling, before an optimised edge on this machine; an
//! empty page of the same run shows what of them is the line's and the browser's.

use std::collections::BTreeMap;
use std::process::Command;

use serde::Deserialize;

use super::table::{Goal, Row, Table, machine};
use crate::build;
use crate::failure::Failure;
use crate::process;
use crate::progress::Progress;
use crate::setup;
use crate::sizes;
use crate::workspace::Workspace;

const KB: f64 = 1_024.0;
const MB: f64 = KB * KB;
/// FixMyStreet's report page, scripts alone and its map included, gzip; measured in 2026.
const FIXMYSTREET: (&str, f64) = ("FixMyStreet's scripts alone", 198.0);

/// What `widget.mjs` prints.
#[derive(Deserialize)]
struct Browser {
    first_input_ms: f64,
    /// The same on a page with nothing on it.
    empty_ms: f64,
    round_trips: f64,
    /// The slowest interaction on each screen, milliseconds.
    interactions: BTreeMap<String, f64>,
    growth_bytes: f64,
    lighthouse: Lighthouse,
}

/// Scores, 0 to 100, and the audits that lost points.
#[derive(Deserialize)]
struct Lighthouse {
    performance: f64,
    accessibility: f64,
    best_practices: f64,
    lost: Vec<String>,
}

pub(super) fn measure(workspace: &Workspace, progress: &Progress) -> Result<Table, Failure> {
    build::everything(workspace, progress, build::Native::Release)?;
    let bytes = sizes::weights(workspace)?;
    let chromium = setup::chromium(progress)?;
    let browser: Browser = progress.measure("the widget in Chromium", |_| {
        let mut command = Command::new("node");
        command
            .current_dir(workspace.root())
            .arg(workspace.path("xtask/src/bench/widget.mjs"))
            .arg(workspace.release_binary())
            .env("CHROMIUM", chromium);
        let output = process::output(&mut command)?;
        serde_json::from_slice(&output).map_err(|error| {
            Failure::new(format!("figures that cannot be read: {error}"))
                .said(String::from_utf8_lossy(&output))
        })
    })?;
    for lost in &browser.lighthouse.lost {
        progress.say(&format!("Lighthouse takes points for {lost}"));
    }
    Ok(Table {
        name: "widget".to_owned(),
        machine: machine(),
        rows: rows(&bytes, &browser),
    })
}

fn rows(bytes: &sizes::Weights, browser: &Browser) -> Vec<Row> {
    let (peer, peer_kb) = FIXMYSTREET;
    let kb = |bytes: u64| bytes as f64 / KB;
    let mut rows = vec![
        Row::new(
            "first-bytes",
            "everything fetched before the first input works, brotli, dearest language",
            kb(bytes.first),
            "KB",
        )
        .beside(peer, peer_kb)
        .goal(Goal::AtMost(kb(sizes::GOAL))),
        Row::new(
            "round-trips",
            "round trips to the edge before the first input, after the HTML",
            browser.round_trips,
            "",
        )
        .goal(Goal::AtMost(3.0)),
        Row::new(
            "journey-bytes",
            "everything fetched until the receipt, gzip, map, boundaries and words included",
            kb(bytes.journey),
            "KB",
        )
        .beside(peer, peer_kb)
        .goal(Goal::AtMost(230.0)),
        Row::new(
            "first-input",
            "until the first input works, slow 4G and CPU × 4, median of 5; beside it an empty page",
            browser.first_input_ms,
            "ms",
        )
        .beside("an empty page", browser.empty_ms)
        .goal(Goal::AtMost(1_500.0)),
    ];
    let scores = &browser.lighthouse;
    for (id, score, least) in [
        ("performance", scores.performance, 95.0),
        ("accessibility", scores.accessibility, 100.0),
        ("best-practices", scores.best_practices, 100.0),
    ] {
        let what = format!("Lighthouse, mobile, the partner's page: {id}");
        let row = Row::new(&format!("lighthouse-{id}"), &what, score, "");
        rows.push(row.goal(Goal::AtLeast(least)));
    }
    rows.extend(browser.interactions.iter().map(|(screen, slowest)| {
        let what = format!("slowest interaction to next paint at CPU × 4: {screen}");
        let row = Row::new(&format!("interaction-{screen}"), &what, *slowest, "ms");
        row.goal(Goal::AtMost(100.0))
    }));
    rows.push(
        Row::new(
            "heap",
            "more memory after ten further reports with a photo",
            browser.growth_bytes / MB,
            "MB",
        )
        .goal(Goal::AtMost(2.0)),
    );
    rows
}
