//! The half-open rule: which borders does a way cross?
//!
//! A way begins and ends at points nudged as the module's page says, a small step east and a far
//! smaller one north, so that neither its ends nor its corner lie on a border, and runs along
//! meridians and parallels. Each edge is judged for itself and the same from both of its sides,
//! which is why neighbours that share it can never both claim, or both refuse, a point.
//!
//! Everything fits in 64 bits: longitudes differ by at most 3.6e9 grid steps and latitudes by
//! 1.8e9, and the products that are compared, never subtracted, stay below 6.5e18.

use super::point::Vertex;

/// A point in grid steps.
type Place = (i64, i64);

/// Crossings of the edge from `a` to `b` by the way that runs north (or south) from `from` and then
/// east to `to`, which lies not west of it: 1 for one from the edge's right side to its left, −1 for
/// one back, 0 for none or both.
#[inline]
pub(super) fn on_way(a: Vertex, b: Vertex, from: Place, to: Place) -> i32 {
    let (a, b) = (place(a), place(b));
    let corner = (from.0, to.1);
    // Whether an edge is crossed is a toss of a coin, which a processor cannot foresee: every
    // question is answered, so that it need not.
    let runs_north = b.1 > to.1;
    let spans_y = (a.1 > to.1) != runs_north;
    let (low, high) = if runs_north { (a, b) } else { (b, a) };
    let east = spans_y & (is_east(low, high, corner) != is_east(low, high, to));

    let runs_east = b.0 > from.0;
    let spans_x = (a.0 > from.0) != runs_east;
    let (low, high) = if runs_east { (a, b) } else { (b, a) };
    let is_north_of_start = is_north(low, high, from);
    let north = spans_x & (is_north_of_start != is_north(low, high, corner));

    let sign = |is_left: bool| 2 * i32::from(is_left) - 1;
    i32::from(east) * sign(!runs_north) + i32::from(north) * sign(runs_east == is_north_of_start)
}

/// Whether an edge that rises past the nudged point passes east of it.
#[inline]
fn is_east(low: Place, high: Place, at: Place) -> bool {
    let ((dx, dy), (x, y)) = (minus(high, low), minus(at, low));
    dx * y > dy * x
}

/// Whether an edge that leads east past the nudged point passes north of it. On the edge itself the
/// nudge, which is mostly east, falls below what rises and above what does not.
#[inline]
fn is_north(west: Place, east: Place, at: Place) -> bool {
    let ((dx, dy), (x, y)) = (minus(east, west), minus(at, west));
    let (along, up) = (dx * y, dy * x);
    (along < up) | ((along == up) & (dy > 0))
}

fn place(vertex: Vertex) -> Place {
    (i64::from(vertex.x), i64::from(vertex.y))
}

fn minus(a: Place, b: Place) -> Place {
    (a.0 - b.0, a.1 - b.1)
}

/// Whether the ray east from the nudged point crosses the edge between `a` and `b`.
#[cfg(any(test, feature = "compile"))]
pub(super) fn crosses(a: Vertex, b: Vertex, at: Vertex) -> bool {
    if (a.y > at.y) == (b.y > at.y) {
        return false;
    }
    let (low, high) = if a.y > at.y { (b, a) } else { (a, b) };
    is_east(place(low), place(high), place(at))
}
