//! Finding a category by typing a part of its name, in the list of all.

use super::Categoriser;
use crate::text::fold;

/// A category as a list shows it.
#[derive(Clone, Copy, Debug)]
pub struct Label<'l> {
    /// Its code.
    pub code: &'l str,
    /// What it is called there, in as many languages as are known, with the name of its group.
    pub names: &'l [&'l str],
}

impl Categoriser {
    /// The codes of those `labels` whose names or keywords hold every word of `query`, or the
    /// beginning of one; those whose own names do stand first, and else their order is kept. An
    /// empty query finds nothing.
    ///
    /// [`Categoriser::default`] knows no keywords and finds by the names alone: for the time until
    /// the words file is there.
    #[must_use]
    pub fn search<'l>(&self, query: &str, labels: &[Label<'l>]) -> Vec<&'l str> {
        let query = fold(query);
        if query.is_empty() {
            return Vec::new();
        }
        let mut by_name = Vec::new();
        let mut by_keyword = Vec::new();
        for label in labels {
            let mut text = String::new();
            for name in label.names {
                text.push(' ');
                text.push_str(&fold(name));
            }
            if holds(&text, &query) {
                by_name.push(label.code);
                continue;
            }
            text.push(' ');
            text.push_str(self.keywords(label.code));
            if holds(&text, &query) {
                by_keyword.push(label.code);
            }
        }
        by_name.extend(by_keyword);
        by_name
    }

    /// Their words, folded.
    fn keywords(&self, code: &str) -> &str {
        let place = self.words.codes.iter().position(|known| &**known == code);
        place
            .and_then(|place| self.words.keywords.get(place))
            .map_or("", |keywords| keywords)
    }
}

/// Whether each word of `query` stands in `text`. Two letters must begin a word of it, or whatever
/// is typed first would find nearly everything; more may stand inside one, as after an Arabic
/// article or in a compound.
fn holds(text: &str, query: &str) -> bool {
    query.split(' ').all(|word| {
        let inside = word.chars().nth(2).is_some();
        text.match_indices(word)
            .any(|(at, _)| inside || text.get(..at).is_none_or(|before| before.ends_with(' ')))
    })
}
