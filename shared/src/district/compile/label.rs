//! Where an area's label stands.

use super::ring;
use crate::district::crossing;
use crate::district::metres::Surroundings;
use crate::district::point::{Bounds, Vertex};

/// East-west lines tried before the search: they find a place in shapes too thin for its squares.
const LINES: i64 = 8;
/// Squares quartered before the best so far is taken.
const MOST_SQUARES: usize = 250;

/// The place farthest from any border of the largest polygon, to about a tenth of that distance:
/// squares are quartered, the most promising first (Garcia-Castellanos and Lombardo's "pole of
/// inaccessibility", in the manner of Mapbox's polylabel).
pub(super) fn place(polygons: &[Vec<Vec<Vertex>>]) -> Vertex {
    let size =
        |polygon: &&Vec<Vec<Vertex>>| polygon.first().map(|shell| ring::doubled_area(shell).abs());
    let shape = Shape::of(
        polygons
            .iter()
            .max_by_key(size)
            .map(Vec::as_slice)
            .unwrap_or_default(),
    );
    let bounds = Bounds::of(shape.shell());
    let (width, height) = (
        i64::from(bounds.max.x) - i64::from(bounds.min.x),
        i64::from(bounds.max.y) - i64::from(bounds.min.y),
    );

    let mut best = (0.0, shape.shell().first().copied().unwrap_or(bounds.min));
    for line in 1..LINES {
        if let Some(middle) = shape.widest(moved(bounds.min, 0, height * line / LINES).y) {
            best = better(
                best,
                (shape.clearance(middle, &Surroundings::of(middle)), middle),
            );
        }
    }
    let mut squares = vec![(
        f64::INFINITY,
        Square {
            min: bounds.min,
            width,
            height,
        },
    )];
    for _ in 0..MOST_SQUARES {
        let most_promising = squares
            .iter()
            .enumerate()
            .max_by(|(_, (a, _)), (_, (b, _))| a.total_cmp(b));
        let Some((at, (promise, _))) = most_promising else {
            break;
        };
        if *promise <= best.0 * 1.1 {
            break;
        }
        let (_, square) = squares.swap_remove(at);
        for quarter in square.quarters() {
            let middle = quarter.middle();
            let from = Surroundings::of(middle);
            let clearance = shape.clearance(middle, &from);
            best = better(best, (clearance, middle));
            let reach = libm::sqrt(from.squared_to_bounds(&Bounds::of(&[quarter.min])));
            squares.push((clearance + reach, quarter));
        }
    }
    best.1
}

/// The one with more clearance, of two equal ones the first.
fn better(a: (f64, Vertex), b: (f64, Vertex)) -> (f64, Vertex) {
    if b.0 > a.0 { b } else { a }
}

/// A polygon's rings, each closed, the shell first.
struct Shape {
    rings: Vec<Vec<Vertex>>,
}

impl Shape {
    fn of(polygon: &[Vec<Vertex>]) -> Self {
        let closed = |ring: &Vec<Vertex>| ring.iter().chain(ring.first()).copied().collect();
        Self {
            rings: polygon.iter().map(closed).collect(),
        }
    }

    fn shell(&self) -> &[Vertex] {
        self.rings.first().map(Vec::as_slice).unwrap_or_default()
    }

    /// Metres to the nearest border, negative outside.
    fn clearance(&self, at: Vertex, from: &Surroundings) -> f64 {
        let nearest = self.rings.iter().fold(f64::INFINITY, |nearest, ring| {
            from.squared_to_line(ring, nearest)
        });
        if self.contains(at) {
            libm::sqrt(nearest)
        } else {
            -libm::sqrt(nearest)
        }
    }

    fn contains(&self, at: Vertex) -> bool {
        let mut around = self.rings.iter().map(|ring| {
            edges(ring).fold(false, |inside, (a, b)| inside ^ crossing::crosses(a, b, at))
        });
        around.next() == Some(true) && !around.any(|in_hole| in_hole)
    }

    /// The middle of the longest stretch of an east-west line that lies inside.
    fn widest(&self, y: i32) -> Option<Vertex> {
        let mut crossings: Vec<f64> = self
            .rings
            .iter()
            .flat_map(|ring| edges(ring))
            .filter(|(a, b)| (a.y > y) != (b.y > y))
            .map(|(a, b)| {
                let along = (f64::from(y) - f64::from(a.y)) / (f64::from(b.y) - f64::from(a.y));
                f64::from(a.x) + (f64::from(b.x) - f64::from(a.x)) * along
            })
            .collect();
        crossings.sort_by(f64::total_cmp);
        crossings
            .iter()
            .zip(crossings.iter().skip(1))
            .map(|(west, east)| {
                (
                    east - west,
                    Vertex {
                        x: f64::midpoint(*west, *east) as i32,
                        y,
                    },
                )
            })
            .filter(|(_, middle)| self.contains(*middle))
            .max_by(|(a, _), (b, _)| a.total_cmp(b))
            .map(|(_, middle)| middle)
    }
}

fn edges(closed: &[Vertex]) -> impl Iterator<Item = (Vertex, Vertex)> {
    closed.iter().copied().zip(closed.iter().skip(1).copied())
}

/// A rectangle of the search, in grid steps.
struct Square {
    min: Vertex,
    width: i64,
    height: i64,
}

impl Square {
    fn quarters(&self) -> [Self; 4] {
        let (width, height) = ((self.width + 1) / 2, (self.height + 1) / 2);
        [(0, 0), (width, 0), (0, height), (width, height)].map(|(right, up)| Self {
            min: moved(self.min, right, up),
            width,
            height,
        })
    }

    fn middle(&self) -> Vertex {
        moved(self.min, self.width / 2, self.height / 2)
    }
}

/// Stays on the grid because squares lie within the bounds of an area, give or take a step.
fn moved(from: Vertex, right: i64, up: i64) -> Vertex {
    let to = |from: i32, by: i64| i32::try_from(i64::from(from) + by).unwrap_or(from);
    Vertex {
        x: to(from.x, right),
        y: to(from.y, up),
    }
}
