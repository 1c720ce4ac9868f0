//! Learning the general weights from labelled texts.
//!
//! A linear model over the features of a text, by multinomial logistic regression: first of all
//! features, then again and again of fewer weights, those that matter, which are kept in a few steps.
//! Everything
//! happens in a fixed order with pseudo-random numbers of our own, so that the same corpus gives the
//! same bytes on every machine.

mod concepts;
mod corpus;
mod dice;
mod examples;
mod forms;
mod learner;
mod measure;
mod pairs;
mod prune;
mod texts;

pub use concepts::{ConceptError, Concepts};
pub use corpus::{Corpus, learnt_from};
pub use examples::{Example, ExampleError, parse};
pub use measure::{Accuracy, cross_validate, measure};

use std::collections::BTreeSet;

use super::Tongue;
use super::compile::words_of;
use super::words::Words;
use crate::language::Script;
use forms::{needed, whole};
use learner::Learner;
use prune::{keep_what_matters, quantised};
use texts::{Sample, Texts};

/// What decides how weights are learnt. The defaults were chosen by cross-validation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    /// Passes over the texts before the first weights are given up.
    passes: u32,
    /// Times that weights are given up, a pass after each: what a phone fetches is found by and by,
    /// so that of pieces that say the same one learns what the others knew.
    steps: u32,
    /// How many times as many weights as in the end are kept at the first of them.
    first: f32,
    /// Passes at the end.
    passes_after: u32,
    /// Length of the first steps; it falls to a tenth.
    rate: f32,
    /// How strongly a weight that is not needed is drawn back to zero.
    decay: f32,
    /// One in so many features is left out of each step, so that none is relied on alone.
    dropout: usize,
    /// Texts a feature must stand in.
    least_texts: u32,
    /// Most weights of letters that are kept: accuracy against bytes on a phone, which fetches them
    /// after the first input and waits for nothing meanwhile.
    letters: usize,
    /// Most weights of meaning that are kept.
    meanings: usize,
    /// Whether forms of words are kept also where they stand in no text. Of the Latin ones they are four
    /// of ten, and nobody misses them; without the others dialects of Arabic are understood less.
    unmet: bool,
    /// The share of the weights that are not cut to the heaviest one.
    uncut: f32,
    /// How much oftener seen features are preferred: the power of their number of texts.
    seen: f32,
    /// What a keyword counts, as a share of a text.
    keyword: f32,
    /// What a text of another tongue counts, which teaches by its meaning alone.
    foreign: f32,
    /// Share of what is right that goes to the best of several accepted categories.
    best: f32,
}

impl Settings {
    /// Of a tongue: as many weights as its languages need.
    fn of(tongue: Tongue) -> Settings {
        let (letters, meanings) = match tongue {
            Tongue::Arabic => (11_000, 4_500),
            Tongue::English => (9_500, 4_000),
            Tongue::Hindi => (10_500, 4_000),
            Tongue::Malay => (9_000, 3_500),
            Tongue::Urdu => (11_000, 4_000),
        };
        Settings {
            passes: 4,
            steps: 16,
            first: 8.0,
            passes_after: 4,
            rate: 0.1,
            decay: 0.002,
            dropout: 2,
            least_texts: 2,
            letters,
            meanings,
            unmet: tongue.script() != Script::Latin,
            uncut: 0.98,
            seen: 0.5,
            keyword: 1.0,
            foreign: 0.5,
            best: 0.7,
        }
    }
}

/// Learns one tongue's general weights from `examples` of every tongue: those of others teach by
/// what their words mean alone.
///
/// Keywords of the tongue are learnt as if they were short texts, and stand in what is learnt.
fn learn(corpus: &Corpus, tongue: Tongue) -> Words {
    let settings = &Settings::of(tongue);
    let mut samples: Vec<Sample> = corpus
        .examples
        .iter()
        .map(|example| {
            let own = Tongue::of(&example.text) == tongue;
            Sample {
                codes: example.codes.clone(),
                text: example.text.clone(),
                weight: if own { 1.0 } else { settings.foreign },
                own,
            }
        })
        .collect();
    for (code, list) in &corpus.keywords {
        let own = list.iter().filter(|(_, of)| *of == tongue);
        samples.extend(own.map(|(keyword, _)| Sample {
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
    let (meant, count) = (corpus.concepts.meant(), corpus.concepts.count());
    let lexicon = &needed(&meant, count, &samples, tongue, settings.unmet);
    let mut texts = Texts::of(samples, &codes, lexicon, &whole(&meant, count), settings);
    let mut learner = Learner::new(texts.vocabulary.len(), columns);
    texts.pass(&mut learner, settings, settings.passes);
    for left in (0..settings.steps).rev() {
        let power = left as f32 / (settings.steps - 1) as f32;
        keep_what_matters(
            &mut texts,
            &mut learner,
            settings,
            libm::powf(settings.first, power),
        );
        let passes = if left == 0 { settings.passes_after } else { 1 };
        texts.pass(&mut learner, settings, passes);
    }
    let mut words = quantised(codes, &texts.vocabulary, &learner, lexicon, settings);
    let keywords = words.codes.iter().map(|code| {
        let all = corpus.keywords.get(&**code).into_iter().flatten();
        let own = all.filter(|(_, of)| *of == tongue);
        words_of(&own.map(|(keyword, _)| keyword.as_str()).collect::<Vec<_>>())
    });
    words.keywords = keywords.collect();
    words
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
