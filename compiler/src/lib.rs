//! A host page's own boundaries, compiled on its citizens' devices.
//!
//! The compiler of `balagh pack` as a wasm module of its own: the widget fetches it only on a page
//! that hands over a `.geojson` (`widget/js/boundaries.js`), and opens the pack that it makes.
//!
//! *Architecture invariant:* what a page hands over is never more than a choice to show. The edge
//! decides with its own boundaries.

use balagh_shared::district::Role;
use balagh_shared::district::compile::{
    LayerSource, Options, compile_noting, name_property, report,
};
use wasm_bindgen::prelude::*;

/// What became of a GeoJSON.
#[wasm_bindgen]
pub struct Compiled {
    pack: Option<Vec<u8>>,
    report: String,
}

#[wasm_bindgen]
impl Compiled {
    /// The boundary pack; nothing where the file was refused.
    #[must_use]
    pub fn pack(&mut self) -> Option<Vec<u8>> {
        self.pack.take()
    }

    /// What was found, as `balagh pack --report` writes it: JSON,
    /// `{"refused": null | {"feature", "message"}, "findings": [{…, "message"}]}`.
    #[must_use]
    pub fn report(&self) -> String {
        self.report.clone()
    }
}

/// Compiles the areas of `geojson`, which have to lie near a place (degrees): `id` is the property
/// with an area's id, `names` are properties with its names (`name_ar`, or `ar=NAME`), as
/// `balagh pack` takes them, separated by spaces; there may be none.
#[wasm_bindgen]
#[must_use]
pub fn compile(geojson: &str, id: &str, names: &str, lon: f64, lat: f64) -> Compiled {
    let names: Vec<(String, &str)> = names.split_whitespace().filter_map(name_property).collect();
    let names: Vec<(&str, &str)> = names.iter().map(|(lang, name)| (&**lang, *name)).collect();
    let source = LayerSource {
        name: "districts",
        role: Role::Districts,
        partition: true,
        geojson,
        id_property: id,
        name_properties: &names,
        parent_property: None,
    };
    let mut options = Options::default();
    options.near = Some([lon, lat]);
    let mut findings = Vec::new();
    let compiled = compile_noting(&[source], &options, &mut findings);
    Compiled {
        report: report(&findings, compiled.as_ref().err()).to_string(),
        pack: compiled.ok().map(|compiled| compiled.pack),
    }
}
