//! Whether a layer lies where it can be meant to lie.
//!
//! A file with latitude and longitude exchanged, or in a projected system, may have every number in
//! range. Three things tell it all the same: a place that the layer has to be near to, the script
//! its names are written in, and right angles. Towns are full of them, and an angle is right in
//! only one reading of the coordinates, because a degree of longitude is shorter than one of
//! latitude.

use geojson::{FeatureCollection, JsonValue};

use super::AreaDraft;
use super::finding::{Advice, Evidence};
use crate::district::point::{Bounds, Vertex};

/// Fewer right angles, or less than so many times as many, prove nothing. Riyadh's districts have
/// 273 as they are and 17 with coordinates exchanged.
const RIGHT_ANGLES: usize = 30;
const TIMES_AS_MANY: usize = 4;
/// Degrees that a place may lie outside a layer's bounds and still be near it, at least.
const NEAR_DEGREES: f64 = 2.0;

/// What shows that the layer is not meant as it stands, and what probably mends it.
pub(super) fn doubt(
    areas: &[AreaDraft],
    collection: &FeatureCollection,
    near: Option<[f64; 2]>,
) -> Option<(Evidence, Advice)> {
    let mut bounds = Bounds::EMPTY;
    for ring in rings(areas) {
        bounds.add(Bounds::of(ring));
    }
    let bounds = bounds.degrees();
    if let Some(near) = near {
        return far_from(bounds, near);
    }
    let middle = [
        f64::midpoint(bounds[0], bounds[2]),
        f64::midpoint(bounds[1], bounds[3]),
    ];
    foreign_script(collection, middle).or_else(|| skewed(areas))
}

/// An area whose coordinates alone are exchanged: far from all the others, and among them when
/// they are exchanged back.
pub(super) fn exchanged(areas: &[AreaDraft]) -> Option<&AreaDraft> {
    let middles: Vec<(f64, f64)> = areas
        .iter()
        .map(|area| {
            let shells = area.polygons.iter().filter_map(|polygon| polygon.first());
            let mut bounds = Bounds::EMPTY;
            shells.for_each(|shell| bounds.add(Bounds::of(shell)));
            let [west, south, east, north] = bounds.degrees();
            (f64::midpoint(west, east), f64::midpoint(south, north))
        })
        .collect();
    let median = |mut numbers: Vec<f64>| {
        numbers.sort_by(f64::total_cmp);
        numbers.get(numbers.len() / 2).copied().unwrap_or(0.0)
    };
    let x = median(middles.iter().map(|(x, _)| *x).collect());
    let y = median(middles.iter().map(|(_, y)| *y).collect());
    let apart = |(a, b): (f64, f64)| libm::hypot(a - x, b - y);
    let usual = median(middles.iter().map(|middle| apart(*middle)).collect());
    let is_exchanged =
        |(a, b): (f64, f64)| apart((a, b)) > (20.0 * usual).max(1.0) && apart((b, a)) < 5.0 * usual;
    let at = middles.iter().position(|middle| is_exchanged(*middle))?;
    areas.get(at)
}

fn rings(areas: &[AreaDraft]) -> impl Iterator<Item = &Vec<Vertex>> {
    areas.iter().flat_map(|area| area.polygons.iter().flatten())
}

/// Whether the layer lies elsewhere than near the place.
fn far_from(bounds: [f64; 4], near: [f64; 2]) -> Option<(Evidence, Advice)> {
    let [west, south, east, north] = bounds;
    let apart = |west: f64, south: f64, east: f64, north: f64| {
        let [lon, lat] = near;
        let outside = |at: f64, from: f64, to: f64| (from - at).max(at - to).max(0.0);
        libm::hypot(outside(lon, west, east), outside(lat, south, north))
    };
    let near_enough = NEAR_DEGREES.max(libm::hypot(east - west, north - south));
    let degrees = apart(west, south, east, north);
    if degrees <= near_enough {
        return None;
    }
    let advice = if apart(south, west, north, east) <= near_enough {
        Advice::Swap
    } else {
        Advice::Reproject
    };
    Some((Evidence::Far { degrees }, advice))
}

/// A script with its first and last letter, and the lands where it is written: west, south, east,
/// north, in degrees, a little beyond their borders.
struct Script {
    name: &'static str,
    letters: (char, char),
    lands: &'static [[f64; 4]],
}

/// Scripts that place a file by themselves.
const SCRIPTS: [Script; 6] = [
    Script {
        name: "Arabic",
        letters: ('\u{600}', '\u{6ff}'),
        lands: &[
            [-18.0, 9.0, 25.0, 38.0],
            [24.0, -3.0, 60.0, 38.0],
            [43.0, 22.0, 79.0, 41.0],
            [73.0, 33.0, 97.0, 50.0],
        ],
    },
    Script {
        name: "Devanagari",
        letters: ('\u{900}', '\u{97f}'),
        lands: &[[67.0, 6.0, 98.0, 37.0]],
    },
    Script {
        name: "Bengali",
        letters: ('\u{980}', '\u{9ff}'),
        lands: &[[85.0, 20.0, 98.0, 29.0]],
    },
    Script {
        name: "Thai",
        letters: ('\u{e00}', '\u{e7f}'),
        lands: &[[96.0, 5.0, 106.5, 21.0]],
    },
    Script {
        name: "Hebrew",
        letters: ('\u{590}', '\u{5ff}'),
        lands: &[[33.5, 29.0, 36.5, 34.0]],
    },
    Script {
        name: "Greek",
        letters: ('\u{370}', '\u{3ff}'),
        lands: &[[19.0, 34.0, 35.0, 42.5]],
    },
];

/// Whether the layer lies outside the lands of its names' script, and within them when its
/// coordinates are exchanged.
fn foreign_script(collection: &FeatureCollection, [x, y]: [f64; 2]) -> Option<(Evidence, Advice)> {
    let features = collection.features.iter();
    let texts = features
        .filter_map(|feature| feature.properties.as_ref())
        .flat_map(|properties| properties.values())
        .filter_map(JsonValue::as_str);
    let mut counts = [0_usize; SCRIPTS.len()];
    let mut letters = 0;
    for letter in texts.flat_map(str::chars).filter(|it| it.is_alphabetic()) {
        letters += 1;
        for (script, count) in SCRIPTS.iter().zip(&mut counts) {
            *count += usize::from((script.letters.0..=script.letters.1).contains(&letter));
        }
    }
    let (script, count) = SCRIPTS.iter().zip(counts).max_by_key(|(_, count)| *count)?;
    // Among names in several languages, one in five letters; a file in another script has a name
    // or two in this one.
    if count < 5 || count * 5 < letters {
        return None;
    }
    let lies_in = |x: f64, y: f64| {
        let within = |[west, south, east, north]: &[f64; 4]| {
            (*west..=*east).contains(&x) && (*south..=*north).contains(&y)
        };
        script.lands.iter().any(within)
    };
    if lies_in(x, y) || !lies_in(y, x) {
        return None;
    }
    Some((
        Evidence::Script {
            script: script.name,
        },
        Advice::Swap,
    ))
}

/// Whether the corners are right angles in another reading of the coordinates.
fn skewed(areas: &[AreaDraft]) -> Option<(Evidence, Advice)> {
    // In turn: as they stand; exchanged; as metres of a plane.
    let mut counts = [0_usize; 3];
    for ring in rings(areas) {
        let after = ring.iter().cycle().skip(1);
        let next = ring.iter().cycle().skip(2);
        for ((a, b), c) in ring.iter().zip(after).zip(next) {
            let (x, y) = b.degrees();
            let length = |degrees: f64| libm::cos(degrees.to_radians());
            for (count, scale) in
                counts
                    .iter_mut()
                    .zip([(length(y), 1.0), (1.0, length(x)), (1.0, 1.0)])
            {
                *count += usize::from(is_right(*a, *b, *c, scale));
            }
        }
    }
    let [as_is, exchanged, plane] = counts;
    let (most, advice) = if plane > exchanged {
        (plane, Advice::Reproject)
    } else {
        (exchanged, Advice::Swap)
    };
    if most < RIGHT_ANGLES || most < as_is.saturating_mul(TIMES_AS_MANY) {
        return None;
    }
    let evidence = Evidence::RightAngles {
        as_is,
        otherwise: most,
    };
    Some((evidence, advice))
}

/// Whether a corner is right to within a degree, between edges long enough to tell, and not along
/// the axes: there it is right in every reading.
fn is_right(a: Vertex, b: Vertex, c: Vertex, (east, north): (f64, f64)) -> bool {
    const LEAST: f64 = 1_500.0;
    const MOST: f64 = 1e6;
    let edge = |from: Vertex, to: Vertex| {
        let steps = |from: i32, to: i32| f64::from(to) - f64::from(from);
        (steps(from.x, to.x) * east, steps(from.y, to.y) * north)
    };
    let ((ax, ay), (bx, by)) = (edge(a, b), edge(b, c));
    let (first, second) = (libm::hypot(ax, ay), libm::hypot(bx, by));
    let tells = (LEAST..MOST).contains(&first) && (LEAST..MOST).contains(&second);
    tells
        && ax.abs().min(ay.abs()) > 0.05 * first
        && (ax * bx + ay * by).abs() < 0.0175 * first * second
}
