//! Compiles a municipality's words file: the general weights, and the document's own keywords.

use std::collections::BTreeSet;

use super::WordsError;
use super::encode::encode;
use super::features::MAX_LETTERS;
use super::words::{Cell, MAX_CATEGORIES, Words, decode};
use crate::language::Script;
use crate::municipality::Municipality;
use crate::text::fold;

/// The general weights of a script, which `cargo xtask weights` learns.
const ARABIC: &[u8] = include_bytes!("../../weights/arabic.bin");
const LATIN: &[u8] = include_bytes!("../../weights/latin.bin");
const DEVANAGARI: &[u8] = include_bytes!("../../weights/devanagari.bin");

/// The words file of `municipality` for texts in `script`, in a few milliseconds: what
/// [`Categoriser::open`](super::Categoriser::open) reads. There are three; a text in any other
/// script is read with the Latin one, which may know a word or two of it.
///
/// Keywords go by the script they are written in, whatever language they are listed under, so that
/// a romanised one is known where romanised texts are. The keywords of the demo documents were
/// learnt with the general weights; one that the weights know nothing of speaks for its category,
/// and so a category of the municipality's own is known by its keywords.
///
/// # Errors
/// [`WordsError::TooMany`], when the document has more than 255 categories.
pub fn compile(municipality: &Municipality, script: Script) -> Result<Vec<u8>, WordsError> {
    let general = decode(match script {
        Script::Arabic => ARABIC,
        Script::Devanagari => DEVANAGARI,
        Script::Latin | Script::Other => LATIN,
    })?;
    let categories = municipality
        .groups
        .iter()
        .flat_map(|group| &group.categories);
    let listed: Vec<(&str, Vec<&str>)> = categories
        .map(|category| {
            let keywords = category.keywords.values().flatten().map(String::as_str);
            let own = keywords.filter(|keyword| Script::of(keyword) == script);
            (category.code.as_str(), own.collect())
        })
        .collect();
    Ok(encode(&restricted(general, &listed)?))
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
