//! The files that one script asks for: written under names that carry their content's hash, so that
//! they may be cached for ever.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::release::hash;
use crate::failure::Failure;
use crate::files;

/// Collects hashed files in one folder.
pub(super) struct Assets {
    folder: PathBuf,
    /// By the name in our sources (`first.wasm`), the base64 of the SHA-256.
    hashes: BTreeMap<String, String>,
}

impl Assets {
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self {
            folder: folder.to_path_buf(),
            hashes: BTreeMap::new(),
        }
    }

    /// Writes `bytes` as `<stem>-<hash>.<extension>` and returns that name; `name` is
    /// `<stem>.<extension>`.
    pub(super) fn add(&mut self, name: &str, bytes: &[u8]) -> Result<String, Failure> {
        let hash = hash(bytes);
        let file = hashed_name(name, &hash);
        let path = self.folder.join(&file);
        // An existing file of this name has these bytes, and may be being served.
        if !path.exists() {
            files::write(&path, bytes)?;
        }
        self.hashes.insert(name.to_owned(), hash);
        Ok(file)
    }

    /// The base64 of the SHA-256 of every file added.
    pub(super) fn hashes(&self) -> &BTreeMap<String, String> {
        &self.hashes
    }

    /// What every file added is called in the folder.
    pub(super) fn names(&self) -> impl Iterator<Item = (String, String)> {
        self.hashes
            .iter()
            .map(|(name, hash)| (name.clone(), hashed_name(name, hash)))
    }

    pub(super) fn paths(&self) -> Vec<PathBuf> {
        self.names()
            .map(|(_, file)| self.folder.join(file))
            .collect()
    }
}

/// Eight letters and digits of the hash, as `widget/js/release.js` takes them: a name, not a proof;
/// the proof is the integrity value.
fn hashed_name(name: &str, hash: &str) -> String {
    let short: String = hash
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(8)
        .collect();
    name.replacen('.', &format!("-{short}."), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_carries_eight_letters_of_the_hash_and_nothing_that_an_address_would_read() {
        let name = hashed_name("first-glue.js", "ung/x+B=4kXyAbCdEf");
        assert_eq!(name, "first-glue-ungxB4kX.js");
    }
}
