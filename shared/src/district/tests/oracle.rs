//! Held to other judges: all edges without the index, `geo`, the JTS suite, and the full pack where
//! a simplified one answers.

use std::fs;
use std::path::{Path, PathBuf};

use geo::{
    Contains, Coord, CoordinatePosition, LineString, MultiPolygon, Polygon,
    coordinate_position::CoordPos,
};
use proptest::prelude::*;

use super::skipped::skipped;
use super::{Line, compiled, geojson, layer, pack};
use crate::district::compile::{LayerSource, Options, compile, compile_with};
use crate::district::metres::Surroundings;
use crate::district::point::Vertex;
use crate::district::{Area, Located, Pack};

/// A file of the test data: from the folder that `BALAGH_TEST_DATA` names, or from `shared/data`
/// beside the checkout or a folder above it.
pub(super) fn data(name: &str) -> Option<String> {
    let named = std::env::var_os("BALAGH_TEST_DATA").map(PathBuf::from);
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(2);
    let folders = named
        .into_iter()
        .chain(above.map(|folder| folder.join("shared/data")));
    let text = folders
        .map(|folder| folder.join(name))
        .find_map(|path| fs::read_to_string(path).ok());
    if text.is_none() {
        skipped(&format!("{name} is not here"));
    }
    text
}

/// Positions of the districts that contain the place, by all of their edges.
fn by_all_edges(pack: &Pack, (lon, lat): (f64, f64)) -> Vec<usize> {
    let at = Vertex::asked(lon, lat).unwrap();
    let holds = |area: &Area<'_>| {
        let bounds = area.record.bounds;
        (bounds.min.x..=bounds.max.x).contains(&at.x)
            && (bounds.min.y..=bounds.max.y).contains(&at.y)
            && pack.contains(area.record, at)
    };
    pack.districts()
        .filter(holds)
        .map(|area| area.position())
        .collect()
}

fn by_index(pack: &Pack, (lon, lat): (f64, f64)) -> Vec<usize> {
    let found = pack.containing(lon, lat).unwrap();
    found.iter().map(|area| area.position()).collect()
}

struct Random(u64);

impl Random {
    /// From 0 to below 1.
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A rectangle in so many crooked four-sided parts a side, from 46 east and 24 north to 47 and 25.
fn mosaic(side: usize) -> Vec<(String, Vec<Vec<Line>>)> {
    let mut random = Random(88_172_645_463_325_252);
    let step = 1.0 / side as f64;
    let mut corner = |x: usize, y: usize| {
        let mut along = |at: usize| {
            let is_edge = at == 0 || at == side;
            let aside = if is_edge {
                0.0
            } else {
                (random.next() - 0.5) * 0.6
            };
            (at as f64 + aside) * step
        };
        (46.0 + along(x), 24.0 + along(y))
    };
    let corners: Vec<Vec<(f64, f64)>> = (0..=side)
        .map(|y| (0..=side).map(|x| corner(x, y)).collect())
        .collect();
    let part = |x: usize, y: usize| {
        let ring = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1), (x, y)];
        vec![vec![ring.iter().map(|(x, y)| corners[*y][*x]).collect()]]
    };
    (0..side * side)
        .map(|at| (at.to_string(), part(at % side, at / side)))
        .collect()
}

fn mosaic_pack(side: usize) -> Pack {
    let parts = mosaic(side);
    let parts: Vec<_> = parts
        .iter()
        .map(|(id, polygons)| (id.as_str(), polygons.clone()))
        .collect();
    pack(&parts)
}

#[test]
fn exactly_one_district_of_a_partition_contains_each_vertex_each_middle_and_any_point() {
    let pack = mosaic_pack(16);
    let mut points = Vec::new();
    for line in pack.arcs().map(|arc| arc.line()) {
        for pair in line.windows(2) {
            points.push(pair[0]);
            points.push((
                f64::midpoint(pair[0].0, pair[1].0),
                f64::midpoint(pair[0].1, pair[1].1),
            ));
        }
    }
    let mut random = Random(1);
    points.extend((0..100_000).map(|_| (46.0 + random.next(), 24.0 + random.next())));
    let mut judged = 0;
    for point in points {
        let is_in =
            (46.0..47.0 - 5e-8).contains(&point.0) && (24.0..25.0 - 5e-8).contains(&point.1);
        let found = by_index(&pack, point);
        assert_eq!(found.len(), usize::from(is_in), "{point:?}: {found:?}");
        judged += found.len();
        if judged % 50 == 0 {
            assert_eq!(found, by_all_edges(&pack, point), "{point:?}");
        }
    }
    assert!(judged > 100_000);
}

#[test]
fn the_index_agrees_with_all_edges_on_riyadhs_vertices_middles_and_random_points() {
    let Some(source) = data("riyadh-districts-a.geojson") else {
        return;
    };
    let bytes = compile(&[riyadh(&source)]).unwrap().pack;
    let pack = Pack::open(&bytes).unwrap();
    let mut points = Vec::new();
    for line in pack.arcs().map(|arc| arc.line()) {
        for pair in line.windows(2).step_by(7) {
            points.push(pair[0]);
            points.push((
                f64::midpoint(pair[0].0, pair[1].0),
                f64::midpoint(pair[0].1, pair[1].1),
            ));
        }
    }
    let mut random = Random(2);
    points.extend((0..20_000).map(|_| (46.3 + random.next() * 1.05, 24.3 + random.next() * 0.9)));
    for point in points {
        assert_eq!(
            by_index(&pack, point),
            by_all_edges(&pack, point),
            "{point:?}"
        );
    }
}

fn riyadh(source: &str) -> LayerSource<'_> {
    LayerSource {
        id_property: "district_id",
        name_properties: &[("ar", "name_ar"), ("en", "name_en")],
        ..layer(source)
    }
}

fn to_geo(polygons: &[Vec<Line>]) -> MultiPolygon {
    let line = |line: &Line| LineString::from(line.clone());
    polygons
        .iter()
        .map(|rings| Polygon::new(line(&rings[0]), rings[1..].iter().map(line).collect()))
        .collect()
}

proptest! {
    /// `geo` judges by exact predicates on doubles, and has no district for a border: where it is
    /// certain by more than the grid, so are we, and alike.
    #[test]
    fn geo_agrees_wherever_a_point_is_not_on_a_border(
        radii in prop::collection::vec(0.05..1.0_f64, 3..40),
        random in prop::collection::vec((-1.0..1.0_f64, -1.0..1.0_f64), 60),
        aside in prop::collection::vec((-9e-6..9e-6_f64, -9e-6..9e-6_f64), 20),
    ) {
        let corner = |at: usize| {
            let angle = std::f64::consts::TAU * (at % radii.len()) as f64 / radii.len() as f64;
            let radius = radii[at % radii.len()];
            let on_grid = |degrees: f64| libm::round(degrees * 1e6) / 1e6;
            (on_grid(30.0 + radius * libm::cos(angle)), on_grid(10.0 + radius * libm::sin(angle)))
        };
        let outline: Line = (0..=radii.len()).map(corner).collect();
        let star = vec![vec![outline.clone()]];
        let judge = to_geo(&star);
        let pack = pack(&[("star", star)]);
        let near_border = outline.iter().zip(aside.iter().cycle()).map(|((x, y), (a, b))| (x + a, y + b));
        // On the grid, as we judge: a point beside it may lie on the other side of the tip of a thorn.
        let to_grid = |degrees: f64| libm::round(degrees * 1e7) / 1e7;
        for (lon, lat) in random.iter().map(|(x, y)| (30.0 + x, 10.0 + y)).chain(near_border) {
            let (lon, lat) = (to_grid(lon), to_grid(lat));
            let around = [(0.0, 0.0), (2e-7, 0.0), (-2e-7, 0.0), (0.0, 2e-7), (0.0, -2e-7)];
            let places = around.map(|(x, y)| judge.coordinate_position(&Coord { x: lon + x, y: lat + y }));
            if places.iter().all(|place| *place == CoordPos::Inside) {
                prop_assert_eq!(by_index(&pack, (lon, lat)).len(), 1, "({}, {})", lon, lat);
            }
            if places.iter().all(|place| *place == CoordPos::Outside) {
                prop_assert_eq!(by_index(&pack, (lon, lat)).len(), 0, "({}, {})", lon, lat);
            }
        }
    }
}

/// Rings of a WKT polygon or multipolygon.
fn wkt(text: &str) -> Vec<Vec<Line>> {
    let numbers = text.trim_start_matches(|letter: char| letter != '(');
    let json = numbers
        .replace('(', "[")
        .replace(')', "]")
        .split(',')
        .map(|part| {
            let open = part.len() - part.trim_start_matches([' ', '[']).len();
            let close = part.trim_end_matches([' ', ']']).len();
            let pair: Vec<&str> = part[open..close].split_whitespace().collect();
            format!("{}[{}]{}", &part[..open], pair.join(","), &part[close..])
        })
        .collect::<Vec<_>>()
        .join(",");
    if text.starts_with("MULTI") {
        serde_json::from_str(&json).unwrap()
    } else {
        vec![serde_json::from_str(&json).unwrap()]
    }
}

#[test]
fn the_jts_suites_hard_triples_have_their_place() {
    let Some(triples) = data("jts-point-in-polygon.json") else {
        return;
    };
    let triples: Vec<serde_json::Value> = serde_json::from_str(&triples).unwrap();
    let mut judged = 0;
    for triple in &triples {
        let text = |key: &str| triple[key].as_str().unwrap();
        let mut polygons = wkt(text("polygon"));
        let [[mut at]] = <[[_; 1]; 1]>::try_from(
            wkt(&text("point")
                .replace("POINT (", "POINT ((")
                .replace(')', "))"))
            .into_iter()
            .map(|it| <[Line; 1]>::try_from(it).unwrap())
            .collect::<Vec<_>>(),
        )
        .unwrap()
        .map(|it| it.map(|line| line[0]));
        // Their plane in grid units, as far as it is one of whole numbers: nothing is rounded.
        let largest = polygons
            .iter()
            .flatten()
            .flatten()
            .map(|(x, y)| x.abs().max(y.abs()));
        let largest = largest.fold(at.0.abs().max(at.1.abs()), f64::max);
        let scale = if largest > 80.0 { 1e-3 } else { 1e-2 };
        for (x, y) in polygons.iter_mut().flatten().flatten().chain([&mut at]) {
            *x *= scale;
            *y *= scale;
        }
        if largest > 50_000.0 || polygons.iter().all(|rings| rings.iter().all(Vec::is_empty)) {
            continue;
        }
        judged += 1;
        let Ok(compiled) = compile(&[layer(&geojson(&[("it", polygons.clone())]))]) else {
            assert_eq!(
                text("location"),
                "outside",
                "an area without extent: {triple}"
            );
            continue;
        };
        let pack = Pack::open(&compiled.pack).unwrap();
        let found = by_index(&pack, at).len();
        let metres = match pack.locate(at.0, at.1, None).unwrap() {
            Located::Inside { border_m, .. } => border_m,
            Located::Near { candidates, .. } => candidates[0].distance_m,
            Located::Outside { nearest, .. } => nearest.unwrap().distance_m,
        };
        match text("location") {
            // One is inside by less than the last bit of its doubles: on the grid, on the border.
            "inside" => assert!(found == 1 || metres < 0.02, "{metres} m: {triple}"),
            "outside" => assert_eq!(found, 0, "{triple}"),
            // A border has its district, or is the outer one: in either case at no distance.
            _ => assert!(metres < 0.3, "{metres} m: {triple}"),
        }
    }
    assert!(
        judged * 10 > triples.len() * 8,
        "{judged} of {}",
        triples.len()
    );
}

#[test]
fn the_nearest_district_is_the_nearest_of_all_and_whose_a_place_is_needs_no_measuring() {
    let pack = mosaic_pack(6);
    let mut outside = 0;
    for [west, south, east, north] in pack.districts().map(|area| area.bbox()) {
        for (lon, lat) in [
            (west - 0.01, south - 0.01),
            (west - 0.01, (south + north) / 2.0),
            ((west + east) / 2.0, north + 0.01),
            (east + 0.01, north),
            (east, south),
        ] {
            let from = Surroundings::of(Vertex::asked(lon, lat).unwrap());
            let to = |area: &Area<'_>| pack.squared_to_border(area.record, &from, f64::INFINITY);
            let measured = pack.locate(lon, lat, None).unwrap();
            let whose = pack.whose(lon, lat, None).unwrap();
            if let Located::Outside { nearest, .. } = &measured {
                outside += 1;
                let all = pack.districts();
                let expected = all.min_by(|a, b| to(a).total_cmp(&to(b)));
                let found = pack.nearest(lon, lat);
                assert_eq!(found.map(|it| it.district), expected, "({lon}, {lat})");
                assert_eq!(found, *nearest);
                assert!(matches!(whose, Located::Outside { nearest: None, .. }));
            }
            assert_eq!(whose.containing(), measured.containing(), "({lon}, {lat})");
            for area in pack.districts() {
                assert_eq!(whose.admits(area.id()), measured.admits(area.id()));
            }
        }
    }
    assert!(outside > 10, "{outside}");
}

/// What the phone says for sure, the full pack says too.
fn check_phone(
    full: &Pack,
    phone: &Pack,
    points: impl Iterator<Item = (f64, f64, Option<f64>)>,
) -> (usize, usize) {
    let (mut sure, mut near) = (0, 0);
    for (lon, lat, accuracy) in points {
        let of_full = full.locate(lon, lat, accuracy).unwrap();
        match phone.locate(lon, lat, accuracy).unwrap() {
            Located::Inside { district, .. } => {
                sure += 1;
                let Located::Inside {
                    district: truly, ..
                } = of_full
                else {
                    panic!("({lon}, {lat}) within {accuracy:?}: {district:?}, but {of_full:?}")
                };
                assert_eq!(district.id(), truly.id(), "({lon}, {lat})");
            }
            Located::Outside { .. } => {
                assert!(
                    matches!(of_full, Located::Outside { .. }),
                    "({lon}, {lat}): {of_full:?}"
                );
            }
            Located::Near { .. } => near += 1,
        }
    }
    (sure, near)
}

fn simplified(source: &LayerSource<'_>, metres: f64) -> Pack {
    let options = Options {
        simplify_m: metres,
        ..Options::default()
    };
    Pack::open(&compile_with(&[*source], &options).unwrap().pack).unwrap()
}

#[test]
fn where_riyadhs_phone_pack_is_sure_the_full_pack_agrees() {
    let Some(source) = data("riyadh-districts-a.geojson") else {
        return;
    };
    let partition = LayerSource {
        partition: true,
        ..riyadh(&source)
    };
    let full = Pack::open(&compile(&[partition]).unwrap().pack).unwrap();
    for metres in [2.0, 5.0, 40.0] {
        let phone = simplified(&partition, metres);
        assert!((phone.bound_m() - metres).abs() < 0.002);
        let mut random = Random(3);
        let vertices: Vec<_> = full.arcs().flat_map(|arc| arc.line()).step_by(5).collect();
        // Around the bound from a border, where it is decided.
        let beside = vertices.into_iter().map(|(lon, lat)| {
            let aside = |random: &mut Random| (random.next() - 0.5) * metres * 8e-5;
            (lon + aside(&mut random), lat + aside(&mut random), None)
        });
        let (sure, near) = check_phone(&full, &phone, beside);
        assert!(near > sure / 100, "{metres}: {sure} sure, {near} near");
        let mut random = Random(4);
        let anywhere = (0..5_000).map(|at| {
            let accuracy = [None, Some(30.0), Some(400.0)][at % 3];
            (
                46.3 + random.next() * 1.05,
                24.3 + random.next() * 0.9,
                accuracy,
            )
        });
        let (sure, _) = check_phone(&full, &phone, anywhere);
        assert!(sure > 1_000, "{sure}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn where_a_simplified_pack_is_sure_the_full_pack_agrees(
        radii in prop::collection::vec(0.002..0.01_f64, 8..80),
        metres in 1.0..200.0_f64,
        points in prop::collection::vec((-0.012..0.012_f64, -0.012..0.012_f64), 200),
    ) {
        let slices = 4;
        let corner = |at: usize| {
            let angle = std::f64::consts::TAU * (at % radii.len()) as f64 / radii.len() as f64;
            let radius = radii[at % radii.len()];
            (46.0 + radius * libm::cos(angle), 24.0 + radius * libm::sin(angle))
        };
        let areas: Vec<_> = (0..slices)
            .map(|slice| {
                let cut = |slice: usize| slice * radii.len() / slices;
                let mut ring: Line = (cut(slice)..=cut(slice + 1)).map(corner).collect();
                ring.push((46.0, 24.0));
                ring.push(ring[0]);
                (["a", "b", "c", "d"][slice], vec![vec![ring]])
            })
            .collect();
        let source = geojson(&areas);
        let partition = LayerSource { partition: true, ..layer(&source) };
        let full = Pack::open(&compile(&[partition]).unwrap().pack).unwrap();
        let phone = simplified(&partition, metres);
        check_phone(&full, &phone, points.iter().map(|(x, y)| (46.0 + x, 24.0 + y, None)));
    }
}

#[test]
fn simplifying_keeps_shared_borders_shared() {
    let parts = mosaic(6);
    let parts: Vec<_> = parts
        .iter()
        .map(|(id, polygons)| (id.as_str(), polygons.clone()))
        .collect();
    let source = geojson(&parts);
    let phone = simplified(&layer(&source), 200.0);
    let mut random = Random(9);
    for _ in 0..20_000 {
        let point = (46.01 + random.next() * 0.98, 24.01 + random.next() * 0.98);
        assert_eq!(by_index(&phone, point).len(), 1, "{point:?}");
    }
    assert!(phone.arcs().count() <= compiled_arcs(&parts));
}

fn compiled_arcs(parts: &[(&str, Vec<Vec<Line>>)]) -> usize {
    Pack::open(&compiled(parts).pack).unwrap().arcs().count()
}

#[test]
fn real_points_lie_where_geo_puts_them() {
    let (Some(source), Some(points)) = (
        data("riyadh-districts-b.geojson"),
        data("riyadh-points-a.json"),
    ) else {
        return;
    };
    let pack = Pack::open(&compile(&[riyadh(&source)]).unwrap().pack).unwrap();
    let judges: Vec<MultiPolygon> = pack
        .districts()
        .map(|area| to_geo(&area.polygons()))
        .collect();
    let points: Vec<(f64, f64, Vec<String>)> = serde_json::from_str(&points).unwrap();
    for (lon, lat, _) in points.iter().step_by(5) {
        let at = Coord { x: *lon, y: *lat };
        let expected: Vec<usize> = (0..judges.len())
            .filter(|it| judges[*it].contains(&at))
            .collect();
        assert_eq!(by_index(&pack, (*lon, *lat)), expected, "({lon}, {lat})");
    }
}
