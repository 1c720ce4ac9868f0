//! The demo's staff: one for each role, all with the password that the demo prints.
//!
//! It is no secret: the demo listens on this machine alone.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::failure::Failure;
use crate::workspace::Workspace;

/// What everybody signs in with.
pub(super) const PASSWORD: &str = "balagh demo console";
/// What the edge's review page asks for.
pub(super) const REVIEW_TOKEN: &str = "balagh-demo-review-token";
/// Names, and what they are given.
pub(super) const STAFF: [(&str, &[&str]); 5] = [
    ("noura", &["--role", "supervisor"]),
    ("sami", &["--role", "agent"]),
    (
        "huda",
        &["--role", "department", "--department", "lighting"],
    ),
    ("omar", &["--role", "field", "--department", "lighting"]),
    ("admin", &["--role", "administrator"]),
];

/// Adds them to the ledger of the origin of this configuration; who is there is signed out.
pub(super) fn hire(workspace: &Workspace, config: &Path) -> Result<(), Failure> {
    for (name, given) in STAFF {
        let failed = |error: &dyn std::fmt::Display| {
            Failure::new(format!(
                "{name} cannot be added to the demo's staff: {error}"
            ))
        };
        let mut adding = Command::new(workspace.binary())
            .args(["origin", "staff", "add", name, "--password-stdin"])
            .args(["--municipality", "eastern-province"])
            .args(given)
            .arg("--config")
            .arg(config)
            .stdin(Stdio::piped())
            .spawn()
            .map_err(|error| failed(&error))?;
        if let Some(mut input) = adding.stdin.take() {
            input
                .write_all(PASSWORD.as_bytes())
                .map_err(|error| failed(&error))?;
        }
        let ended = adding.wait().map_err(|error| failed(&error))?;
        if !ended.success() {
            return Err(failed(&ended));
        }
    }
    Ok(())
}
