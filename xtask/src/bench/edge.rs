//! `cargo xtask bench edge`: what a screened request costs in workerd and natively, beside an edge in
//! JavaScript that answers the same; what the ledger takes; how large and how slow to start the function
//! is.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;
use serde_json::json;

use super::table::{Goal, Row, Table, machine};
use crate::build;
use crate::failure::Failure;
use crate::files;
use crate::process;
use crate::progress::Progress;
use crate::workspace::Workspace;

const BOUNDARIES: &str = "www/municipalities/eastern-province";
const PEER: &str = "ajv 8, flatbush, point-in-polygon-hao";
/// How often each measure is taken; `BALAGH_BENCH_TURNS` says otherwise.
const TURNS: usize = 3;
/// How long load is sent each time, in seconds; `BALAGH_BENCH_SECONDS` says otherwise.
const SECONDS: usize = 5;
/// How many senders the memory is measured with; `BALAGH_BENCH_SENDERS` says otherwise.
const SENDERS: usize = 100_000;
/// The share of the recorded stream that the peer must answer as ours does. It counts code points, where
/// ours counts what people see as characters.
const AGREEING: f64 = 0.999;

/// What `stream.mjs` prints.
#[derive(Deserialize)]
struct Stream {
    agreeing: f64,
    disagreeing: BTreeMap<String, u32>,
    /// Microseconds a request, by what ours answers to it.
    classes: BTreeMap<String, f64>,
}

/// What `http.mjs` prints.
#[derive(Deserialize)]
struct Http {
    sizes: Sizes,
    workerd: Workerd,
    refused: Refused,
    accepted: Accepted,
}

#[derive(Deserialize)]
struct Sizes {
    wasm_gzip: f64,
    gzip: f64,
}

/// Microseconds of CPU a request, more than the empty handler's.
#[derive(Deserialize)]
struct Workerd {
    empty_us: f64,
    ours_us: f64,
    theirs_us: f64,
    start_ms: f64,
}

/// A second, and microseconds of the server's CPU a request.
#[derive(Deserialize)]
struct Refused {
    ours: f64,
    ours_us: f64,
    theirs: f64,
    theirs_us: f64,
    empty: f64,
    empty_us: f64,
}

#[derive(Deserialize)]
struct Accepted {
    per_second: f64,
    /// Microseconds of the server's CPU a report.
    us: f64,
    p99_ms: f64,
    alone_per_second: f64,
    memory: Memory,
}

/// Megabytes of 1,000,000 bytes.
#[derive(Deserialize)]
struct Memory {
    now_mb: f64,
    most_mb: f64,
}

pub(super) fn measure(workspace: &Workspace, progress: &Progress) -> Result<Table, Failure> {
    let folder = workspace.target("bench/edge");
    files::create_folder(&folder)?;
    build::everything(workspace, progress, build::Native::Release)?;
    progress.measure("load, optimised", |step| {
        let tests = ["--package", "balagh-tests", "--no-default-features"];
        let bins = ["--bin", "stream", "--bin", "load", "--bin", "commits"];
        let rest = ["--features", "load,commits", "--release"];
        process::cargo_build(workspace, step, &[tests.as_slice(), &bins, &rest].concat())
    })?;
    let (native, peer) = progress.measure("in process", |_| in_process(workspace, &folder))?;
    let http = progress.measure("over HTTP", |_| over_http(workspace, &folder))?;
    Ok(Table {
        name: "edge".to_owned(),
        machine: machine(),
        rows: rows(&native, &peer, &http),
    })
}

/// Microseconds a request by what is answered, ours natively and the peer's on Node.js.
fn in_process(
    workspace: &Workspace,
    folder: &Path,
) -> Result<(BTreeMap<String, f64>, Stream), Failure> {
    let recording = folder.join("recording");
    let mut native = Command::new(program(workspace, "stream"));
    native.arg("time").arg(&recording);
    let classes: BTreeMap<String, f64> = parsed(&process::output(&mut native)?)?;
    // The recording's own document, which has less patience than the demo's.
    let document = folder.join("document.json");
    let setting: serde_json::Value = parsed(&files::read(&recording.join("setting.json"))?)?;
    let text = setting.get("document").and_then(|it| it.as_str());
    files::write(&document, text.unwrap_or_default().as_bytes())?;
    let bundle = folder.join("peer-of-the-stream.mjs");
    let mut bundled = script(workspace, "peer.mjs");
    bundled.args([&document, &workspace.path(BOUNDARIES), &bundle]);
    process::output(&mut bundled)?;
    let mut judged = script(workspace, "stream.mjs");
    judged.args([&bundle, &recording]);
    let peer: Stream = parsed(&process::output(&mut judged)?)?;
    if peer.agreeing < AGREEING {
        let share = peer.agreeing;
        let differences = format!("{:?}", peer.disagreeing);
        return Err(Failure::new(format!(
            "the peer answers only {share:.4} of the stream as we do"
        ))
        .said(differences)
        .mend("tests/peers/edge.mjs should answer what the function answers"));
    }
    Ok((classes, peer))
}

fn over_http(workspace: &Workspace, folder: &Path) -> Result<Http, Failure> {
    let given = json!({
        "root": workspace.root(),
        "binary": program(workspace, "balagh"),
        "load": program(workspace, "load"),
        "commits": program(workspace, "commits"),
        "worker": workspace.path("dist/worker"),
        "peer": folder.join("peer.mjs"),
        "folder": folder,
        "recording": folder.join("recording"),
        "turns": number("BALAGH_BENCH_TURNS", TURNS),
        "seconds": number("BALAGH_BENCH_SECONDS", SECONDS),
        "senders": number("BALAGH_BENCH_SENDERS", SENDERS),
    });
    let mut http = script(workspace, "http.mjs");
    http.arg(given.to_string());
    parsed(&process::output(&mut http)?)
}

fn number(variable: &str, otherwise: usize) -> usize {
    let said = std::env::var(variable).ok();
    said.and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

fn program(workspace: &Workspace, name: &str) -> std::path::PathBuf {
    let path = workspace.target(&format!("release/{name}"));
    path.with_extension(std::env::consts::EXE_EXTENSION)
}

fn script(workspace: &Workspace, name: &str) -> Command {
    let mut command = Command::new("node");
    command
        .current_dir(workspace.root())
        .arg(workspace.path(&format!("xtask/src/bench/edge/{name}")));
    command
}

fn parsed<T: for<'t> Deserialize<'t>>(output: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(output).map_err(|error| {
        Failure::new(format!("figures that cannot be read: {error}"))
            .said(String::from_utf8_lossy(output))
    })
}

fn rows(native: &BTreeMap<String, f64>, peer: &Stream, http: &Http) -> Vec<Row> {
    let Http {
        sizes,
        workerd,
        refused,
        accepted,
    } = http;
    let mut rows = vec![
        Row::new(
            "workerd-cpu",
            "CPU of a screened request in workerd, less an empty handler's",
            workerd.ours_us,
            "µs",
        )
        .beside(PEER, workerd.theirs_us)
        .goal(Goal::RatioAtMost(0.5)),
        Row::new(
            "workerd-empty",
            "CPU of the empty handler",
            workerd.empty_us,
            "µs",
        ),
        Row::new(
            "size-wasm",
            "the function's wasm, gzip",
            sizes.wasm_gzip / 1000.0,
            "KB",
        ),
        Row::new(
            "size",
            "all code of the function, gzip",
            sizes.gzip / 1000.0,
            "KB",
        )
        .goal(Goal::AtMost(300.0)),
        Row::new(
            "start",
            "first answer after the isolate is there",
            workerd.start_ms,
            "ms",
        )
        .goal(Goal::AtMost(50.0)),
        Row::new(
            "native-refused",
            "refused requests a second over HTTP, natively; the peer on Node.js",
            refused.ours,
            "/s",
        )
        .beside(PEER, refused.theirs)
        .goal(Goal::RatioAtLeast(3.0)),
        Row::new(
            "native-refused-cpu",
            "CPU of the server for one of them; of the peer's",
            refused.ours_us,
            "µs",
        )
        .beside(PEER, refused.theirs_us),
        Row::new(
            "load",
            "what the load gets from an empty handler, which shares the processors with it",
            refused.empty,
            "/s",
        ),
        Row::new(
            "load-cpu",
            "CPU of the empty handler's server for one of them",
            refused.empty_us,
            "µs",
        ),
        Row::new(
            "native-accepted",
            "accepted, durable reports a second; beside the ledger alone, a commit each",
            accepted.per_second,
            "/s",
        )
        .beside("a commit a report", accepted.alone_per_second)
        .goal(Goal::RatioAtLeast(3.0)),
        Row::new(
            "native-accepted-number",
            "accepted, durable reports a second",
            accepted.per_second,
            "/s",
        )
        .goal(Goal::AtLeast(6_000.0)),
        Row::new(
            "native-accepted-cpu",
            "CPU of the server for one of them",
            accepted.us,
            "µs",
        ),
        Row::new("native-p99", "p99 at half that load", accepted.p99_ms, "ms")
            .goal(Goal::AtMost(50.0)),
        Row::new(
            "memory",
            "memory of the native edge after so many senders, resident",
            accepted.memory.now_mb,
            "MB",
        )
        .goal(Goal::AtMost(100.0)),
        Row::new("memory-most", "at its most", accepted.memory.most_mb, "MB"),
        Row::new(
            "agreeing",
            "requests of the recorded stream that the peer answers as ours",
            peer.agreeing * 100.0,
            "%",
        ),
    ];
    for (class, us) in native {
        let Some(theirs) = peer.classes.get(class) else {
            continue;
        };
        let id = format!("in-process {class}");
        // A second, so that more is better, as in the goal.
        rows.push(
            Row::new(
                &id,
                "requests a second in process, one thread",
                1e6 / us,
                "/s",
            )
            .beside(PEER, 1e6 / theirs)
            .goal(Goal::RatioAtLeast(5.0)),
        );
    }
    rows
}
