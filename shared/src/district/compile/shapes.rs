//! The shapes of a pack, written: the mirror of the reader's ways over the map.

use std::collections::BTreeMap;

use super::topology::Topology;
use super::{LayerDraft, label};
use crate::district::codec::{Coder, Flag, Kind, Model, Motion, Writer};
use crate::district::pack::ArcUse;
use crate::district::point::{Bounds, Vertex};
use crate::district::shapes::{FREE, LABEL_BITS, MAX_RANK, PER_BYTE, rank_bits};

/// The decisions and the plain bits of all rings and labels. Every vertex is a multiple of `unit`.
pub(super) fn write(layers: &[LayerDraft], topology: &Topology, unit: i32) -> (Vec<u8>, Vec<u8>) {
    let mut shapes = Shapes {
        model: Model::new(Writer::new()),
        unit: i64::from(unit),
        topology,
        junctions: BTreeMap::new(),
        ends: Vec::new(),
        last: Vertex { x: 0, y: 0 },
        things: 0,
    };
    let mut rings = topology.rings.iter();
    let mut labels = Vec::new();
    for area in layers.iter().flat_map(|layer| &layer.areas) {
        let mut bounds = Bounds::EMPTY;
        shapes.parts(area.polygons.len());
        for polygon in &area.polygons {
            shapes.parts(polygon.len());
            for ring in rings.by_ref().take(polygon.len()) {
                shapes.ring(ring);
                for used in ring {
                    bounds.add(Bounds::of(&shapes.line(*used)));
                }
            }
        }
        labels.push((label::place(&area.polygons), bounds));
    }
    for (label, bounds) in labels {
        shapes.label(label, &bounds);
    }
    let things = shapes.things;
    let (decisions, mut plain) = shapes.model.coder.finish();
    // Shapes so regular that they cost next to nothing are filled up to what their reader allows.
    let least = things.saturating_sub(FREE).div_ceil(PER_BYTE);
    plain.resize(plain.len().max(least.saturating_sub(decisions.len())), 0);
    (decisions, plain)
}

struct Shapes<'t> {
    model: Model<Writer>,
    unit: i64,
    topology: &'t Topology,
    /// Known junctions, by their place: their number and the arcs that leave them, oldest first.
    junctions: BTreeMap<Vertex, usize>,
    ends: Vec<Vec<ArcUse>>,
    last: Vertex,
    /// As the reader counts them.
    things: usize,
}

impl Shapes<'_> {
    fn parts(&mut self, parts: usize) {
        self.model.number(Kind::Parts, parts as u64 - 1);
        self.things += parts;
    }

    fn ring(&mut self, ring: &[ArcUse]) {
        // Beginning where the map is known spares the place of the beginning.
        let is_known = |used: &ArcUse| self.junctions.contains_key(&self.start(*used));
        let follows = |used: &ArcUse| is_known(used) && self.rank(*used).is_some();
        let first = ring
            .iter()
            .position(follows)
            .or_else(|| ring.iter().position(is_known))
            .unwrap_or(0);
        let ring: Vec<ArcUse> = ring
            .iter()
            .cycle()
            .skip(first)
            .take(ring.len())
            .copied()
            .collect();
        let Some(start) = ring.first().map(|used| self.start(*used)) else {
            return;
        };
        let known = self.junctions.get(&start).copied();
        self.model.flag(Flag::StartsKnown, known.is_some());
        match known {
            Some(number) => self.known_junction(number, start),
            None => {
                let (dx, dy) = self.step(self.last, start);
                self.model.signed(Kind::Start, dx);
                self.model.signed(Kind::Start, dy);
                self.junction(start);
            }
        }
        let mut left = ring.len();
        for used in ring {
            self.arc(used);
            left -= 1;
            if self.end(used) == start {
                self.model.flag(Flag::Closed, left == 0);
            }
        }
    }

    fn arc(&mut self, used: ArcUse) {
        self.things += 1;
        let from = self.start(used);
        let number = self.junctions.get(&from).copied().unwrap_or(0);
        let has_known = self.ends.get(number).is_some_and(|ends| !ends.is_empty());
        let rank = self.rank(used);
        if has_known {
            self.model.flag(Flag::FollowsKnown, rank.is_some());
        }
        if let Some(rank) = rank {
            self.model.number(Kind::Known, rank as u64);
            self.last = self.end(used);
            return;
        }
        let line = self.line(used);
        let edges = line.len() - 1;
        self.things += edges;
        self.model.number(Kind::Edges, edges as u64 - 1);
        let mut motion = Motion::default();
        let mut at = from;
        for vertex in line.iter().skip(1).take(edges - 1) {
            let step = self.step(at, *vertex);
            self.model.step(&mut motion, step);
            at = *vertex;
        }
        let to = self.end(used);
        let known = self.junctions.get(&to).copied();
        self.model.flag(Flag::EndsKnown, known.is_some());
        let number_of_end = match known {
            Some(number) => {
                self.known_junction(number, to);
                number
            }
            None => {
                let step = self.step(at, to);
                self.model.step(&mut motion, step);
                self.junction(to)
            }
        };
        let back = ArcUse {
            reversed: !used.reversed,
            ..used
        };
        for (at, leaves) in [(number, used), (number_of_end, back)] {
            if let Some(ends) = self.ends.get_mut(at) {
                ends.push(leaves);
            }
        }
    }

    fn junction(&mut self, at: Vertex) -> usize {
        self.last = at;
        let number = self.ends.len();
        self.junctions.insert(at, number);
        self.ends.push(Vec::new());
        number
    }

    fn known_junction(&mut self, number: usize, at: Vertex) {
        self.last = at;
        let bits = rank_bits(self.ends.len());
        self.model.coder.plain(bits, number as u64);
    }

    /// Where the arc stands among those the reader knows at its start, the newest first.
    fn rank(&self, used: ArcUse) -> Option<usize> {
        let number = self.junctions.get(&self.start(used))?;
        let ends = self.ends.get(*number)?;
        let known = ends.iter().rev().take(MAX_RANK);
        known
            .enumerate()
            .find(|(_, leaves)| **leaves == used)
            .map(|(rank, _)| rank)
    }

    fn line(&self, used: ArcUse) -> Vec<Vertex> {
        let mut line = self
            .topology
            .arcs
            .get(used.index)
            .cloned()
            .unwrap_or_default();
        if used.reversed {
            line.reverse();
        }
        line
    }

    fn start(&self, used: ArcUse) -> Vertex {
        let arc = self.topology.arcs.get(used.index);
        let end = if used.reversed {
            arc.and_then(|arc| arc.last())
        } else {
            arc.and_then(|arc| arc.first())
        };
        end.copied().unwrap_or_default()
    }

    fn end(&self, used: ArcUse) -> Vertex {
        self.start(ArcUse {
            reversed: !used.reversed,
            ..used
        })
    }

    /// In units of the grid.
    fn step(&self, from: Vertex, to: Vertex) -> (i64, i64) {
        let step = |from: i32, to: i32| (i64::from(to) - i64::from(from)) / self.unit;
        (step(from.x, to.x), step(from.y, to.y))
    }

    fn label(&mut self, label: Vertex, bounds: &Bounds) {
        for (min, max, at) in [
            (bounds.min.x, bounds.max.x, label.x),
            (bounds.min.y, bounds.max.y, label.y),
        ] {
            let (min, max, at) = (i64::from(min), i64::from(max), i64::from(at));
            let part = ((at - min) << LABEL_BITS) / (max - min).max(1);
            let part = part.clamp(0, (1 << LABEL_BITS) - 1);
            self.model.coder.plain(LABEL_BITS, part as u64);
        }
    }
}
