//! The vectors' wasm, `target/xtask/vectors/`: the shared rules as one function from bytes to
//! bytes, for the tests that run it in every engine.

use std::path::PathBuf;

use super::bindgen;
use super::bindgen::Runs;
use crate::failure::Failure;
use crate::process;
use crate::progress::Progress;
use crate::workspace::Workspace;

/// Builds it; the folder holds `vectors.js` and `vectors_bg.wasm`.
pub(crate) fn vectors(workspace: &Workspace, progress: &Progress) -> Result<PathBuf, Failure> {
    let step = progress.step("vectors");
    process::cargo_build(
        workspace,
        &step,
        &[
            "--package",
            "balagh-tests",
            "--lib",
            "--no-default-features",
            "--features",
            "wasm",
            "--target",
            "wasm32-unknown-unknown",
            "--profile",
            "wasm",
        ],
    )?;
    let folder = workspace.target("xtask").join("vectors");
    let done = bindgen::run(
        workspace,
        "balagh_tests",
        &folder,
        "vectors",
        Runs::InIsolate,
    )?;
    step.done(done);
    Ok(folder)
}
