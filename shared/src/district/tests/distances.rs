//! Inside, near, outside, and how far.

use super::{geojson, layer, rectangle};
use crate::district::compile::{LayerSource, compile};
use crate::district::{Located, Pack, PointError, Role};

const SOUTH: f64 = 26.0;

/// Three squares in a row: west, east beside it, and far, 0.1 degrees beyond; a neighbour between.
fn row() -> Pack {
    let square = |west: f64, east: f64| vec![vec![rectangle(west, SOUTH, east, SOUTH + 0.2)]];
    let own = geojson(&[
        ("west", square(50.0, 50.2)),
        ("east", square(50.2, 50.4)),
        ("far", square(50.5, 50.7)),
    ]);
    let others = geojson(&[("agency", square(50.4, 50.5))]);
    let compiled = compile(&[
        layer(&own),
        LayerSource {
            name: "agencies",
            role: Role::Neighbours,
            ..layer(&others)
        },
    ]);
    Pack::open(&compiled.unwrap().pack).unwrap()
}

/// Metres of a degree of longitude and latitude by the series of the geodesy textbooks, which is
/// not how the code computes them.
fn metres_per_degree(latitude: f64) -> (f64, f64) {
    let cos = |times: f64| libm::cos(latitude.to_radians() * times);
    (
        111_412.84 * cos(1.0) - 93.5 * cos(3.0) + 0.118 * cos(5.0),
        111_132.92 - 559.82 * cos(2.0) + 1.175 * cos(4.0) - 0.0023 * cos(6.0),
    )
}

fn assert_close(metres: f64, expected: f64) {
    assert!(
        (metres - expected).abs() < 0.001 * expected + 0.02,
        "{metres}, expected {expected}"
    );
}

/// State, district ids and distances as one text, metres rounded to whole numbers.
fn check(lon: f64, lat: f64, accuracy_m: Option<f64>, expected: &str) {
    let pack = row();
    let id =
        |area: Option<crate::district::Area<'_>>| area.map_or("-", |area| area.id()).to_owned();
    let found = match pack.locate(lon, lat, accuracy_m).unwrap() {
        Located::Inside { district, border_m } => format!("inside {} {border_m:.0}", district.id()),
        Located::Near {
            contained,
            candidates,
            neighbour,
        } => {
            let list: Vec<_> = candidates
                .iter()
                .map(|it| format!("{} {:.0}", it.district.id(), it.distance_m))
                .collect();
            let how = if contained { "near" } else { "near, in none" };
            format!("{how}: {} ({})", list.join(", "), id(neighbour))
        }
        Located::Outside { nearest, neighbour } => {
            let nearest = nearest.map(|it| format!("{} {:.0}", it.district.id(), it.distance_m));
            format!(
                "outside, {} ({})",
                nearest.unwrap_or_default(),
                id(neighbour)
            )
        }
    };
    assert_eq!(found, expected, "({lon}, {lat}) within {accuracy_m:?}");
}

// By hand, a degree of longitude at 26.1 degrees north is 111,412.84·cos φ − 93.5·cos 3φ =
// 100,051.8 − 19.0 = 100,032.8 m: 0.001 degrees are 100 m, and 0.02 are 2,000.7.

#[test]
fn well_inside_the_border_is_as_far_as_it_is() {
    check(50.21, 26.1, None, "inside east 1000");
    check(50.201, 26.1, None, "inside east 100");
    check(50.1, 26.001, None, "inside west 111");
}

#[test]
fn another_district_within_the_accuracy_is_a_candidate() {
    check(50.201, 26.1, Some(99.0), "inside east 100");
    check(50.201, 26.1, Some(101.0), "near: east 0, west 100 (-)");
    check(50.199, 26.1, Some(101.0), "near: west 0, east 100 (-)");
}

#[test]
fn an_accuracy_better_than_the_floor_is_not_believed() {
    check(50.200_1, 26.1, None, "near: east 0, west 10 (-)");
    check(50.200_1, 26.1, Some(0.0), "near: east 0, west 10 (-)");
    check(50.200_1, 26.1, Some(-5.0), "near: east 0, west 10 (-)");
    check(50.200_1, 26.1, Some(f64::NAN), "near: east 0, west 10 (-)");
    check(50.200_2, 26.1, Some(3.0), "inside east 20");
}

#[test]
fn an_accuracy_worse_than_the_cap_offers_no_more_than_the_cap() {
    check(50.221, 26.1, Some(f64::INFINITY), "inside east 2101");
    check(50.219, 26.1, Some(1e9), "near: east 0, west 1901 (-)");
}

#[test]
fn the_edge_of_the_municipality_alone_makes_nobody_choose() {
    check(50.000_1, 26.1, Some(500.0), "inside west 10");
}

#[test]
fn just_outside_is_near_and_says_that_none_contains_it() {
    check(50.400_1, 26.1, None, "near, in none: east 10 (agency)");
    check(49.999, 26.1, Some(150.0), "near, in none: west 100 (-)");
    // The border itself, which belongs to what lies east of it.
    check(50.4, 26.1, None, "near, in none: east 0 (agency)");
}

#[test]
fn far_outside_knows_the_nearest_and_the_agency_responsible() {
    check(50.42, 26.1, None, "outside, east 2001 (agency)");
    check(50.48, 26.1, None, "outside, far 2001 (agency)");
    check(50.8, 26.1, None, "outside, far 10003 (-)");
}

#[test]
fn distances_agree_with_the_textbook_at_every_latitude() {
    for latitude in [-60.0, -33.0, 0.0, 21.4, 26.4, 45.0, 68.0] {
        let square = vec![vec![rectangle(10.0, latitude - 0.1, 10.2, latitude + 0.1)]];
        let pack = super::pack(&[("square", square)]);
        let (east_m, north_m) = metres_per_degree(latitude);
        let Located::Inside { border_m, .. } = pack.locate(10.01, latitude, None).unwrap() else {
            panic!("not inside")
        };
        assert_close(border_m, 0.01 * east_m);
        // 0.03 degrees west and as much south of the corner.
        let at = latitude - 0.13;
        let Located::Outside {
            nearest: Some(nearest),
            ..
        } = pack.locate(9.97, at, None).unwrap()
        else {
            panic!("not outside")
        };
        assert_close(
            nearest.distance_m,
            0.03 * libm::hypot(metres_per_degree(at).0, north_m),
        );
    }
}

#[test]
fn a_choice_is_admitted_when_it_is_a_candidate() {
    let pack = row();
    let near = pack.locate(50.201, 26.1, Some(150.0)).unwrap();
    assert!(near.admits("west") && near.admits("east") && !near.admits("far"));
    assert_eq!(near.containing(), pack.district("east"));
    let outside = pack.locate(50.42, 26.1, None).unwrap();
    assert!(!outside.admits("east"));
    assert_eq!(outside.containing(), None);
}

#[test]
fn at_most_four_candidates_are_offered() {
    let stripes: Vec<_> = (0..8)
        .map(|at| {
            let west = 50.0 + f64::from(at) * 0.001;
            (
                ["a", "b", "c", "d", "e", "f", "g", "h"][at as usize],
                vec![vec![rectangle(west, 26.0, west + 0.001, 26.1)]],
            )
        })
        .collect();
    let pack = super::pack(&stripes);
    let Located::Near {
        contained: true,
        candidates,
        neighbour: None,
    } = pack.locate(50.003_4, 26.05, Some(1_000.0)).unwrap()
    else {
        panic!("not near")
    };
    let ids: Vec<_> = candidates.iter().map(|it| it.district.id()).collect();
    assert_eq!(ids, ["d", "c", "e", "b"]);
}

#[test]
fn what_is_no_place_on_earth_is_refused() {
    let pack = row();
    let refused = |lon, lat| {
        assert_eq!(
            pack.containing(lon, lat).err(),
            pack.locate(lon, lat, None).err()
        );
        pack.locate(lon, lat, None).err()
    };
    assert_eq!(refused(f64::NAN, 26.0), Some(PointError::NotFinite));
    assert_eq!(
        refused(50.0, f64::NEG_INFINITY),
        Some(PointError::NotFinite)
    );
    assert_eq!(refused(180.000_1, 26.0), Some(PointError::Longitude));
    assert_eq!(refused(50.0, 90.000_1), Some(PointError::Latitude));
    assert_eq!(refused(f64::MAX, f64::MIN), Some(PointError::Longitude));
}
