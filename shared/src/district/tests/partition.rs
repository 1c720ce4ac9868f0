//! Exactly one district, everywhere.

use proptest::prelude::*;

use super::{Line, geojson, layer, pack, town};
use crate::district::Pack;
use crate::district::compile::{LayerSource, compile};

/// A grid step in degrees.
const STEP: f64 = 1e-7;

fn ids(pack: &Pack, (lon, lat): (f64, f64)) -> Vec<&str> {
    pack.containing(lon, lat)
        .unwrap()
        .iter()
        .map(|area| area.id())
        .collect()
}

fn check(point: (f64, f64), expected: &str) {
    assert_eq!(ids(&pack(&town()), point), [expected], "{point:?}");
}

#[test]
fn a_point_in_the_middle_has_its_district() {
    check((50.2, 26.2), "ring");
    check((50.9, 27.1), "enclave");
    check((51.0, 29.0), "parted");
    check((54.5, 26.5), "parted");
    check((53.0, 28.5), "lower");
    check((52.5, 29.0), "upper");
}

#[test]
fn a_border_belongs_to_the_area_on_its_eastern_side() {
    check((52.0, 27.0), "east");
    check((54.0, 26.5), "parted");
    check((50.5, 27.0), "enclave");
    check((53.0, 29.0), "lower");
}

#[test]
fn an_east_west_border_belongs_to_the_area_on_its_northern_side() {
    check((51.0, 28.0), "parted");
    check((53.0, 28.0), "lower");
}

#[test]
fn a_corner_belongs_to_the_area_north_east_of_it() {
    check((52.0, 28.0), "lower");
    check((50.0, 26.0), "ring");
    check((54.0, 26.0), "parted");
}

#[test]
fn the_outline_is_closed_to_the_west_and_south_and_open_to_the_east_and_north() {
    let pack = pack(&town());
    assert_eq!(ids(&pack, (50.0, 27.0)), ["ring"]);
    assert_eq!(ids(&pack, (51.0, 26.0)), ["ring"]);
    assert!(ids(&pack, (55.0, 26.5)).is_empty());
    assert!(ids(&pack, (51.0, 30.0)).is_empty());
}

/// Every vertex, every middle of an edge, and the grid points around them.
fn hard_points(areas: &[(&str, Vec<Vec<Line>>)]) -> Vec<(f64, f64)> {
    let mut points = Vec::new();
    for line in areas.iter().flat_map(|(_, polygons)| polygons).flatten() {
        for pair in line.windows(2) {
            let ((ax, ay), (bx, by)) = (pair[0], pair[1]);
            for (x, y) in [(ax, ay), (f64::midpoint(ax, bx), f64::midpoint(ay, by))] {
                for (right, up) in [(0, 0), (1, 0), (0, 1), (-1, 0), (0, -1), (1, 1), (-1, 1)] {
                    points.push((x + f64::from(right) * STEP, y + f64::from(up) * STEP));
                }
            }
        }
    }
    points
}

#[test]
fn every_vertex_and_edge_of_a_partition_has_exactly_one_district() {
    let town = town();
    let pack = pack(&town);
    let mut inside = 0;
    for (x, y) in hard_points(&town) {
        let found = ids(&pack, (x, y));
        let is_in_town = (50.0 - 1e-9..54.0 - 1e-9).contains(&x)
            && (26.0 - 1e-9..30.0 - 1e-9).contains(&y)
            || (54.0 - 1e-9..55.0 - 1e-9).contains(&x) && (26.0 - 1e-9..27.0 - 1e-9).contains(&y);
        assert_eq!(
            found.len(),
            usize::from(is_in_town),
            "({x}, {y}): {found:?}"
        );
        inside += found.len();
    }
    assert!(inside > 100);
}

/// Triangles around a middle, and the polygon they make up.
fn fan(radii: &[f64], (lon, lat): (f64, f64)) -> (Vec<Line>, Line) {
    let corner = |at: usize| {
        let angle = std::f64::consts::TAU * (at % radii.len()) as f64 / radii.len() as f64;
        let radius = radii[at % radii.len()];
        (
            lon + radius * libm::cos(angle),
            lat + radius * libm::sin(angle),
        )
    };
    let triangles =
        (0..radii.len()).map(|at| vec![(lon, lat), corner(at), corner(at + 1), (lon, lat)]);
    (triangles.collect(), (0..=radii.len()).map(corner).collect())
}

proptest! {
    #[test]
    fn the_parts_of_any_polygon_contain_a_point_as_often_as_the_whole(
        radii in prop::collection::vec(0.001..2.0_f64, 3..12),
        middle in (-170.0..170.0_f64, -80.0..80.0_f64),
        random in prop::collection::vec((-2.0..2.0_f64, -2.0..2.0_f64), 50),
    ) {
        let (slices, outline) = fan(&radii, middle);
        let ids: Vec<_> = (0..slices.len()).map(|at| at.to_string()).collect();
        let slices: Vec<_> =
            ids.iter().zip(slices).map(|(id, slice)| (id.as_str(), vec![vec![slice]])).collect();
        let whole = [("whole", vec![vec![outline]])];
        let (parts_source, whole_source) = (geojson(&slices), geojson(&whole));
        let compiled = compile(&[
            layer(&parts_source),
            LayerSource { name: "whole", ..layer(&whole_source) },
        ]).unwrap();
        let pack = Pack::open(&compiled.pack).unwrap();
        let [parts, whole] = <[_; 2]>::try_from(pack.layers().collect::<Vec<_>>()).unwrap();

        let random = random.iter().map(|(x, y)| (middle.0 + x, middle.1 + y));
        for (lon, lat) in hard_points(&slices).into_iter().chain(random) {
            let in_parts = parts.containing(lon, lat).unwrap().len();
            prop_assert_eq!(in_parts, whole.containing(lon, lat).unwrap().len(), "({}, {})", lon, lat);
        }
    }
}

#[test]
fn a_partition_gives_the_earlier_of_two_areas_that_overlap_after_all() {
    let square = vec![vec![super::rectangle(50.0, 26.0, 51.0, 27.0)]];
    let source = geojson(&[("first", square.clone()), ("second", square)]);
    let compiled = compile(&[LayerSource {
        partition: true,
        ..layer(&source)
    }])
    .unwrap();
    let pack = Pack::open(&compiled.pack).unwrap();
    assert_eq!(ids(&pack, (50.5, 26.5)), ["first"]);
    assert_eq!(compiled.findings.len(), 1, "the overlap is reported");
}

#[test]
fn a_layer_that_overlaps_returns_every_district_by_priority() {
    let pack = pack(&[
        (
            "small",
            vec![vec![super::rectangle(50.0, 26.0, 50.5, 26.5)]],
        ),
        (
            "large",
            vec![vec![super::rectangle(50.0, 26.0, 51.0, 27.0)]],
        ),
    ]);
    assert_eq!(ids(&pack, (50.2, 26.2)), ["small", "large"]);
    assert_eq!(ids(&pack, (50.7, 26.7)), ["large"]);
}

#[test]
fn a_hole_outside_its_shell_and_overlapping_parts_turn_nothing_inside_out() {
    let pack = pack(&[(
        "odd",
        vec![
            vec![
                super::rectangle(50.0, 26.0, 51.0, 27.0),
                super::rectangle(52.0, 26.0, 53.0, 27.0),
            ],
            vec![super::rectangle(50.5, 26.0, 51.5, 27.0)],
        ],
    )]);
    assert_eq!(ids(&pack, (50.7, 26.5)), ["odd"]);
    assert_eq!(ids(&pack, (51.2, 26.5)), ["odd"]);
    assert!(ids(&pack, (52.5, 26.5)).is_empty());
}

#[test]
fn the_two_edges_of_the_map_have_a_district() {
    let pack = pack(&[
        (
            "west",
            vec![vec![super::rectangle(-180.0, -90.0, 0.0, 90.0)]],
        ),
        (
            "east",
            vec![vec![super::rectangle(0.0, -90.0, 180.0, 90.0)]],
        ),
    ]);
    assert_eq!(ids(&pack, (180.0, 10.0)), ["west"], "180 is -180");
    assert_eq!(ids(&pack, (-180.0, -90.0)), ["west"]);
    assert_eq!(ids(&pack, (0.0, 90.0)), ["east"]);
    assert_eq!(ids(&pack, (179.999_999_9, 90.0)), ["east"]);
}

/// Areas of the only layer that contain the point by geometry alone, a partition's rule of the
/// earliest aside.
fn containing_by_geometry(pack: &Pack, (lon, lat): (f64, f64)) -> usize {
    let at = crate::district::point::Vertex::asked(lon, lat).unwrap();
    pack.districts()
        .filter(|area| pack.contains(area.record, at))
        .count()
}

#[test]
fn corners_beside_a_neighbours_straight_edge_leave_no_gap_and_no_overlap() {
    // A sloping border; above it two areas meet at a third of its length, which is no grid point.
    let (west, east) = ((50.0, 26.0), (51.000_000_3, 26.700_000_1));
    let third = (
        west.0 + (east.0 - west.0) / 3.0,
        west.1 + (east.1 - west.1) / 3.0,
    );
    // Computed another way, it comes out a step aside.
    let aside = (third.0 + STEP, third.1);
    let below = vec![west, (51.0, 26.0), east, west];
    let first = vec![west, third, (50.0, 27.0), west];
    let second = vec![aside, east, (50.0, 27.0), aside];
    let areas = [("below", below), ("first", first), ("second", second)]
        .map(|(id, line)| (id, vec![vec![line]]));
    let source = geojson(&areas);
    let compiled = compile(&[LayerSource {
        partition: true,
        ..layer(&source)
    }])
    .unwrap();
    let pack = Pack::open(&compiled.pack).unwrap();

    let found = |id: &str| compiled.findings.iter().any(|finding| finding.id == id);
    assert!(found("below"), "{:?}", compiled.findings);
    for step in 1..10_000 {
        let along = f64::from(step) / 10_000.0;
        let (lon, lat) = (
            west.0 + (east.0 - west.0) * along,
            west.1 + (east.1 - west.1) * along,
        );
        for up in -3..=3 {
            let point = (lon, lat + f64::from(up) * STEP);
            assert_eq!(containing_by_geometry(&pack, point), 1, "{point:?}");
        }
    }
}
