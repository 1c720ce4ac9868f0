//! Which categories a description is about.

use crate::municipality::{Kind, PublicCategory, PublicMunicipality};
use crate::text::fold;

/// Words a suggestion needs before it is worth showing one.
pub const WORDS_BEFORE_SUGGESTING: usize = 3;

/// Most characters of a description that are looked at: a work budget.
const CHARACTERS: usize = 600;

/// Up to `most` category codes closest to `description`, best first; empty where no word of it is
/// known. Nothing is ever chosen for the citizen by this.
///
/// A word of a label counts with the number of its characters, shared among the categories whose
/// labels have it. Arabic prefixes (`و`, `ف`, `ب`, `ل`, `ال` …) may stand before a word, and a few
/// letters may follow it, for endings.
#[must_use]
pub fn categories<'a>(
    municipality: &'a PublicMunicipality,
    kind: Kind,
    description: &str,
    most: usize,
) -> Vec<&'a str> {
    let folded = fold(&description.chars().take(CHARACTERS).collect::<String>());
    let of_kind: Vec<(&str, Vec<String>)> = municipality
        .groups
        .iter()
        .flat_map(|group| &group.categories)
        .filter(|category| category.kind == kind)
        .map(|category| (category.code.as_str(), words(category)))
        .collect();
    let mut scored: Vec<(usize, &str)> = of_kind
        .iter()
        .filter_map(|(code, words)| {
            let score: usize = words
                .iter()
                .filter(|word| mentions(&folded, word))
                .map(|word| {
                    let sharing = of_kind.iter().filter(|(_, words)| words.contains(word));
                    word.chars().count() * 100 / sharing.count().max(1)
                })
                .sum();
            (score > 0).then_some((score, *code))
        })
        .collect();
    // Stable: among equals the document's order decides.
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored
        .into_iter()
        .take(most)
        .map(|(_, code)| code)
        .collect()
}

/// The words of a category's labels that say something.
fn words(category: &PublicCategory) -> Vec<String> {
    let labels = category.names.0.values().map(|label| fold(label));
    labels
        .flat_map(|label| label.split(' ').map(str::to_owned).collect::<Vec<_>>())
        .filter(|word| word.chars().count() > 2)
        .collect()
}

/// Categories whose label, in any language, holds every word of `query`; in the
/// document's order. An empty query finds nothing.
#[must_use]
pub fn search<'a>(municipality: &'a PublicMunicipality, kind: Kind, query: &str) -> Vec<&'a str> {
    let query = fold(query);
    if query.is_empty() {
        return Vec::new();
    }
    municipality
        .groups
        .iter()
        .flat_map(|group| {
            group
                .categories
                .iter()
                .map(move |category| (group, category))
        })
        .filter(|(_, category)| category.kind == kind)
        .filter(|(group, category)| {
            let labels = category.names.0.values().chain(group.names.0.values());
            let everything = labels.fold(String::new(), |all, text| all + " " + &fold(text));
            query.split(' ').all(|word| everything.contains(word))
        })
        .map(|(_, category)| category.code.as_str())
        .collect()
}

/// Letters that Arabic writes before a word without a space.
const PREFIXES: [&str; 9] = ["", "ال", "و", "وال", "ب", "بال", "لل", "ل", "ف"];

/// Most letters of an ending after a keyword.
const ENDING: usize = 3;

fn mentions(folded: &str, keyword: &str) -> bool {
    folded.match_indices(keyword).any(|(at, _)| {
        let before = folded.get(..at).unwrap_or_default();
        let word_start = before.rsplit(' ').next().unwrap_or_default();
        let after = folded.get(at + keyword.len()..).unwrap_or_default();
        let ending = after.split(' ').next().unwrap_or_default().chars().count();
        PREFIXES.contains(&word_start) && ending <= ENDING
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keyword_is_found_behind_a_prefix_and_before_an_ending() {
        let text = fold("السيارة واقفة، والحفرة كبيرة");
        assert!(mentions(&text, &fold("حفرة")));
        assert!(mentions(&text, &fold("سيارة")));
        assert!(mentions(&fold("two potholes"), "pothole"));
    }

    #[test]
    fn a_keyword_inside_another_word_is_not_found() {
        assert!(!mentions(&fold("a carpet on the wall"), "pet"));
        assert!(!mentions("catastrophe", "cat"));
    }
}
