//! How often the categoriser is right.

use std::collections::BTreeMap;

use super::super::{Categoriser, Tongue};
use super::{Corpus, Example};

/// How often it was right about some texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accuracy {
    /// Texts asked about.
    pub texts: u32,
    /// Of them, those whose likeliest category was an accepted one.
    pub first: u32,
    /// Of them, those with an accepted one among the likeliest three.
    pub three: u32,
}

impl Accuracy {
    fn count(&mut self, categoriser: Option<&Categoriser>, example: &Example) {
        let suggested = categoriser.map_or_else(Vec::new, |c| c.suggest(&example.text));
        let right = suggested
            .iter()
            .position(|s| example.codes.iter().any(|code| code == s.category));
        self.texts += 1;
        self.first += u32::from(right == Some(0));
        self.three += u32::from(right.is_some_and(|place| place < 3));
    }
}

/// By language, how right `categorisers` (one a tongue) are about `examples`.
#[must_use]
pub fn measure(
    categorisers: &BTreeMap<Tongue, Categoriser>,
    examples: &[Example],
) -> BTreeMap<String, Accuracy> {
    let mut measured: BTreeMap<String, Accuracy> = BTreeMap::new();
    for example in examples {
        measured
            .entry(example.language.clone())
            .or_default()
            .count(categorisers.get(&Tongue::of(&example.text)), example);
    }
    measured
}

/// By language, how right it is about each of `parts` parts of the examples after learning from the
/// others: what to expect about texts it has not seen.
///
/// A category's examples are cut in runs, because who writes several in a row varies one idea.
#[must_use]
pub fn cross_validate(corpus: &Corpus, parts: usize) -> BTreeMap<String, Accuracy> {
    let examples = &corpus.examples;
    let mut runs: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (index, example) in examples.iter().enumerate() {
        let first = example.codes.first().map_or("", String::as_str);
        runs.entry((&example.language, first))
            .or_default()
            .push(index);
    }
    let mut part_of = vec![0; examples.len()];
    for run in runs.values() {
        for (place, index) in run.iter().enumerate() {
            if let Some(part) = part_of.get_mut(*index) {
                *part = place * parts / run.len();
            }
        }
    }
    let mut measured: BTreeMap<String, Accuracy> = BTreeMap::new();
    for part in 0..parts {
        let (asked, learnt): (Vec<_>, Vec<_>) = examples
            .iter()
            .zip(&part_of)
            .partition(|(_, of)| **of == part);
        let only = |list: Vec<(&Example, &usize)>| -> Vec<Example> {
            list.into_iter()
                .map(|(example, _)| example.clone())
                .collect()
        };
        let rest = Corpus {
            examples: only(learnt),
            ..corpus.clone()
        };
        let learnt = Tongue::ALL.map(|tongue| (tongue, rest.categoriser(tongue)));
        let categorisers = BTreeMap::from(learnt);
        for (language, accuracy) in measure(&categorisers, &only(asked)) {
            let sum = measured.entry(language).or_default();
            sum.texts += accuracy.texts;
            sum.first += accuracy.first;
            sum.three += accuracy.three;
        }
    }
    measured
}
