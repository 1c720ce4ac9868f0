//! All words files of a municipality together: what a server has.

use super::{Categoriser, Label, Suggestion, WordsError, compile};
use crate::language::Script;
use crate::municipality::Municipality;

/// A municipality's categorisers, one a script, with the words files that phones open the same from.
#[derive(Clone, Debug)]
pub struct Categorisers([(Script, Vec<u8>, Categoriser); 3]);

/// The scripts that have a words file.
pub const SCRIPTS: [Script; 3] = [Script::Arabic, Script::Latin, Script::Devanagari];

impl Categorisers {
    /// Compiles and opens the three words files of `municipality`; some 40 ms in all.
    ///
    /// # Errors
    /// [`WordsError::TooMany`], when the document has more than 255 categories.
    pub fn of(municipality: &Municipality) -> Result<Categorisers, WordsError> {
        let open = |script| {
            let words = compile(municipality, script)?;
            let categoriser = Categoriser::open(&words)?;
            Ok((script, words, categoriser))
        };
        let [arabic, latin, devanagari] = SCRIPTS.map(open);
        Ok(Categorisers([arabic?, latin?, devanagari?]))
    }

    /// The words file that texts in `script` are read with, here and on phones; Latin's for any other.
    #[must_use]
    pub fn words(&self, script: Script) -> &[u8] {
        &self.entry(script).1
    }

    /// As [`Categoriser::suggest`], with the words file of the script that most of `text` is in.
    #[must_use]
    pub fn suggest(&self, text: &str) -> Vec<Suggestion<'_>> {
        self.entry(Script::of(text)).2.suggest(text)
    }

    /// As [`Categoriser::suggest_among`], with the words file of the script that most of `text` is in.
    #[must_use]
    pub fn suggest_among(&self, text: &str, allowed: &dyn Fn(&str) -> bool) -> Vec<Suggestion<'_>> {
        self.entry(Script::of(text)).2.suggest_among(text, allowed)
    }

    /// As [`Categoriser::search`], with the words file of the script that most of `query` is in.
    #[must_use]
    pub fn search<'l>(&self, query: &str, labels: &[Label<'l>]) -> Vec<&'l str> {
        self.entry(Script::of(query)).2.search(query, labels)
    }

    fn entry(&self, script: Script) -> &(Script, Vec<u8>, Categoriser) {
        let [arabic, latin, devanagari] = &self.0;
        match script {
            Script::Arabic => arabic,
            Script::Devanagari => devanagari,
            Script::Latin | Script::Other => latin,
        }
    }
}
