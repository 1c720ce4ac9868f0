//! The faces between segments, and which rings go around each.

use std::collections::BTreeMap;

use super::segments::Segment;
use crate::district::point::Vertex;

/// Segments as a planar map. Half-edge `2 i` runs along segment `i` from its lesser end, half-edge
/// `2 i + 1` back; each has the face to its left.
pub(super) struct Faces {
    /// For each half-edge, the next one around the same face.
    next: Vec<usize>,
    /// For each half-edge, its face.
    face: Vec<usize>,
    /// A half-edge of each face.
    starts: Vec<usize>,
    /// For each face, the rings that go around it, in order.
    pub(super) rings: Vec<Vec<u32>>,
    /// For each face, whether it is what surrounds a connected part of the map.
    pub(super) is_outer: Vec<bool>,
}

impl Faces {
    pub(super) fn of(segments: &[Segment]) -> Self {
        let next = next_around_faces(segments);
        let mut face = vec![usize::MAX; next.len()];
        let mut starts = Vec::new();
        for start in 0..next.len() {
            if face.get(start) != Some(&usize::MAX) {
                continue;
            }
            let mut at = start;
            while let Some(slot) = face.get_mut(at).filter(|slot| **slot == usize::MAX) {
                *slot = starts.len();
                at = next.get(at).copied().unwrap_or(start);
            }
            starts.push(start);
        }
        let count = starts.len();
        let mut faces = Self {
            next,
            face,
            starts,
            rings: vec![Vec::new(); count],
            is_outer: vec![false; count],
        };
        faces.tell_rings(segments);
        faces
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    /// The face left of a half-edge.
    pub(super) fn of_half_edge(&self, half_edge: usize) -> usize {
        self.face.get(half_edge).copied().unwrap_or(0)
    }

    /// The half-edges around a face.
    pub(super) fn around(&self, face: usize) -> impl Iterator<Item = usize> {
        let start = self.starts.get(face).copied();
        let mut at = start;
        std::iter::from_fn(move || {
            let this = at?;
            at = self
                .next
                .get(this)
                .copied()
                .filter(|next| Some(*next) != start);
            Some(this)
        })
    }

    /// Beginning outside, goes from face to face; each segment crossed goes around one side only.
    fn tell_rings(&mut self, segments: &[Segment]) {
        let slabs = Slabs::of(segments);
        let mut is_told = vec![false; self.len()];
        // The least vertex of a connected part is met first, and west of it is its outside:
        // segments stand in order of their lesser ends.
        let mut waiting = Vec::new();
        for (index, segment) in segments.iter().enumerate() {
            if is_told.get(self.of_half_edge(2 * index)) == Some(&true) {
                continue;
            }
            let at = segment.a;
            let outside = self.outside_at(segments, index);
            let around = slabs.around(segments, at);
            if let Some(is_outer) = self.is_outer.get_mut(outside) {
                *is_outer = true;
            }
            tell(&mut self.rings, &mut is_told, outside, around);
            waiting.push(outside);
            while let Some(face) = waiting.pop() {
                let rings = self.rings.get(face).cloned().unwrap_or_default();
                let around: Vec<usize> = self.around(face).collect();
                for half_edge in around {
                    let other = self.of_half_edge(half_edge ^ 1);
                    if is_told.get(other) != Some(&false) {
                        continue;
                    }
                    let crossed = segments.get(half_edge / 2).map_or(&[][..], |it| &it.rings);
                    let beyond = apart(&rings, crossed);
                    tell(&mut self.rings, &mut is_told, other, beyond);
                    waiting.push(other);
                }
            }
        }
    }

    /// The face west of a part's least vertex, from any of the segments that begin there.
    fn outside_at(&self, segments: &[Segment], index: usize) -> usize {
        let Some(at) = segments.get(index).map(|segment| segment.a) else {
            return 0;
        };
        let northernmost = segments_from(segments, at)
            .map(|(index, _)| index)
            .reduce(|a, b| if is_left_of(segments, b, a) { b } else { a });
        // To the left of what leaves by the northernmost lies the west.
        self.of_half_edge(2 * northernmost.unwrap_or(index))
    }
}

fn tell(rings: &mut [Vec<u32>], is_told: &mut [bool], face: usize, around: Vec<u32>) {
    if let (Some(rings), Some(is_told)) = (rings.get_mut(face), is_told.get_mut(face)) {
        *rings = around;
        *is_told = true;
    }
}

/// Segments whose lesser end is the vertex; segments stand in order of it.
fn segments_from(segments: &[Segment], at: Vertex) -> impl Iterator<Item = (usize, &Segment)> {
    let first = segments.partition_point(|segment| segment.a < at);
    let from = segments.iter().enumerate().skip(first);
    from.take_while(move |(_, segment)| segment.a == at)
}

/// Whether segment `a` leads to the left of segment `b`, both beginning in one place.
fn is_left_of(segments: &[Segment], a: usize, b: usize) -> bool {
    match (segments.get(a), segments.get(b)) {
        (Some(a), Some(b)) => turn(b.a, b.b, a.b) > 0,
        _ => false,
    }
}

/// What is in one of the two sorted lists and not in both.
fn apart(a: &[u32], b: &[u32]) -> Vec<u32> {
    let mut apart = a.to_vec();
    for ring in b {
        match apart.binary_search(ring) {
            Ok(at) => {
                apart.remove(at);
            }
            Err(at) => apart.insert(at, *ring),
        }
    }
    apart
}

/// Around each vertex the half-edges that leave it, by direction; a face's way goes on along the
/// one clockwise of the way it came.
fn next_around_faces(segments: &[Segment]) -> Vec<usize> {
    let mut leaving: Vec<(Vertex, Vertex, usize)> = Vec::with_capacity(segments.len() * 2);
    for (index, segment) in segments.iter().enumerate() {
        leaving.push((segment.a, segment.b, 2 * index));
        leaving.push((segment.b, segment.a, 2 * index + 1));
    }
    leaving.sort_unstable_by_key(|(from, ..)| *from);
    let mut next = vec![0; leaving.len()];
    for around in leaving.chunk_by_mut(|(a, ..), (b, ..)| a == b) {
        around.sort_unstable_by(|(from, a, _), (_, b, _)| {
            let half = |to: &Vertex| to < from;
            half(a)
                .cmp(&half(b))
                .then_with(|| 0.cmp(&turn(*from, *a, *b)))
        });
        let clockwise = around.iter().rev().skip(1).chain(around.last());
        for ((.., this), (.., beside)) in around.iter().rev().zip(clockwise) {
            // Who comes by the twin of `this` goes on by what lies clockwise of it.
            if let Some(next) = next.get_mut(*this ^ 1) {
                *next = *beside;
            }
        }
    }
    next
}

/// Twice the signed area of a triangle.
fn turn(a: Vertex, b: Vertex, c: Vertex) -> i128 {
    let minus = |p: i32, q: i32| i128::from(i64::from(p) - i64::from(q));
    minus(b.x, a.x) * minus(c.y, a.y) - minus(b.y, a.y) * minus(c.x, a.x)
}

/// Segments by latitude, to find what goes around a place.
struct Slabs {
    height: i64,
    slabs: BTreeMap<i64, Vec<usize>>,
}

impl Slabs {
    fn of(segments: &[Segment]) -> Self {
        let heights = segments
            .iter()
            .map(|it| (i64::from(it.b.y) - i64::from(it.a.y)).abs());
        let height = heights.sum::<i64>() / (segments.len().max(1) as i64) + 1;
        let mut slabs: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
        for (index, segment) in segments.iter().enumerate() {
            let (low, high) = (segment.a.y.min(segment.b.y), segment.a.y.max(segment.b.y));
            for slab in i64::from(low).div_euclid(height)..=i64::from(high).div_euclid(height) {
                slabs.entry(slab).or_default().push(index);
            }
        }
        Self { height, slabs }
    }

    /// The rings around a vertex's west: those whose segments a ray from it to the west, a hair
    /// north of it, crosses an odd number of times.
    fn around(&self, segments: &[Segment], at: Vertex) -> Vec<u32> {
        let slab = i64::from(at.y).div_euclid(self.height);
        let mut around = Vec::new();
        for index in self.slabs.get(&slab).into_iter().flatten() {
            let Some(segment) = segments.get(*index) else {
                continue;
            };
            let (a, b) = (segment.a, segment.b);
            if (a.y > at.y) == (b.y > at.y) {
                continue;
            }
            let (low, high) = if a.y > at.y { (b, a) } else { (a, b) };
            if turn(low, high, at) < 0 {
                around = apart(&around, &segment.rings);
            }
        }
        around
    }
}
