//! GeoJSON to boundary pack.
//!
//! What is wrong with a source is never passed over in silence: what can be mended in only one way
//! is mended and reported as a [`Finding`], everything else is refused by a [`CompileError`] that
//! names the feature and says what to do. The same sources give the same bytes.

mod antimeridian;
mod arrange;
mod encode;
mod finding;
mod label;
mod picture;
mod report;
mod ring;
mod shapes;
mod simplify;
mod source;
mod topology;
mod whereabouts;

use arrange::{Arranged, Extent, Tangle};
pub use finding::{Advice, CompileError, Evidence, Finding, FindingKind, Measured};

use std::collections::BTreeMap;

pub use picture::{picture, picture_of_refused};
pub use report::report;

use super::area::Role;
use super::pack::Pack;
use super::point::Vertex;

/// A layer to compile: a GeoJSON file and how to read it.
#[derive(Clone, Copy, Debug)]
pub struct LayerSource<'s> {
    /// Name of the layer, unique within the pack.
    pub name: &'s str,
    /// What its areas are to the municipality.
    pub role: Role,
    /// Whether its areas are meant not to overlap.
    pub partition: bool,
    /// A `FeatureCollection` or a `Feature` of `Polygon` and `MultiPolygon` (RFC 7946).
    pub geojson: &'s str,
    /// The property with the area's id, a text or a whole number. Where features have no property
    /// `id`, `"id"` means the id of the feature itself.
    pub id_property: &'s str,
    /// Language code and the property with the name in that language; every area must have all.
    pub name_properties: &'s [(&'s str, &'s str)],
    /// The property with the id of what the area belongs to; an area may lack it.
    pub parent_property: Option<&'s str>,
}

/// Language and property of a name as people write it on a command line or in a page: `ar=NAME`, or a
/// property alone whose ending may be a language, such as `name_ar` or `name:en`. Nothing where a
/// part is empty.
#[must_use]
pub fn name_property(text: &str) -> Option<(String, &str)> {
    let (language, property) = match text.split_once('=') {
        Some(both) => both,
        None => {
            let ending = text.rsplit_once(['_', ':', '-']).map(|(_, ending)| ending);
            let is_language =
                |it: &&str| it.len() == 2 && it.bytes().all(|letter| letter.is_ascii_alphabetic());
            // The standards' code for a language that is not told.
            (ending.filter(is_language).unwrap_or("und"), text)
        }
    };
    let whole = !language.is_empty() && !property.is_empty();
    whole.then(|| (language.to_ascii_lowercase(), property))
}

/// How sources are compiled.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Options {
    /// Decimals of a degree that borders keep, from 3 to 7. Six are 11 cm at most, finer than any
    /// survey of a boundary.
    pub decimals: u8,
    /// Gaps between areas of a partition that are narrower, in metres, are closed: given to the
    /// area that has most of their border.
    pub close_gaps_m: f64,
    /// Metres that simplified borders may lie from where they are; 0 keeps every vertex.
    pub simplify_m: f64,
    /// Longitude and latitude of a place that the sources are near to, in degrees: tells exchanged
    /// and foreign coordinates although every number is in range.
    pub near: Option<[f64; 2]>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            decimals: 6,
            close_gaps_m: 1.0,
            simplify_m: 0.0,
            near: None,
        }
    }
}

/// What the pack's header says of its coordinates.
#[derive(Clone, Copy)]
struct Grid {
    /// Steps of 1e-7 degrees in a unit.
    unit: i32,
    /// How far borders may lie from where they are, in millimetres.
    bound_mm: u64,
}

/// A pack and what was found on the way.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Compiled {
    /// The pack's bytes, for [`Pack::open`].
    pub pack: Vec<u8>,
    /// What was wrong with the sources and has been mended, or should be looked at.
    pub findings: Vec<Finding>,
}

/// Compiles layers, in order of priority, into one pack.
///
/// # Errors
/// Sources that cannot be read as meant; see [`CompileError`].
pub fn compile(layers: &[LayerSource<'_>]) -> Result<Compiled, CompileError> {
    compile_with(layers, &Options::default())
}

/// [`compile`], as told.
///
/// # Errors
/// As [`compile`].
pub fn compile_with(
    layers: &[LayerSource<'_>],
    options: &Options,
) -> Result<Compiled, CompileError> {
    compile_noting(layers, options, &mut Vec::new())
}

/// [`compile_with`], with what was found before a refusal too.
///
/// # Errors
/// As [`compile`].
pub fn compile_noting(
    layers: &[LayerSource<'_>],
    options: &Options,
    findings: &mut Vec<Finding>,
) -> Result<Compiled, CompileError> {
    let unit = 10_i32.pow(7 - u32::from(options.decimals.clamp(3, 7)));
    let mut drafts = Vec::with_capacity(layers.len());
    for (position, layer) in layers.iter().enumerate() {
        if layers
            .iter()
            .take(position)
            .any(|earlier| earlier.name == layer.name)
        {
            return Err(CompileError::DuplicateLayer {
                layer: layer.name.to_owned(),
            });
        }
        let mut draft = source::read(layer, unit, options.near, findings)?;
        let narrow_m = draft.is_partition.then_some(options.close_gaps_m);
        let arranged = arrange::arrange(&mut draft.areas, unit, narrow_m);
        let arranged = arranged.map_err(|Tangle(position)| {
            let area = draft.areas.get(position);
            CompileError::Tangle {
                layer: draft.name.clone(),
                feature: area.map_or(0, |area| area.feature),
                id: area.map(|area| area.id.clone()).unwrap_or_default(),
            }
        })?;
        tell(&draft, arranged, findings);
        drafts.push(draft);
    }

    let rings: Vec<&[Vertex]> = rings_of(&drafts).map(Vec::as_slice).collect();
    let mut topology = topology::extract(&rings);
    let mut grid = Grid { unit, bound_mm: 0 };
    if options.simplify_m > 0.0 {
        grid.unit = simplify::simplify(&mut topology, unit, options.simplify_m);
        grid.bound_mm = libm::ceil(options.simplify_m * 1_000.0) as u64;
    }

    let pack = encode::encode(&drafts, &topology, grid);
    // Nothing leaves that the reader would refuse, such as more areas than it agrees to hold.
    Pack::open(&pack).map_err(CompileError::Pack)?;
    Ok(Compiled {
        pack,
        findings: findings.clone(),
    })
}

/// A layer, cleaned and on the grid.
struct LayerDraft {
    name: String,
    role: Role,
    is_partition: bool,
    languages: Vec<String>,
    areas: Vec<AreaDraft>,
}

struct AreaDraft {
    /// Index in the source's list of features.
    feature: usize,
    id: String,
    parent: Option<String>,
    /// One for each of the layer's languages.
    names: Vec<String>,
    /// Shell (anticlockwise) and holes (clockwise), without the closing vertex.
    polygons: Vec<Vec<Vec<Vertex>>>,
}

/// All rings in the order of layers, areas, polygons: the order of the topology's rings.
fn rings_of(drafts: &[LayerDraft]) -> impl Iterator<Item = &Vec<Vertex>> {
    drafts
        .iter()
        .flat_map(|layer| &layer.areas)
        .flat_map(|area| area.polygons.iter().flatten())
}

/// What arranging a layer has found, told by area.
fn tell(draft: &LayerDraft, arranged: Arranged, findings: &mut Vec<Finding>) {
    let id = |position: usize| {
        draft
            .areas
            .get(position)
            .map_or("", |area| area.id.as_str())
    };
    let mut find = |position: usize, kind: FindingKind| {
        if let Some(area) = draft.areas.get(position) {
            findings.push(Finding {
                layer: draft.name.clone(),
                feature: area.feature,
                id: area.id.clone(),
                kind,
            });
        }
    };
    for at_one_area in arranged.crossings.chunk_by(|(a, _), (b, _)| a == b) {
        if let Some((area, at)) = at_one_area.first() {
            let crossings = at_one_area.len();
            find(
                *area,
                FindingKind::SelfIntersection {
                    crossings,
                    at: at.degrees().into(),
                },
            );
        }
    }
    for area in arranged.misplaced_holes {
        find(area, FindingKind::HoleOutside);
    }
    for area in arranged.doubled_parts {
        find(area, FindingKind::PartsOverlap);
    }
    for area in arranged.joined {
        find(area, FindingKind::Joined);
    }
    for ((first, second), extent) in arranged.overlaps {
        let other = id(first).to_owned();
        find(
            second,
            FindingKind::Overlap {
                other,
                extent: extent.into(),
            },
        );
    }
    let mut gaps: BTreeMap<usize, Extent> = BTreeMap::new();
    for (area, extent, _) in arranged.gaps {
        gaps.entry(area).or_default().add(extent);
    }
    for (area, extent) in gaps {
        find(
            area,
            FindingKind::Gap {
                extent: extent.into(),
            },
        );
    }
}
