//! From a municipality's GeoJSON files to its boundary pack.

use std::fmt;

use super::{Layer, Municipality};
use crate::district::Role;
use crate::district::compile::{CompileError, Compiled, LayerSource, Options, compile_with};

/// Why a municipality's boundaries could not be compiled. `E` is the reader's own error.
#[derive(Debug)]
#[non_exhaustive]
pub enum BoundariesError<E> {
    /// A layer's file could not be read.
    Read {
        /// The path as the document has it, relative to its folder.
        path: String,
        /// What the reader said.
        error: E,
    },
    /// The files do not make a pack.
    Compile(CompileError),
}

/// Compiles the layers that `document` names into one pack: the districts, which are a partition,
/// then the neighbours.
///
/// `read` gives the text of a file by its path from the document's folder; how, and from where, is
/// the caller's.
///
/// # Errors
/// [`BoundariesError`]: a file that cannot be read, or that does not hold what the document says.
pub fn compile_boundaries<E>(
    document: &Municipality,
    read: impl FnMut(&str) -> Result<String, E>,
) -> Result<Compiled, BoundariesError<E>> {
    compile_boundaries_with(document, Options::default(), read)
}

/// [`compile_boundaries`] as told, for example simplified for phones. The layers have to lie near
/// what the document's map shows, unless the options name another place.
///
/// # Errors
/// As [`compile_boundaries`].
pub fn compile_boundaries_with<E>(
    document: &Municipality,
    mut options: Options,
    mut read: impl FnMut(&str) -> Result<String, E>,
) -> Result<Compiled, BoundariesError<E>> {
    options.near.get_or_insert(document.view.center);
    let layers = [
        (
            "districts",
            Role::Districts,
            true,
            Some(&document.layers.districts),
        ),
        (
            "neighbours",
            Role::Neighbours,
            false,
            document.layers.neighbours.as_ref(),
        ),
    ];
    let mut sources = Vec::new();
    for (name, role, partition, layer) in layers {
        if let Some(layer) = layer {
            let geojson = read(&layer.path).map_err(|error| BoundariesError::Read {
                path: layer.path.clone(),
                error,
            })?;
            sources.push((name, role, partition, layer, names_of(layer), geojson));
        }
    }
    let sources: Vec<LayerSource<'_>> = sources
        .iter()
        .map(
            |(name, role, partition, layer, names, geojson)| LayerSource {
                name,
                role: *role,
                partition: *partition,
                geojson,
                id_property: &layer.id,
                name_properties: names,
                parent_property: layer.parent.as_deref(),
            },
        )
        .collect();
    compile_with(&sources, &options).map_err(BoundariesError::Compile)
}

fn names_of(layer: &Layer) -> Vec<(&str, &str)> {
    layer
        .names
        .iter()
        .map(|(language, property)| (language.as_str(), property.as_str()))
        .collect()
}

impl<E: fmt::Display> fmt::Display for BoundariesError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BoundariesError::Read { path, error } => write!(f, "cannot read layer {path}: {error}"),
            BoundariesError::Compile(error) => error.fmt(f),
        }
    }
}

impl<E: std::error::Error> std::error::Error for BoundariesError<E> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::district::{Located, Pack};

    fn fixture(name: &str) -> Result<String, std::io::Error> {
        let folder = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../tests/fixtures/municipalities/dammam"
        );
        std::fs::read_to_string(format!("{folder}/{name}"))
    }

    #[test]
    fn a_document_and_its_files_make_a_pack_that_knows_districts_and_neighbours() {
        let document: Municipality =
            serde_json::from_str(&fixture("municipality.json").unwrap()).unwrap();
        let compiled = compile_boundaries(&document, fixture).unwrap();
        let pack = Pack::open(&compiled.pack).unwrap();
        assert_eq!(pack.districts().count(), 3);
        let located = pack.locate(50.0, 26.4, None).unwrap();
        assert_eq!(located.containing().unwrap().id(), "west-dammam");
        let Located::Outside { neighbour, .. } = pack.locate(50.0, 26.1, None).unwrap() else {
            panic!("al-ahsa is not ours");
        };
        assert_eq!(neighbour.unwrap().id(), "al-ahsa");
    }

    #[test]
    fn a_layer_that_cannot_be_read_is_named() {
        let document: Municipality =
            serde_json::from_str(&fixture("municipality.json").unwrap()).unwrap();
        let refused = compile_boundaries(&document, |_| Err(fmt::Error));
        assert!(
            refused
                .unwrap_err()
                .to_string()
                .contains("districts.geojson")
        );
    }
}
