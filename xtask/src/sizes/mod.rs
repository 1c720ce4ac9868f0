//! `cargo xtask sizes`: what a phone downloads before the first input works, after brotli.
//!
//! The numbers live in git (`tests/snapshots/widget-bytes.json`), so that a change which costs
//! bytes shows them in its diff. The goal is fixed; a number may move by a hundredth without an
//! update, because brotli's encoders differ by a few bytes between versions of Node.js.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::build::{self, Release};
use crate::failure::Failure;
use crate::files;
use crate::process;
use crate::progress::Progress;
use crate::workspace::Workspace;

/// Bytes, all together, for the dearest language: 100 KB.
const GOAL: u64 = 102_400;
const SNAPSHOT: &str = "tests/snapshots/widget-bytes.json";
/// The languages whose downloads are compared; the others load the same files but one.
const LANGUAGES: [&str; 2] = ["ar", "en"];
/// The municipality whose public document is counted: the largest of the demo.
const MUNICIPALITY: &str = "eastern-province";

/// Sizes in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Size {
    raw: u64,
    brotli: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Snapshot {
    /// The most that `total` may be.
    goal: u64,
    /// Everything below with the dearer of the counted locales, after brotli.
    total: u64,
    files: BTreeMap<String, Size>,
}

pub(crate) fn run(workspace: &Workspace, progress: &Progress, update: bool) -> Result<(), Failure> {
    let now = measure(workspace)?;
    for (what, size) in &now.files {
        progress.say(&format!(
            "{what:<24} {:>9} raw {:>8} brotli",
            size.raw, size.brotli
        ));
    }
    progress.say(&format!(
        "{:<24} {:>30} of {GOAL}",
        "before the first input", now.total
    ));

    let path = workspace.path(SNAPSHOT);
    if update {
        let mut json = serde_json::to_vec_pretty(&now)
            .map_err(|error| Failure::new(format!("the sizes are no JSON: {error}")))?;
        json.push(b'\n');
        files::write(&path, &json)?;
        progress.say(&format!("wrote {SNAPSHOT}"));
    }
    if now.total > GOAL {
        return Err(Failure::new(format!(
            "{} bytes travel before the first input; the goal is {GOAL}",
            now.total
        )));
    }
    if update {
        return Ok(());
    }
    let mend = "cargo xtask sizes --update, and say in the commit what the bytes are for";
    if !path.is_file() {
        return Err(Failure::new(format!("there is no {SNAPSHOT}")).mend(mend));
    }
    let recorded: Snapshot = serde_json::from_slice(&files::read(&path)?)
        .map_err(|error| Failure::new(format!("{SNAPSHOT}: {error}")).mend(mend))?;
    let differences = compare(&recorded.files, &now.files);
    if differences.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "sizes differ from {SNAPSHOT}:\n  {}",
        differences.join("\n  ")
    ))
    .mend(mend))
}

fn measure(workspace: &Workspace) -> Result<Snapshot, Failure> {
    let release: Release = serde_json::from_slice(&files::read(
        &build::release_folder(workspace).join("release.json"),
    )?)
    .map_err(|error| Failure::new(format!("release.json: {error}")).mend("cargo xtask build"))?;
    let dist = workspace.path("dist/widget");
    let asset = |name: &String| dist.join("a").join(name);
    let manifest = release.manifest;
    let mut paths: BTreeMap<String, PathBuf> = BTreeMap::from([
        ("loader".to_owned(), dist.join("balagh.js")),
        ("glue".to_owned(), asset(&manifest.first.glue)),
        ("wasm".to_owned(), asset(&manifest.first.wasm)),
        ("style".to_owned(), asset(&manifest.style)),
        ("municipality".to_owned(), public_document(workspace)?),
    ]);
    for language in LANGUAGES {
        let file = manifest
            .locales
            .get(language)
            .ok_or_else(|| Failure::new(format!("the widget has no locale `{language}`")))?;
        paths.insert(locale(language), asset(file));
    }
    let all: Vec<PathBuf> = paths.values().cloned().collect();
    let brotli = build::brotli_sizes(workspace, &all)?;
    let mut sizes = BTreeMap::new();
    for (what, path) in paths {
        let raw = files::read(&path)?.len() as u64;
        let brotli = brotli
            .get(&path)
            .copied()
            .ok_or_else(|| Failure::new(format!("{} was not measured", workspace.shown(&path))))?;
        sizes.insert(what, Size { raw, brotli });
    }
    Ok(Snapshot {
        goal: GOAL,
        total: total(&sizes),
        files: sizes,
    })
}

fn locale(language: &str) -> String {
    format!("locale {language}")
}

/// The answer of `GET /v1/{municipality}`, as the binary itself would give it.
fn public_document(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let municipality = build::municipalities(workspace)?
        .into_iter()
        .find(|municipality| municipality.id == MUNICIPALITY)
        .ok_or_else(|| Failure::new(format!("there is no municipality {MUNICIPALITY}")))?;
    let json = process::output(
        Command::new(workspace.binary())
            .current_dir(workspace.root())
            .args(["public-document", "--municipality"])
            .arg(municipality.document)
            .arg("--pack")
            .arg(municipality.pack),
    )?;
    let path = workspace.target("xtask").join("public-document.json");
    files::write(&path, json.trim_ascii_end())?;
    Ok(path)
}

fn total(sizes: &BTreeMap<String, Size>) -> u64 {
    let locales: Vec<String> = LANGUAGES.into_iter().map(locale).collect();
    let (one_of, always): (Vec<_>, Vec<_>) =
        sizes.iter().partition(|(what, _)| locales.contains(what));
    let dearest = one_of
        .iter()
        .map(|(_, size)| size.brotli)
        .max()
        .unwrap_or(0);
    always.iter().map(|(_, size)| size.brotli).sum::<u64>() + dearest
}

fn compare(recorded: &BTreeMap<String, Size>, now: &BTreeMap<String, Size>) -> Vec<String> {
    let mut differences = Vec::new();
    for (what, size) in now {
        match recorded.get(what) {
            None => differences.push(format!("{what}: {} bytes, not recorded", size.brotli)),
            Some(was) if moved(was.brotli, size.brotli) || moved(was.raw, size.raw) => {
                differences.push(format!(
                    "{what}: {} bytes (raw {}), recorded {} (raw {})",
                    size.brotli, size.raw, was.brotli, was.raw
                ));
            }
            Some(_) => {}
        }
    }
    for what in recorded.keys().filter(|what| !now.contains_key(*what)) {
        differences.push(format!("{what}: recorded, but no longer there"));
    }
    differences
}

/// More than a hundredth of what was recorded.
fn moved(recorded: u64, now: u64) -> bool {
    recorded.abs_diff(now).saturating_mul(100) > recorded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(entries: &[(&str, u64)]) -> BTreeMap<String, Size> {
        entries
            .iter()
            .map(|(what, bytes)| {
                (
                    (*what).to_owned(),
                    Size {
                        raw: bytes * 3,
                        brotli: *bytes,
                    },
                )
            })
            .collect()
    }

    #[test]
    fn only_the_dearer_locale_counts() {
        let sizes = sizes(&[("wasm", 1000), ("locale ar", 50), ("locale en", 40)]);
        assert_eq!(total(&sizes), 1050);
    }

    #[test]
    fn a_hundredth_more_is_as_recorded_and_anything_beyond_differs() {
        let recorded = sizes(&[("wasm", 1000)]);
        assert!(compare(&recorded, &sizes(&[("wasm", 1010)])).is_empty());
        assert!(compare(&recorded, &sizes(&[("wasm", 990)])).is_empty());
        assert_eq!(compare(&recorded, &sizes(&[("wasm", 1011)])).len(), 1);
        assert_eq!(compare(&recorded, &sizes(&[("wasm", 989)])).len(), 1);
    }

    #[test]
    fn files_that_come_and_go_are_differences() {
        let differences = compare(&sizes(&[("map", 7)]), &sizes(&[("glue", 7)]));
        assert_eq!(differences.len(), 2, "{differences:?}");
    }
}
