//! The words file: what a categoriser knows, as bytes a phone fetches.
//!
//! Columns of one kind stand together, because brotli finds more in them than in rows. Numbers are
//! little-endian; *varint* is LEB128 of at most 35 bits; a *text* is a varint length and UTF-8.
//!
//! | part | content |
//! | --- | --- |
//! | header | [`MAGIC`], [`VERSION`], 8 bytes of the SHA-256 of the data that the weights came from |
//! | categories | count; all codes (texts); all biases (zigzag varints, in 1/[`ONE`] of a logarithm) |
//! | scale | varint: what a weight of 1 is worth, in 1/65,536 |
//! | lexicon | count; the hashes of forms, rising, each as a varint step from the one before; of each its concept, a byte |
//! | features | count; their hashes in rising order, each as a varint step from one after the one before |
//! | cells | per feature: a byte, how many categories it speaks for; then of all cells the category, a byte; then of all cells the weight, a signed byte |
//! | keywords | per category: one text, its folded keywords a line each |
//! | trailer | SHA-256 of all of the above |

use std::fmt;

use sha2::{Digest, Sha256};

use super::features::HASH_BITS;
use super::lexicon::{Lexicon, MAX_CONCEPTS};

pub(super) const MAGIC: [u8; 4] = *b"BWRD";
pub(super) const VERSION: u8 = 1;

/// One, of the logarithms that biases and scores are kept in.
pub(super) const ONE: i32 = 1024;

const CHECKSUM: usize = 32;
/// Bytes of the data's fingerprint.
pub(super) const FINGERPRINT: usize = 8;
/// The largest file read. Two languages with their keywords are 0.1 MB.
const MAX_BYTES: usize = 4 << 20;
/// Most categories of a municipality: a category is a byte.
pub const MAX_CATEGORIES: usize = 255;
/// As many as there are hashes.
const MAX_FEATURES: usize = 1 << HASH_BITS;
/// Largest bias either way: beyond it a category would be certain whatever the text says.
const MAX_BIAS: i64 = 16 * ONE as i64;
/// Largest scale: with it one weight could decide alone.
const MAX_SCALE: u64 = 1 << 20;

/// Why bytes are not a words file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WordsError {
    /// They do not begin as a words file does.
    NotWords,
    /// They are a words file of this version, which this code does not read.
    Version(u8),
    /// The checksum does not match: truncated or altered on the way.
    Checksum,
    /// A limit is exceeded: the named thing is more than this code agrees to hold.
    TooMany(&'static str),
    /// The content contradicts itself at the named thing, although the checksum matches.
    Malformed(&'static str),
}

impl fmt::Display for WordsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotWords => f.write_str("this is not a words file"),
            Self::Version(version) => write!(f, "words files of version {version} are unknown"),
            Self::Checksum => f.write_str("the words file is damaged: its checksum differs"),
            Self::TooMany(what) => write!(f, "the words file is too large: {what}"),
            Self::Malformed(what) => write!(f, "the words file is malformed: {what}"),
        }
    }
}

impl std::error::Error for WordsError {}

/// What a words file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Words {
    /// The first bytes of the SHA-256 of the data that the weights were learnt from.
    pub(super) fingerprint: [u8; FINGERPRINT],
    pub(super) codes: Vec<Box<str>>,
    /// Of each category, in 1/[`ONE`].
    pub(super) biases: Vec<i32>,
    /// What a weight of 1 is worth, in 1/65,536.
    pub(super) scale: i32,
    pub(super) lexicon: Lexicon,
    /// Hashes in rising order.
    pub(super) features: Vec<u32>,
    /// Where in `cells` those of each feature end.
    pub(super) ends: Vec<u32>,
    pub(super) cells: Vec<Cell>,
    /// Of each category: folded keywords, a line each.
    pub(super) keywords: Vec<Box<str>>,
}

/// How much a feature speaks for a category.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    /// Its place in `codes`.
    pub(super) category: u8,
    pub(super) weight: i8,
}

impl Words {
    /// The cells of a feature; none where it is unknown.
    pub(super) fn cells(&self, row: usize) -> &[Cell] {
        let end = self.ends.get(row).copied().unwrap_or_default() as usize;
        let before = row.checked_sub(1).and_then(|row| self.ends.get(row));
        let start = before.copied().unwrap_or_default() as usize;
        self.cells.get(start..end).unwrap_or_default()
    }
}

pub(super) fn decode(bytes: &[u8]) -> Result<Words, WordsError> {
    if bytes.len() > MAX_BYTES {
        return Err(WordsError::TooMany("bytes"));
    }
    let Some(start) = bytes.strip_prefix(&MAGIC) else {
        return Err(WordsError::NotWords);
    };
    match start.first() {
        Some(&VERSION) => {}
        Some(version) => return Err(WordsError::Version(*version)),
        None => return Err(WordsError::Checksum),
    }
    let (content, trailer) = bytes
        .split_last_chunk::<CHECKSUM>()
        .ok_or(WordsError::Checksum)?;
    if <[u8; CHECKSUM]>::from(Sha256::digest(content)) != *trailer {
        return Err(WordsError::Checksum);
    }
    // Shorter than its header would be a trailer that overlaps it, and no digest of itself.
    let body = content.get(MAGIC.len() + 1..).ok_or(WordsError::Checksum)?;
    let (fingerprint, body) = body
        .split_first_chunk()
        .ok_or(WordsError::Malformed("fingerprint"))?;
    let mut read = Reader { bytes: body };

    let count = read.count(MAX_CATEGORIES, "categories")?;
    let codes = read.texts(count)?;
    let mut biases = Vec::with_capacity(count);
    for _ in 0..count {
        let number = read.number()?;
        let bias = (number >> 1) as i64 ^ -((number & 1) as i64);
        if bias.abs() > MAX_BIAS {
            return Err(WordsError::Malformed("bias"));
        }
        biases.push(bias as i32);
    }
    let scale = read.number()?;
    if scale > MAX_SCALE {
        return Err(WordsError::Malformed("scale"));
    }
    let lexicon = read.lexicon()?;
    let (features, ends) = read.features()?;
    let cells = read.cells(ends.last().copied().unwrap_or_default() as usize, count)?;
    let keywords = read.texts(count)?;
    if !read.bytes.is_empty() {
        return Err(WordsError::Malformed("more bytes than content"));
    }
    Ok(Words {
        fingerprint: *fingerprint,
        codes,
        biases,
        scale: scale as i32,
        lexicon,
        features,
        ends,
        cells,
        keywords,
    })
}

/// What is left to read.
struct Reader<'b> {
    bytes: &'b [u8],
}

impl<'b> Reader<'b> {
    fn lexicon(&mut self) -> Result<Lexicon, WordsError> {
        let count = self.count(MAX_FEATURES, "forms")?;
        let forms = self.hashes(count, 0)?;
        let concepts = self.take(count, "concepts")?.to_vec();
        if concepts
            .iter()
            .any(|concept| usize::from(*concept) >= MAX_CONCEPTS)
        {
            return Err(WordsError::Malformed("concepts"));
        }
        Ok(Lexicon { forms, concepts })
    }

    fn features(&mut self) -> Result<(Vec<u32>, Vec<u32>), WordsError> {
        let count = self.count(MAX_FEATURES, "features")?;
        let features = self.hashes(count, 1)?;
        let mut end = 0;
        let ends = self
            .take(count, "counts")?
            .iter()
            .map(|cells| {
                end += u32::from(*cells);
                end
            })
            .collect();
        Ok((features, ends))
    }

    /// Hashes in rising order, each at least `apart` from the one before.
    fn hashes(&mut self, count: usize, apart: u64) -> Result<Vec<u32>, WordsError> {
        let mut hashes = Vec::with_capacity(count);
        let mut next = 0;
        for _ in 0..count {
            let hash = self.number()? + next;
            if hash >> HASH_BITS != 0 {
                return Err(WordsError::Malformed("a hash"));
            }
            hashes.push(hash as u32);
            next = hash + apart;
        }
        Ok(hashes)
    }

    fn cells(&mut self, count: usize, categories: usize) -> Result<Vec<Cell>, WordsError> {
        let of = self.take(count, "cells")?;
        let weights = self.take(count, "cells")?;
        if of
            .iter()
            .any(|category| usize::from(*category) >= categories)
        {
            return Err(WordsError::Malformed("a weight of an unknown category"));
        }
        let both = of.iter().zip(weights);
        Ok(both
            .map(|(category, weight)| Cell {
                category: *category,
                weight: weight.cast_signed(),
            })
            .collect())
    }

    /// A number of things that each take at least a byte: never more than there are bytes, so that
    /// reserving memory for them is safe.
    fn count(&mut self, most: usize, what: &'static str) -> Result<usize, WordsError> {
        match usize::try_from(self.number()?) {
            Ok(count) if count > self.bytes.len() => Err(WordsError::Malformed(what)),
            Ok(count) if count <= most => Ok(count),
            _ => Err(WordsError::TooMany(what)),
        }
    }

    fn texts(&mut self, count: usize) -> Result<Vec<Box<str>>, WordsError> {
        (0..count).map(|_| self.text().map(Box::from)).collect()
    }

    fn text(&mut self) -> Result<&'b str, WordsError> {
        let length = self.count(self.bytes.len(), "text")?;
        let text = self.take(length, "text")?;
        str::from_utf8(text).map_err(|_| WordsError::Malformed("text that is not UTF-8"))
    }

    fn take(&mut self, count: usize, what: &'static str) -> Result<&'b [u8], WordsError> {
        let (taken, rest) = self
            .bytes
            .split_at_checked(count)
            .ok_or(WordsError::Malformed(what))?;
        self.bytes = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u64, WordsError> {
        let mut number = 0;
        for shift in [0, 7, 14, 21, 28] {
            let [byte] = *self.take(1, "a number cut short")? else {
                break;
            };
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(WordsError::Malformed("a number too long"))
    }
}
