//! GeoJSON to boundary pack.
//!
//! What is wrong with a source is never passed over in silence: what can be mended in only one way
//! is mended and reported as a [`Finding`], everything else is refused by a [`CompileError`] that
//! names the feature and says what to do. The same sources give the same bytes.

mod encode;
mod finding;
mod join;
mod label;
mod ring;
mod source;
mod topology;

pub use finding::{Advice, CompileError, Finding, FindingKind};

use super::area::Role;
use super::pack::{ArcUse, Pack};
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
    let mut findings = Vec::new();
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
        let mut draft = source::read(layer, &mut findings)?;
        if draft.is_partition {
            join_borders(&mut draft, &mut findings);
        }
        drafts.push(draft);
    }

    let rings: Vec<&[Vertex]> = rings_of(&drafts).map(Vec::as_slice).collect();
    let topology = topology::extract(&rings);
    report_overlaps(&drafts, &topology, &mut findings);

    let pack = encode::encode(&drafts, &topology);
    // Nothing leaves that the reader would refuse, such as more areas than it agrees to hold.
    Pack::open(&pack).map_err(CompileError::Pack)?;
    Ok(Compiled { pack, findings })
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

fn join_borders(draft: &mut LayerDraft, findings: &mut Vec<Finding>) {
    let joined = join::join(&mut draft.areas);
    for (area, vertices) in draft
        .areas
        .iter()
        .zip(joined)
        .filter(|(_, vertices)| *vertices > 0)
    {
        findings.push(Finding {
            layer: draft.name.clone(),
            feature: area.feature,
            id: area.id.clone(),
            kind: FindingKind::Joined { vertices },
        });
    }
}

/// In a partition a border has different areas on its two sides: two areas on the same side of
/// one line overlap.
fn report_overlaps(
    drafts: &[LayerDraft],
    topology: &topology::Topology,
    findings: &mut Vec<Finding>,
) {
    let mut rings = topology.rings.iter();
    for layer in drafts {
        let mut sides: std::collections::BTreeMap<(usize, bool), &AreaDraft> = Default::default();
        let mut reported = std::collections::BTreeSet::new();
        for area in &layer.areas {
            let count = area.polygons.iter().flatten().count();
            for ArcUse { index, reversed } in rings.by_ref().take(count).flatten() {
                let first = *sides.entry((*index, *reversed)).or_insert(area);
                let is_new = first.feature != area.feature
                    && layer.is_partition
                    && reported.insert((first.feature, area.feature));
                if is_new {
                    findings.push(Finding {
                        layer: layer.name.clone(),
                        feature: area.feature,
                        id: area.id.clone(),
                        kind: FindingKind::Overlap {
                            other: first.id.clone(),
                        },
                    });
                }
            }
        }
    }
}
