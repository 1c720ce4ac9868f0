//! A boundary pack, opened.

use std::fmt::Write as _;

use super::area::{Area, Border, Layer, Role};
#[cfg(test)]
use super::crossing;
use super::decode::{self, PackError};
use super::index::Index;
use super::metres::Surroundings;
use super::point::{Bounds, Vertex};

/// Edges in a [span](Arc::spans): 16 bytes of bounds for some 256 bytes of vertices.
const SPAN: usize = 32;

/// The boundaries a municipality works with: its own districts and its neighbours' areas.
///
/// Borders that areas share are held once, as arcs. Opening checks everything, so that an open pack
/// cannot be malformed.
pub struct Pack {
    pub(super) checksum: [u8; 32],
    pub(super) bound_m: f64,
    pub(super) languages: Vec<String>,
    pub(super) layers: Vec<LayerRecord>,
    /// Which of them [`Pack::locate`] answers from.
    pub(super) district_layer: Option<usize>,
    pub(super) areas: Vec<AreaRecord>,
    pub(super) arcs: Vec<Arc>,
}

impl Pack {
    /// Checks and opens a pack.
    ///
    /// No more than 32 MiB are read, and what is held stays in proportion to them, whatever the
    /// bytes say.
    ///
    /// # Errors
    /// Bytes that are not a whole, unaltered pack of a version this code reads.
    pub fn open(bytes: &[u8]) -> Result<Self, PackError> {
        decode::decode(bytes)
    }

    /// A pack of no areas: for what is judged without a point on a map.
    #[must_use]
    pub fn empty() -> Self {
        Pack {
            checksum: [0; 32],
            bound_m: 0.0,
            languages: Vec::new(),
            layers: Vec::new(),
            district_layer: None,
            areas: Vec::new(),
            arcs: Vec::new(),
        }
    }

    /// SHA-256 of the pack's content. Two packs with the same checksum give the same answers; a
    /// report carries it to say what it was decided with.
    #[must_use]
    pub fn checksum(&self) -> [u8; 32] {
        self.checksum
    }

    /// [`Pack::checksum`] as 64 lower-case hexadecimal digits.
    #[must_use]
    pub fn checksum_hex(&self) -> String {
        let mut hex = String::with_capacity(64);
        for byte in self.checksum {
            // Writing to a `String` cannot fail.
            let _ = write!(hex, "{byte:02x}");
        }
        hex
    }

    /// Language codes of the names in the pack, in the order they were declared.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.languages.iter().map(String::as_str)
    }

    /// All layers, in order of priority.
    pub fn layers(&self) -> impl Iterator<Item = Layer<'_>> {
        self.layers
            .iter()
            .map(|record| Layer { pack: self, record })
    }

    /// The municipality's own districts: the areas of the first layer of role
    /// [`Role::Districts`], which is the one [`Pack::locate`] answers from.
    pub fn districts(&self) -> impl Iterator<Item = Area<'_>> {
        self.district_layer()
            .into_iter()
            .flat_map(|layer| layer.areas())
    }

    /// The areas of neighbouring agencies, over all layers of role [`Role::Neighbours`].
    pub fn neighbours(&self) -> impl Iterator<Item = Area<'_>> {
        self.layers()
            .filter(|layer| layer.role() == Role::Neighbours)
            .flat_map(|layer| layer.areas())
    }

    /// The district with this id, out of [`Pack::districts`].
    #[must_use]
    pub fn district(&self, id: &str) -> Option<Area<'_>> {
        self.districts().find(|area| area.id() == id)
    }

    /// Every border line once, with the areas on its two sides: for drawing outlines without
    /// drawing shared borders twice.
    pub fn arcs(&self) -> impl Iterator<Item = Border<'_>> {
        self.arcs.iter().map(|arc| Border { pack: self, arc })
    }

    #[inline]
    pub(super) fn district_layer(&self) -> Option<Layer<'_>> {
        let record = self.layers.get(self.district_layer?)?;
        Some(Layer { pack: self, record })
    }

    /// Metres that any border of this pack may lie from where the full pack has it; 0 for a full
    /// pack. Within them [`Pack::locate`] answers [`Near`](super::Located::Near).
    #[must_use]
    pub fn bound_m(&self) -> f64 {
        self.bound_m
    }

    /// Bytes that the open pack's indexes hold beside its shapes.
    #[must_use]
    pub fn index_bytes(&self) -> usize {
        self.layers.iter().map(|layer| layer.index.bytes()).sum()
    }

    /// Whether the area contains the point, by all of its edges: the rule without the index, which
    /// the index is held to.
    #[cfg(test)]
    pub(super) fn contains(&self, area: &AreaRecord, at: Vertex) -> bool {
        area.rings
            .iter()
            .flat_map(|ring| self.arcs_of(ring))
            .flat_map(|arc| arc.vertices.iter().zip(arc.vertices.iter().skip(1)))
            .fold(false, |odd, (a, b)| odd ^ crossing::crosses(*a, *b, at))
    }

    /// Square metres to the area's border, or `within` if that is less.
    pub(super) fn squared_to_border(
        &self,
        area: &AreaRecord,
        from: &Surroundings,
        within: f64,
    ) -> f64 {
        let mut nearest = within;
        let rings = area
            .rings
            .iter()
            .filter(|ring| from.squared_to_bounds(&ring.bounds) < within);
        for arc in rings.flat_map(|ring| self.arcs_of(ring)) {
            if from.squared_to_bounds(&arc.bounds) >= nearest {
                continue;
            }
            for (bounds, line) in arc.spans() {
                if from.squared_to_bounds(&bounds) < nearest {
                    nearest = from.squared_to_line(line, nearest);
                }
            }
        }
        nearest
    }

    pub(super) fn arcs_of(&self, ring: &Ring) -> impl Iterator<Item = &Arc> {
        ring.arcs
            .iter()
            .filter_map(|used| self.arcs.get(used.index))
    }
}

impl std::fmt::Debug for Pack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pack")
            .field("checksum", &self.checksum_hex())
            .field("layers", &self.layers.len())
            .field("areas", &self.areas.len())
            .finish_non_exhaustive()
    }
}

pub(super) struct LayerRecord {
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) is_partition: bool,
    /// Its areas: from the first to before the last index of [`Pack::areas`].
    pub(super) first: usize,
    pub(super) end: usize,
    pub(super) index: Index,
}

pub(super) struct AreaRecord {
    /// Among its layer's areas.
    pub(super) position: usize,
    pub(super) id: String,
    pub(super) parent: Option<String>,
    /// One a language of the pack, empty where the area has no name in it.
    pub(super) names: Box<[String]>,
    pub(super) label: Vertex,
    pub(super) bounds: Bounds,
    /// Each shell followed by its holes.
    pub(super) rings: Box<[Ring]>,
}

pub(super) struct Ring {
    pub(super) is_shell: bool,
    pub(super) bounds: Bounds,
    pub(super) arcs: Box<[ArcUse]>,
}

/// An arc as part of a ring, which runs anticlockwise for shells and clockwise for holes: the area
/// lies to the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ArcUse {
    pub(super) index: usize,
    pub(super) reversed: bool,
}

/// A border line of at least two vertices between two junctions, or a whole ring.
pub(super) struct Arc {
    pub(super) vertices: Box<[Vertex]>,
    pub(super) bounds: Bounds,
    /// Bounds of each run of [`SPAN`] edges.
    spans: Box<[Bounds]>,
    /// The first area, in the pack's order, that has this arc to its left or right.
    pub(super) left: Option<usize>,
    pub(super) right: Option<usize>,
}

impl Arc {
    pub(super) fn new(vertices: Box<[Vertex]>) -> Self {
        let spans: Box<[Bounds]> = runs(&vertices).map(Bounds::of).collect();
        let mut bounds = Bounds::EMPTY;
        for span in &spans {
            bounds.add(*span);
        }
        Self {
            vertices,
            bounds,
            spans,
            left: None,
            right: None,
        }
    }

    /// The line in short runs, each with its bounds; a run ends where the next begins.
    pub(super) fn spans(&self) -> impl Iterator<Item = (Bounds, &[Vertex])> {
        self.spans.iter().copied().zip(runs(&self.vertices))
    }
}

fn runs(vertices: &[Vertex]) -> impl Iterator<Item = &[Vertex]> {
    (0..vertices.len().saturating_sub(1))
        .step_by(SPAN)
        .filter_map(|first| vertices.get(first..vertices.len().min(first + SPAN + 1)))
}
