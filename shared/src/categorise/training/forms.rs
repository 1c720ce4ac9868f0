//! Which of the listed words a phone is told the meaning of: those that are not found by their stem.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::super::lexicon::{Lexicon, form};
use super::texts::Sample;
use crate::text::fold;

/// Of `words` and what they mean, those that need to be known: none that others give the meaning of,
/// and with `met_alone` none that no text of `samples` holds.
pub(super) fn needed(
    words: &BTreeMap<&str, Vec<u8>>,
    count: u8,
    samples: &[Sample],
    met_alone: bool,
) -> Lexicon {
    let mut both: Vec<(u32, u8)> = words
        .iter()
        .flat_map(|(word, of)| of.iter().map(|concept| (form(word.chars()), *concept)))
        .collect();
    both.sort_unstable();
    both.dedup();
    let (forms, concepts) = both.into_iter().unzip();
    let mut lexicon = Lexicon {
        forms,
        concepts,
        count,
    };
    leave_derived(&mut lexicon, words);
    match met_alone {
        true => met(&lexicon, samples),
        false => lexicon,
    }
}

/// Leaves out the words that are found by their stem, with the same meaning. The longest goes first:
/// a word is found by its stem, and not the stem by the word.
fn leave_derived(lexicon: &mut Lexicon, words: &BTreeMap<&str, Vec<u8>>) {
    let mut longest: Vec<Vec<char>> = words.keys().map(|word| word.chars().collect()).collect();
    longest.sort_by_key(|letters| Reverse(letters.len()));
    for letters in longest {
        let form = form(letters.iter().copied());
        let start = lexicon.forms.partition_point(|known| *known < form);
        let end = lexicon.forms.partition_point(|known| *known <= form);
        let forms: Vec<u32> = lexicon.forms.drain(start..end).collect();
        let concepts: Vec<u8> = lexicon.concepts.drain(start..end).collect();
        let mut found = Vec::new();
        lexicon.each(&letters, |concept| found.push(concept));
        found.sort_unstable();
        found.dedup();
        if found != concepts {
            lexicon.forms.splice(start..start, forms);
            lexicon.concepts.splice(start..start, concepts);
        }
    }
}

/// The forms that stand in a text.
fn met(lexicon: &Lexicon, samples: &[Sample]) -> Lexicon {
    let mut met = vec![false; lexicon.forms.len()];
    for sample in samples.iter().filter(|sample| sample.own) {
        for part in fold(&sample.text).split(' ') {
            let letters: Vec<char> = part.chars().collect();
            lexicon.places(&letters, &mut |place| {
                if let Some(met) = met.get_mut(place) {
                    *met = true;
                }
            });
        }
    }
    let both = lexicon.forms.iter().zip(&lexicon.concepts).zip(met);
    let (forms, concepts) = both.filter(|(_, met)| *met).map(|(both, _)| both).unzip();
    Lexicon {
        forms,
        concepts,
        ..*lexicon
    }
}
