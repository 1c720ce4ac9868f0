//! Pieces of words, weighed by how often they stand in advertisements and in reports of the
//! development sets: `learned.tsv`, written by a test of this crate (`BALAGH_BLESS=1`).
//!
//! A piece is a whole word, or three to five letters of one; `<` and `>` are the word's edges. Pieces
//! carry an inflected, misspelt or dialect word to the spellings that were learnt.

use std::collections::BTreeSet;
use std::iter;
use std::sync::LazyLock;

use super::Found;
use super::shape::{FEW, shapes};
use super::tokens::{Tokens, Word};

/// Words whose pieces are weighed: a work budget.
const WORDS: usize = 400;

/// Letters of a word that are read.
const LETTERS: usize = 24;

/// First bits of a hash that say where it is looked for, so that a handful is left.
const BITS: u32 = 13;

/// Of so many words one that was learnt: the text's language is known.
const UNDERSTOOD: usize = 4;

/// What pieces weigh, in thousandths, by the hash of a piece; and what a text begins with.
#[derive(Debug, Clone, Default)]
pub(super) struct Pieces {
    sorted: Vec<(u64, i16)>,
    /// Where in `sorted` the hashes begin whose first [`BITS`] bits are at least this; and its end.
    begins: Vec<u32>,
    /// The points of a text of which nothing is known: far below 0.
    pub(super) start: i16,
}

static LEARNED: LazyLock<Pieces> = LazyLock::new(|| Pieces::parse(include_str!("learned.tsv")));

impl Pieces {
    /// Those that this crate was built with.
    pub(super) fn learned() -> &'static Pieces {
        &LEARNED
    }

    /// Reads lines of a piece, a tab and its points; the line without a piece is the start.
    pub(super) fn parse(text: &str) -> Pieces {
        let split = text.lines().filter_map(|line| line.split_once('\t'));
        let mut pieces = Pieces::default();
        for (piece, points) in split {
            let Ok(points) = points.parse() else { continue };
            if piece.is_empty() {
                pieces.start = points;
            } else {
                pieces.sorted.push((hash(piece), points));
            }
        }
        pieces.index();
        pieces
    }

    /// Sorts them, and notes where each first bits begin: a text asks for hundreds, most of which were
    /// never learnt.
    fn index(&mut self) {
        self.sorted.sort_unstable();
        let begins = (0..=1_u64 << BITS).map(|first| {
            let begin = self
                .sorted
                .partition_point(|(hash, _)| hash >> (64 - BITS) < first);
            u32::try_from(begin).unwrap_or(u32::MAX)
        });
        self.begins = begins.collect();
    }

    fn points_of(&self, hash: u64) -> i16 {
        let first = usize::try_from(hash >> (64 - BITS)).unwrap_or_default();
        let Some([begin, end]) = self.begins.get(first..first + 2) else {
            return 0;
        };
        let near = self.sorted.get(*begin as usize..*end as usize);
        let known = near.into_iter().flatten().find(|(known, _)| *known == hash);
        known.map_or(0, |(_, points)| *points)
    }

    pub(super) fn look(&self, tokens: &Tokens<'_>, found: &mut Found) {
        let mut seen = BTreeSet::new();
        for word in read(tokens) {
            let mut sum = 0_i16;
            each(word, &mut |hash, _| {
                let points = self.points_of(hash);
                if points != 0 && seen.insert(hash) {
                    sum = sum.saturating_add(points);
                }
            });
            let times = u32::from(sum.unsigned_abs());
            if sum > 0 {
                found.add("advert.words", times, word.to_owned());
            } else if sum < 0 {
                found.add("report.words", times, word.to_owned());
            }
        }
        self.look_at_shapes(tokens, found);
    }

    /// Whether a word was learnt; where words are few, five letters of it do.
    fn knows(&self, word: &str, is_piece_enough: bool) -> bool {
        let mut is_known = self.points_of(whole(word)) != 0;
        each(word, &mut |hash, letters| {
            is_known |= is_piece_enough && letters.len() > 4 && self.points_of(hash) != 0;
        });
        is_known
    }

    /// Shapes speak for spam only in a language that is known, and where something else does, too.
    fn look_at_shapes(&self, tokens: &Tokens<'_>, found: &mut Found) {
        let words = read(tokens).count();
        let known = read(tokens).filter(|word| self.knows(word, tokens.words.len() <= FEW));
        let is_understood = known.count() * UNDERSTOOD >= words;
        let is_suspect = is_understood && found.0.iter().any(|it| it.points > 0);
        for shape in shapes(tokens, found) {
            let points = self.points_of(hash(shape));
            let code = match points {
                1.. if is_suspect => "advert.shape",
                ..=-1 => "report.shape",
                _ => continue,
            };
            found.add(code, u32::from(points.unsigned_abs()), shape.to_owned());
        }
    }
}

/// The words whose pieces are weighed. What is quoted is somebody else's, and numbers and single
/// letters say nothing.
pub(super) fn read<'t>(tokens: &'t Tokens<'_>) -> impl Iterator<Item = &'t str> {
    let own = tokens.words.iter().filter(|word| !word.quoted).take(WORDS);
    let words = own.map(|Word { text, seen_as, .. }| seen_as.as_deref().unwrap_or(text));
    words.filter(|word| word.chars().count() > 1 && !word.chars().any(char::is_numeric))
}

/// The hash of a word as a piece.
fn whole(word: &str) -> u64 {
    let letters = iter::once('<').chain(word.chars().take(LETTERS));
    letters.chain(iter::once('>')).fold(EMPTY, with)
}

/// Calls `see` with each piece of a word: its hash, and its letters.
pub(super) fn each(word: &str, see: &mut dyn FnMut(u64, &[char])) {
    let mut letters = vec!['<'];
    letters.extend(word.chars().take(LETTERS));
    letters.push('>');
    see(letters.iter().copied().fold(EMPTY, with), &letters);
    for start in 0..letters.len() {
        let mut hash = EMPTY;
        let rest = letters.get(start..).unwrap_or_default();
        for (before, letter) in rest.iter().take(5).enumerate() {
            hash = with(hash, *letter);
            let len = before + 1;
            if len >= 3 && len < letters.len() {
                see(hash, rest.get(..len).unwrap_or_default());
            }
        }
    }
}

/// FNV-1a over whole letters.
const EMPTY: u64 = 0xcbf2_9ce4_8422_2325;

/// The hash of a whole name.
pub(super) fn hash(name: &str) -> u64 {
    name.chars().fold(EMPTY, with)
}

fn with(hash: u64, letter: char) -> u64 {
    (hash ^ u64::from(u32::from(letter))).wrapping_mul(0x0000_0100_0000_01b3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_has_itself_and_its_pieces() {
        let mut pieces = Vec::new();
        each("ab", &mut |_, letters| {
            pieces.push(letters.iter().collect::<String>())
        });
        assert_eq!(pieces, ["<ab>", "<ab", "ab>"]);
    }

    #[test]
    fn a_piece_counts_once_however_often_it_stands() {
        let pieces = Pieces::parse("\t-7\n<free>\t50\n");
        let mut found = Found::default();
        pieces.look(&Tokens::of("free free \"free\" freedom"), &mut found);
        assert_eq!((pieces.start, found.sum("advert.words")), (-7, 50));
    }
}
