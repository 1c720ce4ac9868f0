//! `cargo xtask bench rules`: reading, validating and categorising one report, natively and as
//! wasm, beside the same checks in JavaScript.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use super::table::{Goal, Row, Table, machine};
use crate::build;
use crate::failure::Failure;
use crate::files;
use crate::process;
use crate::progress::Progress;
use crate::workspace::Workspace;

const MUNICIPALITY: &str = "www/municipalities/eastern-province";
const PEER: &str = "ajv 8 + plain JavaScript";

/// How often native code and Node take turns.
const TURNS: usize = 3;

/// The reports on which the peer may decide otherwise: it knows no borders, and accepts a point
/// that may lie on either side of one.
const MAY_DIFFER: &str = "near_border";

/// What `tests/src/bin/desk.rs` prints: microseconds a report, milliseconds to open.
#[derive(Deserialize)]
struct Native {
    reports: usize,
    open_ms: f64,
    decide_us: f64,
    validate_us: f64,
    categorise_us: f64,
}

/// What `rules.mjs` prints.
#[derive(Deserialize)]
struct Script {
    wasm: Figures,
    peer: Figures,
    /// Share of the reports that both accept or both refuse.
    agreeing: f64,
    /// How many reports they decide otherwise, by what is wrong with these.
    disagreeing: BTreeMap<String, u32>,
}

/// Microseconds a report, milliseconds to open.
#[derive(Deserialize)]
struct Figures {
    decide: f64,
    validate: f64,
    categorise: f64,
    open: f64,
}

pub(super) fn measure(workspace: &Workspace, progress: &Progress) -> Result<Table, Failure> {
    let folder = workspace.target("bench/rules");
    files::create_folder(&folder)?;
    progress.measure("rules natively, optimised", |step| {
        let desk = ["--package", "balagh-tests", "--no-default-features"];
        let rest = ["--features", "bench", "--bin", "desk", "--release"];
        process::cargo_build(workspace, step, &[desk.as_slice(), &rest].concat())
    })?;
    let wasm = build::vectors(workspace, progress)?;
    let turns = progress.measure("rules in turns", |_| {
        let turn = |_| {
            Ok((
                native(workspace, &folder)?,
                script(workspace, &folder, &wasm)?,
            ))
        };
        (0..TURNS).map(turn).collect::<Result<Vec<_>, Failure>>()
    })?;
    for (_, script) in &turns {
        agreement(script)?;
    }
    Ok(Table {
        name: "rules".to_owned(),
        machine: machine(),
        rows: rows(&turns)?,
    })
}

fn native(workspace: &Workspace, folder: &Path) -> Result<Native, Failure> {
    let program = workspace
        .target("release/desk")
        .with_extension(std::env::consts::EXE_EXTENSION);
    parsed(&process::output(Command::new(program).arg(folder))?)
}

fn script(workspace: &Workspace, folder: &Path, wasm: &Path) -> Result<Script, Failure> {
    let mut command = Command::new("node");
    command
        .current_dir(workspace.root())
        .arg(workspace.path("xtask/src/bench/rules.mjs"))
        .args([folder, wasm, &workspace.path(MUNICIPALITY)]);
    parsed(&process::output(&mut command)?)
}

fn parsed<T: for<'t> Deserialize<'t>>(output: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(output).map_err(|error| {
        Failure::new(format!("figures that cannot be read: {error}"))
            .said(String::from_utf8_lossy(output))
    })
}

/// A peer that decides otherwise was not measured at the same work.
fn agreement(script: &Script) -> Result<(), Failure> {
    let unexpected: Vec<String> = script
        .disagreeing
        .iter()
        .filter(|(flaw, _)| *flaw != MAY_DIFFER)
        .map(|(flaw, count)| format!("{count} with the flaw `{flaw}`"))
        .collect();
    if unexpected.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "the peer accepts or refuses other reports than we do: {}",
        unexpected.join(", ")
    ))
    .mend("tests/peers/rules.mjs should check what shared::rules checks"))
}

fn rows(turns: &[(Native, Script)]) -> Result<Vec<Row>, Failure> {
    let (first, decided) = turns
        .first()
        .ok_or_else(|| Failure::new("there was no turn"))?;
    let of = |figure: &dyn Fn(&Native, &Script) -> f64| {
        median(turns.iter().map(|(native, script)| figure(native, script)))
    };
    let row = |id: &str, what: &str, unit: &str, ours: f64, peer: f64| {
        Row::new(id, what, ours, unit).beside(PEER, peer)
    };
    let peer = |figure: fn(&Figures) -> f64| of(&|_, script| figure(&script.peer));
    let (decide, validate) = (peer(|it| it.decide), peer(|it| it.validate));
    let (categorise, open) = (peer(|it| it.categorise), peer(|it| it.open));
    let wasm = |figure: fn(&Figures) -> f64| of(&|_, script| figure(&script.wasm));
    let reports = first.reports;
    let differ: u32 = decided.disagreeing.values().sum();
    Ok(vec![
        row(
            "decide-native",
            &format!("reading, validating and categorising a report, native, of {reports}"),
            "µs",
            of(&|native, _| native.decide_us),
            decide,
        )
        .goal(Goal::AtMost(50.0)),
        row(
            "decide-wasm",
            "the same, wasm in Node, one call a report",
            "µs",
            wasm(|it| it.decide),
            decide,
        )
        .goal(Goal::AtMost(250.0)),
        row(
            "validate-native",
            "reading and validating alone, native",
            "µs",
            of(&|native, _| native.validate_us),
            validate,
        ),
        row(
            "validate-wasm",
            "reading and validating alone, wasm in Node",
            "µs",
            wasm(|it| it.validate),
            validate,
        ),
        row(
            "categorise-native",
            "categorising alone, native",
            "µs",
            of(&|native, _| native.categorise_us),
            categorise,
        ),
        row(
            "categorise-wasm",
            "categorising alone, wasm in Node",
            "µs",
            wasm(|it| it.categorise),
            categorise,
        ),
        row(
            "open-native",
            "opening document and boundaries, compiling the words of all tongues, native",
            "ms",
            of(&|native, _| native.open_ms),
            open,
        ),
        row(
            "open-wasm",
            "the same, wasm in Node",
            "ms",
            wasm(|it| it.open),
            open,
        ),
        Row::new(
            "agreement",
            &format!(
                "reports that the peer accepts or refuses as we do; the other {differ} lie near \
                 a border"
            ),
            decided.agreeing * 100.0,
            "%",
        ),
    ])
}

fn median(of: impl Iterator<Item = f64>) -> f64 {
    let mut of: Vec<f64> = of.collect();
    of.sort_by(f64::total_cmp);
    of.get(of.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(wasm: f64, disagreeing: &[(&str, u32)]) -> (Native, Script) {
        let figures = |all: f64| Figures {
            decide: all,
            validate: all,
            categorise: all,
            open: all,
        };
        let native = Native {
            reports: 4,
            open_ms: 9.0,
            decide_us: 51.0,
            validate_us: 9.0,
            categorise_us: 9.0,
        };
        let counted = disagreeing.iter();
        let script = Script {
            wasm: figures(wasm),
            peer: figures(100.0),
            agreeing: 0.75,
            disagreeing: counted.map(|(flaw, n)| ((*flaw).to_owned(), *n)).collect(),
        };
        (native, script)
    }

    #[test]
    fn the_turn_in_the_middle_counts() {
        let turns = [turn(900.0, &[]), turn(120.0, &[]), turn(130.0, &[])];
        let rows = rows(&turns).unwrap();
        let row = |id: &str| rows.iter().find(|row| row.id == id).unwrap();
        assert!((row("decide-wasm").value - 130.0).abs() < 1e-9);
        assert!((row("decide-wasm").ratio.unwrap() - 1.3).abs() < 1e-9);
        assert_eq!(row("decide-wasm").met, Some(true));
        assert_eq!(row("decide-native").met, Some(false));
        assert!((row("agreement").value - 75.0).abs() < 1e-9);
    }

    #[test]
    fn a_peer_that_decides_otherwise_is_no_measure_except_near_borders() {
        assert!(agreement(&turn(1.0, &[(MAY_DIFFER, 8)]).1).is_ok());
        let failure = agreement(&turn(1.0, &[(MAY_DIFFER, 8), ("phone", 2)]).1);
        let failure = failure.unwrap_err().to_string();
        assert!(failure.contains("2 with the flaw `phone`"), "{failure}");
    }
}
