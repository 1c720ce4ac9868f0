//! Rings as the pack wants them: on the grid, without repetitions, shells anticlockwise.

use std::cmp::Reverse;

use super::finding::FindingKind;
use crate::district::crossing;
use crate::district::point::Vertex;

/// What cleaning a feature's rings has mended, in rings, and vertices for duplicates.
#[derive(Default)]
pub(super) struct Mended {
    pub(super) unclosed: usize,
    pub(super) duplicates: usize,
    pub(super) spikes: usize,
    pub(super) turned: usize,
    pub(super) collapsed: usize,
    pub(super) regrouped: usize,
    pub(super) cut: usize,
}

impl Mended {
    /// What there is to report.
    pub(super) fn kinds(&self) -> Vec<FindingKind> {
        let Self {
            unclosed,
            duplicates,
            spikes,
            turned,
            collapsed,
            regrouped,
            cut,
        } = *self;
        [
            (unclosed, FindingKind::Unclosed { rings: unclosed }),
            (
                duplicates,
                FindingKind::DuplicateVertices {
                    vertices: duplicates,
                },
            ),
            (spikes, FindingKind::Spike { vertices: spikes }),
            (turned, FindingKind::Winding { rings: turned }),
            (collapsed, FindingKind::Collapsed { rings: collapsed }),
            (regrouped, FindingKind::Regrouped { rings: regrouped }),
            (cut, FindingKind::Antimeridian { rings: cut }),
        ]
        .into_iter()
        .filter_map(|(count, kind)| (count > 0).then_some(kind))
        .collect()
    }
}

/// Cleans the rings of one GeoJSON polygon, each given with its closing vertex; usually they give
/// one polygon, none if nothing is left.
///
/// The first ring has to be the shell. Where it is not the largest, the file has lost the order of
/// its rings, and their nesting tells what they are: a ring within no other is a shell, one within
/// a shell a hole, one within that a part of its own.
pub(super) fn polygon(rings: Vec<Vec<Vertex>>, mended: &mut Mended) -> Vec<Vec<Vec<Vertex>>> {
    let mut clean = Vec::with_capacity(rings.len());
    for (position, ring) in rings.into_iter().enumerate() {
        match tidy(ring, mended) {
            Some(ring) => clean.push(ring),
            // Without its shell a polygon is nothing; without one of its holes it is itself.
            None if position == 0 => return Vec::new(),
            None => {}
        }
    }
    if clean.is_empty() {
        return Vec::new();
    }
    let size = |ring: &Vec<Vertex>| doubled_area(ring).unsigned_abs();
    if clean.iter().map(size).max() > clean.first().map(size) {
        mended.regrouped += clean.len();
        return nested(clean);
    }
    for (position, ring) in clean.iter_mut().enumerate() {
        mended.turned += usize::from(orient(ring, position == 0));
    }
    vec![clean]
}

/// Closes a ring and drops repeated vertices; returns it without the closing vertex, or `None` if
/// less than three different vertices are left.
pub(super) fn tidy(mut ring: Vec<Vertex>, mended: &mut Mended) -> Option<Vec<Vertex>> {
    if ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    } else if ring.len() > 2 {
        mended.unclosed += 1;
    }
    let before = ring.len();
    ring.dedup();
    while ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
    mended.duplicates += before - ring.len();

    let mut different = ring.clone();
    different.sort_unstable();
    different.dedup();
    if different.len() < 3 {
        mended.collapsed += 1;
        return None;
    }
    mended.spikes += spikes(&ring);
    Some(ring)
}

/// At how many vertices the line goes back the way it came: nothing lies between, and arranging the
/// layer leaves it out.
fn spikes(ring: &[Vertex]) -> usize {
    let legs = edges(ring).map(|(from, to)| {
        let leg = |from, to| i128::from(to) - i128::from(from);
        (leg(from.x, to.x), leg(from.y, to.y))
    });
    let legs: Vec<(i128, i128)> = legs.collect();
    let next = legs.iter().cycle().skip(1);
    let back = |((ax, ay), (bx, by)): (&(i128, i128), &(i128, i128))| {
        ax * by == ay * bx && ax * bx + ay * by < 0
    };
    legs.iter().zip(next).filter(|both| back(*both)).count()
}

/// Twice the area in square grid steps, positive when the ring runs anticlockwise.
pub(super) fn doubled_area(ring: &[Vertex]) -> i128 {
    edges(ring)
        .map(|(a, b)| i128::from(a.x) * i128::from(b.y) - i128::from(b.x) * i128::from(a.y))
        .sum()
}

/// Turns a ring the right way, and says whether it ran the other.
fn orient(ring: &mut [Vertex], is_shell: bool) -> bool {
    let area = doubled_area(ring);
    let is_wrong = if is_shell { area < 0 } else { area > 0 };
    if is_wrong {
        ring.reverse();
    }
    is_wrong
}

fn nested(mut rings: Vec<Vec<Vertex>>) -> Vec<Vec<Vec<Vertex>>> {
    rings.sort_by_key(|ring| Reverse(doubled_area(ring).unsigned_abs()));
    // Larger rings and the polygon that each belongs to; the last around a ring is the innermost.
    let mut placed: Vec<(Vec<Vertex>, usize)> = Vec::with_capacity(rings.len());
    let mut polygons: Vec<Vec<Vec<Vertex>>> = Vec::new();
    for mut ring in rings {
        let around = placed.iter().filter(|(larger, _)| lies_in(&ring, larger));
        let (depth, owner) = around.fold((0, 0), |(depth, _), (_, owner)| (depth + 1, *owner));
        let is_shell = depth % 2 == 0;
        orient(&mut ring, is_shell);
        let owner = if is_shell { polygons.len() } else { owner };
        placed.push((ring.clone(), owner));
        match polygons.get_mut(owner) {
            Some(polygon) if !is_shell => polygon.push(ring),
            _ => polygons.push(vec![ring]),
        }
    }
    polygons
}

/// Whether most of a ring's vertices lie in another: rings that touch share some of them.
fn lies_in(ring: &[Vertex], larger: &[Vertex]) -> bool {
    let contains = |at: &&Vertex| {
        edges(larger).fold(false, |inside, (a, b)| {
            inside ^ crossing::crosses(a, b, **at)
        })
    };
    ring.iter().filter(contains).count() * 2 > ring.len()
}

fn edges(ring: &[Vertex]) -> impl Iterator<Item = (Vertex, Vertex)> {
    ring.iter()
        .copied()
        .zip(ring.iter().copied().cycle().skip(1))
}
