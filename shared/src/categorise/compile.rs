//! Compiles a municipality's words file: the general weights, and the document's own keywords.

use std::collections::{BTreeMap, BTreeSet};

use super::encode::encode;
use super::features::{self, Kind};
use super::words::{Cell, Words};
use super::{Script, WordsError, general};
use crate::municipality::Municipality;
use crate::text::fold;

/// The words file of `municipality` for texts in `script`: what [`Categoriser::open`](
/// super::Categoriser::open) reads, some 40 KB with brotli, in a few milliseconds.
///
/// Keywords count by the script they are written in, whatever language they are listed under, so
/// that a romanised one is known where romanised texts are. A category that the general weights do
/// not know is known by its keywords alone.
///
/// # Errors
/// [`WordsError`], when the document holds more categories or keywords than a words file may.
pub fn compile(municipality: &Municipality, script: Script) -> Result<Vec<u8>, WordsError> {
    let categories = municipality.groups.iter().flat_map(|group| &group.categories);
    let keywords: Vec<(&str, Vec<&str>)> = categories
        .map(|category| {
            let all = category.keywords.values().flatten();
            (category.code.as_str(), all.map(String::as_str).collect())
        })
        .collect();
    Ok(encode(&adapted(&general(script)?, &keywords, script)?))
}

/// `general` with the categories of `keywords` (codes with their keywords) alone, in that order.
pub(super) fn adapted(
    general: &Words,
    keywords: &[(&str, Vec<&str>)],
    script: Script,
) -> Result<Words, WordsError> {
    if keywords.len() > MAX_CATEGORIES {
        return Err(WordsError::TooMany("categories"));
    }
    let lowest = general.biases.iter().min().copied().unwrap_or_default();
    let known: Vec<Option<usize>> = general.codes.iter().map(|code| keywords.iter().position(|(k, _)| **k == **code)).collect();
    let mut words = Words { fingerprint: general.fingerprint, scale: general.scale, ..Words::default() };
    Ok(words)
}
