//! What a text is about: ranked categories, with the words that decided.
//!
//! A [`Categoriser`] is opened from a *words file*, which the edge compiles for a municipality and
//! a [`Tongue`]. It holds, learnt from texts that people wrote (`shared/development`), how much each
//! word, piece of a word and pair of words speaks for each category; [`suggest`](
//! Categoriser::suggest) adds those up. There is no model service, no network and no float in the
//! sums: phone, edge and origin give the same scores to the bit.
//!
//! Nothing is ever chosen for the citizen, and nothing refused, because of what this says.

mod bits;
mod features;
mod lexicon;
mod search;
mod suggest;
mod table;
mod tongue;
mod words;

#[cfg(feature = "server")]
mod compile;
#[cfg(feature = "server")]
mod doubt;
#[cfg(feature = "server")]
mod encode;
#[cfg(feature = "server")]
mod files;
#[cfg(feature = "training")]
pub mod training;

#[cfg(test)]
mod tests;

pub use search::Label;
pub use suggest::{MAX_SUGGESTIONS, Suggestion, UNSURE};
pub use tongue::Tongue;
pub use words::{MAX_CATEGORIES, WordsError};

#[cfg(feature = "server")]
pub use compile::compile;
#[cfg(feature = "server")]
pub use files::Categorisers;

use table::Table;
use words::Words;

/// Knows which words speak for which category of one municipality, in one tongue.
#[derive(Clone, Debug, Default)]
pub struct Categoriser {
    /// Without its cells, which are in `table`.
    words: Words,
    table: Table,
}

impl Categoriser {
    /// Opens a words file.
    ///
    /// # Errors
    /// [`WordsError`], when the bytes are not a whole and unaltered words file of a known version.
    pub fn open(bytes: &[u8]) -> Result<Categoriser, WordsError> {
        Ok(Categoriser::of(words::decode(bytes)?))
    }

    fn of(mut words: Words) -> Categoriser {
        let table = Table::of(&words);
        words.cells = Vec::new();
        Categoriser { words, table }
    }

    /// The codes of the categories it knows.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.words.codes.iter().map(|code| &**code)
    }
}
