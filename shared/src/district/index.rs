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

use super::crossing;
use super::metres::Surroundings;
use super::pack::{Arc, AreaRecord};
use super::point::{Bounds, Vertex};

/// Cells for an edge: few enough to stay in a cache, and enough for cells of few edges.
const CELLS_PER_EDGE: usize = 12;
/// Parts along a crossed cell's side, as a power of two.
const PARTS: u32 = 2;
const PARTS_A_SIDE: usize = 1 << PARTS;
/// What a part says that borders touch, or that several areas cover: ask the edges.
const ASK: u16 = u16::MAX;
const MOST_CELLS: usize = 1 << 24;
/// Entries of edges in cells, for an edge: long edges in a fine grid would be in too many.
const ENTRIES_PER_EDGE: usize = 6;
/// Areas over one corner: a layer deeper than that gets larger cells.
const DEEPEST: usize = 64;
/// Grids of few cells are free.
const FREE: usize = 4_096;

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
    /// Indexes the areas of a layer.
    pub(super) fn of(areas: &[AreaRecord], arcs: &[Arc]) -> Self {
        let edges = edges(areas, arcs);
        let mut bounds = Bounds::EMPTY;
        for area in areas {
            bounds.add(area.bounds);
        }
        if edges.is_empty() {
            return Self::default();
        }
        let origin = Vertex {
            x: bounds.min.x - 1,
            y: bounds.min.y,
        };
        let mut shift = 0;
        loop {
            let mut index = Self::grid(origin, bounds.max, shift);
            let is_last = index.columns * index.rows == 1;
            if is_last || index.suits(&edges) {
                let cells = index.sort_into_cells(&edges);
                if index.settle_corners(cells) || is_last {
                    index.part_cells();
                    return index;
                }
            }
            shift += 1;
        }
    }

    fn grid(origin: Vertex, max: Vertex, shift: u32) -> Self {
        let cells = |from: i32, to: i32| {
            usize::try_from((i64::from(to) - i64::from(from)) >> shift).unwrap_or(0) + 1
        };
        Self {
            origin,
            shift,
            columns: cells(origin.x, max.x),
            rows: cells(origin.y, max.y),
            ..Self::default()
        }
    }

    /// Whether its cells, and the edges in them, are in proportion to the edges.
    fn suits(&self, edges: &[Edge]) -> bool {
        let most = (edges.len() * CELLS_PER_EDGE).clamp(FREE, MOST_CELLS);
        if self.columns.saturating_mul(self.rows) > most {
            return false;
        }
        let touched = |a: i32, b: i32| (i64::from(a) - i64::from(b)).unsigned_abs() >> self.shift;
        let entries = edges.iter().fold(0_u64, |entries, edge| {
            entries + 1 + touched(edge.a.x, edge.b.x) + touched(edge.a.y, edge.b.y)
        });
        entries <= (edges.len() * ENTRIES_PER_EDGE + FREE) as u64
    }

    /// Counts each cell's edges, makes room for them, and puts them in.
    fn sort_into_cells(&mut self, edges: &[Edge]) -> Vec<u32> {
        let mut cells = vec![0_u32; self.columns * self.rows];
        let origin = (i64::from(self.origin.x), i64::from(self.origin.y));
        for edge in edges {
            touched(
                origin,
                self.shift,
                (self.columns, self.rows),
                edge,
                |cell| {
                    if let Some(count) = cells.get_mut(cell) {
                        *count += 1;
                    }
                },
            );
        }
        let mut total = 0;
        for cell in cells.iter_mut().filter(|cell| **cell > 0) {
            let count = std::mem::replace(cell, IS_CROSSED | self.crossed.len() as u32);
            // Until corners are settled, `several` is the place of the cell's next edge.
            self.crossed.push(Crossed {
                edges: total,
                several: total,
                count: 0,
                combined: 0,
            });
            total += count;
        }
        if let Some(edge) = edges.first() {
            self.edges = vec![*edge; total as usize];
        }
        for edge in edges {
            let (crossed, placed) = (&mut self.crossed, &mut self.edges);
            touched(
                origin,
                self.shift,
                (self.columns, self.rows),
                edge,
                |cell| {
                    let number = cells.get(cell).map_or(0, |cell| cell & !IS_CROSSED);
                    if let Some(crossed) = crossed.get_mut(number as usize)
                        && let Some(place) = placed.get_mut(crossed.several as usize)
                    {
                        *place = *edge;
                        crossed.several += 1;
                    }
                },
            );
        }
        cells
    }

    /// Finds what contains each cell's corner, on the way east along each row; whether it could be
    /// written down within bounds.
    fn settle_corners(&mut self, mut cells: Vec<u32>) -> bool {
        let most = self.edges.len() * ENTRIES_PER_EDGE + FREE;
        let side = 1_i64 << self.shift;
        let end = self.edges.len() as u32;
        let mut members: Vec<u16> = Vec::new();
        for (row, cells) in cells.chunks_mut(self.columns).enumerate() {
            members.clear();
            let y = i64::from(self.origin.y) + side * row as i64;
            for (column, cell) in cells.iter_mut().enumerate() {
                let x = i64::from(self.origin.x) + side * column as i64;
                let corner = (x, y);
                if *cell & IS_CROSSED == 0 && members.len() < 2 {
                    *cell = members.first().copied().map_or(0, u32::from);
                    continue;
                }
                if self.several.len() + members.len() > most || members.len() > DEEPEST {
                    return false;
                }
                let several = self.several.len() as u32;
                if members.len() > 1 {
                    self.several.extend_from_slice(&members);
                }
                if *cell & IS_CROSSED == 0 {
                    *cell = IS_CROSSED | self.crossed.len() as u32;
                    self.crossed.push(Crossed {
                        edges: end,
                        several: 0,
                        count: 0,
                        combined: 0,
                    });
                }
                let number = (*cell & !IS_CROSSED) as usize;
                if let Some(crossed) = self.crossed.get_mut(number) {
                    crossed.several = several;
                    crossed.count = members.len() as u16;
                    crossed.combined = members.iter().fold(0, |all, member| all ^ member);
                }
                for edge in self.edges_of(number) {
                    if crossing::on_way(edge.a, edge.b, corner, (x + side, y)) != 0 {
                        toggle(&mut members, edge.left);
                        toggle(&mut members, edge.right);
                    }
                }
            }
        }
        self.cells = Cells::of(cells);
        true
    }

    /// Finds what covers the parts of the crossed cells.
    fn part_cells(&mut self) {
        let Some(shift) = self.shift.checked_sub(PARTS) else {
            return;
        };
        let mut parts = vec![[ASK; PARTS_A_SIDE * PARTS_A_SIDE]; self.crossed.len()];
        for index in 0..self.columns * self.rows {
            let cell = self.cells.at(index);
            let number = (cell & !IS_CROSSED) as usize;
            let (Some(crossed), Some(parts)) = (self.crossed.get(number), parts.get_mut(number))
            else {
                continue;
            };
            let edges = self.edges_of(number);
            if cell & IS_CROSSED != 0 && crossed.count < 2 && !edges.is_empty() {
                let corner = (
                    i64::from(self.origin.x) + (((index % self.columns) as i64) << self.shift),
                    i64::from(self.origin.y) + (((index / self.columns) as i64) << self.shift),
                );
                part(parts, corner, shift, edges, crossed);
            }
        }
        self.parts = parts;
    }

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

/// Calls `visit` for each cell that the edge touches, once; cells it only comes close to may be
/// among them.
fn touched(
    origin: (i64, i64),
    shift: u32,
    (columns, rows): (usize, usize),
    edge: &Edge,
    mut visit: impl FnMut(usize),
) {
    let offset = |vertex: Vertex| {
        (
            i64::from(vertex.x) - origin.0,
            i64::from(vertex.y) - origin.1,
        )
    };
    let (a, b) = (offset(edge.a), offset(edge.b));
    let (low, high) = if a.1 <= b.1 { (a, b) } else { (b, a) };
    let (dx, dy) = (high.0 - low.0, high.1 - low.1);
    // Where the edge is at a height, to within a step or two: doubles hold these numbers to a
    // millionth of one. One division an edge instead of two a row.
    let slope = dx as f64 / dy.max(1) as f64;
    let at = |y: i64| low.0 + (slope * (y - low.1) as f64) as i64;
    for row in (low.1 >> shift).max(0)..=(high.1 >> shift).min(rows as i64 - 1) {
        let (from, to) = if dy == 0 {
            (low.0, high.0)
        } else {
            let south = low.1.max(row << shift);
            let north = high.1.min((row + 1) << shift);
            (at(south), at(north))
        };
        // A way that ends at a cell's eastern side crosses what stands there.
        let west = (from.min(to) - 2).max(0) >> shift;
        let east = (from.max(to) + 2) >> shift;
        for column in west..=east.min(columns as i64 - 1) {
            visit(row as usize * columns + column as usize);
        }
    }
}

/// Tells a crossed cell's parts, beginning at its corner, which no more than one area contains.
fn part(
    parts: &mut [u16; PARTS_A_SIDE * PARTS_A_SIDE],
    corner: (i64, i64),
    shift: u32,
    edges: &[Edge],
    crossed: &Crossed,
) {
    let mut is_touched = [false; PARTS_A_SIDE * PARTS_A_SIDE];
    for edge in edges {
        touched(corner, shift, (PARTS_A_SIDE, PARTS_A_SIDE), edge, |part| {
            if let Some(is_touched) = is_touched.get_mut(part) {
                *is_touched = true;
            }
        });
    }
    let mut start = (corner, i32::from(crossed.count), crossed.combined);
    let rows = parts
        .chunks_mut(PARTS_A_SIDE)
        .zip(is_touched.chunks(PARTS_A_SIDE));
    for (row, (parts, is_touched)) in rows.enumerate() {
        start = gone(start, (corner.0, corner.1 + ((row as i64) << shift)), edges);
        let mut here = start;
        for (column, (part, is_touched)) in parts.iter_mut().zip(is_touched).enumerate() {
            if *is_touched {
                continue;
            }
            here = gone(
                here,
                (corner.0 + ((column as i64) << shift), here.0.1),
                edges,
            );
            *part = match here {
                (_, 0, _) => 0,
                (_, 1, combined) => combined,
                _ => ASK,
            };
        }
    }
}

/// A place, the number of areas that contain it, and their exclusive or.
type Reached = ((i64, i64), i32, u16);

/// What is reached by going on to another place, straight north or straight east.
fn gone((from, mut count, mut combined): Reached, to: (i64, i64), edges: &[Edge]) -> Reached {
    if from == to {
        return (to, count, combined);
    }
    for edge in edges {
        // Most edges do not even span the way's line.
        let spans = |a: i32, b: i32, at: i64| (i64::from(a) > at) != (i64::from(b) > at);
        let may_cross = if from.0 == to.0 {
            spans(edge.a.x, edge.b.x, from.0)
        } else {
            spans(edge.a.y, edge.b.y, from.1)
        };
        if !may_cross {
            continue;
        }
        let crossings = crossing::on_way(edge.a, edge.b, from, to);
        if crossings != 0 {
            combined ^= edge.left ^ edge.right;
            count += crossings * (i32::from(edge.left != 0) - i32::from(edge.right != 0));
        }
    }
    (to, count, combined)
}

/// The edges of the areas' rings, each with the areas on its sides; those with several on a side
/// are there several times.
fn edges(areas: &[AreaRecord], arcs: &[Arc]) -> Vec<Edge> {
    let mut sides = vec![(0_u16, 0_u16); arcs.len()];
    let mut more = Vec::new();
    for (number, area) in (1_u16..).zip(areas) {
        for used in area.rings.iter().flat_map(|ring| &ring.arcs) {
            let Some((left, right)) = sides.get_mut(used.index) else {
                continue;
            };
            let side = if used.reversed { right } else { left };
            if *side == 0 {
                *side = number;
            } else if used.reversed {
                more.push((used.index, (0, number)));
            } else {
                more.push((used.index, (number, 0)));
            }
        }
    }
    let mut edges = Vec::new();
    for (index, (left, right)) in sides.into_iter().enumerate().chain(more) {
        if left == right {
            // No border of this layer's, or one with the same area on both sides.
            continue;
        }
        let line: &[Vertex] = arcs.get(index).map_or(&[], |arc| &arc.vertices);
        for (a, b) in line.iter().zip(line.iter().skip(1)) {
            if a != b {
                let (a, b) = (*a, *b);
                edges.push(Edge { a, b, left, right });
            }
        }
    }
    edges
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
