//! What the loader knows: the name and the integrity value of every other file of its release.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha384};

use crate::failure::Failure;

/// The token in `widget/js/balagh.js` that the manifest's JSON replaces.
const TOKEN: &str = "__BALAGH_MANIFEST__";

/// One release of the widget. File names are relative to the folder `a/` beside the address that
/// `base` leads to from the loader.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Manifest {
    pub(crate) version: String,
    /// From the loader's own address: `./`, or `../../` in `r/<version>/`.
    pub(crate) base: String,
    /// The module of the first stop: what is fetched before the first input.
    pub(crate) first: Module,
    /// The whole widget, fetched while the citizen describes the problem.
    pub(crate) whole: Module,
    /// The style of the first stop, and of most that follows.
    pub(crate) style: String,
    /// The style of what comes with the whole widget alone.
    pub(crate) later: String,
    /// Language tag to files.
    pub(crate) locales: BTreeMap<String, Words>,
    pub(crate) map: String,
    pub(crate) leaflet_css: String,
    pub(crate) photo: String,
    /// What draws and prints receipts.
    pub(crate) receipt: String,
    /// What compiles a page's own boundaries.
    pub(crate) boundaries: String,
    /// File to `sha384-…`, for every file of the release but the loader.
    pub(crate) integrity: BTreeMap<String, String>,
}

/// A wasm file and the glue that goes with it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Module {
    pub(crate) glue: String,
    pub(crate) wasm: String,
}

/// The files of one language's texts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Words {
    /// What the first stop shows.
    pub(crate) first: String,
    /// Everything else, fetched with the whole widget.
    pub(crate) later: String,
}

/// What is kept beside a pinned loader: for the embed snippet (`integrity`), for measuring, and for
/// knowing which files a kept release still needs.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Release {
    /// The value of the script tag's `integrity` attribute.
    pub(crate) integrity: String,
    pub(crate) manifest: Manifest,
}

impl Manifest {
    /// The loader's source with this manifest in it.
    pub(super) fn fill(&self, loader: &str) -> Result<String, Failure> {
        if loader.matches(TOKEN).count() != 1 {
            return Err(Failure::new(format!(
                "widget/js/balagh.js must name {TOKEN} once"
            )));
        }
        // A script is imported, which no browser checks by a hash: only what is fetched has one here.
        let mut known = self.clone();
        known.integrity.retain(|file, _| {
            let is_script = std::path::Path::new(file).extension() == Some("js".as_ref());
            !is_script
        });
        let json = serde_json::to_string(&known)
            .map_err(|error| Failure::new(format!("the manifest is no JSON: {error}")))?;
        Ok(loader.replace(TOKEN, &json))
    }
}

/// A Subresource Integrity value.
pub(super) fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", STANDARD.encode(Sha384::digest(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(name: &str) -> Module {
        Module {
            glue: format!("{name}-1.js"),
            wasm: format!("{name}-1.wasm"),
        }
    }

    fn manifest() -> Manifest {
        Manifest {
            version: "1.2.3".into(),
            base: "./".into(),
            first: module("first"),
            whole: module("balagh"),
            style: "style-1.css".into(),
            later: "later-1.css".into(),
            locales: BTreeMap::from([(
                "ar".into(),
                Words {
                    first: "ar-1.json".into(),
                    later: "ar-later-1.json".into(),
                },
            )]),
            map: "map-1.js".into(),
            leaflet_css: "leaflet-1.css".into(),
            photo: "photo-1.js".into(),
            receipt: "receipt-1.js".into(),
            boundaries: "boundaries-1.js".into(),
            integrity: BTreeMap::new(),
        }
    }

    #[test]
    fn the_loader_reads_its_manifest_in_camel_case() {
        let filled = manifest().fill("const M = __BALAGH_MANIFEST__;").unwrap();
        assert!(
            filled.starts_with(r#"const M = {"version":"1.2.3","base":"./""#),
            "{filled}"
        );
        assert!(
            filled.contains(r#""leafletCss":"leaflet-1.css""#),
            "{filled}"
        );
    }

    #[test]
    fn a_loader_without_the_token_is_refused() {
        assert!(manifest().fill("const M = {};").is_err());
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
