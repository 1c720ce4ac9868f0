//! What speaks for each language so far.

use super::Language;

/// Most that one word can say for one language.
const MOST: i32 = 12;

/// Weights added up, one sum a language in the order of [`Language::ALL`].
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Tally {
    sums: [i32; Language::ALL.len()],
}

impl Tally {
    pub(super) fn add(&mut self, language: Language, weight: i32) {
        if let Some(sum) = self.sums.get_mut(language as usize) {
            *sum += weight;
        }
    }

    /// Adds what a table's entry says: pairs of a letter and a digit, `b` for Indonesian and Malay.
    // Inlined at each of its places, it would be half of what detection weighs in the widget.
    #[inline(never)]
    pub(super) fn add_entry(&mut self, entry: &str) {
        let mut signs = entry.chars();
        while let (Some(letter), Some(weight)) = (signs.next(), signs.next()) {
            let weight = weight.to_digit(10).map_or(0, u32::cast_signed);
            let language = match letter {
                'a' => Language::Ar,
                'e' => Language::En,
                'u' => Language::Ur,
                'h' => Language::Hi,
                'i' => Language::Id,
                'm' => Language::Ms,
                'b' => {
                    self.add(Language::Id, weight);
                    Language::Ms
                }
                _ => Language::Other,
            };
            self.add(language, weight);
        }
    }

    /// Adds one word's tally, which counts for no language more than a word can.
    pub(super) fn add_word(&mut self, word: &Self) {
        let most = word.sums.into_iter().max().unwrap_or_default().max(MOST);
        for (sum, weight) in self.sums.iter_mut().zip(word.sums) {
            *sum += weight * MOST / most;
        }
    }

    /// The best of `languages` and its lead over the next; the earliest of equals.
    pub(super) fn best(&self, languages: &[Language]) -> (Language, i32) {
        let (mut best, mut most, mut next) = (Language::Other, i32::MIN, i32::MIN);
        for &language in languages {
            let sum = self
                .sums
                .get(language as usize)
                .copied()
                .unwrap_or_default();
            if sum > most {
                (best, next, most) = (language, most, sum);
            } else {
                next = next.max(sum);
            }
        }
        (best, if next == i32::MIN { 0 } else { most - next })
    }
}
