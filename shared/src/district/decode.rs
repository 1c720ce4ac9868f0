//! The bytes of a pack, read with suspicion.
//!
//! Numbers of the table are LEB128 varints. A text is its length in bytes and UTF-8. Like stands
//! beside like, column by column, which a general compressor rewards.
//!
//! | part | content |
//! | --- | --- |
//! | header | [`MAGIC`], [`VERSION`] |
//! | grid | steps of 1e-7 degrees in a unit; the error bound in millimetres, 0 for a full pack |
//! | languages | count, codes |
//! | layers | count; each: name, flags (bit 0 neighbours, bit 1 partition), number of areas |
//! | areas | all ids; all parents (empty: none); per language all names (empty: none) |
//! | shapes | length and bytes of the decisions, length and bytes of the plain bits: see [`Model`] |
//! | trailer | SHA-256 of all of the above |
//!
//! The shapes tell, area after area, polygons and rings as ways over the map: along arcs that are
//! already known, named by their rank at the junction where the ring stands, or along new ones,
//! vertex by vertex, to a junction. So a border that areas share is told once, and the place where
//! an arc begins never. After them come the labels, two parts in 4096 of each area's bounds.

use std::collections::BinaryHeap;
use std::fmt;

use sha2::{Digest, Sha256};

use super::area::Role;
use super::codec;
use super::index::Index;
use super::pack::{Arc, AreaRecord, LayerRecord, Pack};
use super::point::{Bounds, Vertex};
use super::shapes::Shapes;

pub(super) const MAGIC: [u8; 4] = *b"BPAK";
pub(super) const VERSION: u8 = 2;
pub(super) const FLAG_NEIGHBOURS: u64 = 1;
pub(super) const FLAG_PARTITION: u64 = 2;

const CHECKSUM: usize = 32;
/// The largest pack read. Riyadh's 189 districts in full detail are 70 KB.
const MAX_BYTES: usize = 32 << 20;
const MAX_LANGUAGES: usize = 64;
const MAX_LAYERS: usize = 256;
/// The index holds an area in 16 bits.
pub(super) const MAX_AREAS: usize = (1 << 16) - 2;
/// Names over all areas and languages.
const MAX_NAMES: usize = 1 << 20;
/// Coarser units than a thousandth of a degree would be no boundary.
pub(super) const MAX_UNIT: i32 = 10_000;
/// 10 km.
pub(super) const MAX_BOUND_MM: u64 = 10_000_000;

/// Why bytes are not a pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PackError {
    /// They do not begin as a pack does.
    NotAPack,
    /// They are a pack of this version, which this code does not read.
    Version(u8),
    /// The checksum does not match: truncated or altered on the way.
    Checksum,
    /// A limit is exceeded: the named thing is more than this code agrees to hold.
    TooMany(&'static str),
    /// The content contradicts itself at the named thing, although the checksum matches.
    Malformed(&'static str),
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAPack => f.write_str("this is not a boundary pack"),
            Self::Version(version) => write!(f, "boundary packs of version {version} are unknown"),
            Self::Checksum => f.write_str("the boundary pack is damaged: its checksum differs"),
            Self::TooMany(what) => write!(f, "the boundary pack is too large: {what}"),
            Self::Malformed(what) => write!(f, "the boundary pack is malformed: {what}"),
        }
    }
}

impl std::error::Error for PackError {}

pub(super) fn decode(bytes: &[u8]) -> Result<Pack, PackError> {
    if bytes.len() > MAX_BYTES {
        return Err(PackError::TooMany("bytes"));
    }
    let Some(start) = bytes.strip_prefix(&MAGIC) else {
        return Err(PackError::NotAPack);
    };
    match start.first() {
        Some(&VERSION) => {}
        Some(version) => return Err(PackError::Version(*version)),
        None => return Err(PackError::Checksum),
    }
    let (content, trailer) = bytes
        .split_last_chunk::<CHECKSUM>()
        .ok_or(PackError::Checksum)?;
    let checksum: [u8; CHECKSUM] = Sha256::digest(content).into();
    if checksum != *trailer {
        return Err(PackError::Checksum);
    }
    // Shorter than its header would be a trailer that overlaps it, and no digest of itself.
    let body = content.get(MAGIC.len() + 1..).ok_or(PackError::Checksum)?;
    let mut read = Reader { bytes: body };

    let unit = read.limited(MAX_UNIT as u64, "the grid's unit")?.max(1) as i32;
    let bound_mm = read.limited(MAX_BOUND_MM, "the error bound")?;
    let languages = read.languages()?;
    let mut layers = read.layers()?;
    let mut areas = read.areas(&layers, languages.len())?;
    let decisions = read.bytes("shapes")?;
    let plain = read.bytes("shapes")?;
    if !read.bytes.is_empty() {
        return Err(PackError::Malformed("more bytes than content"));
    }
    let reader = codec::Reader::new(decisions, plain);
    let mut arcs = Shapes::read(reader, decisions.len() + plain.len(), unit, &mut areas)?;
    give_sides(&areas, &mut arcs);
    for layer in &mut layers {
        let areas = areas.get(layer.first..layer.end);
        layer.index = Index::of(areas.unwrap_or_default(), &arcs);
    }
    Ok(Pack {
        checksum,
        bound_m: bound_mm as f64 / 1000.0,
        languages,
        district_layer: layers
            .iter()
            .position(|layer| layer.role == Role::Districts),
        layers,
        areas,
        arcs,
    })
}

/// Tells each arc the first area on its left and on its right.
fn give_sides(areas: &[AreaRecord], arcs: &mut [Arc]) {
    for (index, area) in areas.iter().enumerate() {
        for used in area.rings.iter().flat_map(|ring| &ring.arcs) {
            let Some(arc) = arcs.get_mut(used.index) else {
                continue;
            };
            let side = if used.reversed {
                &mut arc.right
            } else {
                &mut arc.left
            };
            side.get_or_insert(index);
        }
    }
}

/// What is left to read.
struct Reader<'b> {
    bytes: &'b [u8],
}

impl<'b> Reader<'b> {
    fn languages(&mut self) -> Result<Vec<String>, PackError> {
        let count = self.count(MAX_LANGUAGES, "languages")?;
        let languages = self.texts(count)?;
        if !are_distinct(languages.iter().map(String::as_str)) {
            return Err(PackError::Malformed("two languages with one code"));
        }
        Ok(languages)
    }

    fn layers(&mut self) -> Result<Vec<LayerRecord>, PackError> {
        let count = self.count(MAX_LAYERS, "layers")?;
        let mut layers = Vec::with_capacity(count);
        let mut first = 0;
        for _ in 0..count {
            let name = self.text()?.to_owned();
            let flags = self.number()?;
            if flags & !(FLAG_NEIGHBOURS | FLAG_PARTITION) != 0 {
                return Err(PackError::Malformed("unknown flags of a layer"));
            }
            let role = if flags & FLAG_NEIGHBOURS == 0 {
                Role::Districts
            } else {
                Role::Neighbours
            };
            let end = first + self.count(MAX_AREAS - first, "areas")?;
            let is_partition = flags & FLAG_PARTITION != 0;
            layers.push(LayerRecord {
                name,
                role,
                is_partition,
                first,
                end,
                index: Index::default(),
            });
            first = end;
        }
        if !are_distinct(layers.iter().map(|layer| layer.name.as_str())) {
            return Err(PackError::Malformed("two layers with one name"));
        }
        Ok(layers)
    }

    /// Areas with all but their rings and labels.
    fn areas(
        &mut self,
        layers: &[LayerRecord],
        languages: usize,
    ) -> Result<Vec<AreaRecord>, PackError> {
        let count = layers.last().map_or(0, |layer| layer.end);
        if count * languages > MAX_NAMES {
            return Err(PackError::TooMany("names"));
        }
        let ids = self.texts(count)?;
        for layer in layers {
            let ids = ids.get(layer.first..layer.end).unwrap_or_default();
            if ids.iter().any(String::is_empty) || !are_distinct(ids.iter().map(String::as_str)) {
                return Err(PackError::Malformed(
                    "two areas with one id, or one with none",
                ));
            }
        }
        let parents = self.texts(count)?;
        let mut areas: Vec<_> = ids
            .into_iter()
            .zip(parents)
            .map(|(id, parent)| AreaRecord {
                position: 0,
                id,
                parent: if parent.is_empty() {
                    None
                } else {
                    Some(parent)
                },
                names: vec![String::new(); languages].into_boxed_slice(),
                label: Vertex { x: 0, y: 0 },
                bounds: Bounds::EMPTY,
                rings: Box::default(),
            })
            .collect();
        for layer in layers {
            let areas = areas.get_mut(layer.first..layer.end).unwrap_or_default();
            for (position, area) in areas.iter_mut().enumerate() {
                area.position = position;
            }
        }
        for language in 0..languages {
            for area in &mut areas {
                let name = self.text()?;
                if let Some(slot) = area.names.get_mut(language) {
                    name.clone_into(slot);
                }
            }
        }
        Ok(areas)
    }

    /// A number of things that each take at least a byte: never more than there are bytes, so that
    /// reserving memory for them is safe.
    fn count(&mut self, most: usize, what: &'static str) -> Result<usize, PackError> {
        let count = self.number()?;
        match usize::try_from(count) {
            Ok(count) if count > self.bytes.len() => Err(PackError::Malformed(what)),
            Ok(count) if count <= most => Ok(count),
            _ => Err(PackError::TooMany(what)),
        }
    }

    /// A number up to `most`.
    fn limited(&mut self, most: u64, what: &'static str) -> Result<u64, PackError> {
        let number = self.number()?;
        if number <= most {
            Ok(number)
        } else {
            Err(PackError::Malformed(what))
        }
    }

    fn texts(&mut self, count: usize) -> Result<Vec<String>, PackError> {
        (0..count).map(|_| self.text().map(str::to_owned)).collect()
    }

    fn text(&mut self) -> Result<&'b str, PackError> {
        str::from_utf8(self.bytes("text")?)
            .map_err(|_| PackError::Malformed("text that is not UTF-8"))
    }

    /// A length and as many bytes.
    fn bytes(&mut self, what: &'static str) -> Result<&'b [u8], PackError> {
        let length = self.count(self.bytes.len(), what)?;
        let (bytes, rest) = self
            .bytes
            .split_at_checked(length)
            .ok_or(PackError::Malformed(what))?;
        self.bytes = rest;
        Ok(bytes)
    }

    /// A varint of at most five bytes: 35 bits.
    fn number(&mut self) -> Result<u64, PackError> {
        let mut number = 0;
        for shift in [0, 7, 14, 21, 28] {
            let Some((byte, rest)) = self.bytes.split_first() else {
                return Err(PackError::Malformed("a number cut short"));
            };
            self.bytes = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(PackError::Malformed("a number too long"))
    }
}

fn are_distinct<'t>(texts: impl Iterator<Item = &'t str>) -> bool {
    // A heap is a tenth of a sort, in bytes that travel.
    let mut texts: BinaryHeap<_> = texts.collect();
    while let Some(text) = texts.pop() {
        if texts.peek() == Some(&text) {
            return false;
        }
    }
    true
}
