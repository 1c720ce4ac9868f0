//! What others already reported near a place: what is looked for, and what of it is told.

use balagh_shared::district::metres_between;
use balagh_shared::nearby::{MOST, Nearby, NearbyReport, SQUARES_PER_DEGREE, STEP_M};
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::report::Point;
use balagh_shared::time::{DAY_MS, Timestamp};

use crate::http::{Request, Response};
use crate::ledger::grid::cells_between;
use crate::ledger::statements;
use crate::served::Served;

/// Metres of a degree of latitude, where it has the fewest.
const METRES_PER_DEGREE: f64 = 110_000.0;
/// Most reports that are measured: where more stand in a few streets, the newest do.
pub(crate) const MOST_ROWS: i64 = 500;

/// What is looked for.
#[derive(Debug, Clone)]
pub struct Around {
    /// The municipality's id.
    pub municipality: String,
    /// Category code.
    pub category: String,
    /// Where somebody stands.
    pub at: Point,
    /// How far away is still near, in metres.
    pub metres: f64,
    /// Received since then.
    pub since: Timestamp,
}

/// A report with its point, of which only the square is told.
#[derive(Debug)]
pub struct Found {
    /// Where it is.
    pub at: Point,
    /// What is told of it.
    pub report: NearbyReport,
}

/// A row of [`statements::around`].
pub(crate) type FoundRow = (String, String, f64, f64, i64, String, i64, Option<String>);

impl Around {
    /// Reads `?lon=&lat=&category=`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(served: &Served, request: &Request, now: Timestamp) -> Result<Around, Violation> {
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
        let unknown = |field| move || Violation::new(Reason::CategoryUnknown, field);
        let category = request.query("category").ok_or_else(unknown("/category"))?;
        let document = served.document();
        document.category(category).ok_or_else(unknown(""))?;
        let rule = document.screening.nearby;
        Ok(Around {
            municipality: served.id().to_owned(),
            category: category.to_owned(),
            at,
            metres: f64::from(rule.metres),
            since: now.plus_millis(-i64::from(rule.days) * DAY_MS),
        })
    }

    /// The statement that finds open reports in the squares around; those that are too far away are
    /// still among them.
    pub(crate) fn statement(&self) -> String {
        let (from, to) = bounds(self.at, self.metres);
        statements::around(cells_between(from, to))
    }

    /// What is told of what was found.
    #[must_use]
    pub fn answer(&self, found: Vec<Found>) -> Response {
        let here = [self.at.lon, self.at.lat];
        let mut near: Vec<_> = found
            .into_iter()
            .filter_map(|mut found| {
                let square = [found.at.lon, found.at.lat].map(square);
                let there = square.map(|steps| f64::from(steps) / SQUARES_PER_DEGREE);
                found.report.square = Some(square);
                Some((metres_between(here, there)?, found.report))
            })
            .filter(|(distance, _)| *distance <= self.metres)
            .collect();
        near.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        near.truncate(MOST);
        let reports = near.into_iter().map(|(distance, mut report)| {
            report.distance_m = snapped(distance);
            report
        });
        let reports = reports.collect();
        Response::private_json(200, &Nearby { reports })
    }
}

impl Found {
    /// A report as its row says.
    ///
    /// # Errors
    /// Where its state is none that is known.
    pub(crate) fn of(
        (number, category, lon, lat, received_at, state, joined, text): FoundRow,
    ) -> Result<Found, serde_json::Error> {
        let report = NearbyReport {
            number,
            category,
            received_at: Timestamp::from_millis(received_at),
            state: serde_json::from_value(state.into())?,
            distance_m: 0,
            square: None,
            joined: u32::try_from(joined).unwrap_or(u32::MAX),
            text,
            photo: None,
        };
        let at = Point {
            lon,
            lat,
            accuracy_m: None,
        };
        Ok(Found { at, report })
    }
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
