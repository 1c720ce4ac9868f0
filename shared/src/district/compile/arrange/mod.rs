//! A layer's areas, made to fit: rings cut where they cross, faces told apart, and areas put
//! together from the faces that are theirs.
//!
//! Whatever rings a file has, afterwards each area is a set of polygons that touch themselves and
//! each other at most in points, and neighbours share their borders vertex by vertex. In a
//! partition, faces too narrow to be meant, without an area or with several, are given to one.

mod bridges;
mod faces;
mod quarters;
mod rings;
mod segments;

use std::collections::{BTreeMap, BTreeSet};

use super::AreaDraft;
use crate::district::crossing;
use crate::district::metres::Surroundings;
use crate::district::point::Vertex;
use faces::Faces;
use segments::Segment;

/// What was found.
#[derive(Default)]
pub(super) struct Arranged {
    /// Rings of one area that cross (by its position), and where.
    pub(super) crossings: Vec<(usize, Vertex)>,
    /// Holes outside their shells and parts upon each other: the area's position.
    pub(super) misplaced_holes: Vec<usize>,
    pub(super) doubled_parts: Vec<usize>,
    /// Areas whose borders were led through a neighbour's vertices.
    pub(super) joined: Vec<usize>,
    /// Faces with several areas, summed up by pair of positions.
    pub(super) overlaps: BTreeMap<(usize, usize), Extent>,
    /// Faces without an area, surrounded by some: the position of the one with most of the border.
    pub(super) gaps: Vec<(usize, Extent, Vec<Vertex>)>,
}

/// How large a face is, or several together.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Extent {
    /// Square metres, all together.
    pub(super) area_m2: f64,
    /// Mean width in metres of the widest: its area by half its outline.
    pub(super) width_m: f64,
    /// How many, and how many of them were closed.
    pub(super) faces: usize,
    pub(super) closed: usize,
    /// A vertex of the widest.
    pub(super) at: Vertex,
}

impl Extent {
    pub(super) fn add(&mut self, other: Self) {
        self.area_m2 += other.area_m2;
        self.faces += other.faces;
        self.closed += other.closed;
        if other.width_m >= self.width_m {
            (self.width_m, self.at) = (other.width_m, other.at);
        }
    }
}

/// Arranges a layer's areas on a grid of `unit` steps. `narrow_m` is how narrow, in metres, a face
/// of a partition must be to be given away; none is in a layer that is no partition.
///
/// # Errors
/// A [`Tangle`].
pub(super) fn arrange(
    areas: &mut [AreaDraft],
    unit: i32,
    narrow_m: Option<f64>,
) -> Result<Arranged, Tangle> {
    let mut rings: Vec<Vec<Vertex>> = Vec::new();
    let mut owners = Vec::new();
    for (area, draft) in areas.iter().enumerate() {
        for (polygon, rings_of) in draft.polygons.iter().enumerate() {
            for (position, ring) in rings_of.iter().enumerate() {
                rings.push(
                    ring.iter()
                        .map(|vertex| scaled(*vertex, unit, false))
                        .collect(),
                );
                owners.push(Owner {
                    area,
                    polygon,
                    is_shell: position == 0,
                });
            }
        }
    }
    let borrowed: Vec<&[Vertex]> = rings.iter().map(Vec::as_slice).collect();
    let area_of = |ring: u32| owners.get(ring as usize).map(|owner| owner.area);
    let (mut segments, cuts) = segments::cut(&borrowed, &[]);
    let mut arranged = Arranged::default();
    for (a, b, at) in &cuts.crossings {
        if let (Some(a), true) = (area_of(*a), area_of(*a) == area_of(*b)) {
            arranged.crossings.push((a, scaled(*at, unit, true)));
        }
    }
    arranged.crossings.sort_unstable();
    arranged.crossings.dedup();
    if cuts.is_tangle {
        let most = arranged.crossings.chunk_by(|(a, _), (b, _)| a == b);
        let most = most
            .max_by_key(|of_area| of_area.len())
            .and_then(|it| it.first());
        let of_any = cuts.crossings.first().and_then(|(ring, ..)| area_of(*ring));
        return Err(Tangle(most.map(|(area, _)| *area).or(of_any).unwrap_or(0)));
    }
    arranged
        .joined
        .extend(cuts.led.into_iter().filter_map(area_of));

    let mut faces = Faces::of(&segments);
    let hold = |faces: &Faces, arranged: &mut Arranged| -> Vec<Vec<usize>> {
        let rings = faces.rings.iter();
        rings
            .map(|rings| areas_of(rings, &owners, arranged))
            .collect()
    };
    let mut held = hold(&faces, &mut arranged);
    if let Some(narrow_m) = narrow_m.filter(|metres| *metres > 0.0) {
        let bridges = bridges::bridges(&segments, &faces, &held, unit, narrow_m);
        if !bridges.is_empty() {
            (segments, _) = segments::cut(&borrowed, &bridges);
            faces = Faces::of(&segments);
            held = hold(&faces, &mut arranged);
        }
    }
    give_narrow_faces(&mut held, &faces, &segments, unit, narrow_m, &mut arranged);
    put_together(areas, &held, &faces, &segments, unit);
    for list in [
        &mut arranged.joined,
        &mut arranged.misplaced_holes,
        &mut arranged.doubled_parts,
    ] {
        list.sort_unstable();
        list.dedup();
    }
    Ok(arranged)
}

/// So much crosses that it is no map; the position of the area that does most of it.
pub(super) struct Tangle(pub(super) usize);

/// The lines, on a grid of `unit` steps, that touch or cross others elsewhere than at their ends.
pub(super) fn conflicts(lines: &[Vec<Vertex>], unit: i32) -> BTreeSet<usize> {
    let lines: Vec<Vec<Vertex>> = lines
        .iter()
        .map(|line| {
            line.iter()
                .map(|vertex| scaled(*vertex, unit, false))
                .collect()
        })
        .collect();
    segments::conflicts(&lines)
}

/// Whose a ring is.
struct Owner {
    area: usize,
    polygon: usize,
    is_shell: bool,
}

/// The areas of a face: those with a polygon whose shell goes around it and none of whose holes
/// does.
fn areas_of(rings: &[u32], owners: &[Owner], arranged: &mut Arranged) -> Vec<usize> {
    let owners: Vec<&Owner> = rings
        .iter()
        .filter_map(|ring| owners.get(*ring as usize))
        .collect();
    let in_hole = |shell: &Owner| {
        owners.iter().any(|other| {
            !other.is_shell && (other.area, other.polygon) == (shell.area, shell.polygon)
        })
    };
    let mut areas: Vec<usize> = Vec::new();
    for owner in &owners {
        if owner.is_shell {
            if !in_hole(owner) {
                if areas.last() == Some(&owner.area) {
                    arranged.doubled_parts.push(owner.area);
                } else {
                    areas.push(owner.area);
                }
            }
        } else if !owners.iter().any(|shell| {
            shell.is_shell && (shell.area, shell.polygon) == (owner.area, owner.polygon)
        }) {
            arranged.misplaced_holes.push(owner.area);
        }
    }
    areas
}

/// Measures the faces of no area and of several, and gives away the narrow ones.
fn give_narrow_faces(
    held: &mut [Vec<usize>],
    faces: &Faces,
    segments: &[Segment],
    unit: i32,
    narrow_m: Option<f64>,
    arranged: &mut Arranged,
) {
    let Some(narrow_m) = narrow_m else { return };
    let known: Vec<Vec<usize>> = held.to_vec();
    let is_outer = |face: usize| faces.is_outer.get(face) == Some(&true);
    for (face, areas) in held.iter_mut().enumerate() {
        if areas.len() == 1 || is_outer(face) {
            continue;
        }
        let outline: Vec<Vertex> = faces
            .around(face)
            .filter_map(|half_edge| start_of(segments, half_edge))
            .map(|vertex| scaled(vertex, unit, true))
            .collect();
        let mut extent = measured(&outline);
        let is_narrow = extent.width_m < narrow_m;
        extent.closed = usize::from(is_narrow);
        if let [first, rest @ ..] = areas.as_slice() {
            let first = *first;
            for second in rest {
                arranged
                    .overlaps
                    .entry((first, *second))
                    .or_default()
                    .add(extent);
            }
            if is_narrow {
                areas.truncate(1);
            }
            continue;
        }
        let Some(neighbour) = neighbour(face, faces, segments, &known) else {
            continue;
        };
        if is_narrow {
            areas.push(neighbour);
        }
        arranged.gaps.push((neighbour, extent, outline));
    }
}

/// The area with the longest border around the face.
fn neighbour(
    face: usize,
    faces: &Faces,
    segments: &[Segment],
    held: &[Vec<usize>],
) -> Option<usize> {
    let mut lengths: BTreeMap<usize, f64> = BTreeMap::new();
    for half_edge in faces.around(face) {
        let other = held.get(faces.of_half_edge(half_edge ^ 1));
        let Some(area) = other.and_then(|areas| areas.first()) else {
            continue;
        };
        if let (Some(a), Some(b)) = (
            start_of(segments, half_edge),
            start_of(segments, half_edge ^ 1),
        ) {
            let (x, y) = (
                f64::from(b.x) - f64::from(a.x),
                f64::from(b.y) - f64::from(a.y),
            );
            *lengths.entry(*area).or_default() += libm::hypot(x, y);
        }
    }
    let mut longest: Option<(usize, f64)> = None;
    for (area, length) in lengths {
        if longest.is_none_or(|(_, most)| length > most) {
            longest = Some((area, length));
        }
    }
    longest.map(|(area, _)| area)
}

/// Gives every area the polygons of its faces. One that lost all of them keeps what it had.
fn put_together(
    areas: &mut [AreaDraft],
    held: &[Vec<usize>],
    faces: &Faces,
    segments: &[Segment],
    unit: i32,
) {
    let mut borders: Vec<Vec<(Vertex, Vertex)>> = vec![Vec::new(); areas.len()];
    for half_edge in 0..segments.len() * 2 {
        let here = held.get(faces.of_half_edge(half_edge));
        let there = held.get(faces.of_half_edge(half_edge ^ 1));
        let (Some(here), Some(there)) = (here, there) else {
            continue;
        };
        for area in here.iter().filter(|area| !there.contains(area)) {
            if let (Some(a), Some(b), Some(border)) = (
                start_of(segments, half_edge),
                start_of(segments, half_edge ^ 1),
                borders.get_mut(*area),
            ) {
                border.push((scaled(a, unit, true), scaled(b, unit, true)));
            }
        }
    }
    for (area, border) in areas.iter_mut().zip(borders) {
        let polygons = rings::polygons(border);
        if !polygons.is_empty() {
            area.polygons = polygons;
        }
    }
}

fn start_of(segments: &[Segment], half_edge: usize) -> Option<Vertex> {
    let segment = segments.get(half_edge / 2)?;
    Some(if half_edge.is_multiple_of(2) {
        segment.a
    } else {
        segment.b
    })
}

/// From steps to units, or back.
fn scaled(vertex: Vertex, unit: i32, to_steps: bool) -> Vertex {
    let scaled = |along: i32| if to_steps { along * unit } else { along / unit };
    Vertex {
        x: scaled(vertex.x),
        y: scaled(vertex.y),
    }
}

/// Area and mean width of a face.
fn measured(outline: &[Vertex]) -> Extent {
    let Some(at) = outline.first().copied() else {
        return Extent::default();
    };
    let from = Surroundings::of(at);
    let ends: Vec<(f64, f64)> = outline.iter().map(|vertex| from.offset(*vertex)).collect();
    let (mut doubled, mut length) = (0.0, 0.0);
    for ((ax, ay), (bx, by)) in ends.iter().zip(ends.iter().cycle().skip(1)) {
        doubled += ax * by - bx * ay;
        length += libm::hypot(bx - ax, by - ay);
    }
    Extent {
        area_m2: doubled.abs() / 2.0,
        width_m: if length > 0.0 {
            doubled.abs() / length
        } else {
            0.0
        },
        faces: 1,
        closed: 0,
        at,
    }
}

/// Whether the ring goes around the vertex, by the half-open rule.
fn holds(ring: &[Vertex], at: Vertex) -> bool {
    ring.iter()
        .zip(ring.iter().cycle().skip(1))
        .fold(false, |odd, (a, b)| odd ^ crossing::crosses(*a, *b, at))
}
