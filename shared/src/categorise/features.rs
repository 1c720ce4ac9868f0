//! What of a text is weighed: its words, their stems and skeletons, pairs of words, and the pieces
//! of each word.
//!
//! Pieces of three to five letters carry a misspelt, inflected or dialect word to the spellings
//! that were learnt; a skeleton (the word without its vowels) carries a romanised one, whose vowels
//! everyone writes as they hear them.

use crate::text::fold;

/// Most characters of a text that are looked at: a work budget.
pub(super) const MAX_CHARACTERS: usize = 600;

/// Most words of it.
pub(super) const MAX_WORDS: usize = 120;

/// Most characters of one word; nothing that people type is longer.
const MAX_LETTERS: usize = 24;

/// Bits of a feature's hash. Of 8,000 known features, a piece never seen before is taken for one
/// of them once in 500 times.
pub(super) const HASH_BITS: u32 = 22;

/// Calls `see` with each feature of `text` and the number of the word it comes from; gives the
/// words as they stand in it. A feature that occurs twice is seen twice.
pub(super) fn each<'t>(text: &'t str, mut see: impl FnMut(u32, usize)) -> Vec<&'t str> {
    let end = text
        .char_indices()
        .nth(MAX_CHARACTERS)
        .map_or(text.len(), |(at, _)| at);
    let looked_at = text.get(..end).unwrap_or_default();
    let mut typed = Vec::new();
    let mut letters = Vec::with_capacity(MAX_LETTERS + 2);
    let mut before = None;
    for chunk in looked_at.split_whitespace() {
        let folded = fold(chunk);
        if folded.is_empty() {
            continue;
        }
        if typed.len() == MAX_WORDS {
            break;
        }
        let word = typed.len();
        typed.push(chunk);
        for part in folded.split(' ') {
            letters.clear();
            letters.push(EDGE);
            letters.extend(part.chars().take(MAX_LETTERS));
            letters.push(EDGE);
            of_word(&letters, |feature| see(feature, word));
            let whole = hash(Kind::Pair, letters.iter().copied());
            if let Some(before) = before {
                see(paired(before, whole), word);
            }
            before = Some(whole);
        }
    }
    typed
}

/// Stands before the first and after the last letter of a word.
const EDGE: char = ' ';

fn of_word(letters: &[char], mut see: impl FnMut(u32)) {
    let inner = letters.get(1..letters.len() - 1).unwrap_or_default();
    see(hash(Kind::Word, inner.iter().copied()));
    for length in 3..=5 {
        for piece in letters.windows(length) {
            see(hash(Kind::Piece, piece.iter().copied()));
        }
    }
    let mut last = EDGE;
    let skeleton = inner.iter().copied().filter(|letter| {
        let keep = !is_vowel(*letter) && *letter != last;
        last = *letter;
        keep
    });
    see(hash(Kind::Skeleton, skeleton));
}

/// Vowels that are written or left out as the writer pleases: Latin ones, the Arabic letters that
/// lengthen, the Devanagari vowel signs.
fn is_vowel(letter: char) -> bool {
    matches!(
        letter,
        'a' | 'e' | 'i' | 'o' | 'u' | 'ا' | 'و' | 'ي' | 'ه' | '\u{093E}'..='\u{094D}' | '\u{0900}'..='\u{0903}'
    )
}

/// The kinds of features, so that a short word is not mistaken for a piece of a long one.
#[derive(Clone, Copy)]
enum Kind {
    Word = 1,
    Piece = 2,
    Skeleton = 3,
    Pair = 4,
}

fn hash(kind: Kind, letters: impl Iterator<Item = char>) -> u32 {
    let mixed = letters.fold(0x811c_9dc5 ^ kind as u32, |hash, letter| {
        (hash ^ u32::from(letter)).wrapping_mul(0x0100_0193)
    });
    finish(mixed)
}

fn paired(before: u32, after: u32) -> u32 {
    finish(before.wrapping_mul(0x9e37_79b1) ^ after)
}

/// MurmurHash3's last step: every bit of the input reaches every bit that is kept.
fn finish(mut hash: u32) -> u32 {
    hash ^= hash >> 16;
    hash = hash.wrapping_mul(0x85eb_ca6b);
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(0xc2b2_ae35);
    hash ^= hash >> 16;
    hash >> (u32::BITS - HASH_BITS)
}

/// A word of [`each`] for people: without the punctuation around it, and never endless.
pub(super) fn shown(typed: &str) -> String {
    let separates = |letter: char| fold(letter.encode_utf8(&mut [0; 4])).is_empty();
    let word = typed.trim_matches(separates);
    word.chars().take(2 * MAX_LETTERS).collect()
}
