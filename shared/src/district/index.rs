//! A layer's grid of cells: where no border is near, the answer stands in the cell.
//!
//! The grid covers the layer's bounds with square cells of a power of two grid steps. A cell that
//! no border touches holds its area, or that it has none. Any other is parted in four by four,
//! each part again with its area or none, which answers for most of what is left; and it holds the
//! edges that touch it, and what contains its south-western corner. From there a way of two legs, north and then
//! east, leads to any point of the cell, and each edge it crosses leads out of one area and into
//! another (see [`crossing`]). Corners are judged like any point: a step into their north-east.
//!
//! Where areas are a partition, at most one contains a point, and the exclusive or of all that is
//! left and entered is its number. A balance of entries tells when it is not so: then the areas are
//! counted one by one.

mod build;

use super::crossing;
use super::metres::Surroundings;
use super::point::Vertex;

/// Parts along a crossed cell's side, as a power of two.
const PARTS: u32 = 2;
const PARTS_A_SIDE: usize = 1 << PARTS;
/// What a part says that borders touch, or that several areas cover: ask the edges.
const ASK: u16 = u16::MAX;

/// Marks a cell that borders touch: its other bits are a position among the [`Crossed`].
const IS_CROSSED: u32 = 1 << 31;

/// A layer's areas, found by place. Areas are numbered within the layer, from 1; 0 is none.
#[derive(Default)]
pub(super) struct Index {
    /// South-western corner of the grid: a step outside the layer's bounds, where nothing is.
    origin: Vertex,
    /// Grid steps in a cell's side, as a power of two.
    shift: u32,
    columns: usize,
    rows: usize,
    /// Row by row from the south: the number of the area that covers the cell, or [`IS_CROSSED`].
    cells: Cells,
    crossed: Vec<Crossed>,
    /// The parts of the crossed cells, row by row: the number of the area that covers each, or
    /// [`ASK`]. None where cells are too small to be parted.
    parts: Vec<[u16; PARTS_A_SIDE * PARTS_A_SIDE]>,
    /// Edges of the crossed cells, one cell after the other.
    edges: Vec<Edge>,
    /// Areas at corners and in cells that have several.
    several: Vec<u16>,
}

/// A cell that borders touch, or that several areas cover.
#[derive(Clone, Copy)]
struct Crossed {
    /// Its first edge; it has those up to the next one's first.
    edges: u32,
    /// The areas at its south-western corner in [`Index::several`], where they are two or more.
    several: u32,
    /// Their number, and their exclusive or: where it is one, that one.
    count: u16,
    combined: u16,
}

/// A border line's edge with the areas on its sides.
#[derive(Clone, Copy)]
struct Edge {
    a: Vertex,
    b: Vertex,
    left: u16,
    right: u16,
}

/// The cells' numbers, in as few bytes as they need.
enum Cells {
    /// With [`IS_CROSSED`] in the highest of 16 bits.
    Narrow(Vec<u16>),
    Wide(Vec<u32>),
}

impl Cells {
    const NARROW: u32 = 1 << 15;

    fn of(cells: Vec<u32>) -> Self {
        if cells.iter().any(|cell| cell & !IS_CROSSED >= Self::NARROW) {
            return Self::Wide(cells);
        }
        let narrow = |cell: u32| (cell | (cell & IS_CROSSED) >> 16) as u16;
        Self::Narrow(cells.into_iter().map(narrow).collect())
    }

    #[inline]
    fn at(&self, index: usize) -> u32 {
        match self {
            Self::Narrow(cells) => {
                let cell = cells.get(index).copied().map_or(0, u32::from);
                (cell & (Self::NARROW - 1)) | (cell & Self::NARROW) << 16
            }
            Self::Wide(cells) => cells.get(index).copied().unwrap_or(0),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Narrow(cells) => size_of_val(cells.as_slice()),
            Self::Wide(cells) => size_of_val(cells.as_slice()),
        }
    }
}

impl Default for Cells {
    fn default() -> Self {
        Self::Narrow(Vec::new())
    }
}

/// What a cell tells of a point in it.
enum Cell<'i> {
    /// Its number: the cell lies in one area, or in none.
    Whole(u16),
    Crossed(Way<'i>),
}

/// The way from a crossed cell's corner to a point in it.
struct Way<'i> {
    crossed: Crossed,
    edges: &'i [Edge],
    from: (i64, i64),
    to: (i64, i64),
}

impl Way<'_> {
    /// How many areas contain the point, and their exclusive or.
    #[inline]
    fn tally(&self) -> (i32, u16) {
        let mut count = i32::from(self.crossed.count);
        let mut combined = self.crossed.combined;
        for edge in self.edges {
            let crossings = crossing::on_way(edge.a, edge.b, self.from, self.to);
            let toggled = 0_u16.wrapping_sub(u16::from(crossings != 0));
            combined ^= (edge.left ^ edge.right) & toggled;
            count += crossings * (i32::from(edge.left != 0) - i32::from(edge.right != 0));
        }
        (count, combined)
    }
}

/// What contains a point.
pub(super) enum Found {
    /// At most one area: its number, or 0.
    One(u16),
    /// Several, by priority.
    Several(Vec<u16>),
}

impl Index {
    fn edges_of(&self, crossed: usize) -> &[Edge] {
        let Some(this) = self.crossed.get(crossed) else {
            return &[];
        };
        let end = match self.crossed.get(crossed + 1) {
            Some(next) => next.edges as usize,
            None => self.edges.len(),
        };
        self.edges.get(this.edges as usize..end).unwrap_or_default()
    }

    /// What contains the point.
    pub(super) fn find(&self, at: Vertex) -> Found {
        match self.cell(at) {
            Cell::Whole(number) => Found::One(number),
            Cell::Crossed(way) => match way.tally() {
                (0, _) => Found::One(0),
                (1, combined) => Found::One(combined),
                _ => Found::Several(self.members(&way)),
            },
        }
    }

    /// The first by priority of what contains the point, or 0.
    #[inline]
    pub(super) fn first(&self, at: Vertex) -> u16 {
        match self.cell(at) {
            Cell::Whole(number) => number,
            Cell::Crossed(way) => match way.tally() {
                (0, _) => 0,
                (1, combined) => combined,
                _ => self.members(&way).first().copied().unwrap_or(0),
            },
        }
    }

    #[inline]
    fn cell(&self, at: Vertex) -> Cell<'_> {
        let along = |at: i32, from: i32| ((i64::from(at) - i64::from(from)) >> self.shift) as u64;
        let column = along(at.x, self.origin.x);
        let row = along(at.y, self.origin.y);
        // What lies west or south of the grid became a huge number.
        if column >= self.columns as u64 || row >= self.rows as u64 {
            return Cell::Whole(0);
        }
        let cell = self.cells.at(row as usize * self.columns + column as usize);
        if cell & IS_CROSSED == 0 {
            return Cell::Whole(cell as u16);
        }
        let from = (
            i64::from(self.origin.x) + ((column as i64) << self.shift),
            i64::from(self.origin.y) + ((row as i64) << self.shift),
        );
        let to = (i64::from(at.x), i64::from(at.y));
        let number = (cell & !IS_CROSSED) as usize;
        let part_of =
            |to: i64, from: i64| ((to - from) >> self.shift.saturating_sub(PARTS)) as usize;
        let part = part_of(to.1, from.1) * PARTS_A_SIDE + part_of(to.0, from.0);
        if let Some(part) = self.parts.get(number).and_then(|parts| parts.get(part))
            && *part != ASK
        {
            return Cell::Whole(*part);
        }
        match self.crossed.get(number) {
            Some(crossed) => Cell::Crossed(Way {
                crossed: *crossed,
                edges: self.edges_of(number),
                from,
                to,
            }),
            None => Cell::Whole(0),
        }
    }

    #[cold]
    fn members(&self, way: &Way<'_>) -> Vec<u16> {
        let first = way.crossed.several as usize;
        let mut members = match way.crossed.count {
            0 => Vec::new(),
            1 => vec![way.crossed.combined],
            count => {
                let end = first + usize::from(count);
                self.several.get(first..end).unwrap_or_default().to_vec()
            }
        };
        for edge in way.edges {
            if crossing::on_way(edge.a, edge.b, way.from, way.to) != 0 {
                toggle(&mut members, edge.left);
                toggle(&mut members, edge.right);
            }
        }
        members
    }

    /// Number and square metres of distance of every area with a border nearer than `within`
    /// square metres.
    pub(super) fn near(&self, from: &Surroundings, within: f64) -> Vec<(u16, f64)> {
        let mut near: Vec<(u16, f64)> = Vec::new();
        let around = from.bounds_within(libm::sqrt(within));
        let cells = |at: i32, from: i32, count: usize| {
            let cell = (i64::from(at) - i64::from(from)) >> self.shift;
            cell.clamp(-1, count as i64)
        };
        let first = cells(around.min.x, self.origin.x, self.columns).max(0);
        let last = cells(around.max.x, self.origin.x, self.columns);
        for row in cells(around.min.y, self.origin.y, self.rows).max(0)
            ..=cells(around.max.y, self.origin.y, self.rows)
        {
            for column in first..=last.min(self.columns as i64 - 1) {
                let cell = self.cells.at(row as usize * self.columns + column as usize);
                if cell & IS_CROSSED == 0 {
                    continue;
                }
                for edge in self.edges_of((cell & !IS_CROSSED) as usize) {
                    let squared = from.squared_to_line(&[edge.a, edge.b], within);
                    if squared < within {
                        nearer(&mut near, edge.left, squared);
                        nearer(&mut near, edge.right, squared);
                    }
                }
            }
        }
        near
    }

    /// Bytes that the index holds.
    pub(super) fn bytes(&self) -> usize {
        self.cells.bytes()
            + size_of_val(self.crossed.as_slice())
            + size_of_val(self.parts.as_slice())
            + size_of_val(self.edges.as_slice())
            + size_of_val(self.several.as_slice())
    }
}

/// Enters or leaves an area.
fn toggle(members: &mut Vec<u16>, number: u16) {
    if number == 0 {
        return;
    }
    match members.binary_search(&number) {
        Ok(at) => {
            members.remove(at);
        }
        Err(at) => members.insert(at, number),
    }
}

fn nearer(near: &mut Vec<(u16, f64)>, number: u16, squared: f64) {
    if number == 0 {
        return;
    }
    match near.iter_mut().find(|(known, _)| *known == number) {
        Some((_, known)) => *known = known.min(squared),
        None => near.push((number, squared)),
    }
}
