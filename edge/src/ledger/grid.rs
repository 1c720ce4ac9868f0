//! The squares that reports are found in: some 2 km high, counted from the south pole and the date
//! line.

use balagh_shared::report::Point;

/// Squares of the grid to a degree.
const CELLS_PER_DEGREE: f64 = 50.0;
/// Squares around the globe.
const AROUND: i64 = 360 * 50;
/// Most squares that are looked through: near a pole, where a square has no width, not all of them.
const MOST_CELLS: usize = 64;

/// The square of a point: its row times as many as go around, and its column.
#[must_use]
pub fn cell(at: Point) -> i64 {
    row(at.lat) * AROUND + column(at.lon).rem_euclid(AROUND)
}

/// The squares between a south-western and a north-eastern point, as far as they are looked through.
pub fn cells_between(from: Point, to: Point) -> impl Iterator<Item = i64> {
    let columns = column(from.lon)..=column(to.lon);
    (row(from.lat)..=row(to.lat))
        .flat_map(move |row| {
            columns
                .clone()
                .map(move |column| row * AROUND + column.rem_euclid(AROUND))
        })
        .take(MOST_CELLS)
}

fn row(lat: f64) -> i64 {
    ((lat + 90.0) * CELLS_PER_DEGREE).floor() as i64
}

fn column(lon: f64) -> i64 {
    ((lon + 180.0) * CELLS_PER_DEGREE).floor() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(lon: f64, lat: f64) -> Point {
        Point {
            lon,
            lat,
            accuracy_m: None,
        }
    }

    #[test]
    fn a_point_lies_in_a_square_between_any_two_around_it() {
        for (lon, lat) in [
            (49.98, 26.42),
            (-0.001, 0.0),
            (179.9999, -45.0),
            (0.0, 59.0),
        ] {
            let (from, to) = (point(lon - 0.01, lat - 0.01), point(lon + 0.01, lat + 0.01));
            let cells: Vec<i64> = cells_between(from, to).collect();
            assert!(cells.contains(&cell(point(lon, lat))), "{lon} {lat}");
            assert!(cells.len() <= 4, "{lon} {lat}");
        }
    }

    #[test]
    fn near_a_pole_not_the_whole_world_is_looked_through() {
        let cells = cells_between(point(-180.0, 89.9), point(180.0, 90.0));
        assert_eq!(cells.count(), MOST_CELLS);
    }
}
