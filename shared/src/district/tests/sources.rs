//! What the compiler makes of sources as offices export them.

use super::layer;
use crate::district::compile::{Advice, CompileError, FindingKind, LayerSource, compile};
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
fn an_area_without_a_ring_is_refused() {
    for rings in ["", "[]", "[[50, 26], [50, 26], [50, 26], [50, 26]]"] {
        let error = refusal(&collection(&[feature("1", SQUARE), feature("2", rings)]));
        assert_eq!(
            error,
            CompileError::EmptyArea {
                layer: "districts".into(),
                feature: 1
            }
        );
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
fn a_missing_id_or_name_is_refused_by_feature_and_property() {
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
