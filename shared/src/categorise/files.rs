//! All words files of a municipality together: what a server has.

use super::{Categoriser, Label, Suggestion, Tongue, WordsError, compile};
use crate::municipality::Municipality;

/// A municipality's categorisers, one a tongue, with the words files that phones open the same from.
#[derive(Clone, Debug)]
pub struct Categorisers([(Vec<u8>, Categoriser); Tongue::ALL.len()]);

impl Categorisers {
    /// Compiles and opens the words files of `municipality`; some 40 ms in all.
    ///
    /// # Errors
    /// [`WordsError::TooMany`], when the document has more than 255 categories.
    pub fn of(municipality: &Municipality) -> Result<Categorisers, WordsError> {
        let open = |tongue| {
            let words = compile(municipality, tongue)?;
            let categoriser = Categoriser::open(&words)?;
            Ok((words, categoriser))
        };
        let [arabic, english, hindi, malay, urdu] = Tongue::ALL.map(open);
        Ok(Categorisers([arabic?, english?, hindi?, malay?, urdu?]))
    }

    /// The words file that texts in `tongue` are read with, here and on phones.
    #[must_use]
    pub fn words(&self, tongue: Tongue) -> &[u8] {
        &self.entry(tongue).0
    }

    /// As [`Categoriser::suggest`], with the words file of the text's [`Tongue`].
    #[must_use]
    pub fn suggest(&self, text: &str) -> Vec<Suggestion<'_>> {
        self.entry(Tongue::of(text)).1.suggest(text)
    }

    /// As [`Categoriser::suggest_among`], with the words file of the text's [`Tongue`].
    #[must_use]
    pub fn suggest_among(&self, text: &str, allowed: &dyn Fn(&str) -> bool) -> Vec<Suggestion<'_>> {
        self.entry(Tongue::of(text)).1.suggest_among(text, allowed)
    }

    /// As [`Categoriser::search`], with the words file of the query's [`Tongue`], or where that finds
    /// nothing with the one [beside](Tongue::beside) it: one word is little to tell a language by.
    #[must_use]
    pub fn search<'l>(&self, query: &str, labels: &[Label<'l>]) -> Vec<&'l str> {
        let first = Tongue::of(query);
        let found = self.entry(first).1.search(query, labels);
        match first.beside() {
            Some(beside) if found.is_empty() => self.entry(beside).1.search(query, labels),
            _ => found,
        }
    }

    fn entry(&self, tongue: Tongue) -> &(Vec<u8>, Categoriser) {
        let [arabic, english, hindi, malay, urdu] = &self.0;
        match tongue {
            Tongue::Arabic => arabic,
            Tongue::English => english,
            Tongue::Hindi => hindi,
            Tongue::Malay => malay,
            Tongue::Urdu => urdu,
        }
    }
}
