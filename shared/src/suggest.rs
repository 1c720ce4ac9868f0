//! Which categories a description is about.

use crate::municipality::{Kind, PublicMunicipality};
use crate::text::fold;

/// Words a suggestion needs before it is worth showing one.
pub const WORDS_BEFORE_SUGGESTING: usize = 3;

/// Most characters of a description that are looked at: a work budget.
const CHARACTERS: usize = 600;

/// Up to `most` category codes closest to `description`, best first; empty where no word of it is
/// known. Nothing is ever chosen for the citizen by this.
///
/// A keyword counts once, with the number of its characters: `street light` says more than
/// `street`. Arabic prefixes (`و`, `ف`, `ب`, `ل`, `ال` …) may stand before a keyword, and a few letters
/// may follow it, for endings.
#[must_use]
pub fn categories<'a>(
    municipality: &'a PublicMunicipality,
    kind: Kind,
    description: &str,
    most: usize,
) -> Vec<&'a str> {
    let folded = fold(&description.chars().take(CHARACTERS).collect::<String>());
    let mut scored: Vec<(usize, &str)> = municipality
        .groups
        .iter()
        .flat_map(|group| &group.categories)
        .filter(|category| category.kind == kind)
        .filter_map(|category| {
            let score: usize = category
                .keywords
                .values()
                .flatten()
                .map(|keyword| fold(keyword))
                .filter(|keyword| !keyword.is_empty() && mentions(&folded, keyword))
                .map(|keyword| keyword.chars().count())
                .sum();
            (score > 0).then_some((score, category.code.as_str()))
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

/// Categories whose label or keywords, in any language, hold every word of `query`; in the
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
            let mut texts = labels
                .chain(category.keywords.values().flatten())
                .map(|t| fold(t));
            let everything = texts
                .by_ref()
                .fold(String::new(), |all, text| all + " " + &text);
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
