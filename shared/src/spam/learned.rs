//! Single words, weighed by how often they stand in advertisements and in reports of the development
//! sets: `learned.tsv`, written by a test of this crate (`BALAGH_BLESS=1`).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::Found;
use super::tokens::Tokens;

static LEARNED: LazyLock<BTreeMap<&str, i16>> = LazyLock::new(|| {
    let lines = include_str!("learned.tsv").lines();
    let split = lines.filter_map(|line| line.split_once('\t'));
    split
        .filter_map(|(points, word)| Some((word, points.parse().ok()?)))
        .collect()
});

pub(super) fn look(tokens: &Tokens<'_>, found: &mut Found) {
    let mut seen: Vec<&str> = Vec::new();
    for word in tokens.words.iter().filter(|word| !word.quoted) {
        let word = word.seen_as.as_deref().unwrap_or(&word.text);
        let Some(points) = LEARNED.get(word).filter(|_| !seen.contains(&word)) else {
            continue;
        };
        let times = u32::from(points.unsigned_abs());
        if *points > 0 {
            found.add("advert.words", times, word.to_owned());
        } else {
            found.add("report.words", times, word.to_owned());
        }
        if seen.len() < 64 {
            seen.push(word);
        }
    }
}
