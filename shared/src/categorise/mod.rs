//! What a text is about: ranked categories, with the words that decided.
//!
//! A [`Categoriser`] is opened from a *words file*, which the edge compiles for a municipality and
//! a script. It holds, learnt from texts that people wrote (`shared/development`), how much each
//! word, piece of a word and pair of words speaks for each category; [`suggest`](
//! Categoriser::suggest) adds those up. There is no model service, no network and no float in the
//! sums: phone, edge and origin give the same scores to the bit.
//!
//! Nothing is ever chosen for the citizen, and nothing refused, because of what this says.

mod features;
mod lexicon;
mod search;
mod suggest;
mod words;

#[cfg(feature = "server")]
mod compile;
#[cfg(feature = "server")]
mod decisive;
#[cfg(feature = "server")]
mod doubt;
#[cfg(feature = "server")]
mod encode;
#[cfg(feature = "server")]
mod scripts;
#[cfg(feature = "training")]
pub mod training;

#[cfg(test)]
mod tests;

pub use search::Label;
pub use suggest::{MAX_SUGGESTIONS, Suggestion, UNSURE};
pub use words::{MAX_CATEGORIES, WordsError};

#[cfg(feature = "server")]
pub use compile::compile;
#[cfg(feature = "server")]
pub use scripts::{Categorisers, SCRIPTS};

use words::Words;

/// Knows which words speak for which category of one municipality, in one script.
#[derive(Clone, Debug, Default)]
pub struct Categoriser {
    words: Words,
    /// Where in the sorted features those with each value of the upper bits begin.
    pages: Vec<u32>,
}

/// Bits of a feature that name its page: few features a page, so that finding one is short.
const PAGE_BITS: u32 = 11;

impl Categoriser {
    /// Opens a words file.
    ///
    /// # Errors
    /// [`WordsError`], when the bytes are not a whole and unaltered words file of a known version.
    pub fn open(bytes: &[u8]) -> Result<Categoriser, WordsError> {
        Ok(Categoriser::of(words::decode(bytes)?))
    }

    fn of(words: Words) -> Categoriser {
        let mut pages = vec![0; (1 << PAGE_BITS) + 1];
        for feature in &words.features {
            if let Some(page) = pages.get_mut(page_of(*feature) + 1) {
                *page += 1;
            }
        }
        let mut before = 0;
        for page in &mut pages {
            before += *page;
            *page = before;
        }
        Categoriser { words, pages }
    }

    /// The codes of the categories it knows.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.words.codes.iter().map(|code| &**code)
    }

    /// The place of a feature among those known.
    fn row(&self, feature: u32) -> Option<usize> {
        let page = page_of(feature);
        let start = *self.pages.get(page)? as usize;
        let end = *self.pages.get(page + 1)? as usize;
        let known = self.words.features.get(start..end)?;
        let place = known.iter().position(|known| *known == feature)?;
        Some(start + place)
    }
}

fn page_of(feature: u32) -> usize {
    (feature >> (features::HASH_BITS - PAGE_BITS)) as usize
}
