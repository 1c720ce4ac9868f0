//! `dist/worker/`: the edge function, one wasm for every fetch-style runtime, with a short entry
//! file for each and the municipalities it answers for; and beside it the one with a ledger of its own,
//! so that whoever relays carries none of it.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::bindgen::Runs;
use super::{bindgen, packs};
use crate::failure::Failure;
use crate::files;
use crate::process;
use crate::progress::Progress;
use crate::stamp::Done;
use crate::workspace::Workspace;

/// What is built, and with which features: the function that relays, and the one with a ledger.
const MODULES: [(&str, &str); 2] = [("edge", "worker"), ("ledger", "worker,durable")];

/// An isolate is paid by the CPU that it takes and limited by its size: what fits is compiled for speed.
/// Each report is hashed some ten times, and what is unrolled of that takes no more room by gzip.
const FAST: [&str; 7] = [
    "profile.wasm.opt-level=\"s\"",
    "profile.wasm.package.sha2.opt-level=3",
    "profile.wasm.package.hmac.opt-level=3",
    "profile.wasm.package.digest.opt-level=3",
    "profile.wasm.package.block-buffer.opt-level=3",
    "profile.wasm.package.hybrid-array.opt-level=3",
    "profile.wasm.package.base64.opt-level=3",
];

pub(super) fn build(workspace: &Workspace, progress: &Progress) -> Result<(), Failure> {
    let step = progress.step("edge function");
    let dist = dist(workspace);
    let mut done = Done::Unchanged;
    for (name, features) in MODULES {
        let package = ["--package", "balagh-edge", "--lib", "--no-default-features"];
        let target = ["--target", "wasm32-unknown-unknown", "--profile", "wasm"];
        let mut arguments = [package.as_slice(), &["--features", features], &target].concat();
        arguments.extend(FAST.iter().flat_map(|setting| ["--config", setting]));
        process::cargo_build(workspace, &step, &arguments)?;
        step.note("wasm-bindgen, wasm-opt");
        let built = workspace.target("xtask").join("worker");
        if bindgen::run(workspace, "balagh_edge", &built, name, Runs::InIsolate)? == Done::Worked {
            done = Done::Worked;
        }
        for file in [format!("{name}.js"), format!("{name}_bg.wasm")] {
            copy(&built.join(&file), &dist.join(&file))?;
        }
    }
    let entries = workspace.path("edge/entry");
    for extension in ["mjs", "toml"] {
        for entry in files::list_with_extension(&entries, extension)? {
            copy(&entry, &dist.join(files::name(&entry)))?;
        }
    }
    step.done(done);
    Ok(())
}

/// Adds each municipality's document, its packs and the checksums of its words, once those are
/// compiled. The words themselves stay with the upstream: in the script of a function, which is kept
/// in memory wherever it runs, they would be 150 KB a municipality.
pub(super) fn add_municipalities(workspace: &Workspace) -> Result<(), Failure> {
    let folder = dist(workspace).join("municipalities");
    for municipality in packs::municipalities(workspace)? {
        let id = &municipality.id;
        copy(&municipality.document, &folder.join(format!("{id}.json")))?;
        copy(&municipality.pack, &folder.join(format!("{id}.pack")))?;
        let phone = folder.join(format!("{id}-phone.pack"));
        copy(&municipality.phone_pack, &phone)?;
        let words = municipality.words.join("checksums.json");
        copy(&words, &folder.join(format!("{id}.words")))?;
    }
    let mut module = Command::new("node");
    module
        .arg(workspace.path("edge/entry/municipalities-module.mjs"))
        .arg(dist(workspace));
    process::output(&mut module).map(drop)
}

fn dist(workspace: &Workspace) -> PathBuf {
    workspace.path("dist/worker")
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    files::write(to, &files::read(from)?)
}
