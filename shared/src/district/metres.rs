//! Distances in metres around one place.

use super::point::{Bounds, MAX_X, MAX_Y, Vertex};

/// WGS 84: the semi-major axis in metres.
const EQUATOR_M: f64 = 6_378_137.0;
/// WGS 84: the square of the first eccentricity.
const ECCENTRICITY_2: f64 = 0.006_694_379_990_141_32;
const RADIANS_PER_STEP: f64 = std::f64::consts::PI / 180.0 / 1e7;

/// Metres between two places, each as longitude and latitude in degrees; nothing where one of them is
/// not on Earth. As exact as the distances of `locate`.
#[must_use]
pub fn metres_between([lon, lat]: [f64; 2], to: [f64; 2]) -> Option<f64> {
    let from = Vertex::asked(lon, lat).ok()?;
    let [lon, lat] = to;
    let (east, north) = Surroundings::of(from).offset(Vertex::asked(lon, lat).ok()?);
    Some(libm::sqrt(east * east + north * north))
}

/// A flat map of the surroundings of a place: east and north in metres.
///
/// The scale is the ellipsoid's at the place itself. Within 2 km the error is below 0.05 % at any
/// latitude up to 70 degrees (1 m); at 100 km it grows to about 0.5 % at 30 degrees and 1.5 % at
/// 60, which is enough to say "some 100 km away".
///
/// Only IEEE operations and `libm`'s root are used, so that every platform gives the same bits.
pub(super) struct Surroundings {
    at: Vertex,
    east_m: f64,
    north_m: f64,
}

impl Surroundings {
    pub(super) fn of(at: Vertex) -> Self {
        let latitude = f64::from(at.y) * RADIANS_PER_STEP;
        let (sine, cosine) = sine_and_cosine(latitude);
        let flattening = 1.0 - ECCENTRICITY_2 * sine * sine;
        let prime_vertical = EQUATOR_M / libm::sqrt(flattening);
        let meridian = prime_vertical * (1.0 - ECCENTRICITY_2) / flattening;
        Self {
            at,
            east_m: prime_vertical * cosine * RADIANS_PER_STEP,
            north_m: meridian * RADIANS_PER_STEP,
        }
    }

    /// Bounds of everything within so many metres, and a little more.
    pub(super) fn bounds_within(&self, metres: f64) -> Bounds {
        let to = |from: i32, steps: f64, most: i32| {
            // Near a pole, where a step east is no way at all, this is the whole map.
            let to = f64::from(from) + steps;
            // Not `clamp`, whose panic would bring the printing of floats into the wasm.
            to.max(f64::from(-most)).min(f64::from(most)) as i32
        };
        let (east, north) = (metres / self.east_m + 1.0, metres / self.north_m + 1.0);
        Bounds {
            min: Vertex {
                x: to(self.at.x, -east, MAX_X),
                y: to(self.at.y, -north, MAX_Y),
            },
            max: Vertex {
                x: to(self.at.x, east, MAX_X),
                y: to(self.at.y, north, MAX_Y),
            },
        }
    }

    /// Square metres from the place to the nearest point of the rectangle, 0 within it: never more
    /// than to anything the rectangle bounds.
    pub(super) fn squared_to_bounds(&self, bounds: &Bounds) -> f64 {
        let outside = |at: i32, min: i32, max: i32| {
            let at = i64::from(at);
            (i64::from(min) - at).max(at - i64::from(max)).max(0) as f64
        };
        let east = outside(self.at.x, bounds.min.x, bounds.max.x) * self.east_m;
        let north = outside(self.at.y, bounds.min.y, bounds.max.y) * self.north_m;
        east * east + north * north
    }

    /// Square metres from the place to the nearest point of the line, or `within` if that is less.
    pub(super) fn squared_to_line(&self, line: &[Vertex], within: f64) -> f64 {
        let mut nearest = within;
        let mut ends = line.iter().map(|vertex| self.offset(*vertex));
        let Some(mut from) = ends.next() else {
            return nearest;
        };
        for to in ends {
            nearest = nearest.min(squared_to_segment(from, to));
            from = to;
        }
        nearest
    }

    /// Metres east and north of the place.
    pub(super) fn offset(&self, vertex: Vertex) -> (f64, f64) {
        let steps = |to: i32, from: i32| (i64::from(to) - i64::from(from)) as f64;
        (
            steps(vertex.x, self.at.x) * self.east_m,
            steps(vertex.y, self.at.y) * self.north_m,
        )
    }
}

/// Sine and cosine of a latitude in radians, within some 1e-16.
///
/// Their series, from the term on that no longer counts at a quarter turn. `libm` would first bring an
/// angle of any size into reach, by tables and code that a phone would fetch for nothing.
fn sine_and_cosine(latitude: f64) -> (f64, f64) {
    let square = latitude * latitude;
    let (mut sine, mut cosine) = (1.0, 1.0);
    for term in (1..=12).rev() {
        let n = f64::from(2 * term);
        sine = 1.0 - square / (n * (n + 1.0)) * sine;
        cosine = 1.0 - square / ((n - 1.0) * n) * cosine;
    }
    // At a pole what is left over may be less than nothing.
    (latitude * sine, f64::max(cosine, 0.0))
}

/// The square of the distance from the origin to a segment.
fn squared_to_segment((ax, ay): (f64, f64), (bx, by): (f64, f64)) -> f64 {
    let (dx, dy) = (bx - ax, by - ay);
    let length = dx * dx + dy * dy;
    let along = if length > 0.0 {
        (-(ax * dx + ay * dy) / length).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let (x, y) = (ax + along * dx, ay + along * dy);
    x * x + y * y
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sines_and_cosines_of_latitudes_are_those_of_the_library() {
        for step in -900..=900 {
            let latitude = f64::from(step).to_radians() / 10.0;
            let (sine, cosine) = sine_and_cosine(latitude);
            assert!((sine - libm::sin(latitude)).abs() < 3e-16, "{latitude}");
            assert!((cosine - libm::cos(latitude)).abs() < 3e-16, "{latitude}");
            assert!(cosine >= 0.0, "{latitude}");
        }
    }
}
