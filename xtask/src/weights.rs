//! `cargo xtask weights`: learns the categoriser's general weights from the corpus.
//!
//! In a process of its own, because learning is unbearable unoptimised, and because this tool shares
//! no dependency with the product.

use crate::failure::Failure;
use crate::process;
use crate::progress::Progress;
use crate::workspace::Workspace;

/// With `check` nothing is written, and a difference is a failure.
pub(crate) fn run(workspace: &Workspace, progress: &Progress, check: bool) -> Result<(), Failure> {
    progress.measure("weights", |_| {
        let mut command = process::cargo(workspace);
        command.args(["run", "--release", "--quiet", "--package", "balagh-tests"]);
        command.args([
            "--no-default-features",
            "--features",
            "training",
            "--bin",
            "weights",
            "--",
        ]);
        if check {
            command.arg("--check");
        }
        let status = command
            .status()
            .map_err(|error| Failure::new(format!("cannot start cargo: {error}")))?;
        match status.success() {
            true => Ok(()),
            false => Err(
                Failure::new("the weights could not be learnt, or are stale")
                    .mend("cargo xtask weights, and commit what it writes"),
            ),
        }
    })
}
