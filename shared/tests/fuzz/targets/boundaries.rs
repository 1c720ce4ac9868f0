//! Boundaries: the files of a city's own department, and packs from a network.

use balagh_shared::district::compile::{LayerSource, compile};
use balagh_shared::district::{Located, Pack, Role};

use super::citizen::TOWN;
use super::text;

/// A pack's bytes: whatever opens can be asked.
pub(crate) fn pack(bytes: &[u8]) {
    if let Ok(pack) = Pack::open(bytes) {
        asked(&pack);
    }
}

/// A GeoJSON file: whatever compiles opens, and compiles to the same bytes again.
pub(crate) fn geojson(bytes: &[u8]) {
    let source = LayerSource {
        name: "districts",
        role: Role::Districts,
        partition: true,
        geojson: &text(bytes),
        id_property: "id",
        name_properties: &[("en", "name")],
        parent_property: None,
    };
    let Ok(compiled) = compile(std::slice::from_ref(&source)) else {
        return;
    };
    assert_eq!(compile(&[source]).unwrap().pack, compiled.pack);
    asked(&Pack::open(&compiled.pack).unwrap());
}

fn asked(pack: &Pack) {
    for area in pack.districts().take(8) {
        let (lon, lat) = area.label_point();
        let located = pack.locate(lon, lat, Some(20.0)).unwrap();
        assert!(
            !matches!(located, Located::Outside { .. }),
            "a label outside its area"
        );
        assert!(area.names().count() <= 64);
        let _ = area.polygons();
    }
    for border in pack.arcs().take(64) {
        let _ = (border.line(), border.left(), border.right());
    }
}

/// Coordinates and an accuracy as the bits of three numbers: any double there is.
pub(crate) fn point(bytes: &[u8]) {
    let mut figures = bytes
        .chunks_exact(8)
        .filter_map(|it| it.try_into().ok())
        .map(f64::from_le_bytes);
    let (Some(lon), Some(lat)) = (figures.next(), figures.next()) else {
        return;
    };
    let pack = &TOWN.pack;
    let accuracy = figures.next();
    match pack.locate(lon, lat, accuracy) {
        Ok(located) => {
            assert!(
                lon.abs() <= 180.0 && lat.abs() <= 90.0,
                "{lon} {lat} is no place on Earth"
            );
            assert_eq!(Ok(located), pack.locate(lon, lat, accuracy));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
