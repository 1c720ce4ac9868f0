//! Shared borders, found.
//!
//! After the idea of TopoJSON: a vertex where rings part or meet is a junction; between junctions a
//! ring runs along an arc, and arcs of the same vertices, in either direction, are one.

use std::collections::BTreeMap;

use crate::district::pack::ArcUse;
use crate::district::point::Vertex;

/// Border lines, and the rings put together from them.
pub(super) struct Topology {
    /// Each line once, in the order and direction it is first met; closed lines repeat their
    /// first vertex.
    pub(super) arcs: Vec<Vec<Vertex>>,
    /// For each ring given, in the same order.
    pub(super) rings: Vec<Vec<ArcUse>>,
}

/// Cuts rings, given without their closing vertex, into arcs.
pub(super) fn extract(rings: &[&[Vertex]]) -> Topology {
    let passages = passages(rings);
    let is_junction = |vertex: &Vertex| passages.get(vertex).is_none_or(Option::is_none);
    let mut arcs = Vec::new();
    let mut known = BTreeMap::new();
    let rings = rings
        .iter()
        .map(|ring| {
            cut(ring, is_junction)
                .into_iter()
                .map(|line| share(line, &mut arcs, &mut known))
                .collect()
        })
        .collect();
    Topology { arcs, rings }
}

/// The two neighbours of each vertex, the lesser first; `None` where rings disagree on them.
fn passages(rings: &[&[Vertex]]) -> BTreeMap<Vertex, Option<(Vertex, Vertex)>> {
    let mut passages = BTreeMap::new();
    for ring in rings {
        let before = ring.iter().cycle().skip(ring.len().saturating_sub(1));
        let after = ring.iter().cycle().skip(1);
        for ((vertex, a), b) in ring.iter().zip(before).zip(after) {
            let neighbours = (*a.min(b), *a.max(b));
            let passage = passages.entry(*vertex).or_insert(Some(neighbours));
            if *passage != Some(neighbours) {
                *passage = None;
            }
        }
    }
    passages
}

/// The ring as lines from junction to junction. A ring without any is shared as a whole or not at
/// all; it starts at its least vertex so that both owners cut it alike.
fn cut(ring: &[Vertex], is_junction: impl Fn(&Vertex) -> bool) -> Vec<Vec<Vertex>> {
    let least = || {
        ring.iter()
            .enumerate()
            .min_by_key(|(_, vertex)| **vertex)
            .map(|(at, _)| at)
    };
    let Some(start) = ring.iter().position(&is_junction).or_else(least) else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    let mut line: Vec<Vertex> = Vec::new();
    for vertex in ring.iter().cycle().skip(start).take(ring.len() + 1) {
        line.push(*vertex);
        if line.len() > 1 && is_junction(vertex) {
            lines.push(std::mem::replace(&mut line, vec![*vertex]));
        }
    }
    if line.len() > 1 {
        lines.push(line);
    }
    lines
}

/// The line as an arc: an earlier one in either direction, or itself.
fn share(
    line: Vec<Vertex>,
    arcs: &mut Vec<Vec<Vertex>>,
    known: &mut BTreeMap<Vec<Vertex>, usize>,
) -> ArcUse {
    let mut backwards = line.clone();
    backwards.reverse();
    let key = if backwards < line {
        backwards
    } else {
        line.clone()
    };
    let index = *known.entry(key).or_insert_with(|| {
        arcs.push(line.clone());
        arcs.len() - 1
    });
    ArcUse {
        index,
        reversed: arcs.get(index) != Some(&line),
    }
}
