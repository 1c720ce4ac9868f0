//! Skipping a step whose inputs are those of the last time.
//!
//! Cargo does this for crates; wasm-bindgen, wasm-opt and the assets need it here, because the
//! warm demo is promised in seconds. Inputs are compared by content: a checkout that touches every
//! file rebuilds nothing.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::failure::Failure;
use crate::files;
use crate::workspace::Workspace;

/// What a step depends on, as one digest. The version of this tool is always part of it.
pub(crate) struct Inputs(Sha256);

impl Inputs {
    pub(crate) fn new() -> Self {
        let mut digest = Sha256::new();
        digest.update(env!("CARGO_PKG_VERSION"));
        Self(digest)
    }

    /// Adds a setting of the step itself, such as a tool's flags.
    pub(crate) fn setting(mut self, text: &str) -> Self {
        self.add(text.as_bytes());
        self
    }

    /// Adds a file's name and content.
    pub(crate) fn file(mut self, path: &Path) -> Result<Self, Failure> {
        self.add(files::name(path).as_bytes());
        self.add(&files::read(path)?);
        Ok(self)
    }

    /// Adds all files of a folder and the folders below it; a folder that is missing adds nothing.
    pub(crate) fn folder(mut self, folder: &Path) -> Result<Self, Failure> {
        if !folder.is_dir() {
            return Ok(self);
        }
        for path in files::list(folder)? {
            self = if path.is_dir() {
                self.folder(&path)?
            } else {
                self.file(&path)?
            };
        }
        Ok(self)
    }

    // Lengths keep "ab" + "c" apart from "a" + "bc".
    fn add(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }
}

/// Does `work` unless the step `name` last succeeded with the same inputs and `outputs` are there.
/// Says whether it worked.
pub(crate) fn unless_unchanged(
    workspace: &Workspace,
    name: &str,
    inputs: Inputs,
    outputs: &[PathBuf],
    work: impl FnOnce() -> Result<(), Failure>,
) -> Result<Done, Failure> {
    let stamp = workspace.target("xtask").join(format!("{name}.stamp"));
    let digest = inputs.0.finalize();
    let unchanged = fs::read(&stamp).is_ok_and(|last| last == digest.as_slice())
        && outputs.iter().all(|output| output.exists());
    if unchanged {
        return Ok(Done::Unchanged);
    }
    work()?;
    files::write(&stamp, &digest)?;
    Ok(Done::Worked)
}

/// Whether a step had something to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    Worked,
    Unchanged,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(inputs: Inputs) -> Vec<u8> {
        inputs.0.finalize().to_vec()
    }

    #[test]
    fn settings_are_not_confused_with_their_neighbours() {
        let together = Inputs::new().setting("ab").setting("c");
        let apart = Inputs::new().setting("a").setting("bc");
        assert_ne!(digest(together), digest(apart));
    }

    #[test]
    fn the_same_settings_give_the_same_digest() {
        assert_eq!(
            digest(Inputs::new().setting("-Oz").setting("x")),
            digest(Inputs::new().setting("-Oz").setting("x"))
        );
    }
}
