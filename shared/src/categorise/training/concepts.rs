//! The list of what words mean: `shared/development/concepts.txt`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::super::lexicon::MAX_CONCEPTS;
use crate::text::fold;

/// Concepts and the words for them, in every script.
#[derive(Clone, Debug, Default)]
pub struct Concepts(Vec<Vec<String>>);

/// Why a list of concepts cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConceptError {
    /// This line, from 1, is not a name, a colon and words.
    Line(usize),
    /// There are more concepts than a byte can name.
    TooMany,
}

impl fmt::Display for ConceptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(
                f,
                "concepts.txt, line {line}: a name, a colon and words are needed"
            ),
            Self::TooMany => write!(f, "concepts.txt: at most {MAX_CONCEPTS} are possible"),
        }
    }
}

impl std::error::Error for ConceptError {}

impl Concepts {
    /// Reads lines `name: word word…`; lines that begin with `#` and empty ones are skipped.
    ///
    /// # Errors
    /// [`ConceptError`], when a line has another form or there are too many.
    pub fn parse(file: &str) -> Result<Concepts, ConceptError> {
        let lines = file.lines().enumerate();
        let concepts: Vec<Vec<String>> = lines
            .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
            .map(|(index, line)| {
                let (_, words) = line.split_once(':').ok_or(ConceptError::Line(index + 1))?;
                let words: BTreeSet<String> = words
                    .split_whitespace()
                    .map(fold)
                    .filter(|w| !w.is_empty())
                    .collect();
                Ok(words.into_iter().collect())
            })
            .collect::<Result<_, _>>()?;
        match concepts.len() {
            0..=MAX_CONCEPTS => Ok(Concepts(concepts)),
            _ => Err(ConceptError::TooMany),
        }
    }

    /// All words, folded, in order.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flatten().map(String::as_str)
    }

    /// The words, each with what it means.
    pub(super) fn meant(&self) -> BTreeMap<&str, Vec<u8>> {
        let mut words: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
        for (concept, listed) in (0..=u8::MAX).zip(&self.0) {
            for word in listed {
                words.entry(word).or_default().push(concept);
            }
        }
        words
    }

    /// How many there are.
    pub(super) fn count(&self) -> u8 {
        // `parse` lets no more through.
        self.0.len() as u8
    }
}
