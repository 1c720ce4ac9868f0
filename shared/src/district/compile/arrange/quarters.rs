//! What is near what: squares quartered until each holds few segments.

use super::segments::Segment;
use crate::district::point::Vertex;

/// A square of so few segments is not worth quartering.
const FEW: usize = 12;
/// Calls `meet` for squares that together cover the map, with the segments that touch each or come
/// within `margin` grid units of it (with their positions) and the vertices in it. Whatever meets
/// does so in one.
pub(super) fn visit<'s>(
    segments: &'s [Segment],
    vertices: &[Vertex],
    margin: i64,
    mut meet: impl FnMut(&[(usize, &'s Segment)], &[Vertex]),
) {
    let all: Vec<_> = segments.iter().enumerate().collect();
    let least = |of: fn(&Vertex) -> i32| vertices.iter().map(of).min().unwrap_or(0);
    let most = |of: fn(&Vertex) -> i32| vertices.iter().map(of).max().unwrap_or(0);
    let (x, y) = (i64::from(least(|v| v.x)), i64::from(least(|v| v.y)));
    let width = i64::from(most(|v| v.x)) - x;
    let height = i64::from(most(|v| v.y)) - y;
    let side = (width.max(height) as u64 + 1).next_power_of_two() as i64;
    quarter(
        Square { x, y, side, margin },
        all,
        vertices.to_vec(),
        &mut meet,
    );
}

#[derive(Clone, Copy)]
struct Square {
    x: i64,
    y: i64,
    side: i64,
    margin: i64,
}

type Meet<'m, 's> = dyn FnMut(&[(usize, &'s Segment)], &[Vertex]) + 'm;

fn quarter<'s>(
    square: Square,
    segments: Vec<(usize, &'s Segment)>,
    vertices: Vec<Vertex>,
    meet: &mut Meet<'_, 's>,
) {
    if segments.is_empty() {
        return;
    }
    if segments.len() <= FEW || square.side <= 2 * square.margin {
        meet(&segments, &vertices);
        return;
    }
    let side = square.side / 2;
    let quarters = [(0, 0), (side, 0), (0, side), (side, side)].map(|(right, up)| Square {
        x: square.x + right,
        y: square.y + up,
        side,
        margin: square.margin,
    });
    let in_quarters = quarters.map(|quarter| {
        let near = segments
            .iter()
            .filter(|(_, segment)| quarter.is_near(segment));
        near.copied().collect::<Vec<_>>()
    });
    // Segments that all meet in one place stay together however small the squares.
    let together = in_quarters.iter().map(Vec::len).sum::<usize>() > 3 * segments.len();
    if together && segments.len() < 512 {
        meet(&segments, &vertices);
        return;
    }
    for (quarter_of, near) in quarters.into_iter().zip(in_quarters) {
        let within = vertices.iter().filter(|vertex| quarter_of.holds(vertex));
        quarter(quarter_of, near, within.copied().collect(), meet);
    }
}

impl Square {
    fn holds(&self, vertex: &Vertex) -> bool {
        let (x, y) = (i64::from(vertex.x), i64::from(vertex.y));
        (self.x..self.x + self.side).contains(&x) && (self.y..self.y + self.side).contains(&y)
    }

    /// Whether the segment touches the square and its margin.
    fn is_near(&self, segment: &Segment) -> bool {
        let (west, south) = (self.x - self.margin, self.y - self.margin);
        let (east, north) = (
            self.x + self.side + self.margin,
            self.y + self.side + self.margin,
        );
        let (ax, ay) = (i64::from(segment.a.x), i64::from(segment.a.y));
        let (bx, by) = (i64::from(segment.b.x), i64::from(segment.b.y));
        if ax.max(bx) < west || ax.min(bx) > east || ay.max(by) < south || ay.min(by) > north {
            return false;
        }
        // All four corners on one side of the segment's line: it passes by.
        let (dx, dy) = (i128::from(bx - ax), i128::from(by - ay));
        let side = |x: i64, y: i64| dx * i128::from(y - ay) - dy * i128::from(x - ax);
        let corners = [
            side(west, south),
            side(east, south),
            side(west, north),
            side(east, north),
        ];
        !(corners.iter().all(|side| *side > 0) || corners.iter().all(|side| *side < 0))
    }
}
