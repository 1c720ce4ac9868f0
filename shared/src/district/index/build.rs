//! A layer's index, built when its pack is opened.

use super::{ASK, Cells, Crossed, Edge, IS_CROSSED, Index, PARTS, PARTS_A_SIDE, toggle};
use crate::district::crossing;
use crate::district::pack::{Arc, AreaRecord};
use crate::district::point::{Bounds, Vertex};

/// Cells for an edge: few enough to stay in a cache, and enough for cells of few edges.
const CELLS_PER_EDGE: usize = 12;
const MOST_CELLS: usize = 1 << 24;
/// Entries of edges in cells, for an edge: long edges in a fine grid would be in too many.
const ENTRIES_PER_EDGE: usize = 6;
/// Areas over one corner: a layer deeper than that gets larger cells.
const DEEPEST: usize = 64;
/// Grids of few cells are free.
const FREE: usize = 4_096;

impl Index {
    /// Indexes the areas of a layer.
    pub(in crate::district) fn of(areas: &[AreaRecord], arcs: &[Arc]) -> Self {
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
