//! The same again and again, and shouting. People repeat themselves in anger: it takes much.

use std::collections::BTreeMap;

use super::Found;
use super::tokens::Tokens;

/// Words below which nothing is repetition.
const FEW: usize = 10;

pub(super) fn look(text: &str, tokens: &Tokens<'_>, found: &mut Found) {
    let words: Vec<&str> = tokens.words.iter().map(|it| it.text.as_str()).collect();
    if words.len() >= FEW {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for word in &words {
            *counts.entry(word).or_default() += 1;
        }
        let most = counts.values().copied().max().unwrap_or_default();
        // One word is half of it, or what is said is said five times over.
        if most * 2 >= words.len() || counts.len() * 5 <= words.len() {
            found.add("repetition.words", 1, String::new());
        }
    }
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let capitals = text.chars().filter(char::is_ascii_uppercase).count();
    if letters >= 20 && capitals * 10 >= letters * 7 {
        found.add("shouting", 1, String::new());
    }
    let marks = text
        .chars()
        .filter(|c| {
            matches!(
                c,
                '!' | '$'
                    | '💰'
                    | '🔥'
                    | '🎁'
                    | '💵'
                    | '✅'
                    | '👉'
                    | '📞'
                    | '🎰'
                    | '💯'
                    | '🚀'
                    | '💸'
                    | '🤑'
                    | '⭐'
                    | '📲'
            )
        })
        .count();
    if marks >= 5 {
        found.add("repetition.marks", 1, String::new());
    }
}
