//! Faces put together into the polygons of an area.

use super::super::ring::doubled_area;
use super::holds;
use crate::district::point::{Bounds, Vertex};

/// Polygons, each a shell (anticlockwise) and its holes (clockwise), from an area's border: edges
/// with the area to their left.
pub(super) fn polygons(mut border: Vec<(Vertex, Vertex)>) -> Vec<Vec<Vec<Vertex>>> {
    border.sort_unstable();
    let mut is_used = vec![false; border.len()];
    let mut shells: Vec<Vec<Vec<Vertex>>> = Vec::new();
    let mut holes = Vec::new();
    for first in 0..border.len() {
        if is_used.get(first) == Some(&true) {
            continue;
        }
        for ring in loops(&walk(&border, &mut is_used, first)) {
            match doubled_area(&ring) {
                0 => {}
                1.. => shells.push(vec![ring]),
                _ => holes.push(ring),
            }
        }
    }
    give_holes(&mut shells, holes);
    shells
}

/// The way along the border from one of its edges until it ends where it began.
fn walk(border: &[(Vertex, Vertex)], is_used: &mut [bool], first: usize) -> Vec<Vertex> {
    let mut way = Vec::new();
    let mut at = Some(first);
    while let Some((index, (from, to))) = at.and_then(|at| Some((at, *border.get(at)?))) {
        if let Some(used) = is_used.get_mut(index) {
            *used = true;
        }
        way.push(from);
        let start = border.partition_point(|(other, _)| *other < to);
        let onward = border.iter().enumerate().skip(start);
        at = onward
            .take_while(|(_, (other, _))| *other == to)
            .map(|(index, _)| index)
            .find(|index| is_used.get(*index) == Some(&false));
    }
    way
}

/// A closed way that may pass a vertex several times, as rings that pass none twice.
fn loops(way: &[Vertex]) -> Vec<Vec<Vertex>> {
    let mut loops = Vec::new();
    let mut path: Vec<Vertex> = Vec::new();
    let mut places = std::collections::BTreeMap::new();
    for vertex in way {
        if let Some(place) = places.get(vertex).copied() {
            let ring = path.split_off(place);
            for passed in &ring {
                places.remove(passed);
            }
            if ring.len() > 2 {
                loops.push(ring);
            }
        }
        places.insert(*vertex, path.len());
        path.push(*vertex);
    }
    if path.len() > 2 {
        loops.push(path);
    }
    loops
}

/// Puts each hole with the smallest shell around it.
fn give_holes(shells: &mut [Vec<Vec<Vertex>>], holes: Vec<Vec<Vertex>>) {
    let outlines: Vec<(Bounds, i128)> = shells
        .iter()
        .map(|polygon| {
            let shell: &[Vertex] = polygon.first().map_or(&[], Vec::as_slice);
            (Bounds::of(shell), doubled_area(shell))
        })
        .collect();
    for hole in holes {
        let within = Bounds::of(&hole);
        let around = |(index, (bounds, _)): &(usize, &(Bounds, i128))| {
            bounds.min.x <= within.min.x
                && bounds.min.y <= within.min.y
                && bounds.max.x >= within.max.x
                && bounds.max.y >= within.max.y
                && (shells.len() == 1
                    || shells
                        .get(*index)
                        .and_then(|polygon| polygon.first())
                        .is_some_and(|shell| lies_in(&hole, shell)))
        };
        let owner = outlines
            .iter()
            .enumerate()
            .filter(around)
            .min_by_key(|(_, (_, area))| *area)
            .map(|(index, _)| index);
        if let Some(polygon) = owner.and_then(|owner| shells.get_mut(owner)) {
            polygon.push(hole);
        }
    }
}

/// Whether a ring lies in another that it does not cross: one of its vertices that is not on the
/// other tells; a ring that only has shared vertices is judged by the middle of an edge.
fn lies_in(ring: &[Vertex], shell: &[Vertex]) -> bool {
    let on_shell: std::collections::BTreeSet<&Vertex> = shell.iter().collect();
    match ring.iter().find(|vertex| !on_shell.contains(vertex)) {
        Some(vertex) => holds(shell, *vertex),
        None => ring.iter().zip(ring.iter().cycle().skip(1)).any(|(a, b)| {
            holds(
                shell,
                Vertex {
                    x: i32::midpoint(a.x, b.x),
                    y: i32::midpoint(a.y, b.y),
                },
            )
        }),
    }
}
