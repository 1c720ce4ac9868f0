//! The bytes of a pack, read with suspicion.
//!
//! All numbers are LEB128 varints; signed ones zigzag. A text is its length in bytes and UTF-8.
//! Like stands beside like, column by column, which a general compressor rewards.
//!
//! | part | content |
//! | --- | --- |
//! | header | [`MAGIC`], [`VERSION`] |
//! | languages | count, codes |
//! | layers | count; each: name, flags (bit 0 neighbours, bit 1 partition), number of areas |
//! | areas | all ids; all parents (empty: none); per language all names (empty: none) |
//! | arcs | count; vertices of each; all x, then all y, each as a step from the vertex before, across arcs |
//! | rings | per area: polygons; per polygon: rings; per ring: arcs; per arc: step from the index before, zigzag, doubled, plus 1 if reversed |
//! | labels | per area: x and y as steps from the label before |
//! | trailer | SHA-256 of all of the above |

use std::fmt;

use sha2::{Digest, Sha256};

use super::area::Role;
use super::pack::{Arc, ArcUse, AreaRecord, LayerRecord, Pack, Ring};
use super::point::{Bounds, MAX_X, MAX_Y, Vertex};

pub(super) const MAGIC: [u8; 4] = *b"BPAK";
pub(super) const VERSION: u8 = 1;
pub(super) const FLAG_NEIGHBOURS: u64 = 1;
pub(super) const FLAG_PARTITION: u64 = 2;

const CHECKSUM: usize = 32;
/// The largest pack read. Riyadh's 189 districts in full detail are 0.15 MB.
const MAX_BYTES: usize = 32 << 20;
const MAX_LANGUAGES: usize = 64;
const MAX_LAYERS: usize = 256;
const MAX_AREAS: usize = 1 << 16;
/// Names over all areas and languages.
const MAX_NAMES: usize = 1 << 20;
const MAX_ARCS: usize = 1 << 20;
const MAX_RINGS: usize = 1 << 20;
/// Vertices over all rings, shared arcs counted each time: bounds the work of a question and the
/// memory of [`Area::rings`](super::Area::rings).
const MAX_RING_VERTICES: usize = 1 << 24;

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

    let languages = read.languages()?;
    let layers = read.layers()?;
    let mut areas = read.areas(&layers, languages.len())?;
    let mut arcs = read.arcs()?;
    read.rings(&mut areas, &arcs)?;
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
    read.labels(&mut areas)?;
    if !read.bytes.is_empty() {
        return Err(PackError::Malformed("more bytes than content"));
    }
    Ok(Pack {
        checksum,
        languages,
        layers,
        areas,
        arcs,
    })
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

    fn arcs(&mut self) -> Result<Vec<Arc>, PackError> {
        let count = self.count(MAX_ARCS, "arcs")?;
        let mut lengths = Vec::with_capacity(count);
        let mut total: usize = 0;
        for _ in 0..count {
            let length = self.count(self.bytes.len(), "vertices")?;
            if length < 2 {
                return Err(PackError::Malformed("an arc of less than two vertices"));
            }
            total = total.saturating_add(length);
            lengths.push(length);
        }
        // A vertex takes at least two bytes.
        if total > self.bytes.len() / 2 {
            return Err(PackError::Malformed("more vertices than bytes"));
        }
        let xs = self.coordinates(total, MAX_X)?;
        let ys = self.coordinates(total, MAX_Y)?;
        let mut vertices = xs.into_iter().zip(ys).map(|(x, y)| Vertex { x, y });
        Ok(lengths
            .into_iter()
            .map(|n| Arc::new(vertices.by_ref().take(n).collect()))
            .collect())
    }

    fn coordinates(&mut self, count: usize, most: i32) -> Result<Vec<i32>, PackError> {
        let mut coordinates = Vec::with_capacity(count);
        let mut last = 0;
        for _ in 0..count {
            last = self.step(last, most)?;
            coordinates.push(last);
        }
        Ok(coordinates)
    }

    fn rings(&mut self, areas: &mut [AreaRecord], arcs: &[Arc]) -> Result<(), PackError> {
        let mut budget = Budget {
            rings: MAX_RINGS,
            vertices: MAX_RING_VERTICES,
        };
        let mut last = 0;
        for area in areas {
            let mut rings = Vec::new();
            for _ in 0..self.some("polygons")? {
                for position in 0..self.some("rings")? {
                    budget.spend_ring()?;
                    let ring = self.ring(position == 0, arcs, &mut last, &mut budget)?;
                    area.bounds.add(ring.bounds);
                    rings.push(ring);
                }
            }
            area.rings = rings.into_boxed_slice();
        }
        Ok(())
    }

    fn ring(
        &mut self,
        is_shell: bool,
        arcs: &[Arc],
        last: &mut i64,
        budget: &mut Budget,
    ) -> Result<Ring, PackError> {
        const OPEN: PackError = PackError::Malformed("a ring that is not closed");
        let count = self.some("arcs of a ring")?;
        // Before memory is reserved: an arc has at least two vertices.
        if count > budget.vertices / 2 {
            return Err(PackError::TooMany("vertices of rings"));
        }
        let mut used = Vec::with_capacity(count);
        let mut bounds = Bounds::EMPTY;
        let mut start = None;
        let mut end = None;
        for _ in 0..count {
            let number = self.number()?;
            let reversed = number & 1 == 1;
            *last += unzigzag(number >> 1);
            let index = usize::try_from(*last)
                .ok()
                .filter(|index| *index < arcs.len());
            let arc = index.and_then(|index| Some((index, arcs.get(index)?)));
            let Some((index, arc)) = arc else {
                return Err(PackError::Malformed("a ring of unknown arcs"));
            };
            budget.spend_vertices(arc.vertices.len())?;
            if end.is_some() && end != arc.end(!reversed) {
                return Err(OPEN);
            }
            start = start.or(arc.end(!reversed));
            end = arc.end(reversed);
            bounds.add(arc.bounds);
            used.push(ArcUse { index, reversed });
        }
        if start != end {
            return Err(OPEN);
        }
        Ok(Ring {
            is_shell,
            bounds,
            arcs: used.into_boxed_slice(),
        })
    }

    fn labels(&mut self, areas: &mut [AreaRecord]) -> Result<(), PackError> {
        let mut label = Vertex { x: 0, y: 0 };
        for area in areas {
            label.x = self.step(label.x, MAX_X)?;
            label.y = self.step(label.y, MAX_Y)?;
            area.label = label;
        }
        Ok(())
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

    /// As [`Reader::count`], and at least one.
    fn some(&mut self, what: &'static str) -> Result<usize, PackError> {
        match self.count(self.bytes.len(), what)? {
            0 => Err(PackError::Malformed(what)),
            count => Ok(count),
        }
    }

    fn texts(&mut self, count: usize) -> Result<Vec<String>, PackError> {
        (0..count).map(|_| self.text().map(str::to_owned)).collect()
    }

    fn text(&mut self) -> Result<&'b str, PackError> {
        let length = self.count(self.bytes.len(), "text")?;
        let (text, rest) = self
            .bytes
            .split_at_checked(length)
            .ok_or(PackError::Malformed("text"))?;
        self.bytes = rest;
        str::from_utf8(text).map_err(|_| PackError::Malformed("text that is not UTF-8"))
    }

    /// A coordinate as a step from the one before, within `most` of zero.
    fn step(&mut self, from: i32, most: i32) -> Result<i32, PackError> {
        let to = i64::from(from) + unzigzag(self.number()?);
        i32::try_from(to)
            .ok()
            .filter(|to| (-most..=most).contains(to))
            .ok_or(PackError::Malformed("a coordinate off the map"))
    }

    /// A varint of at most five bytes: 35 bits, enough for the difference of two longitudes.
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

/// What a pack may still make its reader hold.
struct Budget {
    rings: usize,
    vertices: usize,
}

impl Budget {
    fn spend_ring(&mut self) -> Result<(), PackError> {
        self.rings = self
            .rings
            .checked_sub(1)
            .ok_or(PackError::TooMany("rings"))?;
        Ok(())
    }

    fn spend_vertices(&mut self, count: usize) -> Result<(), PackError> {
        self.vertices = self
            .vertices
            .checked_sub(count)
            .ok_or(PackError::TooMany("vertices of rings"))?;
        Ok(())
    }
}

/// Of a number of at most 63 bits.
fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

fn are_distinct<'t>(texts: impl Iterator<Item = &'t str>) -> bool {
    let mut texts: Vec<_> = texts.collect();
    texts.sort_unstable();
    texts.iter().zip(texts.iter().skip(1)).all(|(a, b)| a != b)
}
