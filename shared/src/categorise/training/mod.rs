//! Learning the general weights from labelled texts.
//!
//! A linear model over the features of a text, by multinomial logistic regression: first of all
//! features, then once more of the few weights that matter, which are kept in a few steps. Everything
//! happens in a fixed order with pseudo-random numbers of our own, so that the same corpus gives the
//! same bytes on every machine.

mod concepts;
mod corpus;
mod dice;
mod examples;
mod learner;
mod measure;
mod prune;
mod texts;

pub use concepts::{ConceptError, Concepts};
pub use corpus::{Corpus, learnt_from};
pub use examples::{Example, ExampleError, parse};
pub use measure::{Accuracy, cross_validate, measure};

use std::collections::BTreeSet;

use super::words::Words;
use crate::language::Script;
use learner::Learner;
use prune::{keep_what_matters, quantised};
use texts::{Sample, Texts};

/// The scripts that are learnt, a weights file each.
pub const SCRIPTS: [Script; 3] = [Script::Arabic, Script::Latin, Script::Devanagari];

/// What decides how weights are learnt. The defaults were chosen by cross-validation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    /// Passes over the texts before the weights that matter are chosen.
    passes: u32,
    /// Passes after it.
    passes_after: u32,
    /// Length of the first steps; it falls to a tenth.
    rate: f32,
    /// How strongly a weight that is not needed is drawn back to zero.
    decay: f32,
    /// One in so many features is left out of each step, so that none is relied on alone.
    dropout: usize,
    /// Texts a feature must stand in.
    least_texts: u32,
    /// Most weights that are kept: accuracy against bytes on a phone, which fetches them after the
    /// first input and waits for nothing meanwhile. Of the Latin file, in cross-validation: with
    /// 14,000 weights 41 KB and 73/91% (Malay, first and best of three), with 30,000 78 KB and
    /// 77/93%, with all 80/95%.
    most_cells: usize,
    /// Steps a weight is kept in, either way.
    levels: f32,
    /// What a weight against a category is worth keeping, as a share of one for it.
    against: f32,
    /// How much oftener seen features are preferred: the power of their number of texts.
    seen: f32,
    /// What a keyword counts, as a share of a text.
    keyword: f32,
    /// What a text of another script counts, which teaches by its meaning alone.
    foreign: f32,
    /// Share of what is right that goes to the best of several accepted categories.
    best: f32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            passes: 8,
            passes_after: 4,
            rate: 0.1,
            decay: 0.02,
            dropout: 2,
            least_texts: 2,
            most_cells: 30_000,
            levels: 10.0,
            against: 0.3,
            seen: 0.2,
            keyword: 1.0,
            foreign: 0.5,
            best: 0.7,
        }
    }
}

/// Learns one script's general weights from `examples` of every script: those of others teach by
/// what their words mean alone.
///
/// Keywords of the script are learnt as if they were short texts.
fn learn(corpus: &Corpus, script: Script, settings: &Settings) -> Words {
    let lexicon = &corpus.concepts.in_script(script);
    let mut samples: Vec<Sample> = corpus
        .examples
        .iter()
        .map(|example| {
            let own = Script::of(&example.text) == script;
            Sample {
                codes: example.codes.clone(),
                text: example.text.clone(),
                weight: if own { 1.0 } else { settings.foreign },
                own,
            }
        })
        .collect();
    for (code, list) in &corpus.keywords {
        let own = list.iter().filter(|keyword| Script::of(keyword) == script);
        samples.extend(own.map(|keyword| Sample {
            codes: vec![code.clone()],
            text: keyword.clone(),
            weight: settings.keyword,
            own: true,
        }));
    }
    samples.retain(|sample| sample.weight > 0.0);
    let all: BTreeSet<&str> = samples
        .iter()
        .flat_map(|sample| sample.codes.iter().map(String::as_str))
        .collect();
    let codes: Vec<Box<str>> = all.into_iter().map(Box::from).collect();
    let columns = codes.len();
    let mut texts = Texts::of(samples, &codes, lexicon, settings);
    let mut learner = Learner::new(texts.vocabulary.len(), columns);
    texts.pass(&mut learner, settings, settings.passes);

    keep_what_matters(&mut texts, &mut learner, settings);
    texts.pass(&mut learner, settings, settings.passes_after);
    quantised(codes, &texts.vocabulary, &learner, lexicon, settings)
}

fn shares(accepted: &[String], codes: &[Box<str>], best: f32) -> Vec<f32> {
    let mut shares = vec![0.0; codes.len()];
    let others = accepted.len().saturating_sub(1);
    for (index, code) in accepted.iter().enumerate() {
        let share = match (index, others) {
            (0, 0) => 1.0,
            (0, _) => best,
            _ => (1.0 - best) / others as f32,
        };
        let place = codes.iter().position(|known| **known == **code);
        if let Some(slot) = place.and_then(|place| shares.get_mut(place)) {
            *slot += share;
        }
    }
    shares
}
