//! Which of the listed words a phone is told the meaning of: those that are not found by their stem.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::super::Tongue;
use super::super::lexicon::{Lexicon, form};
use super::texts::Sample;
use crate::language::Script;
use crate::text::fold;

/// All of `words`, of `count` meanings.
pub(super) fn whole(words: &BTreeMap<&str, Vec<u8>>, count: u8) -> Lexicon {
    let mut both: Vec<(u32, u8)> = words
        .iter()
        .flat_map(|(word, of)| of.iter().map(|concept| (form(word.chars()), *concept)))
        .collect();
    both.sort_unstable();
    both.dedup();
    let (forms, concepts) = both.into_iter().unzip();
    Lexicon {
        forms,
        concepts,
        count,
    }
}

/// Of `words` and what they mean, those that texts in `tongue` need: none that others give the meaning
/// of, and of those that no text of `samples` holds, with `unmet`, its own.
pub(super) fn needed(
    words: &BTreeMap<&str, Vec<u8>>,
    count: u8,
    samples: &[Sample],
    tongue: Tongue,
    unmet: bool,
) -> Lexicon {
    let mut words = words.clone();
    words.retain(|word, _| Script::of(word) == tongue.script());
    let mut lexicon = whole(&words, count);
    leave_derived(&mut lexicon, &words);
    let own = words
        .keys()
        .filter(|word| unmet && Tongue::of(word) == tongue);
    let own: BTreeSet<u32> = own.map(|word| form(word.chars())).collect();
    met(&lexicon, samples, &own)
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

/// The forms that stand in a text, and those of `own`.
fn met(lexicon: &Lexicon, samples: &[Sample], own: &BTreeSet<u32>) -> Lexicon {
    let forms = lexicon.forms.iter();
    let mut met: Vec<bool> = forms.map(|form| own.contains(form)).collect();
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
