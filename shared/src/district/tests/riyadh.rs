//! Riyadh's 189 districts, where the data is at hand: it is not ours to commit.

use std::fs;
use std::path::{Path, PathBuf};

use super::layer;
use crate::district::Pack;
use crate::district::compile::{LayerSource, compile};

/// A file of the test data: from the folder that `BALAGH_TEST_DATA` names, or from `shared/data`
/// beside the checkout or a folder above it.
fn data(name: &str) -> Option<String> {
    let named = std::env::var_os("BALAGH_TEST_DATA").map(PathBuf::from);
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(2);
    let folders = named
        .into_iter()
        .chain(above.map(|folder| folder.join("shared/data")));
    let text = folders
        .map(|folder| folder.join(name))
        .find_map(|path| fs::read_to_string(path).ok());
    if text.is_none() {
        println!("{name} is not here; nothing is compared");
    }
    text
}

fn riyadh(source: &str) -> LayerSource<'_> {
    LayerSource {
        id_property: "district_id",
        name_properties: &[("ar", "name_ar"), ("en", "name_en")],
        ..layer(source)
    }
}

#[test]
fn five_thousand_real_points_have_the_districts_that_geos_gives_them() {
    let Some(source) = data("riyadh-districts-a.geojson") else {
        return;
    };
    let Some(points) = data("riyadh-points-a.json") else {
        return;
    };
    let bytes = compile(&[riyadh(&source)]).unwrap().pack;
    let pack = Pack::open(&bytes).unwrap();
    let points: Vec<(f64, f64, Vec<String>)> = serde_json::from_str(&points).unwrap();
    let mut differing = Vec::new();
    for (lon, lat, mut expected) in points.clone() {
        let mut found: Vec<_> = pack
            .containing(lon, lat)
            .unwrap()
            .iter()
            .map(|area| area.id().to_owned())
            .collect();
        found.sort();
        expected.sort();
        if found != expected {
            differing.push((lon, lat, found, expected));
        }
    }
    println!(
        "{} of {} points differ; {} bytes",
        differing.len(),
        points.len(),
        bytes.len()
    );
    assert!(differing.is_empty(), "{differing:?}");
}

#[test]
fn both_of_riyadhs_files_compile_to_packs_of_less_than_an_eighth_their_size() {
    for name in ["riyadh-districts-a.geojson", "riyadh-districts-b.geojson"] {
        let Some(source) = data(name) else { return };
        let compiled = compile(&[riyadh(&source)]).unwrap();
        println!(
            "{name}: {} bytes, {} findings",
            compiled.pack.len(),
            compiled.findings.len()
        );
        assert!(compiled.pack.len() * 8 < source.len());
        let pack = Pack::open(&compiled.pack).unwrap();
        for area in pack.districts() {
            let (lon, lat) = area.label_point();
            assert!(
                pack.containing(lon, lat).unwrap().contains(&area),
                "label of {}",
                area.id()
            );
        }
    }
}
