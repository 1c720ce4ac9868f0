//! `cargo xtask sizes`: what a phone downloads before the first input works, after brotli, and what
//! comes later.
//!
//! The numbers live in git (`tests/snapshots/widget-bytes.json`), so that a change which costs
//! bytes shows them in its diff. The goal is fixed; a number may move by a hundredth without an
//! update, because brotli's encoders differ by a few bytes between versions of Node.js.

mod shared;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::build::{self, Municipality, Release};
use crate::failure::Failure;
use crate::files;
use crate::process;
use crate::progress::Progress;
use crate::workspace::Workspace;

/// Bytes, all together, for the dearest language: 100 KB.
pub(crate) const GOAL: u64 = 102_400;
/// Bytes of the one script a page includes: 4 KB.
const LOADER_GOAL: u64 = 4_096;
/// What a whole journey fetches in any language, by the names of the release.
const ON_THE_WAY: [&str; 8] = [
    "first-glue.js",
    "first.wasm",
    "later.js",
    "later.wasm",
    "later.css",
    "style.css",
    "map.js",
    "photo.js",
];
const SNAPSHOT: &str = "tests/snapshots/widget-bytes.json";
/// The municipality whose public document is counted: the largest of the demo.
const MUNICIPALITY: &str = "eastern-province";
/// The scripts that have words.
const TONGUES: [&str; 5] = ["ar", "en", "hi", "ms", "ur"];

type Sizes = BTreeMap<String, Size>;

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
    /// What is fetched before the first input, after brotli, in the dearest language.
    total: u64,
    /// Which that is.
    dearest: String,
    /// What every language fetches before the first input.
    first: Sizes,
    /// What each language fetches beside it: its texts, and the document with its labels.
    languages: BTreeMap<String, Sizes>,
    /// What comes later: the rest of the form and its style, the words of the tongue that is typed, and
    /// what draws a receipt.
    later: Sizes,
    /// Everything one fetches to write in the language that is dearest in this, set a place on the
    /// map, add a photo and get the receipt, after gzip: bytes.
    #[serde(default)]
    journey: u64,
    /// What of the parts is the rules: see `xtask/src/sizes/shared.rs`.
    shared: Sizes,
}

/// What the bench of the widget shows of these, bytes.
pub(crate) struct Weights {
    /// Before the first input, after brotli.
    pub(crate) first: u64,
    /// Until the receipt, after gzip.
    pub(crate) journey: u64,
}

/// The weights of what is built.
pub(crate) fn weights(workspace: &Workspace) -> Result<Weights, Failure> {
    let now = measure(workspace)?;
    Ok(Weights {
        first: now.total,
        journey: now.journey,
    })
}

pub(crate) fn run(workspace: &Workspace, progress: &Progress, update: bool) -> Result<(), Failure> {
    let now = measure(workspace)?;
    for (what, size) in now.lines() {
        progress.say(&format!(
            "{what:<24} {:>9} raw {:>8} brotli",
            size.raw, size.brotli
        ));
    }
    progress.say(&format!(
        "before the first input, dearest in {:<3} {:>15} of {GOAL}",
        now.dearest, now.total
    ));

    progress.say(&format!("until the receipt, gzip {:>31}", now.journey));

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
            "{} bytes travel before the first input in `{}`; the goal is {GOAL}",
            now.total, now.dearest
        )));
    }
    let loader = now.first.get("loader").map_or(0, |size| size.brotli);
    if loader > LOADER_GOAL {
        return Err(Failure::new(format!(
            "the loader weighs {loader} bytes after brotli; the goal is {LOADER_GOAL}"
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
    let mut differences = compare(&recorded.lines(), &now.lines());
    if moved(recorded.journey, now.journey) {
        differences.push(format!(
            "until the receipt: {} bytes with gzip, recorded {}",
            now.journey, recorded.journey
        ));
    }
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
    let asset = |name: &str| match release.files.get(name) {
        Some(file) => Ok(dist.join("a").join(file)),
        None => Err(Failure::new(format!("the release has no {name}")).mend("cargo xtask build")),
    };
    let municipality = build::municipalities(workspace)?
        .into_iter()
        .find(|municipality| municipality.id == MUNICIPALITY)
        .ok_or_else(|| Failure::new(format!("there is no municipality {MUNICIPALITY}")))?;

    let first = sizes(
        workspace,
        [
            ("loader", dist.join("balagh.js")),
            ("glue", asset("first-glue.js")?),
            ("wasm", asset("first.wasm")?),
            ("style", asset("style.css")?),
        ],
    )?;
    let mut languages = BTreeMap::new();
    for language in &release.languages {
        let document = public_document(workspace, &municipality, language)?;
        let texts = asset(&format!("{language}.json"))?;
        let own = [("locale", texts), ("municipality", document)];
        languages.insert(language.clone(), sizes(workspace, own)?);
    }
    let words = |tongue| municipality.words.join(format!("{tongue}.words"));
    let words = TONGUES.map(|tongue| (tongue, words(tongue)));
    let mut later = sizes(
        workspace,
        [
            ("script", asset("later.js")?),
            ("wasm", asset("later.wasm")?),
            ("style", asset("later.css")?),
            ("receipt", asset("receipt.js")?),
        ],
    )?;
    // What few need travels apart.
    for part in build::parts().skip(2) {
        let wasm = asset(&format!("{part}.wasm"))?;
        later.extend(sizes(workspace, [(part, wasm)])?);
    }
    for (tongue, size) in sizes(workspace, words)? {
        later.insert(format!("words {tongue}"), size);
    }
    let (dearest, dear) = dearest(&languages)
        .ok_or_else(|| Failure::new("the widget has no language").mend("cargo xtask build"))?;
    let journeys = languages
        .keys()
        .map(|language| journey(workspace, &asset, &municipality, language))
        .collect::<Result<Vec<_>, _>>()?;
    let journey = journeys.into_iter().max().unwrap_or_default();
    Ok(Snapshot {
        goal: GOAL,
        total: sum(&first) + dear,
        dearest,
        journey,
        first,
        languages,
        later,
        shared: pays_for_shared(workspace)?,
    })
}

/// All that travels until the receipt to who writes in `language` and looks at the map.
fn journey(
    workspace: &Workspace,
    asset: &impl Fn(&str) -> Result<PathBuf, Failure>,
    municipality: &Municipality,
    language: &str,
) -> Result<u64, Failure> {
    let tongue = match language {
        "id" => "ms",
        own => own,
    };
    let texts = [format!("{language}.json"), format!("{language}-later.json")];
    let files = ON_THE_WAY
        .into_iter()
        .chain(texts.iter().map(String::as_str));
    let mut paths = files.map(asset).collect::<Result<Vec<_>, _>>()?;
    paths.extend([
        workspace.path("dist/widget/balagh.js"),
        public_document(workspace, municipality, language)?,
        municipality.phone_pack.clone(),
        municipality.words.join(format!("{tongue}.words")),
    ]);
    Ok(build::gzip_sizes(workspace, &paths)?.values().sum())
}

/// What the parts pay for `shared`.
fn pays_for_shared(workspace: &Workspace) -> Result<Sizes, Failure> {
    let mut found = Vec::new();
    for part in build::parts() {
        let module = build::with_names(workspace, part)?;
        let bodies = shared::bodies(&module, &files::read(&module)?)?;
        // A part that few need may call the rules of others alone; the first has some of its own.
        if bodies.is_empty() && found.is_empty() {
            return Err(Failure::new(format!(
                "{} names no function of `shared`: its name section is gone",
                module.display()
            )));
        }
        let path = workspace
            .target("xtask")
            .join(format!("shared-{part}.wasm"));
        files::write(&path, &bodies)?;
        found.push((part, path));
    }
    sizes(workspace, found)
}

fn sizes<'n>(
    workspace: &Workspace,
    named: impl IntoIterator<Item = (&'n str, PathBuf)>,
) -> Result<Sizes, Failure> {
    let named: Vec<(&str, PathBuf)> = named.into_iter().collect();
    let paths: Vec<PathBuf> = named.iter().map(|(_, path)| path.clone()).collect();
    let brotli = build::brotli_sizes(workspace, &paths)?;
    let mut sizes = Sizes::new();
    for (what, path) in named {
        let raw = files::read(&path)?.len() as u64;
        let brotli = brotli
            .get(&path)
            .copied()
            .ok_or_else(|| Failure::new(format!("{} was not measured", workspace.shown(&path))))?;
        sizes.insert(what.to_owned(), Size { raw, brotli });
    }
    Ok(sizes)
}

/// The answer of `GET /v1/{municipality}?lang=`, as the binary itself would give it.
fn public_document(
    workspace: &Workspace,
    municipality: &Municipality,
    language: &str,
) -> Result<PathBuf, Failure> {
    let json = process::output(
        Command::new(workspace.binary())
            .current_dir(workspace.root())
            .args(["public-document", "--lang", language, "--municipality"])
            .arg(&municipality.document)
            .arg("--packs")
            .args(municipality.pack.parent()),
    )?;
    let path = workspace
        .target("xtask")
        .join(format!("public-document-{language}.json"));
    files::write(&path, json.trim_ascii_end())?;
    Ok(path)
}

/// The language that costs most, and what it costs.
fn dearest(languages: &BTreeMap<String, Sizes>) -> Option<(String, u64)> {
    let costs = languages.iter().map(|(language, own)| (language, sum(own)));
    let (language, cost) = costs.max_by_key(|(_, cost)| *cost)?;
    Some((language.clone(), cost))
}

fn sum(sizes: &Sizes) -> u64 {
    sizes.values().map(|size| size.brotli).sum()
}

impl Snapshot {
    /// Every size under a name of its own.
    fn lines(&self) -> Sizes {
        let parts = [
            ("first", &self.first),
            ("later", &self.later),
            ("shared", &self.shared),
        ];
        let own = self
            .languages
            .iter()
            .map(|(name, own)| (name.as_str(), own));
        let mut lines = Sizes::new();
        for (part, sizes) in parts.into_iter().chain(own) {
            for (what, size) in sizes {
                lines.insert(format!("{part} {what}"), *size);
            }
        }
        lines
    }
}

fn compare(recorded: &Sizes, now: &Sizes) -> Vec<String> {
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

    fn of(entries: &[(&str, u64)]) -> Sizes {
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
    fn the_dearest_language_is_the_one_whose_files_together_are() {
        let languages = BTreeMap::from([
            ("ar".to_owned(), of(&[("locale", 50), ("municipality", 10)])),
            ("hi".to_owned(), of(&[("locale", 40), ("municipality", 30)])),
        ]);
        assert_eq!(dearest(&languages), Some(("hi".to_owned(), 70)));
        assert_eq!(dearest(&BTreeMap::new()), None);
    }

    #[test]
    fn a_hundredth_more_is_as_recorded_and_anything_beyond_differs() {
        let recorded = of(&[("wasm", 1000)]);
        assert!(compare(&recorded, &of(&[("wasm", 1010)])).is_empty());
        assert!(compare(&recorded, &of(&[("wasm", 990)])).is_empty());
        assert_eq!(compare(&recorded, &of(&[("wasm", 1011)])).len(), 1);
        assert_eq!(compare(&recorded, &of(&[("wasm", 989)])).len(), 1);
    }

    #[test]
    fn files_that_come_and_go_are_differences() {
        let differences = compare(&of(&[("map", 7)]), &of(&[("glue", 7)]));
        assert_eq!(differences.len(), 2, "{differences:?}");
    }
}
