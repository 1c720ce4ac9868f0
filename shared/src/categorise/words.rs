//! The words file: what a categoriser knows, as bytes a phone fetches.
//!
//! Most of it is sets of numbers in a row of bits ([`bits`](super::bits)), which hold no more than
//! they say: compression finds nothing in them. Numbers before are little-endian; *varint* is LEB128
//! of at most 35 bits; a *text* is a varint length and UTF-8.
//!
//! | part | content |
//! | --- | --- |
//! | header | [`MAGIC`], [`VERSION`], 8 bytes of the SHA-256 of the data that the weights came from |
//! | categories | count; all codes (texts); all biases (zigzag varints, in 1/[`ONE`] of a logarithm) |
//! | scale | varint: what a weight of 1 is worth, in 1/65,536 |
//! | keywords | count; of each of all categories' words, rising, how many bytes it shares with the one before, a byte; then what follows these of each, one text, a line each |
//! | concepts | varint: how many |
//! | forms | sets of [`FORMS`]: per concept the hashes of its forms |
//! | cells | sets of features: per category and weight, from 1 to [`HEAVIEST`], those of letters (of [`LETTERS`]), then those of meaning (of as many as there are pairs of concepts) |
//! | keywords' categories | sets: per category which of the keywords are its own |
//! | trailer | SHA-256 of all of the above |

use std::fmt;

use sha2::{Digest, Sha256};

use super::bits::Bits;
use super::features::{LETTERS, meanings};
use super::lexicon::{FORMS, Lexicon, MAX_CONCEPTS};

pub(super) const MAGIC: [u8; 4] = *b"BWRD";
pub(super) const VERSION: u8 = 2;

/// One, of the logarithms that biases and scores are kept in.
pub(super) const ONE: i32 = 1024;

/// The heaviest weight that is learnt. The more steps, the more bits a weight takes; in
/// cross-validation four find more for the same bytes than two.
pub(super) const HEAVIEST: u8 = 4;

const CHECKSUM: usize = 32;
/// Bytes of the data's fingerprint.
pub(super) const FINGERPRINT: usize = 8;
/// The largest file read. Three languages with their keywords are 0.05 MB. What is opened takes some
/// 60 times as much memory at most.
const MAX_BYTES: usize = 1 << 20;
/// Most categories of a municipality: a category is a byte.
pub const MAX_CATEGORIES: usize = 255;
/// Most weights.
const MAX_CELLS: usize = 1 << 18;
/// Longest keyword, in bytes: as many letters as are looked at, of four bytes.
const MAX_KEYWORD: usize = 4 * super::features::MAX_LETTERS;
/// Most bytes of all categories' keywords together.
const MAX_KEYWORDS: usize = 1 << 20;
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
    /// What was learnt, rising.
    pub(super) cells: Vec<Cell>,
    /// Of each category: folded words that its keywords are made of, rising, a space between them.
    pub(super) keywords: Vec<Box<str>>,
}

/// How much a feature speaks for a category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cell {
    pub(super) feature: u32,
    /// Its place in `codes`.
    pub(super) category: u8,
    pub(super) weight: u8,
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

    let count = read.count("categories")?;
    if count > MAX_CATEGORIES {
        return Err(WordsError::TooMany("categories"));
    }
    let codes = (0..count).map(|_| read.text().map(Box::from));
    let codes = codes.collect::<Result<_, _>>()?;
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
    let words = read.words()?;
    let concepts = read.number()?;
    if concepts > MAX_CONCEPTS as u64 {
        return Err(WordsError::TooMany("concepts"));
    }
    let mut bits = Bits::new(read.bytes);
    let lexicon = lexicon(&mut bits, concepts as u8)?;
    let cells = cells(&mut bits, count, concepts as u8)?;
    let keywords = keywords(&mut bits, count, &words)?;
    if !bits.is_read() {
        return Err(WordsError::Malformed("more bytes than content"));
    }
    Ok(Words {
        fingerprint: *fingerprint,
        codes,
        biases,
        scale: scale as i32,
        lexicon,
        cells,
        keywords,
    })
}

fn lexicon(bits: &mut Bits<'_>, concepts: u8) -> Result<Lexicon, WordsError> {
    let mut forms = Vec::new();
    for concept in 0..concepts {
        bits.set(FORMS, |form| {
            forms.push(u64::from(form) << 8 | u64::from(concept));
        })
        .ok_or(WordsError::Malformed("forms"))?;
    }
    forms.sort_unstable();
    Ok(Lexicon {
        concepts: forms.iter().map(|both| *both as u8).collect(),
        forms: forms.iter().map(|both| (both >> 8) as u32).collect(),
        count: concepts,
    })
}

fn cells(bits: &mut Bits<'_>, categories: usize, concepts: u8) -> Result<Vec<Cell>, WordsError> {
    // Packed in the order that cells have: what is sorted, in `lexicon` too, is numbers.
    let mut packed: Vec<u64> = Vec::new();
    for category in 0..categories as u64 {
        for weight in 1..=HEAVIEST {
            let rest = category << 8 | u64::from(weight);
            for (first, universe) in [(0, LETTERS), (LETTERS, meanings(concepts))] {
                bits.set(universe, |number| {
                    packed.push(u64::from(first + number) << 16 | rest);
                })
                .ok_or(WordsError::Malformed("cells"))?;
                if packed.len() > MAX_CELLS {
                    return Err(WordsError::TooMany("cells"));
                }
            }
        }
    }
    packed.sort_unstable();
    let twice = |one: &[u64]| matches!(one, [one, next] if one >> 8 == next >> 8);
    if packed.windows(2).any(twice) {
        return Err(WordsError::Malformed("two weights of one category"));
    }
    let unpacked = packed.into_iter().map(|packed| Cell {
        feature: (packed >> 16) as u32,
        category: (packed >> 8) as u8,
        weight: packed as u8,
    });
    Ok(unpacked.collect())
}

fn keywords(
    bits: &mut Bits<'_>,
    categories: usize,
    words: &[String],
) -> Result<Vec<Box<str>>, WordsError> {
    let mut all = 0;
    let mut keywords = Vec::with_capacity(categories);
    for _ in 0..categories {
        let mut own = String::new();
        let read = bits.set(words.len() as u32, |place| {
            let word = words.get(place as usize).map_or("", |word| word);
            if !own.is_empty() {
                own.push(' ');
            }
            if all + own.len() <= MAX_KEYWORDS {
                own.push_str(word);
            }
        });
        read.ok_or(WordsError::Malformed("keywords"))?;
        all += own.len();
        if all > MAX_KEYWORDS {
            return Err(WordsError::TooMany("keywords"));
        }
        keywords.push(own.into());
    }
    Ok(keywords)
}

/// What is left to read.
struct Reader<'b> {
    bytes: &'b [u8],
}

impl<'b> Reader<'b> {
    /// The keywords of all categories, rising.
    fn words(&mut self) -> Result<Vec<String>, WordsError> {
        const WRONG: WordsError = WordsError::Malformed("keywords");
        let count = self.count("keywords")?;
        let shared = self.take(count, "keywords")?;
        let mut lines = self.text()?.lines();
        let mut words: Vec<String> = Vec::with_capacity(count);
        for shared in shared {
            let before = words.last().map_or("", |word| word);
            let start = before.get(..usize::from(*shared)).ok_or(WRONG)?;
            let word = [start, lines.next().ok_or(WRONG)?].concat();
            if word.len() > MAX_KEYWORD || (!words.is_empty() && *word <= *before) {
                return Err(WRONG);
            }
            words.push(word);
        }
        match lines.next() {
            None => Ok(words),
            Some(_) => Err(WRONG),
        }
    }

    /// A number of things that each take at least a byte: never more than there are bytes, so that
    /// reserving memory for them is safe.
    fn count(&mut self, what: &'static str) -> Result<usize, WordsError> {
        let count = usize::try_from(self.number()?).ok();
        let count = count.filter(|count| *count <= self.bytes.len());
        count.ok_or(WordsError::Malformed(what))
    }

    fn text(&mut self) -> Result<&'b str, WordsError> {
        let length = self.count("text")?;
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
