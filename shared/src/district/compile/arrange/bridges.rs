//! Bridges over narrow gaps that are open at an end.
//!
//! Two neighbours' borders that run beside each other without meeting leave a strip that is no face
//! of its own, but an arm of the outside. From each vertex there that is near another area's border
//! a bridge leads to it: so the strip becomes faces, which are then measured like any other.

use std::collections::{BTreeMap, BTreeSet};

use super::faces::Faces;
use super::quarters;
use super::scaled;
use super::segments::Segment;
use crate::district::metres::Surroundings;
use crate::district::point::Vertex;

/// 75 degrees, in grid steps.
const FARTHEST_NORTH: i32 = 750_000_000;

/// Bridges, in grid units, over what is narrower than `narrow_m` metres; `held` tells each face's
/// areas.
pub(super) fn bridges(
    segments: &[Segment],
    faces: &Faces,
    held: &[Vec<usize>],
    unit: i32,
    narrow_m: f64,
) -> Vec<(Vertex, Vertex)> {
    let sides = |index: usize| {
        let side = |half_edge: usize| {
            let areas = held.get(faces.of_half_edge(half_edge));
            areas.and_then(|areas| areas.first()).copied()
        };
        (side(2 * index), side(2 * index + 1))
    };
    let mut shores = Vec::new();
    let mut areas = Vec::new();
    let mut at_vertex: BTreeMap<Vertex, usize> = BTreeMap::new();
    for (index, segment) in segments.iter().enumerate() {
        let area = match sides(index) {
            (Some(area), None) | (None, Some(area)) => area,
            _ => continue,
        };
        for end in [segment.a, segment.b] {
            at_vertex.entry(end).or_insert(area);
        }
        shores.push(Segment {
            a: segment.a,
            b: segment.b,
            rings: Vec::new(),
        });
        areas.push(area);
    }
    let vertices: Vec<Vertex> = at_vertex.keys().copied().collect();
    // Toward the poles a metre is ever more degrees: bridges there may be missed.
    let farthest_north = vertices.iter().map(|at| at.y.abs()).max().unwrap_or(0);
    let farthest_north = farthest_north.min(FARTHEST_NORTH / unit);
    let there = Surroundings::of(Vertex {
        x: 0,
        y: farthest_north.saturating_mul(unit),
    });
    let reach = there.bounds_within(narrow_m).max.x / unit + 1;

    let mut nearest: BTreeMap<Vertex, (f64, Vertex)> = BTreeMap::new();
    quarters::visit(&shores, &vertices, i64::from(reach), |near, vertices| {
        for vertex in vertices {
            let own = at_vertex.get(vertex);
            let from = Surroundings::of(scaled(*vertex, unit, true));
            for (index, shore) in near {
                if shore.a == *vertex || shore.b == *vertex || areas.get(*index) == own {
                    continue;
                }
                let line = [scaled(shore.a, unit, true), scaled(shore.b, unit, true)];
                let squared = from.squared_to_line(&line, f64::INFINITY);
                let best = nearest
                    .get(vertex)
                    .map_or(narrow_m * narrow_m, |(best, _)| *best);
                if squared < best {
                    nearest.insert(*vertex, (squared, foot(shore, *vertex, &from, unit)));
                }
            }
        }
    });
    // From both of its banks a bridge is the same.
    let bridges = nearest
        .into_iter()
        .map(|(from, (_, to))| (from.min(to), from.max(to)));
    let bridges: BTreeSet<_> = bridges.filter(|(from, to)| from != to).collect();
    bridges.into_iter().collect()
}

/// The grid point on the segment nearest to the vertex.
fn foot(shore: &Segment, vertex: Vertex, from: &Surroundings, unit: i32) -> Vertex {
    let ((ax, ay), (bx, by)) = (
        from.offset(scaled(shore.a, unit, true)),
        from.offset(scaled(shore.b, unit, true)),
    );
    let (dx, dy) = (bx - ax, by - ay);
    let along = (-(ax * dx + ay * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
    let moved = |from: i32, to: i32| {
        let steps = (f64::from(to) - f64::from(from)) * along;
        (f64::from(from) + libm::round(steps)) as i32
    };
    let foot = Vertex {
        x: moved(shore.a.x, shore.b.x),
        y: moved(shore.a.y, shore.b.y),
    };
    if along.is_finite() { foot } else { vertex }
}
