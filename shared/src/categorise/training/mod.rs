//! Learning the general weights from labelled texts.

mod concepts;
mod examples;
mod learner;
mod measure;
mod misspell;

use std::collections::{BTreeMap, BTreeSet};

pub use concepts::{ConceptError, Concepts};
pub use examples::{Example, ExampleError, parse};
pub use measure::{Accuracy, cross_validate, measure};

use super::Categoriser;
use super::features;
use super::lexicon::Lexicon;
use super::words::{Cell, FINGERPRINT, ONE, Words};
use crate::language::Script;
use learner::Learner;
use misspell::{Dice, misspell};

/// What decides how weights are learnt.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// Passes over the texts before the weights that matter are chosen.
    pub passes: usize,
    /// Passes after it.
    pub passes_after: usize,
    pub rate: f32,
    pub decay: f32,
    /// One in so many features is left out of each step; 0: none is.
    pub dropout: usize,
    /// One in so many words is misspelt in half of the passes; 0: none is.
    pub misspelt: usize,
    /// Texts a feature must stand in.
    pub least_texts: u32,
    /// Most weights that are kept.
    pub most_cells: usize,
    pub keyword_weight: f32,
    pub foreign_weight: f32,
    pub seen_power: f32,
    /// Share of what is right that goes to the best of several accepted categories.
    pub best_share: f32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            passes: 12,
            passes_after: 6,
            rate: 0.5,
            decay: 1e-4,
            dropout: 4,
            misspelt: 6,
            least_texts: 2,
            most_cells: 20_000,
            keyword_weight: 0.5,
            foreign_weight: 0.5,
            seen_power: 0.5,
            best_share: 0.7,
        }
    }
}

/// By category, words a citizen would use for it.
pub type Keywords = BTreeMap<String, Vec<String>>;

/// Learns one script's general weights from `examples` of every script: those of others teach by
/// what their words mean alone.
///
/// Keywords of the script are learnt as if they were short texts.
#[must_use]
pub(super) fn learn(
    examples: &[Example],
    keywords: &Keywords,
    lexicon: &Lexicon,
    script: Script,
    settings: &Settings,
) -> Words {
    let mut samples: Vec<Sample> = examples
        .iter()
        .map(|example| {
            let own = Script::of(&example.text) == script;
            Sample {
                codes: example.codes.clone(),
                text: example.text.clone(),
                weight: if own { 1.0 } else { settings.foreign_weight },
                own,
            }
        })
        .collect();
    for (code, list) in keywords {
        let own = list.iter().filter(|keyword| Script::of(keyword) == script);
        samples.extend(own.map(|keyword| Sample {
            codes: vec![code.clone()],
            text: keyword.clone(),
            weight: settings.keyword_weight,
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
    quantised(codes, &texts.vocabulary, &learner, lexicon)
}

/// A text to learn from.
struct Sample {
    codes: Vec<String>,
    text: String,
    /// How much it counts: 1 for a text somebody wrote in this script.
    weight: f32,
    /// Whether it is in the script that is learnt, and teaches by its letters too.
    own: bool,
}

/// A feature that is learnt.
#[derive(Clone, Copy)]
struct Known {
    hash: u32,
    /// Texts that it stands in.
    texts: u32,
    /// How telling it is before anything is learnt: what stands in every text is worth little.
    worth: f32,
}

struct Texts<'l> {
    samples: Vec<Sample>,
    /// Of each sample, the shares of what is right.
    wanted: Vec<Vec<f32>>,
    /// Of each sample, its distinct features.
    features: Vec<Vec<(u32, bool)>>,
    vocabulary: Vec<Known>,
    lexicon: &'l Lexicon,
    dice: Dice,
}

impl<'l> Texts<'l> {
    fn of(
        samples: Vec<Sample>,
        codes: &[Box<str>],
        lexicon: &'l Lexicon,
        settings: &Settings,
    ) -> Texts<'l> {
        let features: Vec<Vec<(u32, bool)>> = samples
            .iter()
            .map(|sample| distinct(&sample.text, lexicon, sample.own))
            .collect();
        let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
        for (hash, _) in features.iter().flatten() {
            *counts.entry(*hash).or_default() += 1;
        }
        let count = samples.len() as f32;
        let vocabulary = counts
            .into_iter()
            .filter(|(_, texts)| *texts >= settings.least_texts)
            .map(|(hash, texts)| Known {
                hash,
                texts,
                worth: 1.0 + libm::logf(count / texts as f32),
            })
            .collect();
        let wanted = samples
            .iter()
            .map(|sample| shares(&sample.codes, codes, settings.best_share))
            .collect();
        Texts {
            samples,
            wanted,
            features,
            vocabulary,
            lexicon,
            dice: Dice::new(1),
        }
    }

    fn pass(&mut self, learner: &mut Learner, settings: &Settings, passes: usize) {
        let count = self.samples.len();
        // A stride coprime to the count visits every text once, neighbours in a file far apart.
        let strides = [1_009, 1_013, 1_019].into_iter();
        let stride = strides.clone().find(|s| count % s != 0).unwrap_or(1);
        let mut rows = Vec::new();
        for round in 0..passes {
            let rate = settings.rate * (1.0 - 0.9 * round as f32 / passes as f32);
            for index in 0..count {
                let at = (index * stride + round) % count;
                let (Some(sample), Some(wanted), Some(features)) =
                    (self.samples.get(at), self.wanted.get(at), self.features.get(at))
                else {
                    continue;
                };
                let misspelt;
                let features = if settings.misspelt > 0 && round % 2 == 1 && sample.own {
                    let text = misspell(&sample.text, settings.misspelt, &mut self.dice);
                    misspelt = distinct(&text, self.lexicon, true);
                    &misspelt
                } else {
                    features
                };
                rows.clear();
                let mut counts = [0_u32; 2];
                for (hash, meant) in features {
                    let known = self.vocabulary.binary_search_by_key(hash, |known| known.hash);
                    let Ok(row) = known else { continue };
                    if settings.dropout > 0 && self.dice.roll(settings.dropout) == 0 {
                        continue;
                    }
                    let worth = self.vocabulary.get(row).map_or(1.0, |known| known.worth);
                    counts[usize::from(*meant)] += 1;
                    rows.push((row as u32, worth, *meant));
                }
                let roots = counts.map(|count| libm::sqrtf(count.max(1) as f32));
                for (_, worth, meant) in &mut rows {
                    *worth /= roots[usize::from(*meant)];
                }
                learner.step(&rows, wanted, sample.weight, rate, settings.decay);
            }
        }
    }
}

/// Leaves the learner its heaviest weights of features that are often seen, and forgets the others.
fn keep_what_matters(texts: &mut Texts<'_>, learner: &mut Learner, settings: &Settings) {
    let columns = learner.biases.len();
    let mut importance: Vec<(f32, usize)> = Vec::new();
    for (row, known) in texts.vocabulary.iter().enumerate() {
        for column in 0..columns {
            let place = row * columns + column;
            let weight = learner.weights.get(place).copied().unwrap_or_default();
            let seen = libm::powf(known.texts as f32, settings.seen_power);
            importance.push((weight.abs() * known.worth * seen, place));
        }
    }
    importance.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    let mut free = vec![false; learner.weights.len()];
    for (_, place) in importance.iter().take(settings.most_cells) {
        if let Some(free) = free.get_mut(*place) {
            *free = true;
        }
    }
    let mut left = Learner::new(0, columns);
    left.biases.clone_from(&learner.biases);
    let rows = texts.vocabulary.iter();
    let cells = free.chunks(columns).zip(learner.weights.chunks(columns));
    let kept = rows
        .zip(cells)
        .filter(|(_, (free, _))| free.contains(&true))
        .map(|(known, (free, weights))| {
            left.add_row(weights, free);
            *known
        })
        .collect();
    texts.vocabulary = kept;
    *learner = left;
}

/// The features of `text` without repetition; those of its letters only where `own`.
fn distinct(text: &str, lexicon: &Lexicon, own: bool) -> Vec<(u32, bool)> {
    let mut all = Vec::new();
    features::each(text, lexicon, &mut |feature| {
        if own || feature.meant {
            all.push((feature.hash, feature.meant));
        }
    });
    all.sort_unstable();
    all.dedup_by_key(|(hash, _)| *hash);
    all
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

fn quantised(
    codes: Vec<Box<str>>,
    vocabulary: &[Known],
    learner: &Learner,
    lexicon: &Lexicon,
) -> Words {
    let columns = codes.len();
    let rows = || learner.weights.chunks(columns).zip(vocabulary);
    let mut sorted: Vec<f32> = rows()
        .flat_map(|(weights, known)| weights.iter().map(|weight| weight.abs() * known.worth))
        .filter(|weight| *weight > 0.0)
        .collect();
    sorted.sort_by(f32::total_cmp);
    // The few heaviest are cut, so that the many others keep their steps.
    let heaviest = sorted.get(sorted.len() * 995 / 1000).copied().unwrap_or(1.0);
    let step = heaviest.max(1e-3) / LEVELS;
    let biases = learner.biases.iter();
    let mut words = Words {
        fingerprint: [0; FINGERPRINT],
        biases: biases.map(|bias| libm::roundf(bias * ONE as f32) as i32).collect(),
        scale: libm::roundf(step * 65_536.0) as i32,
        lexicon: lexicon.clone(),
        keywords: vec![Box::from(""); columns],
        codes,
        ..Words::default()
    };
    for (weights, known) in rows() {
        let before = words.cells.len();
        for (column, weight) in weights.iter().enumerate() {
            let weight = weight * known.worth / step;
            let weight = libm::roundf(weight).clamp(-LEVELS, LEVELS) as i8;
            if weight != 0 {
                words.cells.push(Cell {
                    category: column as u8,
                    weight,
                });
            }
        }
        if words.cells.len() > before {
            words.features.push(known.hash);
            words.ends.push(words.cells.len() as u32);
        }
    }
    words
}

/// Steps a weight is kept in, either way: more would only cost bytes.
const LEVELS: f32 = 31.0;

impl Settings {
    pub fn set(&mut self, k: &str, v: f64) {
        match k {
            "passes" => self.passes = v as usize,
            "after" => self.passes_after = v as usize,
            "rate" => self.rate = v as f32,
            "decay" => self.decay = v as f32,
            "dropout" => self.dropout = v as usize,
            "misspelt" => self.misspelt = v as usize,
            "least" => self.least_texts = v as u32,
            "cells" => self.most_cells = v as usize,
            "best" => self.best_share = v as f32,
            "kw" => self.keyword_weight = v as f32,
            "foreign" => self.foreign_weight = v as f32,
            "seen" => self.seen_power = v as f32,
            _ => eprintln!("unknown {k}"),
        }
    }
}

/// The scripts that are learnt.
pub const SCRIPTS: [Script; 3] = [Script::Arabic, Script::Latin, Script::Devanagari];

/// Categorisers of all scripts, for all categories.
pub fn general(examples: &[Example], keywords: &Keywords, lexicon: &Concepts, settings: &Settings) -> BTreeMap<Script, Categoriser> {
    SCRIPTS.into_iter().map(|script| (script, Categoriser::of(learn(examples, keywords, &lexicon.in_script(script), script, settings)))).collect()
}
pub fn files(examples: &[Example], keywords: &Keywords, lexicon: &Concepts, settings: &Settings) -> Vec<(Script, Vec<u8>)> {
    general(examples, keywords, lexicon, settings).into_iter().map(|(w, c)| (w, super::encode::encode(&c.words))).collect()
}
