//! The shapes of a pack: rings as ways over a map that is drawn on the way.

use super::codec::{Coder, Flag, Kind, Model, Motion, Reader};
use super::decode::PackError;
use super::pack::{Arc, ArcUse, AreaRecord, Ring};
use super::point::{Bounds, MAX_X, MAX_Y, Vertex};

/// Known arcs at a junction that can be named; what ranks lower is told again.
pub(super) const MAX_RANK: usize = 64;
/// A label's place within its area's bounds: as many parts of their width and height.
pub(super) const LABEL_BITS: u32 = 12;

/// Vertices, arcs and rings that a byte may stand for. Ever the same decision costs next to
/// nothing; a pack of such shapes is filled up by the compiler to what its reader expects.
pub(super) const PER_BYTE: usize = 32;
/// What a pack without shapes may hold all the same.
pub(super) const FREE: usize = 1_024;
/// The same for vertices of rings, where shared arcs count each time: bounds the memory of the
/// index and of [`Area::rings`](super::Area::rings).
const RING_VERTICES_PER_BYTE: usize = 8 * PER_BYTE;
const MAX_VERTICES: usize = 1 << 24;

/// A place where arcs begin and end.
struct Junction {
    at: Vertex,
    /// The newest of the arc ends here, an index of [`Shapes::ends`].
    newest: Option<usize>,
}

/// An arc as it leaves a junction.
struct End {
    leaves: ArcUse,
    /// The junction at its other end.
    to: usize,
    /// The end that came to the same junction before.
    older: Option<usize>,
}

/// What has been read.
pub(super) struct Shapes<'b> {
    model: Model<Reader<'b>>,
    unit: i64,
    junctions: Vec<Junction>,
    ends: Vec<End>,
    arcs: Vec<Arc>,
    last: Vertex,
    /// What the bytes may still stand for.
    things: usize,
    ring_vertices: usize,
}

const OFF: PackError = PackError::Malformed("a coordinate off the map");
const SHORT: PackError = PackError::Malformed("shapes cut short");
const UNKNOWN: PackError = PackError::Malformed("a junction or an arc that is not known");
const TOO_MANY: PackError = PackError::TooMany("vertices");

impl<'b> Shapes<'b> {
    /// Reads the rings and labels of all areas; returns the arcs they are made of. `bytes` is what
    /// the reader holds.
    pub(super) fn read(
        reader: Reader<'b>,
        bytes: usize,
        unit: i32,
        areas: &mut [AreaRecord],
    ) -> Result<Vec<Arc>, PackError> {
        let most = |per_byte: usize| (bytes.saturating_mul(per_byte) + FREE).min(MAX_VERTICES);
        let mut shapes = Self {
            model: Model::new(reader),
            unit: i64::from(unit),
            junctions: Vec::new(),
            ends: Vec::new(),
            arcs: Vec::new(),
            last: Vertex { x: 0, y: 0 },
            things: most(PER_BYTE),
            ring_vertices: most(RING_VERTICES_PER_BYTE),
        };
        for area in areas.iter_mut() {
            let mut rings = Vec::new();
            for _ in 0..shapes.parts()? {
                for position in 0..shapes.parts()? {
                    let ring = shapes.ring(position == 0)?;
                    area.bounds.add(ring.bounds);
                    rings.push(ring);
                }
            }
            area.rings = rings.into_boxed_slice();
        }
        for area in areas {
            area.label = shapes.label(&area.bounds);
        }
        if shapes.model.coder.is_spent() {
            Ok(shapes.arcs)
        } else {
            Err(PackError::Malformed("more or fewer bytes than shapes"))
        }
    }

    /// A number of polygons or rings, at least one.
    fn parts(&mut self) -> Result<usize, PackError> {
        let parts = self.model.number(Kind::Parts, 0) as usize + 1;
        self.spend(parts)?;
        Ok(parts)
    }

    fn spend(&mut self, things: usize) -> Result<(), PackError> {
        if self.model.coder.is_overrun() {
            return Err(SHORT);
        }
        self.things = self.things.checked_sub(things).ok_or(TOO_MANY)?;
        Ok(())
    }

    fn ring(&mut self, is_shell: bool) -> Result<Ring, PackError> {
        let start = if self.model.flag(Flag::StartsKnown, false) {
            self.known_junction()?
        } else {
            let dx = self.model.signed(Kind::Start, 0);
            let dy = self.model.signed(Kind::Start, 0);
            let at = self.moved(self.last, (dx, dy))?;
            self.junction(at)
        };
        let mut here = start;
        let mut arcs = Vec::new();
        let mut bounds = Bounds::EMPTY;
        loop {
            let has_known = self
                .junctions
                .get(here)
                .is_some_and(|it| it.newest.is_some());
            let (used, to) = if has_known && self.model.flag(Flag::FollowsKnown, false) {
                self.known_arc(here)?
            } else {
                self.new_arc(here)?
            };
            self.spend(1)?;
            if let Some(arc) = self.arcs.get(used.index) {
                self.ring_vertices = self
                    .ring_vertices
                    .checked_sub(arc.vertices.len())
                    .ok_or(TOO_MANY)?;
                bounds.add(arc.bounds);
            }
            arcs.push(used);
            here = to;
            if here == start && self.model.flag(Flag::Closed, false) {
                break;
            }
        }
        Ok(Ring {
            is_shell,
            bounds,
            arcs: arcs.into_boxed_slice(),
        })
    }

    fn known_junction(&mut self) -> Result<usize, PackError> {
        let index = self.model.coder.plain(rank_bits(self.junctions.len()), 0) as usize;
        let junction = self.junctions.get(index).ok_or(UNKNOWN)?;
        self.last = junction.at;
        Ok(index)
    }

    /// The arc of the rank that is told, the newest first, and where it leads.
    fn known_arc(&mut self, from: usize) -> Result<(ArcUse, usize), PackError> {
        let rank = self.model.number(Kind::Known, 0) as usize;
        if rank >= MAX_RANK {
            return Err(UNKNOWN);
        }
        let mut end = self.junctions.get(from).and_then(|it| it.newest);
        for _ in 0..rank {
            end = end
                .and_then(|end| self.ends.get(end))
                .and_then(|it| it.older);
        }
        let end = end.and_then(|end| self.ends.get(end)).ok_or(UNKNOWN)?;
        self.last = self.junctions.get(end.to).map_or(self.last, |it| it.at);
        Ok((end.leaves, end.to))
    }

    fn new_arc(&mut self, from: usize) -> Result<(ArcUse, usize), PackError> {
        let mut at = self.junctions.get(from).ok_or(UNKNOWN)?.at;
        let edges = self.model.number(Kind::Edges, 0) as usize + 1;
        self.spend(edges)?;
        let mut vertices = Vec::with_capacity(edges + 1);
        vertices.push(at);
        let mut motion = Motion::default();
        for _ in 1..edges {
            let step = self.model.step(&mut motion, (0, 0));
            at = self.moved(at, step)?;
            vertices.push(at);
        }
        let to = if self.model.flag(Flag::EndsKnown, false) {
            self.known_junction()?
        } else {
            let step = self.model.step(&mut motion, (0, 0));
            at = self.moved(at, step)?;
            self.junction(at)
        };
        vertices.extend(self.junctions.get(to).map(|it| it.at));
        let index = self.arcs.len();
        self.arcs.push(Arc::new(vertices.into_boxed_slice()));
        let leaves = ArcUse {
            index,
            reversed: false,
        };
        self.end(from, leaves, to);
        self.end(
            to,
            ArcUse {
                index,
                reversed: true,
            },
            from,
        );
        Ok((leaves, to))
    }

    fn junction(&mut self, at: Vertex) -> usize {
        self.last = at;
        self.junctions.push(Junction { at, newest: None });
        self.junctions.len() - 1
    }

    fn end(&mut self, at: usize, leaves: ArcUse, to: usize) {
        if let Some(junction) = self.junctions.get_mut(at) {
            let older = junction.newest.replace(self.ends.len());
            self.ends.push(End { leaves, to, older });
        }
    }

    fn moved(&self, from: Vertex, (dx, dy): (i64, i64)) -> Result<Vertex, PackError> {
        let moved = |from: i32, by: i64, most: i32| {
            i32::try_from(i64::from(from) + by * self.unit)
                .ok()
                .filter(|to| (-most..=most).contains(to))
        };
        match (moved(from.x, dx, MAX_X), moved(from.y, dy, MAX_Y)) {
            (Some(x), Some(y)) => Ok(Vertex { x, y }),
            _ => Err(OFF),
        }
    }

    fn label(&mut self, bounds: &Bounds) -> Vertex {
        let mut along = |min: i32, max: i32| {
            let part = self.model.coder.plain(LABEL_BITS, 0) as i64;
            part_of(min, max, part)
        };
        Vertex {
            x: along(bounds.min.x, bounds.max.x),
            y: along(bounds.min.y, bounds.max.y),
        }
    }
}

/// Bits that tell which of so many junctions.
pub(super) fn rank_bits(junctions: usize) -> u32 {
    usize::BITS - junctions.saturating_sub(1).leading_zeros()
}

/// The grid step at so many parts (of 2^[`LABEL_BITS`]) of the way.
pub(super) fn part_of(min: i32, max: i32, part: i64) -> i32 {
    let (min, max) = (i64::from(min), i64::from(max));
    (min + (((max - min) * part) >> LABEL_BITS)) as i32
}
