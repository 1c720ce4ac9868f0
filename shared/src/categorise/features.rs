//! What of a text is weighed: its words, their pieces and skeletons, pairs of words, and what they
//! mean.
//!
//! Pieces of three to five letters carry a misspelt, inflected or dialect word to the spellings
//! that were learnt; a skeleton (the word without its vowels) carries a romanised one, whose vowels
//! everyone writes as they hear them; a concept carries a word that was never learnt at all.

use std::collections::BinaryHeap;

use super::lexicon::Lexicon;
use crate::text::fold;

/// Most characters of a text that are looked at: a work budget.
pub(super) const MAX_CHARACTERS: usize = 600;

/// Most words of it.
const MAX_WORDS: usize = 120;

/// Most characters of one word; nothing that people type is longer.
pub(super) const MAX_LETTERS: usize = 24;

/// Most concepts of a text: each is paired with every other.
const MAX_CONCEPTS: usize = 24;

/// Hashes of features of letters are below this; numbers of those of meaning begin here. Of 17,000
/// known features, a piece never seen before is taken for one of them once in 8 times: the weights are
/// learnt with that, and twice as many hashes would cost a bit a weight, for which more is learnt.
pub(super) const LETTERS: u32 = 1 << 17;

/// How many features of meaning `concepts` have: each alone, and each pair.
pub(super) fn meanings(concepts: u8) -> u32 {
    let concepts = u32::from(concepts);
    concepts * (concepts + 1) / 2
}

/// Something of a text that can be weighed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Feature {
    pub(super) number: u32,
    /// The number of the word that it comes from.
    pub(super) word: usize,
    /// Whether it is of the words' meaning, and not of their letters: the two are weighed apart,
    /// because a word has many pieces and one meaning.
    pub(super) meant: bool,
}

/// Calls `see` with each feature of `text`; gives the words as they stand in it. A feature that
/// occurs twice is seen twice.
pub(super) fn each<'t>(
    text: &'t str,
    lexicon: &Lexicon,
    see: &mut dyn FnMut(Feature),
) -> Vec<&'t str> {
    let end = text
        .char_indices()
        .nth(MAX_CHARACTERS)
        .map_or(text.len(), |(at, _)| at);
    let looked_at = text.get(..end).unwrap_or_default();
    let mut typed = Vec::new();
    let mut letters = Vec::with_capacity(MAX_LETTERS + 2);
    let mut before = None;
    let mut concepts: Vec<(u8, usize)> = Vec::new();
    for chunk in looked_at.split_whitespace().take(MAX_WORDS) {
        let folded = fold(chunk);
        if folded.is_empty() {
            continue;
        }
        let word = typed.len();
        typed.push(chunk);
        for part in folded.split(' ') {
            letters.clear();
            letters.push(EDGE);
            letters.extend(part.chars().take(MAX_LETTERS));
            letters.push(EDGE);
            let mut of_letters = |hash: u32| {
                see(Feature {
                    number: hash % LETTERS,
                    word,
                    meant: false,
                });
            };
            of_word(&letters, &mut of_letters);
            let whole = hash(Kind::Pair, &letters);
            if let Some(before) = before.replace(whole) {
                of_letters(both(before, whole));
            }
            let inner = letters.get(1..letters.len() - 1).unwrap_or_default();
            lexicon.each(inner, |concept| {
                let new = concepts.iter().all(|(known, _)| *known != concept);
                if new && concepts.len() < MAX_CONCEPTS {
                    concepts.push((concept, word));
                }
            });
        }
    }
    // By a heap: the library's other sorts weigh ten times as much.
    let concepts = BinaryHeap::from(concepts).into_sorted_vec();
    for (index, (concept, word)) in concepts.iter().enumerate() {
        // The concept alone is its pair with itself.
        for (other, other_word) in concepts.iter().skip(index) {
            see(Feature {
                number: LETTERS + meanings(*other) + u32::from(*concept),
                // Two words decided together: the later one is named.
                word: *word.max(other_word),
                meant: true,
            });
        }
    }
    typed
}

/// A word of [`each`] for people: without the punctuation around it, and never endless.
pub(super) fn shown(typed: &str) -> String {
    let separates = |letter: char| fold(letter.encode_utf8(&mut [0; 4])).is_empty();
    let word = typed.trim_matches(separates);
    word.chars().take(2 * MAX_LETTERS).collect()
}

/// Stands before the first and after the last letter of a word.
const EDGE: char = ' ';

fn of_word(letters: &[char], see: &mut dyn FnMut(u32)) {
    see(hash(Kind::Word, letters));
    for length in 3..=5 {
        for piece in letters.windows(length) {
            see(hash(Kind::Piece, piece));
        }
    }
    let mut last = EDGE;
    let mut skeleton = start(Kind::Skeleton);
    for letter in letters.iter().copied() {
        if !is_vowel(letter) && letter != last {
            skeleton = mix(skeleton, letter);
        }
        last = letter;
    }
    see(finish(skeleton));
}

/// Vowels that are written or left out as the writer pleases: Latin ones, the Arabic letters that
/// lengthen, the Devanagari vowel signs.
fn is_vowel(letter: char) -> bool {
    matches!(
        letter,
        'a' | 'e'
            | 'i'
            | 'o'
            | 'u'
            | 'ا'
            | 'و'
            | 'ي'
            | 'ه'
            | '\u{093E}'..='\u{094D}'
            | '\u{0900}'..='\u{0903}'
    )
}

/// The kinds of features, so that a short word is not mistaken for a piece of a long one.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Word = 1,
    Piece,
    Skeleton,
    Pair,
    Form,
}

/// The feature of a folded word as a whole.
pub(super) fn of_whole(word: &str) -> u32 {
    let letters = word.chars().take(MAX_LETTERS);
    let hashed = [EDGE].into_iter().chain(letters).chain([EDGE]);
    finish(hashed.fold(start(Kind::Word), mix)) % LETTERS
}

fn hash(kind: Kind, letters: &[char]) -> u32 {
    finish(letters.iter().copied().fold(start(kind), mix))
}

fn both(one: u32, other: u32) -> u32 {
    finish(one.wrapping_mul(0x9e37_79b1) ^ other)
}

pub(super) fn start(kind: Kind) -> u32 {
    0x811c_9dc5 ^ kind as u32
}

/// FNV-1a, a letter at a time.
pub(super) fn mix(hash: u32, letter: char) -> u32 {
    (hash ^ u32::from(letter)).wrapping_mul(0x0100_0193)
}

/// MurmurHash3's last step: every bit of the input reaches every bit that is kept.
pub(super) fn finish(mut hash: u32) -> u32 {
    hash ^= hash >> 16;
    hash = hash.wrapping_mul(0x85eb_ca6b);
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(0xc2b2_ae35);
    hash ^ hash >> 16
}
