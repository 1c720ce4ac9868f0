//! Riyadh's 189 districts, where the data is at hand: it is not ours to commit.

use super::layer;
use super::oracle::data;
use crate::district::Pack;
use crate::district::compile::{LayerSource, compile};

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
