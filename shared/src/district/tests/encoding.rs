//! Packs as bytes: what goes in comes out, and what was tampered with does not.

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::{compiled, pack, town};
use crate::district::{Pack, PackError};

#[test]
fn geometry_survives_within_the_grid() {
    let town = town();
    let pack = pack(&town);
    assert_eq!(pack.districts().count(), town.len());
    for (area, (id, polygons)) in pack.districts().zip(&town) {
        assert_eq!(area.id(), *id);
        let found = area.polygons();
        assert_eq!(found.len(), polygons.len());
        for (found, given) in found.iter().flatten().zip(polygons.iter().flatten()) {
            assert_eq!(found.first(), found.last(), "rings are closed");
            let (mut found, mut given) = (found[1..].to_vec(), given[1..].to_vec());
            // A pack may begin a ring elsewhere.
            found.sort_by(|a, b| a.partial_cmp(b).unwrap());
            given.sort_by(|a, b| a.partial_cmp(b).unwrap());
            assert_eq!(found.len(), given.len());
            for ((x, y), (to_x, to_y)) in found.iter().zip(&given) {
                assert!(
                    (x - to_x).abs() <= 0.5e-7 && (y - to_y).abs() <= 0.5e-7,
                    "{id}"
                );
            }
        }
    }
}

#[test]
fn a_shared_border_is_held_once_with_an_area_on_each_side() {
    let pack = pack(&town());
    let between = |a: &str, b: &str| {
        let sides = |side: Option<crate::district::Area<'_>>| side.map(|area| area.id().to_owned());
        pack.arcs()
            .filter(|arc| {
                let sides = [sides(arc.left()), sides(arc.right())];
                sides == [Some(a.to_owned()), Some(b.to_owned())]
                    || sides == [Some(b.to_owned()), Some(a.to_owned())]
            })
            .count()
    };
    assert_eq!(between("ring", "enclave"), 1);
    assert_eq!(between("ring", "east"), 1);
    assert_eq!(between("lower", "upper"), 1);
    assert_eq!(between("ring", "upper"), 0);
    let length = |line: Vec<(f64, f64)>| {
        line.windows(2)
            .map(|pair| libm::hypot(pair[1].0 - pair[0].0, pair[1].1 - pair[0].1))
            .sum::<f64>()
    };
    let drawn: f64 = pack.arcs().map(|arc| length(arc.line())).sum();
    let rings: f64 = pack
        .districts()
        .flat_map(|area| area.rings())
        .map(length)
        .sum();
    assert!(drawn < 0.7 * rings, "{drawn} of {rings}");
}

#[test]
fn areas_lie_to_the_left_of_their_rings() {
    let pack = pack(&town());
    let left_of_line = |arc: &crate::district::Border<'_>| {
        let line = arc.line();
        let ((ax, ay), (bx, by)) = (line[0], line[1]);
        // A metre or so to the left of the middle of the first edge.
        let (dx, dy) = ((bx - ax) * 1e-4, (by - ay) * 1e-4);
        (f64::midpoint(ax, bx) - dy, f64::midpoint(ay, by) + dx)
    };
    for arc in pack.arcs() {
        let (lon, lat) = left_of_line(&arc);
        let found = pack.containing(lon, lat).unwrap();
        assert_eq!(found.first().copied(), arc.left(), "{arc:?}");
    }
}

#[test]
fn labels_stand_inside_their_district() {
    let pack = pack(&town());
    for area in pack.districts() {
        let (lon, lat) = area.label_point();
        assert_eq!(pack.containing(lon, lat).unwrap(), [area]);
        let located = pack.locate(lon, lat, None).unwrap();
        assert!(
            matches!(located, crate::district::Located::Inside { border_m, .. } if border_m > 3_000.0),
            "{located:?}"
        );
    }
}

#[test]
fn the_same_source_gives_the_same_bytes_and_checksum() {
    let (a, b) = (compiled(&town()).pack, compiled(&town()).pack);
    assert_eq!(a, b);
    let (a, b) = (Pack::open(&a).unwrap(), Pack::open(&b).unwrap());
    assert_eq!(a.checksum(), b.checksum());
    assert_eq!(a.checksum_hex().len(), 64);
    let moved = pack(&town()[1..]);
    assert_ne!(a.checksum_hex(), moved.checksum_hex());
}

#[test]
fn a_pack_cut_anywhere_is_refused() {
    let bytes = compiled(&town()).pack;
    for length in 0..bytes.len() {
        assert!(Pack::open(&bytes[..length]).is_err(), "{length} bytes");
    }
}

#[test]
fn a_pack_with_any_bit_flipped_is_refused() {
    let bytes = compiled(&town()).pack;
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut altered = bytes.clone();
            altered[at] ^= 1 << bit;
            assert!(Pack::open(&altered).is_err(), "byte {at}, bit {bit}");
        }
    }
}

#[test]
fn a_later_version_and_other_files_are_told_apart_from_damage() {
    let mut bytes = compiled(&town()).pack;
    bytes[4] = 9;
    assert_eq!(Pack::open(&bytes).unwrap_err(), PackError::Version(9));
    assert_eq!(
        Pack::open(b"<html>captive portal</html>").unwrap_err(),
        PackError::NotAPack
    );
    assert_eq!(Pack::open(b"").unwrap_err(), PackError::NotAPack);
}

/// Replaces the checksum by the right one, as someone with ill will would.
fn sealed(mut content: Vec<u8>) -> Vec<u8> {
    let checksum = Sha256::digest(&content);
    content.extend_from_slice(&checksum);
    content
}

/// Uses everything that an open pack offers.
fn exercise(pack: &Pack) {
    for (lon, lat) in [
        (50.9, 27.1),
        (52.0, 28.0),
        (-180.0, -90.0),
        (180.0, 90.0),
        (0.0, 0.0),
    ] {
        let _ = pack.locate(lon, lat, Some(2_000.0)).unwrap();
        let _ = pack.containing(lon, lat).unwrap();
    }
    for area in pack.layers().flat_map(|layer| layer.areas()) {
        let _ = (
            area.rings(),
            area.polygons(),
            area.bbox(),
            area.label_point(),
        );
        let _ = (area.names().count(), area.parent(), area.id());
    }
    for arc in pack.arcs() {
        let _ = (arc.line(), arc.left(), arc.right());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn content_altered_under_a_right_checksum_is_refused_or_harmless(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut content = compiled_town();
        content.truncate(content.len() - 32);
        for (at, byte) in edits {
            let at = at.index(content.len());
            content[at] = byte;
        }
        if let Some(cut) = cut {
            content.truncate(cut.index(content.len()));
        }
        if let Ok(pack) = Pack::open(&sealed(content)) {
            exercise(&pack);
        }
    }

    #[test]
    fn arbitrary_content_under_a_right_checksum_is_refused_or_harmless(
        body in prop::collection::vec(prop_oneof![0..4_u8, any::<u8>()], 0..200),
    ) {
        let content = [b"BPAK\x02".as_slice(), &body].concat();
        if let Ok(pack) = Pack::open(&sealed(content)) {
            exercise(&pack);
        }
    }
}

fn compiled_town() -> Vec<u8> {
    static TOWN: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
    TOWN.get_or_init(|| compiled(&town()).pack).clone()
}

#[test]
fn counts_that_promise_more_than_the_bytes_hold_are_refused_before_memory_is_taken() {
    let huge = [0xff, 0xff, 0xff, 0xff, 0x7f];
    // Languages; layers; areas of a layer; arcs; vertices of an arc.
    let starts: [&[u8]; 5] = [b"", b"\0", b"\0\x01\x01a\0", b"\0\0", b"\0\0\x01"];
    for start in starts {
        let content = [b"BPAK\x02".as_slice(), start, &huge].concat();
        let error = Pack::open(&sealed(content)).unwrap_err();
        assert!(
            matches!(error, PackError::Malformed(_) | PackError::TooMany(_)),
            "{error:?}"
        );
    }
}
