//! What others already reported near a place.

use balagh_shared::district::metres_between;
use balagh_shared::nearby::{MOST, Nearby, SQUARES_PER_DEGREE, STEP_M};
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::report::Point;
use balagh_shared::time::DAY_MS;

use super::clock;
use super::edge::{Answer, Asked, Edge};
use super::ledger::Around;
use super::reports::unavailable;
use crate::http::{Request, Response};
use crate::served::Served;

/// Metres of a degree of latitude, where it has the fewest.
const METRES_PER_DEGREE: f64 = 110_000.0;

/// `GET /v1/{municipality}/nearby?lon=&lat=&category=`.
pub(crate) async fn find(edge: &Edge, served: &Served, asked: Asked<'_>) -> Answer {
    let (at, category) = match question(asked.request) {
        Ok(question) => question,
        Err(violation) => return Answer::refuse(&[violation], asked.language),
    };
    if served.document().category(category).is_none() {
        return Answer::refuse_for(Reason::CategoryUnknown, asked.language);
    }
    let rule = served.document().screening.nearby;
    let metres = f64::from(rule.metres);
    let (from, to) = bounds(at, metres);
    let around = Around {
        municipality: served.id(),
        category,
        from,
        to,
        since: clock::now().plus_millis(-i64::from(rule.days) * DAY_MS),
    };
    let found = match edge.ledger.around(&around).await {
        Ok(found) => found,
        Err(error) => return unavailable(&error, asked.language),
    };
    let mut near: Vec<_> = found
        .into_iter()
        .filter_map(|mut found| {
            let square = [found.at.lon, found.at.lat].map(square);
            let there = square.map(|steps| f64::from(steps) / SQUARES_PER_DEGREE);
            found.report.square = Some(square);
            Some((metres_between([at.lon, at.lat], there)?, found.report))
        })
        .filter(|(distance, _)| *distance <= metres)
        .collect();
    near.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    near.truncate(MOST);
    let reports = near.into_iter().map(|(distance, mut report)| {
        report.distance_m = snapped(distance);
        report
    });
    let reports = reports.collect();
    Response::private_json(200, &Nearby { reports }).into()
}

/// Where, and what about.
fn question(request: &Request) -> Result<(Point, &str), Violation> {
    let degrees = |name, most: f64| {
        request
            .query(name)
            .and_then(|text| text.parse().ok())
            .filter(|degrees: &f64| degrees.abs() <= most)
            .ok_or_else(|| Violation::new(Reason::PlaceInvalid, format!("/{name}")))
    };
    let at = Point {
        lon: degrees("lon", 180.0)?,
        lat: degrees("lat", 90.0)?,
        accuracy_m: None,
    };
    let category = request.query("category");
    let category = category.ok_or_else(|| Violation::new(Reason::CategoryUnknown, "/category"))?;
    Ok((at, category))
}

/// South-west and north-east of everything within so many metres, and a little more.
fn bounds(at: Point, metres: f64) -> (Point, Point) {
    let north = metres / METRES_PER_DEGREE;
    // Away from the poles, where a degree east is no way at all.
    let narrowing = libm::cos((at.lat.abs() + north).min(89.9).to_radians());
    let east = north / narrowing;
    let corner = |sign: f64| Point {
        lon: at.lon + sign * east,
        lat: at.lat + sign * north,
        accuracy_m: None,
    };
    (corner(-1.0), corner(1.0))
}

/// On a grid of some ten metres: asked from many sides, a distance tells a square and no door.
fn square(degrees: f64) -> i32 {
    (degrees * SQUARES_PER_DEGREE).round() as i32
}

fn snapped(metres: f64) -> u32 {
    // Not negative, and at most a kilometre.
    (metres / f64::from(STEP_M)).round() as u32 * STEP_M
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_is_told_in_steps() {
        for (metres, told) in [(0.0, 0), (4.9, 0), (5.0, 10), (86.0, 90), (150.0, 150)] {
            assert_eq!(snapped(metres), told, "{metres}");
        }
    }

    #[test]
    fn two_doors_of_one_square_cannot_be_told_apart_from_anywhere() {
        let (one, other) = ([49.980_04, 26.420_04], [49.979_96, 26.419_96]);
        assert_eq!(one.map(square), other.map(square));
        assert_ne!(one.map(square), [49.980_06, 26.420_04].map(square));
    }

    #[test]
    fn everything_within_the_metres_is_within_the_bounds() {
        for lat in [0.0, 26.4, -33.0, 60.0, 75.0] {
            let at = Point {
                lon: 50.0,
                lat,
                accuracy_m: None,
            };
            let (from, to) = bounds(at, 150.0);
            for corner in [
                [from.lon, lat],
                [to.lon, lat],
                [50.0, from.lat],
                [50.0, to.lat],
            ] {
                let metres = metres_between([50.0, lat], corner).unwrap();
                assert!(metres >= 150.0, "{lat}: {metres}");
            }
        }
    }
}
