//! Compiles a municipality's words file: the general weights, and the document's own keywords.

use std::collections::BTreeSet;

use super::encode::encode;
use super::features::MAX_LETTERS;
use super::words::{Cell, MAX_CATEGORIES, Words, decode};
use super::{Tongue, WordsError};
use crate::language::Script;
use crate::municipality::Municipality;
use crate::text::fold;

/// The general weights of a tongue, which `cargo xtask weights` learns.
const ARABIC: &[u8] = include_bytes!("../../weights/ar.bin");
const ENGLISH: &[u8] = include_bytes!("../../weights/en.bin");
const HINDI: &[u8] = include_bytes!("../../weights/hi.bin");
const MALAY: &[u8] = include_bytes!("../../weights/ms.bin");
const URDU: &[u8] = include_bytes!("../../weights/ur.bin");

/// The words file of `municipality` for texts in `tongue`, in a few milliseconds: what
/// [`Categoriser::open`](super::Categoriser::open) reads.
///
/// The keywords of the demo documents were learnt with the general weights; one that the weights know
/// nothing of speaks for its category, and so a category of the municipality's own is known by its
/// keywords.
///
/// # Errors
/// [`WordsError::TooMany`], when the document has more than 255 categories.
pub fn compile(municipality: &Municipality, tongue: Tongue) -> Result<Vec<u8>, WordsError> {
    let general = decode(match tongue {
        Tongue::Arabic => ARABIC,
        Tongue::English => ENGLISH,
        Tongue::Hindi => HINDI,
        Tongue::Malay => MALAY,
        Tongue::Urdu => URDU,
    })?;
    let categories = municipality
        .groups
        .iter()
        .flat_map(|group| &group.categories);
    let listed: Vec<(&str, Vec<&str>)> = categories
        .map(|category| {
            let keywords = category.keywords.iter().flat_map(|(language, listed)| {
                let own = |keyword: &&str| of_keyword(language, keyword) == tongue;
                listed.iter().map(String::as_str).filter(own)
            });
            (category.code.as_str(), keywords.collect())
        })
        .collect();
    Ok(encode(&restricted(general, &listed)?))
}

/// Where a keyword of `language` belongs: to its language's words, but a romanised one where romanised
/// texts are read, and any other by itself.
pub(super) fn of_keyword(language: &str, keyword: &str) -> Tongue {
    let own = Tongue::of_language(language);
    let listed = crate::language::OWN_NAMES
        .iter()
        .any(|(it, _)| *it == language);
    let (script, own_script) = (Script::of(keyword), own.script());
    match () {
        () if listed && script == own_script => own,
        () if script == Script::Latin => Tongue::English,
        () => Tongue::of(keyword),
    }
}

/// `general` for the `listed` categories alone (codes and keywords), in their order.
pub(super) fn restricted(
    general: Words,
    listed: &[(&str, Vec<&str>)],
) -> Result<Words, WordsError> {
    if listed.len() > MAX_CATEGORIES {
        return Err(WordsError::TooMany("categories"));
    }
    let old: Vec<Option<usize>> = listed
        .iter()
        .map(|(code, _)| general.codes.iter().position(|known| **known == **code))
        .collect();
    let new: Vec<Option<u8>> = (0..general.codes.len())
        .map(|place| old.iter().position(|old| *old == Some(place)))
        .map(|place| place.and_then(|place| u8::try_from(place).ok()))
        .collect();
    let cells = general.cells.iter().filter_map(|cell| {
        let category = (*new.get(usize::from(cell.category))?)?;
        Some(Cell { category, ..*cell })
    });
    let mut cells: Vec<Cell> = cells.collect();
    cells.sort_unstable();
    Ok(Words {
        cells,
        codes: listed.iter().map(|(code, _)| Box::from(*code)).collect(),
        biases: old
            .iter()
            .map(|old| {
                let known = old.and_then(|old| general.biases.get(old));
                known.copied().unwrap_or_default()
            })
            .collect(),
        keywords: listed.iter().map(|(_, own)| words_of(own)).collect(),
        ..general
    })
}

/// The words of keywords as they are looked for: folded, rising, each once, and no longer than words
/// are looked at.
pub(super) fn words_of(keywords: &[&str]) -> Box<str> {
    let mut words: BTreeSet<String> = BTreeSet::new();
    for keyword in keywords {
        let folded = fold(keyword);
        words.extend(
            folded
                .split(' ')
                .map(|word| word.chars().take(MAX_LETTERS).collect()),
        );
    }
    words.remove("");
    let words: Vec<String> = words.into_iter().collect();
    words.join(" ").into()
}
