//! The files of one release: written under names that carry their content's hash, so that they may
//! be cached for ever.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::manifest::integrity;
use crate::failure::Failure;
use crate::files;

/// Collects the hashed files of a release in one folder.
pub(super) struct Assets {
    folder: PathBuf,
    integrity: BTreeMap<String, String>,
}

impl Assets {
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self {
            folder: folder.to_path_buf(),
            integrity: BTreeMap::new(),
        }
    }

    /// Writes `bytes` as `<name>-<hash>.<extension>` and returns that name.
    pub(super) fn add(
        &mut self,
        name: &str,
        extension: &str,
        bytes: &[u8],
    ) -> Result<String, Failure> {
        let file = format!("{name}-{}.{extension}", hash(bytes));
        let path = self.folder.join(&file);
        // An existing file of this name has these bytes, and may be being served.
        if !path.exists() {
            files::write(&path, bytes)?;
        }
        self.integrity.insert(file.clone(), integrity(bytes));
        Ok(file)
    }

    /// Every file added, with its integrity value.
    pub(super) fn integrity(&self) -> &BTreeMap<String, String> {
        &self.integrity
    }

    pub(super) fn paths(&self) -> Vec<PathBuf> {
        self.integrity
            .keys()
            .map(|file| self.folder.join(file))
            .collect()
    }
}

/// Eight hexadecimal digits: a name, not a proof; the proof is the integrity value.
fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_carries_the_first_eight_digits_of_sha_256() {
        assert_eq!(hash(b"abc"), "ba7816bf");
    }
}
