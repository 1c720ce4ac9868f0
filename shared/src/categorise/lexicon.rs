//! What words mean, across languages: the form of a word to the concepts it may stand for.
//!
//! A weight that hangs on the concept "lamp" serves every word for a lamp, also one that nobody
//! wrote in the texts that were learnt from.

use super::features::{Kind, finish, mix, start};

/// Most concepts: a concept is a byte.
pub(super) const MAX_CONCEPTS: usize = 255;

/// Hashes of forms are below this. A word is looked up behind prefixes and before endings, a dozen times;
/// of 7,000 forms it is taken for one of them by chance once in 50 words. Two bits less a form cost a
/// point in Arabic.
pub(super) const FORMS: u32 = 1 << 22;

/// The forms of words and the concept of each; a form with two meanings stands there twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lexicon {
    /// Hashes in rising order.
    pub(super) forms: Vec<u32>,
    pub(super) concepts: Vec<u8>,
    /// How many concepts there are, also such as have no form here.
    pub(super) count: u8,
}

/// What may stand before a word without a space: Arabic particles, Indonesian and Malay prefixes,
/// romanised articles.
const BEFORE: [&str; 27] = [
    "ال", "و", "وال", "ب", "بال", "لل", "ل", "ف", "فال", "ك", "كال", "ي", "ت", "ن", "di", "me",
    "mem", "men", "meng", "ber", "ter", "pe", "pem", "pen", "ke", "se", "al",
];

/// Least letters of a word behind a prefix.
const LEAST_LETTERS: usize = 3;

/// Most letters of an ending.
const MAX_ENDING: usize = 3;

impl Lexicon {
    /// Calls `see` with each concept that a folded word may stand for: as it is, behind a prefix, or
    /// else before an ending.
    pub(super) fn each(&self, word: &[char], mut see: impl FnMut(u8)) {
        self.places(word, &mut |place| {
            if let Some(concept) = self.concepts.get(place) {
                see(*concept);
            }
        });
    }

    /// As [`each`](Self::each), with the places of the forms that say so.
    pub(super) fn places(&self, word: &[char], see: &mut dyn FnMut(usize)) {
        let least = match word.first() {
            Some('a'..='z') => LEAST_LETTERS + 1,
            _ => LEAST_LETTERS,
        };
        let mut found = false;
        for ending in 0..=MAX_ENDING {
            for stem in stems(word) {
                let stem = stem
                    .get(..stem.len() - ending.min(stem.len()))
                    .unwrap_or_default();
                if ending == 0 || stem.len() >= least {
                    let form = form(stem.iter().copied());
                    let first = self.forms.partition_point(|known| *known < form);
                    let same = self.forms.iter().skip(first);
                    let same = same.take_while(|known| **known == form).count();
                    for place in first..first + same {
                        see(place);
                        found = true;
                    }
                }
            }
            if found {
                return;
            }
        }
    }
}

/// The word itself, and what is left of it behind each prefix that it has.
fn stems(word: &[char]) -> impl Iterator<Item = &[char]> {
    let behind = BEFORE.iter().filter_map(move |prefix| {
        let mut rest = word;
        for letter in prefix.chars() {
            rest = rest.strip_prefix(&[letter])?;
        }
        (rest.len() >= LEAST_LETTERS).then_some(rest)
    });
    std::iter::once(word).chain(behind)
}

/// The hash of a form.
pub(super) fn form(letters: impl Iterator<Item = char>) -> u32 {
    finish(letters.fold(start(Kind::Form), mix)) % FORMS
}
