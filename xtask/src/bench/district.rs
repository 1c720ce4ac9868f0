//! `cargo xtask bench district`: lookups, packs, opening and growth, on Riyadh's real districts.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use serde::Deserialize;
use std::collections::BTreeMap;

use super::table::{Goal, Row, Table, machine};
use crate::build;
use crate::failure::Failure;
use crate::files;
use crate::process;
use crate::progress::Progress;
use crate::workspace::Workspace;

/// Lookups a second of the native code and its peer.
#[derive(Deserialize)]
struct Lookups {
    ours: f64,
    peer: f64,
    locate: f64,
    agreeing: f64,
}

/// What `shared/benches/district.rs` prints.
#[derive(Deserialize)]
struct Native {
    points: BTreeMap<String, Lookups>,
    pack_ms: f64,
    open_ms: f64,
    open_phone_ms: f64,
    peer_open_ms: f64,
    index_bytes: f64,
    grown: Vec<Grown>,
}

#[derive(Deserialize)]
struct Grown {
    districts: f64,
    lookups: f64,
}

/// What `district.mjs` prints.
#[derive(Deserialize)]
struct Script {
    /// Lookups a second by library; ours is `balagh`.
    lookups: BTreeMap<String, f64>,
    /// Milliseconds to open a pack.
    open_ms: BTreeMap<String, f64>,
    /// Bytes with brotli.
    bytes: BTreeMap<String, f64>,
}

pub(super) fn measure(workspace: &Workspace, progress: &Progress) -> Result<Table, Failure> {
    let data = data(workspace)?;
    let folder = workspace.target("bench");
    files::create_folder(&folder)?;
    let native: Native = progress.measure("districts natively", |_| {
        let mut command = process::cargo(workspace);
        command
            .args(["bench", "--quiet", "--package", "balagh-shared"])
            .args(["--features", "compile", "--bench", "district", "--"])
            .arg(&data)
            .arg(&folder);
        parsed(&process::output(&mut command)?)
    })?;
    let wasm = build::vectors(workspace, progress)?;
    let script: Script = progress.measure("districts in Node", |_| {
        let mut command = Command::new("node");
        command
            .current_dir(workspace.root())
            .arg(workspace.path("xtask/src/bench/district.mjs"))
            .args([&data, &folder, &wasm]);
        parsed(&process::output(&mut command)?)
    })?;
    Ok(Table {
        name: "district".to_owned(),
        machine: machine(),
        rows: rows(&native, &script)?,
    })
}

/// The test data: where `BALAGH_TEST_DATA` says, or in `shared/data` beside the checkout or above.
fn data(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let named = env::var_os("BALAGH_TEST_DATA").map(PathBuf::from);
    let above = workspace.root().ancestors().skip(1);
    named
        .into_iter()
        .chain(above.map(|folder| folder.join("shared/data")))
        .find(|folder| folder.join("riyadh-districts-a.geojson").is_file())
        .ok_or_else(|| {
            Failure::new("Riyadh's districts are not here; they are not ours to commit")
                .mend("BALAGH_TEST_DATA=<folder with riyadh-districts-a.geojson>")
        })
}

fn parsed<T: for<'t> Deserialize<'t>>(output: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(output).map_err(|error| {
        Failure::new(format!("figures that cannot be read: {error}"))
            .said(String::from_utf8_lossy(output))
    })
}

const MILLION: f64 = 1e6;
const GEO: &str = "geo + rstar";

fn rows(native: &Native, script: &Script) -> Result<Vec<Row>, Failure> {
    let mut rows = Vec::new();
    for (id, points, what) in [
        (
            "lookup-native",
            "city",
            "lookups a second, native, random points in the city",
        ),
        (
            "lookup-native-anywhere",
            "anywhere",
            "the same anywhere in its bounds, where most are in no district",
        ),
        (
            "lookup-native-real",
            "real",
            "the same, 5,000 real points again and again",
        ),
    ] {
        let of = native.points.get(points).ok_or_else(|| missing(points))?;
        rows.push(
            Row::new(id, what, of.ours / MILLION, "M/s")
                .beside(GEO, of.peer / MILLION)
                .goal(Goal::RatioAtLeast(60.0)),
        );
        if points == "city" {
            rows.push(
                Row::new(
                    "locate-native",
                    "with candidates and distances",
                    of.locate / MILLION,
                    "M/s",
                )
                .beside(GEO, of.peer / MILLION),
            );
            rows.push(
                Row::new(
                    "agreement",
                    "points with the district that the peer finds",
                    of.agreeing * 100.0,
                    "%",
                )
                .goal(Goal::AtLeast(99.9)),
            );
        }
    }
    let ours = *script
        .lookups
        .get("balagh")
        .ok_or_else(|| missing("balagh"))?;
    let (peer, best) = best(
        script.lookups.iter().filter(|(name, _)| *name != "balagh"),
        f64::gt,
    )?;
    rows.push(
        Row::new(
            "lookup-wasm",
            "lookups a second, wasm in Node, one call a lookup",
            ours / MILLION,
            "M/s",
        )
        .beside(peer, best / MILLION)
        .goal(Goal::RatioAtLeast(25.0)),
    );
    let bytes = |name: &str| script.bytes.get(name).copied().ok_or_else(|| missing(name));
    rows.push(
        Row::new(
            "pack-size",
            "the city at 1e-6 degrees, bytes with brotli",
            bytes("pack")?,
            "B",
        )
        .beside("TopoJSON at 1e-6", bytes("topojson")?)
        .goal(Goal::RatioAtMost(0.65)),
    );
    rows.push(
        Row::new(
            "pack-size-geobuf",
            "the same beside geobuf",
            bytes("pack")?,
            "B",
        )
        .beside("geobuf at 1e-6", bytes("geobuf")?),
    );
    rows.push(
        Row::new(
            "phone-pack",
            "the phone's pack, bound of 5 m, bytes with brotli",
            bytes("phone")?,
            "B",
        )
        .goal(Goal::AtMost(24_000.0)),
    );
    rows.push(
        Row::new(
            "open",
            "opening the city's pack, native",
            native.open_ms,
            "ms",
        )
        .beside("parse GeoJSON + rstar", native.peer_open_ms)
        .goal(Goal::AtMost(10.0)),
    );
    rows.push(Row::new(
        "open-phone",
        "opening the phone's pack, native",
        native.open_phone_ms,
        "ms",
    ));
    for (id, name) in [("open-wasm", "pack"), ("open-wasm-phone", "phone")] {
        let ms = script
            .open_ms
            .get(name)
            .copied()
            .ok_or_else(|| missing(name))?;
        let what = format!(
            "opening the {} in wasm in Node, four times as long for a slow phone",
            if name == "pack" {
                "city's pack"
            } else {
                "phone's pack"
            }
        );
        rows.push(Row::new(id, &what, ms * 4.0, "ms").goal(Goal::AtMost(40.0)));
    }
    rows.push(
        Row::new(
            "memory",
            "the index of the city",
            native.index_bytes / MILLION,
            "MB",
        )
        .goal(Goal::AtMost(3.0)),
    );
    rows.extend(growth(&native.grown));
    rows.push(
        Row::new("pack-time", "packing the city", native.pack_ms / 1e3, "s")
            .goal(Goal::AtMost(2.0)),
    );
    Ok(rows)
}

/// How much slower lookups become when the city is there ten and a hundred times.
fn growth(grown: &[Grown]) -> Vec<Row> {
    let Some((once, more)) = grown.split_first() else {
        return Vec::new();
    };
    let last = more.len().saturating_sub(1);
    let row = |(position, it): (usize, &Grown)| {
        let id = if position == last {
            "growth".to_owned()
        } else {
            format!("growth-{:.0}", it.districts)
        };
        let what = format!(
            "lookups at {:.0} districts, times slower than at {:.0}",
            it.districts, once.districts
        );
        Row::new(&id, &what, once.lookups / it.lookups, "×").goal(Goal::AtMost(2.0))
    };
    more.iter().enumerate().map(row).collect()
}

fn best<'n>(
    of: impl Iterator<Item = (&'n String, &'n f64)>,
    is_better: fn(&f64, &f64) -> bool,
) -> Result<(&'n str, f64), Failure> {
    of.reduce(|a, b| if is_better(b.1, a.1) { b } else { a })
        .map(|(name, value)| (name.as_str(), *value))
        .ok_or_else(|| missing("a peer"))
}

fn missing(what: &str) -> Failure {
    Failure::new(format!("the figures lack `{what}`"))
}
