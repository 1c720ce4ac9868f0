//! The half-open rule: does a ray from the point cross a border an odd number of times?
//!
//! The ray runs east from the point nudged as the module's page says. An edge is crossed when one
//! end lies above the ray and the other on or below it, and the edge meets the ray strictly east
//! of the point. Each edge is judged for itself and the same from both of its sides, which is why
//! neighbours that share it can never both claim, or both refuse, a point.

use super::pack::Arc;
use super::point::{Bounds, Vertex};

/// Whether the ray east from `at` crosses this line an odd number of times.
pub(super) fn is_odd(arc: &Arc, at: Vertex) -> bool {
    if let Some(odd) = by_bounds(arc.bounds, &arc.vertices, at) {
        return odd;
    }
    arc.spans().fold(false, |odd, (bounds, line)| {
        odd ^ by_bounds(bounds, line, at).unwrap_or_else(|| by_edges(line, at))
    })
}

/// What the bounds alone can tell, which is nearly always enough: a line wholly above, below or
/// west of the point is not crossed, and one wholly east of it is crossed an odd number of times
/// when its ends lie on opposite sides of the ray, whatever it does in between.
fn by_bounds(bounds: Bounds, line: &[Vertex], at: Vertex) -> Option<bool> {
    if at.y < bounds.min.y || bounds.max.y <= at.y || bounds.max.x <= at.x {
        return Some(false);
    }
    if at.x < bounds.min.x {
        let above = |end: Option<&Vertex>| end.is_some_and(|end| end.y > at.y);
        return Some(above(line.first()) != above(line.last()));
    }
    None
}

fn by_edges(line: &[Vertex], at: Vertex) -> bool {
    line.iter()
        .zip(line.iter().skip(1))
        .fold(false, |odd, (a, b)| odd ^ crosses(*a, *b, at))
}

/// Whether the ray east from `at` crosses the edge between `a` and `b`.
pub(super) fn crosses(a: Vertex, b: Vertex, at: Vertex) -> bool {
    if (a.y > at.y) == (b.y > at.y) {
        return false;
    }
    let (low, high) = if a.y > at.y { (b, a) } else { (a, b) };
    turn(low, high, at) > 0
}

/// Twice the signed area of the triangle: positive when `c` lies to the left of the way from `a`
/// to `b`. Differences need 33 bits, so their products do not fit in 64.
pub(super) fn turn(a: Vertex, b: Vertex, c: Vertex) -> i128 {
    let minus = |p: i32, q: i32| i128::from(i64::from(p) - i64::from(q));
    minus(b.x, a.x) * minus(c.y, a.y) - minus(b.y, a.y) * minus(c.x, a.x)
}
