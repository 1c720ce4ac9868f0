//! Rings that cross the antimeridian or go around a pole, cut as RFC 7946 (3.1.9) asks.
//!
//! An edge that spans more than half the Earth is meant to lead the other way around. Unrolled, the
//! ring runs on beyond 180 degrees; one that ends a whole turn from where it began goes around a
//! pole, and is closed along it. Then it is cut at every 180th meridian, and the pieces are moved
//! back onto the map.

use super::ring::doubled_area;
use crate::district::point::{Bounds, MAX_X, MAX_Y, Vertex};

/// The Earth's circumference in grid steps.
const TURN: i64 = 2 * MAX_X as i64;

/// A vertex of an unrolled ring.
type Place = (i64, i64);

/// The polygons that a polygon's rings make, each with its holes, and how many rings were cut.
pub(super) fn cut(rings: Vec<Vec<Vertex>>) -> (Vec<Vec<Vec<Vertex>>>, usize) {
    let across = rings.iter().filter(|ring| is_across(ring)).count();
    if across == 0 {
        return (vec![rings], 0);
    }
    let mut pieces = rings.iter().map(|ring| pieces(&unrolled(ring)));
    let shells = pieces.next().unwrap_or_default();
    let mut polygons: Vec<Vec<Vec<Vertex>>> = shells.into_iter().map(|shell| vec![shell]).collect();
    for hole in pieces.flatten() {
        let within = Bounds::of(&hole);
        let holds = |polygon: &Vec<Vec<Vertex>>| {
            let bounds = polygon
                .first()
                .map_or(Bounds::EMPTY, |shell| Bounds::of(shell));
            bounds.min.x <= within.min.x && within.max.x <= bounds.max.x
        };
        // What no shell reaches around goes to the first, where nesting may yet tell it right.
        let owner = polygons.iter().position(holds).unwrap_or(0);
        if let Some(polygon) = polygons.get_mut(owner) {
            polygon.push(hole);
        }
    }
    (polygons, across)
}

/// The ring's pieces, each on the map and closed.
fn pieces(unrolled: &[Place]) -> Vec<Vec<Vertex>> {
    let wests = (-2..=2).map(|turn| turn * TURN - i64::from(MAX_X));
    let pieces = wests.map(|west| piece(unrolled, west));
    // A corner that only touches a meridian is no piece.
    pieces.filter(|piece| doubled_area(piece) != 0).collect()
}

/// Whether edges span more than half the Earth that are not meant as they stand. Those along whole
/// parallels that lead there and back again are: they bound what goes all the way around.
fn is_across(ring: &[Vertex]) -> bool {
    let wide = edges(ring)
        .map(|(a, b)| (i64::from(b.x) - i64::from(a.x), a.y == b.y))
        .filter(|(span, _)| span.abs() > TURN / 2);
    let (mut turns, mut is_odd) = (0, false);
    for (span, is_parallel) in wide {
        turns += span;
        is_odd |= span.abs() != TURN || !is_parallel;
    }
    is_odd || turns != 0
}

fn edges(ring: &[Vertex]) -> impl Iterator<Item = (&Vertex, &Vertex)> {
    ring.iter().zip(ring.iter().skip(1).chain(ring.first()))
}

/// The ring with every edge the shorter way around, closed along a pole where it goes around it.
fn unrolled(ring: &[Vertex]) -> Vec<Place> {
    let mut places = Vec::with_capacity(ring.len() + 3);
    let mut turns = 0;
    for (from, to) in edges(ring) {
        places.push((i64::from(from.x) + turns, i64::from(from.y)));
        let span = i64::from(to.x) - i64::from(from.x);
        if span > TURN / 2 {
            turns -= TURN;
        } else if span < -TURN / 2 {
            turns += TURN;
        }
    }
    if let (Some((x, y)), true) = (places.first().copied(), turns != 0) {
        let north: i64 = places.iter().map(|(_, y)| y).sum();
        let pole = i64::from(if north < 0 { -MAX_Y } else { MAX_Y });
        places.extend([(x + turns, y), (x + turns, pole), (x, pole)]);
    }
    places
}

/// The part of the ring within a turn of the Earth from this meridian on, moved onto the map.
fn piece(ring: &[Place], west: i64) -> Vec<Vertex> {
    let piece = half(&half(ring, west, true), west + TURN, false);
    let moved = |(x, y): &Place| Vertex {
        x: (x - west - i64::from(MAX_X)) as i32,
        y: *y as i32,
    };
    // Closed, as rings come.
    piece.iter().chain(piece.first()).map(moved).collect()
}

/// The part of a ring on one side of a meridian (Sutherland and Hodgman, 1974).
fn half(ring: &[Place], meridian: i64, is_east: bool) -> Vec<Place> {
    let is_in = |(x, _): Place| {
        if is_east {
            x >= meridian
        } else {
            x <= meridian
        }
    };
    let mut half = Vec::with_capacity(ring.len() + 2);
    for (from, to) in ring.iter().zip(ring.iter().skip(1).chain(ring.first())) {
        if is_in(*from) {
            half.push(*from);
        }
        if is_in(*from) != is_in(*to) {
            let part = (meridian - from.0) as f64 / (to.0 - from.0) as f64;
            let y = from.1 + libm::round((to.1 - from.1) as f64 * part) as i64;
            half.push((meridian, y));
        }
    }
    half
}
