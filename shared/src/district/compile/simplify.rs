//! Fewer vertices within a stated bound, with shared borders still shared.
//!
//! Every arc is simplified by itself between its junctions, so that all areas along it get the same
//! line. A stretch is replaced by a straight edge only when
//! each of its vertices lies within the tolerance of that edge. Then one can be drawn into the
//! other without leaving the tolerance's surroundings of the edge, which are convex; so a point
//! farther from every simplified border than the tolerance is on the same side of each as before,
//! which is what lets [`Pack::locate`](crate::district::Pack::locate) be certain beyond the bound.
//!
//! Lines that would touch or cross after all are simplified less, down to not at all.

use std::collections::BTreeSet;

use super::arrange::conflicts;
use super::topology::Topology;
use crate::district::metres::Surroundings;
use crate::district::point::Vertex;

/// The part of the bound that rounding to a coarser grid may take.
const ROUNDING: f64 = 0.2;
/// Distances are measured on flat maps of the surroundings: a reserve for their error.
const RESERVE: f64 = 0.98;
/// How often the lines that meet are simplified half as much, before they are left as they are.
const MOST_ROUNDS: usize = 5;
/// Vertices that one edge of the fewest may replace, and ends tried beyond the last that it may.
const LONGEST: usize = 64;
const MOST_MISSES: usize = 6;
/// Metres of a grid step at the equator, where it is longest.
const STEP_M: f64 = 0.011_132;

/// Simplifies the arcs, and returns the unit of the grid they then stand on.
pub(super) fn simplify(topology: &mut Topology, unit: i32, bound_m: f64) -> i32 {
    // Rounding moves a vertex by half a diagonal of the grid's squares at most.
    let rounding = |unit: i32| f64::from(unit) * STEP_M * std::f64::consts::FRAC_1_SQRT_2;
    let coarse = [1_000, 100, 10]
        .into_iter()
        .find(|coarse| *coarse >= unit && rounding(*coarse) <= bound_m * ROUNDING)
        .unwrap_or(unit);
    let moved = if coarse == unit {
        0.0
    } else {
        rounding(coarse)
    };
    let tolerance_m = (bound_m - moved).max(0.0) * RESERVE;

    let original = std::mem::take(&mut topology.arcs);
    let mut tolerances = vec![tolerance_m; original.len()];
    let simple = |arc: &Vec<Vertex>, tolerance_m: f64| {
        let mut line = thinned(arc, tolerance_m);
        for vertex in &mut line {
            vertex.x = rounded(vertex.x, coarse);
            vertex.y = rounded(vertex.y, coarse);
        }
        line
    };
    topology.arcs = original
        .iter()
        .map(|arc| simple(arc, tolerance_m))
        .collect();
    for round in 1..=MOST_ROUNDS {
        let meeting: BTreeSet<usize> = conflicts(&topology.arcs, coarse);
        if meeting.is_empty() {
            break;
        }
        for index in meeting {
            let (Some(tolerance), Some(arc), Some(line)) = (
                tolerances.get_mut(index),
                original.get(index),
                topology.arcs.get_mut(index),
            ) else {
                continue;
            };
            *tolerance = if round == MOST_ROUNDS {
                0.0
            } else {
                *tolerance / 2.0
            };
            *line = simple(arc, *tolerance);
        }
    }
    coarse
}

fn rounded(along: i32, unit: i32) -> i32 {
    let half = if along < 0 { -unit / 2 } else { unit / 2 };
    (along / unit + (along % unit + half) / unit) * unit
}

/// The fewest vertices found whose line stays within the tolerance of what it replaces. A closed
/// line keeps three.
fn thinned(line: &[Vertex], tolerance_m: f64) -> Vec<Vertex> {
    let line: Vec<Measured> = line.iter().map(|vertex| Measured::of(*vertex)).collect();
    let last = line.len().saturating_sub(1);
    let within = tolerance_m * tolerance_m;
    let mut corners = vec![0, last];
    if line.first().map(|it| it.at) == line.last().map(|it| it.at) {
        // Its two ends are no line: the vertex farthest from them, and the one farthest from both.
        let (_, far) = farthest(&line, 0, last);
        let (before, after) = (farthest(&line, 0, far), farthest(&line, far, last));
        let (_, aside) = if after.0 > before.0 { after } else { before };
        corners = vec![0, far.min(aside), far.max(aside), last];
    }
    let mut kept = vec![0];
    for (from, to) in corners.iter().zip(corners.iter().skip(1)) {
        let (halved, fewest) = (
            halved(&line, *from, *to, within),
            fewest(&line, *from, *to, within),
        );
        kept.extend(if fewest.len() < halved.len() {
            fewest
        } else {
            halved
        });
    }
    kept.into_iter()
        .filter_map(|index| line.get(index).map(|it| it.at))
        .collect()
}

/// After Ramer (1972) and Douglas and Peucker (1973): a stretch that leaves the tolerance is parted
/// at its farthest vertex. The vertices after `from`, up to `to`.
fn halved(line: &[Measured], from: usize, to: usize, within: f64) -> Vec<usize> {
    let mut kept = BTreeSet::from([to]);
    let mut stretches = vec![(from, to)];
    while let Some((from, to)) = stretches.pop() {
        let (squared, far) = farthest(line, from, to);
        if squared > within {
            kept.insert(far);
            stretches.extend([(from, far), (far, to)]);
        }
    }
    kept.into_iter().collect()
}

/// After Imai and Iri (1988): the shortest way over all edges that may replace their stretch, among
/// stretches of at most [`LONGEST`] vertices. The vertices after `from`, up to `to`.
fn fewest(line: &[Measured], from: usize, to: usize, within: f64) -> Vec<usize> {
    // For each vertex, the edges of the best way to it and the vertex it comes from.
    let mut ways: Vec<(usize, usize)> = vec![(usize::MAX, from); to - from + 1];
    if let Some(first) = ways.first_mut() {
        first.0 = 0;
    }
    for start in from..to {
        let Some((edges, _)) = ways.get(start - from).copied() else {
            continue;
        };
        let mut misses = 0;
        for end in start + 1..=to.min(start + LONGEST) {
            if farthest(line, start, end).0 > within {
                misses += 1;
                if misses > MOST_MISSES {
                    break;
                }
                continue;
            }
            misses = 0;
            if let Some(way) = ways.get_mut(end - from).filter(|way| edges + 1 < way.0) {
                *way = (edges + 1, start);
            }
        }
    }
    let mut kept = Vec::new();
    let mut at = to;
    while at > from {
        kept.push(at);
        at = ways.get(at - from).map_or(from, |(_, before)| *before);
    }
    kept.reverse();
    kept
}

/// A vertex with the metres of a grid step at its place.
struct Measured {
    at: Vertex,
    around: Surroundings,
}

impl Measured {
    fn of(at: Vertex) -> Self {
        let around = Surroundings::of(at);
        Self { at, around }
    }
}

/// Square metres from the edge between two vertices to the farthest one between them, and which.
fn farthest(line: &[Measured], from: usize, to: usize) -> (f64, usize) {
    let mut far = (0.0, from);
    let (Some(a), Some(b)) = (line.get(from), line.get(to)) else {
        return far;
    };
    let between = line.get(from + 1..to).unwrap_or_default();
    for (index, vertex) in (from + 1..).zip(between) {
        let squared = vertex.around.squared_to_line(&[a.at, b.at], f64::INFINITY);
        if squared > far.0 || far.1 == from {
            far = (squared, index);
        }
    }
    far
}
