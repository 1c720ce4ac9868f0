//! Neighbours' borders in a partition, joined where they miss each other by a hair.
//!
//! Two programs, or one program twice, seldom compute a common corner to the last digit; and a
//! corner that lies on a neighbour's straight edge leaves that edge when both are rounded to the
//! grid. Either leaves slivers a centimetre wide in which a point has two districts or none. So
//! vertices that are grid neighbours become one, and an edge that passes a vertex within
//! [`REACH`] steps is led through it. Wider gaps and overlaps are for people to mend.

use std::collections::BTreeSet;

use super::AreaDraft;
use super::ring::{self, Mended};
use crate::district::point::Vertex;

/// Grid steps (11 mm) that an edge may bend: the rounding of its two ends and of the vertex, each
/// at most 0.71, add up to 1.42.
const REACH: f64 = 2.0;

/// Joins the borders of a layer's areas, and returns how many vertices of each area were moved or
/// added.
pub(super) fn join(areas: &mut [AreaDraft]) -> Vec<usize> {
    let corners = corners(areas);
    let sorted: Vec<Vertex> = corners.iter().copied().collect();
    areas
        .iter_mut()
        .map(|area| {
            let mut joined = 0;
            for polygon in &mut area.polygons {
                let mut is_shell = true;
                polygon.retain_mut(|ring| {
                    let (led, changed) = lead(ring, &corners, &sorted);
                    if changed == 0 {
                        is_shell = false;
                        return true;
                    }
                    joined += changed;
                    // What collapses was a few square centimetres; the shell must stay first.
                    match ring::tidy(led, &mut Mended::default()) {
                        Some(clean) => *ring = clean,
                        None if is_shell => {}
                        None => return false,
                    }
                    is_shell = false;
                    true
                });
            }
            joined
        })
        .collect()
}

/// Every vertex of the layer, grid neighbours as one.
fn corners(areas: &[AreaDraft]) -> BTreeSet<Vertex> {
    let all: BTreeSet<Vertex> = areas
        .iter()
        .flat_map(|area| area.polygons.iter().flatten().flatten())
        .copied()
        .collect();
    let mut corners = BTreeSet::new();
    for vertex in all {
        if !corners.contains(&settled(vertex, &corners)) {
            corners.insert(vertex);
        }
    }
    corners
}

/// The corner that a vertex belongs to: itself, or the first within a step.
fn settled(vertex: Vertex, corners: &BTreeSet<Vertex>) -> Vertex {
    if corners.contains(&vertex) {
        return vertex;
    }
    let around = [-1, 0, 1]
        .into_iter()
        .flat_map(|x| [-1, 0, 1].map(|y| (x, y)));
    around
        .map(|(x, y)| Vertex {
            x: vertex.x + x,
            y: vertex.y + y,
        })
        .find(|near| corners.contains(near))
        .unwrap_or(vertex)
}

/// The ring through settled corners and those it passes, closed, and the number of changes.
fn lead(ring: &[Vertex], corners: &BTreeSet<Vertex>, sorted: &[Vertex]) -> (Vec<Vertex>, usize) {
    let mut changed = 0;
    let settled: Vec<Vertex> = ring
        .iter()
        .map(|vertex| {
            let corner = settled(*vertex, corners);
            changed += usize::from(corner != *vertex);
            corner
        })
        .collect();
    let mut led = Vec::with_capacity(ring.len() + 1);
    for (from, to) in settled.iter().zip(settled.iter().cycle().skip(1)) {
        led.push(*from);
        let mut passed = passed(*from.min(to), *from.max(to), sorted);
        if to < from {
            passed.reverse();
        }
        changed += passed.len();
        led.extend(passed);
    }
    led.extend(settled.first());
    (led, changed)
}

/// Corners between the ends of an edge and within reach of it, in order from its lesser end, so
/// that both areas at an edge find the same.
fn passed(low: Vertex, high: Vertex, sorted: &[Vertex]) -> Vec<Vertex> {
    let reach = REACH as i32;
    let first = sorted.partition_point(|corner| corner.x < low.x.saturating_sub(reach));
    let (south, north) = (low.y.min(high.y) - reach, low.y.max(high.y) + reach);
    let (dx, dy) = offset(low, high);
    let squared = dx * dx + dy * dy;
    let mut passed: Vec<(f64, Vertex)> = sorted
        .iter()
        .skip(first)
        .take_while(|corner| corner.x <= high.x.saturating_add(reach))
        .filter(|corner| (south..=north).contains(&corner.y))
        .filter_map(|corner| {
            let (x, y) = offset(low, *corner);
            let (along, across) = (x * dx + y * dy, x * dy - y * dx);
            let is_between = 0.0 < along && along < squared && *corner != low && *corner != high;
            let is_near = across * across <= REACH * REACH * squared;
            if is_between && is_near {
                Some((along, *corner))
            } else {
                None
            }
        })
        .collect();
    passed.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    passed.into_iter().map(|(_, corner)| corner).collect()
}

fn offset(from: Vertex, to: Vertex) -> (f64, f64) {
    let steps = |to: i32, from: i32| (i64::from(to) - i64::from(from)) as f64;
    (steps(to.x, from.x), steps(to.y, from.y))
}
