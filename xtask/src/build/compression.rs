//! Brotli by Node's zlib: the strongest level once at build time, so that no server spends it per
//! request and the sizes we promise are the sizes sent.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

const SCRIPT: &str = include_str!("brotli.mjs");

/// Writes `<file>.br` beside each file.
pub(super) fn precompress(workspace: &Workspace, paths: &[PathBuf]) -> Result<(), Failure> {
    run(workspace, paths, "write").map(drop)
}

/// The size of each file after brotli at its strongest, in bytes.
pub(crate) fn brotli_sizes(
    workspace: &Workspace,
    paths: &[PathBuf],
) -> Result<BTreeMap<PathBuf, u64>, Failure> {
    run(workspace, paths, "measure")
}

/// The size of each file after gzip at its strongest, in bytes.
pub(crate) fn gzip_sizes(
    workspace: &Workspace,
    paths: &[PathBuf],
) -> Result<BTreeMap<PathBuf, u64>, Failure> {
    run(workspace, paths, "gzip")
}

fn run(
    workspace: &Workspace,
    paths: &[PathBuf],
    what: &str,
) -> Result<BTreeMap<PathBuf, u64>, Failure> {
    let script = workspace.target("xtask").join("brotli.mjs");
    crate::files::write(&script, SCRIPT.as_bytes())?;
    let paths: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    let input = serde_json::to_vec(&paths)
        .map_err(|error| Failure::new(format!("a file's path is not UTF-8: {error}")))?;
    let answer = process::output_with_input(Command::new("node").arg(&script).arg(what), &input)?;
    serde_json::from_slice(&answer)
        .map_err(|error| Failure::new(format!("brotli.mjs answered no JSON: {error}")))
}
