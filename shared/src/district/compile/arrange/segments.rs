//! Rings cut where they meet: afterwards two segments share at most an end.
//!
//! Snap rounding, after Hobby (1999): where segments cross, the nearest grid point becomes a vertex,
//! and every segment that passes close to a vertex is led through it. What this moves, it moves by
//! less than a grid unit, and it may make others meet, so it is repeated until nothing is left to
//! cut.

use std::collections::BTreeSet;

use super::quarters;
use crate::district::point::Vertex;

/// An edge of rings, the lesser end first, in grid units.
pub(super) struct Segment {
    pub(super) a: Vertex,
    pub(super) b: Vertex,
    /// The rings that run along it an odd number of times, in order.
    pub(super) rings: Vec<u32>,
}

/// What was cut, for the findings.
#[derive(Default)]
pub(super) struct Cuts {
    /// Two rings (or one twice) that cross, and where, in grid units.
    pub(super) crossings: Vec<(u32, u32, Vertex)>,
    /// Rings with vertices that were led through another's.
    pub(super) led: Vec<u32>,
    /// Whether so much crosses that it is no map.
    pub(super) is_tangle: bool,
}

fn most_crossings(segments: usize) -> usize {
    FREE_CROSSINGS + CROSSINGS_PER_SEGMENT * segments
}

/// Rounds of snapping: three were the most that any file has needed.
const MOST_ROUNDS: usize = 12;
/// How far a segment may pass from a vertex to be led through it, in grid units: farther than a
/// corner of the square that the vertex stands for.
const REACH: f64 = 0.75;

/// Crossings that a layer may have: those of any file by mistake, and some for each segment.
const FREE_CROSSINGS: usize = 10_000;
const CROSSINGS_PER_SEGMENT: usize = 4;

/// The ring of a [bridge](super::bridges), which goes around nothing.
pub(super) const NO_RING: u32 = u32::MAX;

/// Cuts the rings, given without their closing vertex, and the bridges, in grid units. Where so
/// much crosses that it is no map, the result is not cut to the end, and the crossings tell.
pub(super) fn cut(rings: &[&[Vertex]], bridges: &[(Vertex, Vertex)]) -> (Vec<Segment>, Cuts) {
    let mut edges: Vec<(Vertex, Vertex, u32)> = bridges
        .iter()
        .map(|(from, to)| (*from.min(to), *from.max(to), NO_RING))
        .collect();
    for (number, ring) in (0_u32..).zip(rings) {
        for (from, to) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            edges.push((*from.min(to), *from.max(to), number));
        }
    }
    let mut segments = merged(edges);
    let mut cuts = Cuts::default();
    for round in 0..MOST_ROUNDS {
        let mut points = meetings(&segments, round == 0, &mut cuts);
        cuts.is_tangle |= cuts.crossings.len() > most_crossings(segments.len());
        if points.is_empty() || cuts.is_tangle {
            break;
        }
        points.sort_by(|(a, along_a, at_a), (b, along_b, at_b)| {
            a.cmp(b)
                .then(along_a.total_cmp(along_b))
                .then(at_a.cmp(at_b))
        });
        points.dedup_by_key(|(segment, _, at)| (*segment, *at));
        segments = cut_at(&segments, &points);
    }
    (segments, cuts)
}

/// Lines with an edge that crosses or touches another's, or is another's, or that pass a vertex twice
/// but for their ends.
pub(super) fn conflicts(lines: &[Vec<Vertex>]) -> BTreeSet<usize> {
    let mut edges = Vec::new();
    for (number, line) in (0_u32..).zip(lines) {
        for (from, to) in line.iter().zip(line.iter().skip(1)) {
            edges.push((*from.min(to), *from.max(to), number));
        }
    }
    let mut conflicts = BTreeSet::new();
    edges.sort_unstable();
    for same in edges.chunk_by(|(a, b, _), (c, d, _)| (a, b) == (c, d)) {
        if same.len() > 1 {
            conflicts.extend(same.iter().map(|(.., line)| *line as usize));
        }
    }
    let mut inner: Vec<(Vertex, usize)> = Vec::new();
    let mut ends: Vec<Vertex> = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        ends.extend(line.first().into_iter().chain(line.last()));
        let between = line.iter().skip(1).take(line.len().saturating_sub(2));
        inner.extend(between.map(|vertex| (*vertex, number)));
    }
    ends.sort_unstable();
    inner.sort_unstable();
    for same in inner.chunk_by(|(a, _), (b, _)| a == b) {
        let on_end = same
            .first()
            .is_some_and(|(vertex, _)| ends.binary_search(vertex).is_ok());
        if same.len() > 1 || on_end {
            conflicts.extend(same.iter().map(|(_, line)| *line));
        }
    }
    let segments = merged(edges);
    let mut vertices: Vec<Vertex> = segments.iter().flat_map(|it| [it.a, it.b]).collect();
    vertices.sort_unstable();
    vertices.dedup();
    quarters::visit(&segments, &vertices, 1, |near, vertices| {
        for (position, (_, segment)) in near.iter().enumerate() {
            let lines = |segment: &Segment| {
                segment
                    .rings
                    .iter()
                    .map(|line| *line as usize)
                    .collect::<Vec<_>>()
            };
            if vertices
                .iter()
                .any(|vertex| passes(segment, *vertex, 0.0).is_some())
            {
                conflicts.extend(lines(segment));
            }
            for (_, other) in near.iter().skip(position + 1) {
                if crossing(segment, other).is_some() {
                    conflicts.extend(lines(segment).into_iter().chain(lines(other)));
                }
            }
        }
    });
    conflicts
}

/// Edges as segments, each once; a ring that runs along one and back again is not along it.
fn merged(mut edges: Vec<(Vertex, Vertex, u32)>) -> Vec<Segment> {
    edges.retain(|(a, b, _)| a != b);
    edges.sort_unstable();
    let mut segments: Vec<Segment> = Vec::new();
    for same in edges.chunk_by(|(a, b, _), (c, d, _)| (a, b) == (c, d)) {
        let rings: Vec<u32> = same
            .chunk_by(|(.., r), (.., s)| r == s)
            .filter(|times| times.len() % 2 == 1)
            .filter_map(|times| times.first().map(|(.., ring)| *ring))
            .collect();
        if let (Some((a, b, _)), false) = (same.first(), rings.is_empty()) {
            segments.push(Segment {
                a: *a,
                b: *b,
                rings,
            });
        }
    }
    segments
}

/// Where segments have to be cut: segment, how far along it, and the vertex.
fn meetings(segments: &[Segment], is_first: bool, cuts: &mut Cuts) -> Vec<(usize, f64, Vertex)> {
    let mut vertices: Vec<Vertex> = segments.iter().flat_map(|it| [it.a, it.b]).collect();
    vertices.sort_unstable();
    vertices.dedup();
    let mut points = Vec::new();
    let most = most_crossings(segments.len());
    quarters::visit(segments, &vertices, 1, |near, vertices| {
        if cuts.crossings.len() > most {
            return;
        }
        for (position, (index, segment)) in near.iter().enumerate() {
            for vertex in vertices {
                if let Some(along) = passes(segment, *vertex, REACH) {
                    points.push((*index, along, *vertex));
                    if is_first && passes(segment, *vertex, 0.0).is_none() {
                        cuts.led.extend(&segment.rings);
                    }
                }
            }
            for (other_index, other) in near.iter().skip(position + 1) {
                let Some(at) = crossing(segment, other) else {
                    continue;
                };
                for (index, segment) in [(index, segment), (other_index, other)] {
                    let along = along(segment, at);
                    if at != segment.a && at != segment.b {
                        points.push((*index, along, at));
                    }
                }
                if is_first && let (Some(a), Some(b)) = (segment.rings.first(), other.rings.first())
                {
                    cuts.crossings.push((*a, *b, at));
                }
            }
        }
    });
    points
}

fn cut_at(segments: &[Segment], points: &[(usize, f64, Vertex)]) -> Vec<Segment> {
    let mut edges = Vec::with_capacity(segments.len() + points.len());
    let mut points = points.iter().peekable();
    for (index, segment) in segments.iter().enumerate() {
        let mut from = segment.a;
        let mut add = |from: Vertex, to: Vertex| {
            edges.extend(
                segment
                    .rings
                    .iter()
                    .map(|ring| (from.min(to), from.max(to), *ring)),
            );
        };
        while let Some((_, _, at)) = points.next_if(|(of, ..)| *of == index) {
            add(from, *at);
            from = *at;
        }
        add(from, segment.b);
    }
    merged(edges)
}

/// How far along the segment it passes the vertex within reach; `None` elsewhere and at its ends.
fn passes(segment: &Segment, at: Vertex, reach: f64) -> Option<f64> {
    if at == segment.a || at == segment.b {
        return None;
    }
    let ((dx, dy), (x, y)) = (offset(segment.a, segment.b), offset(segment.a, at));
    let squared = length(dx, dy);
    let along = (i128::from(dx) * i128::from(x) + i128::from(dy) * i128::from(y)) as f64;
    let across = (i128::from(dx) * i128::from(y) - i128::from(dy) * i128::from(x)) as f64;
    let is_near = across * across <= reach * reach * squared;
    (is_near && 0.0 < along && along < squared).then_some(along / squared)
}

fn along(segment: &Segment, at: Vertex) -> f64 {
    let ((dx, dy), (x, y)) = (offset(segment.a, segment.b), offset(segment.a, at));
    (i128::from(dx) * i128::from(x) + i128::from(dy) * i128::from(y)) as f64 / length(dx, dy)
}

fn length(dx: i64, dy: i64) -> f64 {
    (i128::from(dx) * i128::from(dx) + i128::from(dy) * i128::from(dy)) as f64
}

/// The grid point nearest to where two segments cross, each between its ends.
fn crossing(s: &Segment, t: &Segment) -> Option<Vertex> {
    // Cheap, and true of most pairs.
    if s.b.x < t.a.x || t.b.x < s.a.x {
        return None;
    }
    let turn = |a: Vertex, b: Vertex, c: Vertex| {
        let ((dx, dy), (x, y)) = (offset(a, b), offset(a, c));
        i128::from(dx) * i128::from(y) - i128::from(dy) * i128::from(x)
    };
    let (a, b) = (turn(s.a, s.b, t.a), turn(s.a, s.b, t.b));
    let (c, d) = (turn(t.a, t.b, s.a), turn(t.a, t.b, s.b));
    let parts = |a: i128, b: i128| a.signum() * b.signum() < 0;
    if !parts(a, b) || !parts(c, d) {
        return None;
    }
    // c : (c − d) is how far along s it is.
    let (dx, dy) = offset(s.a, s.b);
    let part = c as f64 / (c - d) as f64;
    let moved = |from: i32, by: i64| (f64::from(from) + libm::round(by as f64 * part)) as i32;
    Some(Vertex {
        x: moved(s.a.x, dx),
        y: moved(s.a.y, dy),
    })
}

fn offset(from: Vertex, to: Vertex) -> (i64, i64) {
    (
        i64::from(to.x) - i64::from(from.x),
        i64::from(to.y) - i64::from(from.y),
    )
}
