//! Behaviour of packs, by subject; what the subjects share stands here. All of it goes through the
//! compiler, because a pack has no other maker.
#![cfg(feature = "compile")]

use std::fmt::Write as _;

use super::compile::{Compiled, LayerSource, compile};
use super::{Pack, Role};

mod distances;
mod encoding;
mod oracle;
mod partition;
mod riyadh;
#[path = "../../../tests/skipped.rs"]
mod skipped;
mod sources;

/// A ring in degrees.
type Line = Vec<(f64, f64)>;

/// A feature collection of areas named by id, each of one or more polygons.
fn geojson(areas: &[(&str, Vec<Vec<Line>>)]) -> String {
    let mut features = String::new();
    for (id, polygons) in areas {
        let coordinates = format!("{polygons:?}").replace('(', "[").replace(')', "]");
        let _ = write!(
            features,
            r#"{}{{"type":"Feature","properties":{{"id":"{id}","name":"{id}-name"}},
            "geometry":{{"type":"MultiPolygon","coordinates":{coordinates}}}}}"#,
            if features.is_empty() { "" } else { "," }
        );
    }
    format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#)
}

/// A layer of role districts that says it may overlap, so that questions return every area that
/// contains a point and not just the first.
fn layer(geojson: &str) -> LayerSource<'_> {
    LayerSource {
        name: "districts",
        role: Role::Districts,
        partition: false,
        geojson,
        id_property: "id",
        name_properties: &[("en", "name")],
        parent_property: None,
    }
}

fn compiled(areas: &[(&str, Vec<Vec<Line>>)]) -> Compiled {
    compile(&[layer(&geojson(areas))]).expect("a sound source")
}

fn pack(areas: &[(&str, Vec<Vec<Line>>)]) -> Pack {
    Pack::open(&compiled(areas).pack).expect("a sound pack")
}

/// A closed rectangle, anticlockwise.
fn rectangle(west: f64, south: f64, east: f64, north: f64) -> Line {
    vec![
        (west, south),
        (east, south),
        (east, north),
        (west, north),
        (west, south),
    ]
}

/// Squares, triangles, an enclave and a part beyond a neighbour, without gaps, overlaps or
/// T-junctions, between 50 and 55 degrees east and 26 and 30 degrees north.
fn town() -> Vec<(&'static str, Vec<Vec<Line>>)> {
    let at = |points: &[(i32, i32)]| -> Line {
        points
            .iter()
            .map(|(x, y)| (50.0 + f64::from(*x) / 10.0, 26.0 + f64::from(*y) / 10.0))
            .collect()
    };
    let hole = [(5, 5), (5, 15), (17, 13), (5, 5)];
    let enclave = [(5, 5), (17, 13), (5, 15), (5, 5)];
    vec![
        (
            "ring",
            vec![vec![
                at(&[(0, 0), (20, 0), (20, 20), (0, 20), (0, 0)]),
                at(&hole),
            ]],
        ),
        ("enclave", vec![vec![at(&enclave)]]),
        (
            "east",
            vec![vec![at(&[
                (20, 0),
                (40, 0),
                (40, 10),
                (40, 20),
                (20, 20),
                (20, 0),
            ])]],
        ),
        (
            "parted",
            vec![
                vec![at(&[(0, 20), (20, 20), (20, 40), (0, 40), (0, 20)])],
                vec![at(&[(40, 0), (50, 0), (50, 10), (40, 10), (40, 0)])],
            ],
        ),
        (
            "lower",
            vec![vec![at(&[(20, 20), (40, 20), (40, 40), (20, 20)])]],
        ),
        (
            "upper",
            vec![vec![at(&[(20, 20), (40, 40), (20, 40), (20, 20)])]],
        ),
    ]
}
