//! What the compiler makes of sources as offices export them.

use super::layer;
use crate::district::compile::{
    Advice, CompileError, Compiled, Evidence, Finding, FindingKind, LayerSource, Options, compile,
    compile_with,
};
use crate::district::{Pack, Role};

const SQUARE: &str = "[[50, 26], [51, 26], [51, 27], [50, 27], [50, 26]]";

fn feature(id: &str, rings: &str) -> String {
    format!(
        r#"{{"type": "Feature", "properties": {{"id": {id}, "name": "n", "of": 7}},
            "geometry": {{"type": "Polygon", "coordinates": [{rings}]}}}}"#
    )
}

fn collection(features: &[String]) -> String {
    format!(
        r#"{{"type": "FeatureCollection", "features": [{}]}}"#,
        features.join(",")
    )
}

/// Id and code of each finding.
fn kinds(compiled: &Compiled) -> Vec<(&str, &str)> {
    compiled
        .findings
        .iter()
        .map(|it| (it.id.as_str(), it.kind.code()))
        .collect()
}

fn refusal(source: &str) -> CompileError {
    compile(&[layer(source)]).expect_err("a refusal")
}

/// Findings of a source with one area.
fn check(rings: &str, expected: &[FindingKind]) {
    let compiled = compile(&[layer(&collection(&[feature(r#""a""#, rings)]))]).unwrap();
    let found: Vec<_> = compiled
        .findings
        .iter()
        .map(|finding| finding.kind.clone())
        .collect();
    assert_eq!(found, expected, "{rings}");
    assert!(
        compiled
            .findings
            .iter()
            .all(|finding| finding.id == "a" && finding.feature == 0)
    );
}

#[test]
fn a_sound_source_has_no_findings() {
    check(SQUARE, &[]);
}

#[test]
fn an_unclosed_ring_is_closed_and_reported() {
    check(
        "[[50, 26], [51, 26], [51, 27], [50, 27]]",
        &[FindingKind::Unclosed { rings: 1 }],
    );
}

#[test]
fn vertices_on_top_of_each_other_are_dropped_and_reported() {
    check(
        "[[50, 26], [50.00000001, 26], [51, 26], [51, 26], [51, 27], [50, 26]]",
        &[FindingKind::DuplicateVertices { vertices: 2 }],
    );
}

#[test]
fn a_ring_against_the_right_hand_rule_is_turned_around_and_reported() {
    check(
        "[[50, 26], [50, 27], [51, 27], [51, 26], [50, 26]]",
        &[FindingKind::Winding { rings: 1 }],
    );
    let hole = "[[50.2, 26.2], [50.4, 26.2], [50.4, 26.4], [50.2, 26.2]]";
    check(
        &format!("{SQUARE}, {hole}"),
        &[FindingKind::Winding { rings: 1 }],
    );
}

#[test]
fn a_polygon_that_does_not_begin_with_its_shell_is_regrouped_and_reported() {
    let hole = "[[50.2, 26.2], [50.8, 26.2], [50.8, 26.8], [50.2, 26.2]]";
    let island = "[[50.6, 26.3], [50.7, 26.3], [50.7, 26.4], [50.6, 26.3]]";
    let rings = format!("{island}, {SQUARE}, {hole}");
    check(&rings, &[FindingKind::Regrouped { rings: 3 }]);
    let source = collection(&[feature("1", &rings)]);
    let pack = Pack::open(&compile(&[layer(&source)]).unwrap().pack).unwrap();
    let is_inside = |lon, lat| !pack.containing(lon, lat).unwrap().is_empty();
    assert!(is_inside(50.1, 26.1) && !is_inside(50.4, 26.3) && is_inside(50.68, 26.32));
    let polygons = pack.district("1").unwrap().polygons();
    assert_eq!(polygons.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
}

#[test]
fn a_hole_without_extent_is_dropped_and_reported() {
    let hole = "[[50.2, 26.2], [50.4, 26.2], [50.2, 26.2]]";
    check(
        &format!("{SQUARE}, {hole}"),
        &[FindingKind::Collapsed { rings: 1 }],
    );
}

#[test]
fn a_feature_without_an_area_is_left_out_and_reported_and_a_file_of_them_refused() {
    let bare = |geometry: &str| {
        format!(
            r#"{{"type": "Feature", "properties": {{"id": "2", "name": "n"}}, "geometry": {geometry}}}"#
        )
    };
    for (geometry, found) in [
        ("null", "null"),
        (r#"{"type": "Point", "coordinates": [50, 26]}"#, "Point"),
        (
            r#"{"type": "Polygon", "coordinates": []}"#,
            "no ring of three different vertices",
        ),
        (
            r#"{"type": "MultiPolygon", "coordinates": [[[]]]}"#,
            "no ring of three different vertices",
        ),
        (
            r#"{"type": "Polygon", "coordinates": [[[50, 26], [50, 26], [50, 26], [50, 26]]]}"#,
            "no ring of three different vertices",
        ),
    ] {
        let source = collection(&[feature("1", SQUARE), bare(geometry)]);
        let compiled = compile(&[layer(&source)]).unwrap();
        let left_out = FindingKind::NoArea {
            found: found.into(),
        };
        let is_left_out =
            |it: &Finding| (it.feature, it.id.as_str(), &it.kind) == (1, "2", &left_out);
        assert!(
            compiled.findings.iter().any(is_left_out),
            "{geometry}: {:?}",
            compiled.findings
        );
        assert_eq!(Pack::open(&compiled.pack).unwrap().districts().count(), 1);
        let alone = refusal(&collection(&[bare(geometry)]));
        assert_eq!(alone.feature(), Some(0), "{alone}");
    }
}

#[test]
fn coordinates_in_metres_are_refused_with_the_advice_to_export_degrees() {
    let rings = "[[413000, 2920000], [414000, 2920000], [414000, 2921000], [413000, 2920000]]";
    let error = refusal(&collection(&[feature("1", rings)]));
    assert!(
        matches!(
            error,
            CompileError::OutOfRange {
                feature: 0,
                advice: Advice::Reproject,
                ..
            }
        ),
        "{error}"
    );
    assert!(error.to_string().contains("EPSG:4326"), "{error}");
}

#[test]
fn latitudes_before_longitudes_are_refused_with_the_advice_to_swap() {
    let rings = "[[21, 139], [21, 140], [22, 140], [21, 139]]";
    let error = refusal(&collection(&[feature("1", rings)]));
    assert!(
        matches!(
            error,
            CompileError::OutOfRange {
                advice: Advice::Swap,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn a_single_wrong_position_is_refused_as_just_that() {
    let rings = "[[50, 26], [150, 26], [150, 97], [50, 26]]";
    let error = refusal(&collection(&[feature("1", rings)]));
    assert!(
        matches!(
            error,
            CompileError::OutOfRange {
                advice: Advice::Correct,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn a_file_that_names_a_projected_system_is_refused() {
    let crs = |name: &str| {
        collection(&[feature("1", SQUARE)]).replacen(
            '{',
            &format!(r#"{{"crs": {{"type": "name", "properties": {{"name": "{name}"}}}},"#),
            1,
        )
    };
    let error = refusal(&crs("urn:ogc:def:crs:EPSG::32639"));
    assert!(
        matches!(error, CompileError::CoordinateSystem { .. }),
        "{error}"
    );
    assert!(compile(&[layer(&crs("urn:ogc:def:crs:OGC:1.3:CRS84"))]).is_ok());
}

#[test]
fn a_missing_id_is_refused_by_feature_and_property_and_so_is_a_name_that_none_has() {
    let source = collection(&[feature("1", SQUARE), feature("null", SQUARE)]);
    let property = |property: &str, feature| CompileError::Property {
        layer: "districts".into(),
        feature,
        property: property.into(),
    };
    assert_eq!(refusal(&source), property("id", 1));
    let nameless = LayerSource {
        name_properties: &[("ar", "اسم")],
        ..layer(&source)
    };
    assert_eq!(compile(&[nameless]).unwrap_err(), property("اسم", 0));
}

#[test]
fn a_name_that_one_area_lacks_is_reported() {
    let east = "[[51, 26], [52, 26], [52, 27], [51, 27], [51, 26]]";
    let source = collection(&[
        feature("1", SQUARE),
        feature("2", east).replace(r#""n""#, "null"),
    ]);
    let compiled = compile(&[layer(&source)]).unwrap();
    assert_eq!(kinds(&compiled), [("2", "nameless")]);
    let pack = Pack::open(&compiled.pack).unwrap();
    assert_eq!(pack.district("2").unwrap().names().count(), 0);
}

#[test]
fn two_areas_with_one_id_are_refused() {
    let error = refusal(&collection(&[
        feature("1", SQUARE),
        feature(r#""1""#, SQUARE),
    ]));
    let expected = CompileError::DuplicateId {
        layer: "districts".into(),
        feature: 1,
        id: "1".into(),
    };
    assert_eq!(error, expected);
}

#[test]
fn what_is_not_an_area_is_refused() {
    let point = r#"{"type": "Feature", "properties": {"id": 1, "name": "n"},
        "geometry": {"type": "Point", "coordinates": [50, 26]}}"#;
    let error = refusal(point);
    assert!(
        matches!(&error, CompileError::Geometry { found, .. } if found == "Point"),
        "{error}"
    );
    assert!(matches!(refusal("[1, 2"), CompileError::NotGeoJson { .. }));
    assert!(matches!(refusal(SQUARE), CompileError::NotGeoJson { .. }));
    assert!(matches!(
        refusal(&collection(&[])),
        CompileError::EmptyLayer { .. }
    ));
}

#[test]
fn names_parents_layers_and_roles_reach_the_pack() {
    let own = collection(&[feature("12", SQUARE)]);
    let other = collection(&[feature(
        r#""x""#,
        "[[51, 26], [52, 26], [52, 27], [51, 26]]",
    )]);
    let compiled = compile(&[
        LayerSource {
            name_properties: &[("ar", "name"), ("en", "id")],
            parent_property: Some("of"),
            partition: true,
            ..layer(&own)
        },
        LayerSource {
            name: "agencies",
            role: Role::Neighbours,
            name_properties: &[("ur", "name")],
            ..layer(&other)
        },
    ])
    .unwrap();
    let pack = Pack::open(&compiled.pack).unwrap();
    assert_eq!(pack.languages().collect::<Vec<_>>(), ["ar", "en", "ur"]);
    let layers: Vec<_> = pack
        .layers()
        .map(|it| (it.name(), it.role(), it.is_partition()))
        .collect();
    let expected = [
        ("districts", Role::Districts, true),
        ("agencies", Role::Neighbours, false),
    ];
    assert_eq!(layers, expected);

    let district = pack.district("12").unwrap();
    assert_eq!(
        district.names().collect::<Vec<_>>(),
        [("ar", "n"), ("en", "12")]
    );
    assert_eq!(district.parent(), Some("7"));
    assert_eq!(format!("{:?}", district.bbox()), "[50.0, 26.0, 51.0, 27.0]");
    let neighbour = pack.neighbours().next().unwrap();
    assert_eq!(
        (neighbour.id(), neighbour.name("ur"), neighbour.name("ar")),
        ("x", Some("n"), None)
    );
    assert_eq!(neighbour.parent(), None);
    assert_eq!(
        pack.district("x"),
        None,
        "a neighbour's area is no district"
    );
}

#[test]
fn two_layers_of_one_name_are_refused() {
    let source = collection(&[feature("1", SQUARE)]);
    let error = compile(&[layer(&source), layer(&source)]).unwrap_err();
    assert_eq!(
        error,
        CompileError::DuplicateLayer {
            layer: "districts".into()
        }
    );
}

fn ids(pack: &Pack, lon: f64, lat: f64) -> Vec<&str> {
    let found = pack.containing(lon, lat).unwrap();
    found.iter().map(|area| area.id()).collect()
}

#[test]
fn a_bow_tie_is_cut_where_it_crosses_and_both_of_its_wings_are_the_area() {
    let bow = "[[50, 26], [51, 27], [51, 26], [50, 27], [50, 26]]";
    let compiled = compile(&[layer(&collection(&[feature("1", bow)]))]).unwrap();
    assert_eq!(kinds(&compiled), [("1", "self-intersection")]);
    assert_eq!(compiled.findings[0].kind.at(), Some([50.5, 26.5]));
    let pack = Pack::open(&compiled.pack).unwrap();
    assert_eq!(ids(&pack, 50.1, 26.5), ["1"]);
    assert_eq!(ids(&pack, 50.9, 26.5), ["1"]);
    assert!(ids(&pack, 50.5, 26.2).is_empty() && ids(&pack, 50.5, 26.8).is_empty());
}

#[test]
fn a_spike_is_no_part_of_an_area() {
    let spiked = "[[50, 26], [51, 26], [51, 27], [51, 29], [51, 27], [50, 27], [50, 26]]";
    let source = collection(&[feature("1", spiked)]);
    let pack = Pack::open(&compile(&[layer(&source)]).unwrap().pack).unwrap();
    assert_eq!(
        format!("{:?}", pack.district("1").unwrap().bbox()),
        "[50.0, 26.0, 51.0, 27.0]"
    );
}

#[test]
fn a_hole_outside_its_shell_is_ignored_and_reported() {
    let hole = "[[53, 26], [53, 26.5], [53.5, 26.5], [53, 26]]";
    let source = collection(&[feature("1", &format!("{SQUARE}, {hole}"))]);
    let compiled = compile(&[layer(&source)]).unwrap();
    assert_eq!(kinds(&compiled), [("1", "hole-outside")]);
    let pack = Pack::open(&compiled.pack).unwrap();
    assert!(ids(&pack, 53.1, 26.3).is_empty());
    assert_eq!(ids(&pack, 50.5, 26.5), ["1"]);
}

#[test]
fn a_scribble_is_refused_by_feature_instead_of_cut_a_million_times() {
    let mut state = 1_u64;
    let mut random = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 40) as f64 / f64::from(1 << 24)
    };
    let corners: Vec<_> = (0..1_500)
        .map(|_| format!("[{}, {}]", 50.0 + random(), 26.0 + random()))
        .collect();
    let rings = format!("[{}, {}]", corners.join(","), corners[0]);
    let error = refusal(&collection(&[feature("7", &rings)]));
    assert!(
        matches!(&error, CompileError::Tangle { id, .. } if id == "7"),
        "{error}"
    );
}

/// Two squares with a gap so many degrees wide between them, as a partition.
fn apart(degrees: f64) -> Compiled {
    let west = "[[50, 26], [50.01, 26], [50.01, 26.01], [50, 26.01], [50, 26]]";
    let from = 50.01 + degrees;
    let east =
        format!("[[{from}, 26], [50.02, 26], [50.02, 26.01], [{from}, 26.01], [{from}, 26]]");
    let source = collection(&[feature("1", west), feature("2", &east)]);
    let partition = LayerSource {
        partition: true,
        ..layer(&source)
    };
    compile(&[partition]).unwrap()
}

#[test]
fn a_sliver_between_neighbours_is_closed_and_measured_and_a_real_gap_is_left() {
    // A degree of longitude is 100 km here: 40 cm, then 3 m; an overlap of 40 cm, then 3 m.
    let compiled = apart(4e-6);
    assert_eq!(
        kinds(&compiled)
            .iter()
            .filter(|(_, kind)| *kind == "gap")
            .count(),
        1
    );
    let pack = Pack::open(&compiled.pack).unwrap();
    assert_eq!(ids(&pack, 50.010_002, 26.005).len(), 1);
    let pack = Pack::open(&apart(3e-5).pack).unwrap();
    assert!(ids(&pack, 50.010_015, 26.005).is_empty());

    let count = |degrees: f64| {
        let compiled = apart(-degrees);
        let FindingKind::Overlap { other, extent } = &compiled.findings[0].kind else {
            panic!("{:?}", compiled.findings)
        };
        assert_eq!((other.as_str(), extent.faces), ("1", 1));
        assert!(
            (extent.width_m - degrees * 1e5).abs() < 0.1 * degrees * 1e5,
            "{extent:?}"
        );
        let pack = Pack::open(&compiled.pack).unwrap();
        let located = pack.locate(50.01 - degrees / 2.0, 26.005, None).unwrap();
        let crate::district::Located::Near { candidates, .. } = located else {
            panic!("{located:?}")
        };
        candidates.iter().filter(|it| it.distance_m == 0.0).count()
    };
    assert_eq!(count(4e-6), 1, "the narrow one belongs to the earlier area");
    assert_eq!(count(3e-5), 2, "of the wide one both are candidates");
}

/// Blocks of a town that does not lie along the axes, at 25 degrees north.
fn town_blocks(swap: bool) -> String {
    let blocks: Vec<_> = (0..40)
        .map(|block| {
            let corner = |right: f64, up: f64| {
                let (x, y) = (
                    f64::from(block % 8) * 2.0 + right,
                    f64::from(block / 8) * 2.0 + up,
                );
                let (lon, lat) = (
                    46.0 + (0.8 * x - 0.6 * y) * 1.1e-3,
                    25.0 + (0.6 * x + 0.8 * y) * 1e-3,
                );
                if swap {
                    format!("[{lat}, {lon}]")
                } else {
                    format!("[{lon}, {lat}]")
                }
            };
            let ring = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)];
            let ring: Vec<_> = ring.iter().map(|(right, up)| corner(*right, *up)).collect();
            feature(&block.to_string(), &format!("[{}]", ring.join(",")))
        })
        .collect();
    collection(&blocks)
}

#[test]
fn exchanged_coordinates_in_range_are_told_by_right_angles() {
    assert!(compile(&[layer(&town_blocks(false))]).is_ok());
    let error = refusal(&town_blocks(true));
    assert!(
        matches!(
            error,
            CompileError::Elsewhere {
                evidence: Evidence::RightAngles { .. },
                advice: Advice::Swap,
                ..
            }
        ),
        "{error}"
    );
    assert!(error.to_string().contains("longitude first"), "{error}");
}

#[test]
fn exchanged_coordinates_in_range_are_told_by_the_names_script() {
    let named = |rings: &str| {
        let source = collection(&[feature("1", rings)]).replace(r#""n""#, r#""حي الملقا""#);
        compile(&[layer(&source)]).map(drop)
    };
    assert_eq!(named("[[46, 24], [47, 24], [47, 25], [46, 24]]"), Ok(()));
    let error = named("[[24, 46], [24, 47], [25, 47], [24, 46]]").unwrap_err();
    assert!(
        matches!(
            error,
            CompileError::Elsewhere {
                evidence: Evidence::Script { .. },
                advice: Advice::Swap,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn a_place_that_a_file_is_near_to_tells_exchanged_and_foreign_coordinates_and_settles_doubt() {
    let near = |source: &str, near: [f64; 2]| {
        let options = Options {
            near: Some(near),
            ..Options::default()
        };
        compile_with(&[layer(source)], &options).map(drop)
    };
    let square = collection(&[feature("1", SQUARE)]);
    assert_eq!(near(&square, [50.5, 26.5]), Ok(()));
    for (place, expected) in [
        ([26.5, 50.5], Advice::Swap),
        ([-74.0, 40.7], Advice::Reproject),
    ] {
        let error = near(&square, place).unwrap_err();
        assert!(
            matches!(error, CompileError::Elsewhere { evidence: Evidence::Far { .. }, advice, .. } if advice == expected),
            "{error}"
        );
    }
    assert_eq!(near(&town_blocks(true), [25.0, 46.0]), Ok(()));
}

#[test]
fn one_area_with_exchanged_coordinates_is_named() {
    let blocks = town_blocks(false);
    let one = feature(
        "99",
        "[[25.0, 46.0], [25.001, 46.0], [25.001, 46.001], [25.0, 46.0]]",
    );
    let source = blocks.replacen(r#""features": ["#, &format!(r#""features": [{one},"#), 1);
    let error = refusal(&source);
    assert!(
        matches!(&error, CompileError::Exchanged { id, feature: 0, .. } if id == "99"),
        "{error}"
    );
}

#[test]
fn an_area_across_the_antimeridian_is_cut_there_and_reported() {
    let across = "[[179, -17], [-179, -17], [-179, -16], [179, -16], [179, -17]]";
    let source = collection(&[feature(r#""fiji""#, across)]);
    let compiled = compile(&[layer(&source)]).unwrap();
    assert!(kinds(&compiled).contains(&("fiji", "antimeridian")));
    let pack = Pack::open(&compiled.pack).unwrap();
    for (lon, count) in [
        (179.5, 1),
        (180.0, 1),
        (-180.0, 1),
        (-179.5, 1),
        (0.0, 0),
        (178.9, 0),
    ] {
        assert_eq!(ids(&pack, lon, -16.5).len(), count, "{lon}");
    }
    let cut = "[[179, -17], [180, -17], [180, -16], [179, -16], [179, -17]]";
    let compiled = compile(&[layer(&collection(&[feature("1", cut)]))]).unwrap();
    assert!(compiled.findings.is_empty());
}

#[test]
fn an_area_around_a_pole_is_closed_along_it_however_it_is_written() {
    let along_the_pole = "[[-180, -90], [180, -90], [180, -80], [-180, -80], [-180, -90]]";
    let around_it = "[[-120, -80], [0, -80], [120, -80], [-120, -80]]";
    let stitched = "[[-180, -80], [0, -80], [180, -80], [-180, -80]]";
    for rings in [along_the_pole, around_it, stitched] {
        let source = collection(&[feature("1", rings)]);
        let pack = Pack::open(&compile(&[layer(&source)]).unwrap().pack).unwrap();
        for lon in [-180.0, -90.0, 0.0, 150.0, 179.999, 180.0] {
            assert_eq!(ids(&pack, lon, -85.0), ["1"], "{lon} in {rings}");
            assert!(ids(&pack, lon, -75.0).is_empty(), "{lon} in {rings}");
        }
    }
}
