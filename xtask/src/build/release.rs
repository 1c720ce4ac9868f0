//! One release of the widget: its version, and the name and the integrity value of every file.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256, Sha384};

use super::assets::Assets;
use crate::failure::Failure;

/// The token in `widget/js/release.js` that a script's table replaces.
const TOKEN: &str = "__BALAGH_RELEASE__";

/// What is kept beside a pinned loader, as `release.json`: for who embeds it, for measuring, and for
/// knowing which files a kept release still needs.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Release {
    pub(crate) version: String,
    /// The value of the script tag's `integrity` attribute.
    pub(crate) integrity: String,
    /// The languages of the interface.
    pub(crate) languages: Vec<String>,
    /// By the name in our sources (`first.wasm`, `ar.json`), what it is called in `a/`.
    pub(crate) files: BTreeMap<String, String>,
}

/// `widget/js/release.js` with what one script needs to know: the version, the way from the script to
/// the folder above `a/`, and the hash of each file it may ask for.
pub(super) fn fill(
    source: &str,
    version: &str,
    path: &str,
    files: &Assets,
) -> Result<String, Failure> {
    if source.matches(TOKEN).count() != 1 {
        return Err(Failure::new(format!(
            "widget/js/release.js must name {TOKEN} once"
        )));
    }
    let table = serde_json::to_string(&(version, path, files.hashes()))
        .map_err(|error| Failure::new(format!("the release is no JSON: {error}")))?;
    Ok(source.replace(TOKEN, &table))
}

/// The base64 of the SHA-256: `sha256-` before it makes a Subresource Integrity value.
pub(super) fn hash(bytes: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(bytes))
}

/// A Subresource Integrity value for pages, which ask for it once: the longer hash.
pub(super) fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", STANDARD.encode(Sha384::digest(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_reads_its_table_in_place_of_the_token() {
        let files = Assets::in_folder(std::path::Path::new("nowhere"));
        let filled = fill("const T = __BALAGH_RELEASE__;", "1.2.3", "./", &files).unwrap();
        assert_eq!(filled, r#"const T = ["1.2.3","./",{}];"#);
    }

    #[test]
    fn a_source_without_the_token_is_refused() {
        let files = Assets::in_folder(std::path::Path::new("nowhere"));
        assert!(fill("const T = {};", "1.2.3", "./", &files).is_err());
    }

    #[test]
    fn integrity_is_the_value_browsers_compute() {
        // From the example of the Subresource Integrity specification.
        assert_eq!(
            integrity(b"alert('Hello, world.');"),
            "sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO"
        );
    }
}
