//! Learning the general weights from labelled texts.

mod examples;
mod learner;
mod measure;
mod misspell;

use std::collections::BTreeMap;

pub use examples::{Example, ExampleError, parse};
pub use measure::{Accuracy, cross_validate, measure};

use super::Categoriser;
use super::features;
use super::words::{Cell, FINGERPRINT, ONE, Words};
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
            best_share: 0.7,
        }
    }
}

/// By category and language, words a citizen would use for it.
pub type Keywords = BTreeMap<String, BTreeMap<String, Vec<String>>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Writing { Arabic, Latin, Devanagari }

impl Writing {
    pub fn of(text: &str) -> Writing {
        let (mut a, mut l, mut d) = (0, 0, 0);
        for c in text.chars() {
            match c {
                '\u{600}'..='\u{77f}' => a += 1,
                '\u{900}'..='\u{97f}' => d += 1,
                'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' => l += 1,
                _ => {}
            }
        }
        if a >= l && a >= d { Writing::Arabic } else if d >= l { Writing::Devanagari } else { Writing::Latin }
    }
}

/// Categorisers of all scripts.
pub fn general(examples: &[Example], keywords: &Keywords, settings: &Settings) -> BTreeMap<Writing, Categoriser> {
    let mut out = BTreeMap::new();
    let codes: Vec<(Vec<String>, &str)> = keywords.iter().flat_map(|(code, by)| by.values().flatten().map(move |k| (vec![code.clone()], k.as_str()))).collect();
    for writing in [Writing::Arabic, Writing::Latin, Writing::Devanagari] {
        let mut samples: Vec<Sample> = examples.iter().filter(|e| Writing::of(&e.text) == writing).map(|e| Sample { codes: &e.codes, text: &e.text, weight: 1.0 }).collect();
        if settings.keyword_weight > 0.0 {
            samples.extend(codes.iter().filter(|(_, k)| Writing::of(k) == writing).map(|(c, k)| Sample { codes: c, text: k, weight: settings.keyword_weight }));
        }
        if !samples.is_empty() {
            out.insert(writing, Categoriser::of(learn(&samples, settings)));
        }
    }
    out
}

/// A text to learn from.
#[derive(Clone, Debug)]
pub struct Sample<'t> {
    /// Accepted codes, the best first.
    pub codes: &'t [String],
    pub text: &'t str,
    /// How much it counts: 1 for a text somebody wrote.
    pub weight: f32,
}

pub(super) fn learn(samples: &[Sample<'_>], settings: &Settings) -> Words {
    let codes: Vec<Box<str>> = {
        let all: std::collections::BTreeSet<&str> = samples
            .iter()
            .flat_map(|sample| sample.codes.iter().map(String::as_str))
            .collect();
        all.into_iter().map(Box::from).collect()
    };
    let columns = codes.len();
    let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
    for sample in samples {
        for feature in distinct(sample.text) {
            *counts.entry(feature).or_default() += 1;
        }
    }
    counts.retain(|_, texts| *texts >= settings.least_texts);
    let mut kept: Vec<(u32, u32)> = counts.into_iter().collect();
    let wanted: Vec<Vec<f32>> = samples
        .iter()
        .map(|sample| shares(sample.codes, &codes, settings.best_share))
        .collect();

    let mut learner = Learner::new(kept.len(), columns);
    let mut dice = Dice::new(1);
    pass(&mut learner, samples, &wanted, &kept, settings, settings.passes, &mut dice);

    // What matters: heavy weights of features that are often seen.
    let mut importance: Vec<(f32, usize)> = Vec::new();
    for (row, (_, texts)) in kept.iter().enumerate() {
        for column in 0..columns {
            let place = row * columns + column;
            let weight = learner.weights.get(place).copied().unwrap_or_default();
            importance.push((weight.abs() * libm::sqrtf(*texts as f32), place));
        }
    }
    importance.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    learner.free.fill(false);
    for (_, place) in importance.iter().take(settings.most_cells) {
        if let Some(free) = learner.free.get_mut(*place) {
            *free = true;
        }
    }
    for (weight, free) in learner.weights.iter_mut().zip(&learner.free) {
        if !free {
            *weight = 0.0;
        }
    }
    // Features that say nothing any more do not count either.
    let mut weights = Vec::new();
    let mut free = Vec::new();
    let mut left = Vec::new();
    for (row, feature) in kept.iter().enumerate() {
        let range = row * columns..(row + 1) * columns;
        let cells = learner.free.get(range.clone()).unwrap_or_default();
        if cells.contains(&true) {
            left.push(*feature);
            free.extend_from_slice(cells);
            weights.extend_from_slice(learner.weights.get(range).unwrap_or_default());
        }
    }
    kept = left;
    let mut again = Learner::new(kept.len(), columns);
    again.weights = weights;
    again.free = free;
    again.biases = learner.biases;
    pass(&mut again, samples, &wanted, &kept, settings, settings.passes_after, &mut dice);
    quantised(codes, &kept, &again)
}

fn pass(
    learner: &mut Learner,
    samples: &[Sample<'_>],
    wanted: &[Vec<f32>],
    kept: &[(u32, u32)],
    settings: &Settings,
    passes: usize,
    dice: &mut Dice,
) {
    // A number coprime to the count visits every text once, and neighbours in a file far apart.
    let stride = [1_009, 1_013, 1_019].into_iter().find(|s| samples.len() % s != 0).unwrap_or(1);
    for round in 0..passes {
        for index in 0..samples.len() {
            let at = (index * stride + round) % samples.len();
            let (Some(sample), Some(wanted)) = (samples.get(at), wanted.get(at)) else {
                continue;
            };
            let features = if settings.misspelt > 0 && round % 2 == 1 {
                distinct(&misspell(sample.text, settings.misspelt, dice))
            } else {
                distinct(sample.text)
            };
            let rows: Vec<u32> = features
                .into_iter()
                .filter_map(|feature| {
                    kept.binary_search_by_key(&feature, |(feature, _)| *feature).ok()
                })
                .filter(|_| settings.dropout == 0 || dice.roll(settings.dropout) != 0)
                .map(|row| row as u32)
                .collect();
            learner.step(&rows, wanted, sample.weight, settings);
        }
    }
}

fn distinct(text: &str) -> Vec<u32> {
    let mut all = Vec::new();
    features::each(text, |feature, _| all.push(feature));
    all.sort_unstable();
    all.dedup();
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

fn quantised(codes: Vec<Box<str>>, kept: &[(u32, u32)], learner: &Learner) -> Words {
    let columns = codes.len();
    let mut sorted: Vec<f32> = learner.weights.iter().map(|w| w.abs()).filter(|w| *w > 0.0).collect();
    sorted.sort_by(f32::total_cmp);
    // The few heaviest may be cut, so that the many others keep their steps.
    let heaviest = sorted.get(sorted.len() * 999 / 1000).copied().unwrap_or(1.0).max(1e-6);
    let step = heaviest / LEVELS;
    let mut words = Words {
        fingerprint: [0; FINGERPRINT],
        biases: learner
            .biases
            .iter()
            .map(|bias| libm::roundf(bias * ONE as f32) as i32)
            .collect(),
        scale: libm::roundf(step * 65_536.0) as i32,
        keywords: vec![Box::from(""); columns],
        codes,
        ..Words::default()
    };
    for (row, (feature, _)) in kept.iter().enumerate() {
        let before = words.cells.len();
        for column in 0..columns {
            let weight = learner.weights.get(row * columns + column).copied().unwrap_or_default();
            let weight = libm::roundf(weight / step).clamp(-LEVELS, LEVELS) as i8;
            if weight != 0 {
                words.cells.push(Cell { category: column as u8, weight });
            }
        }
        if words.cells.len() > before {
            words.features.push(*feature);
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
            _ => eprintln!("unknown {k}"),
        }
    }
}
pub fn files(examples: &[Example], keywords: &Keywords, settings: &Settings) -> Vec<(Writing, Vec<u8>)> {
    general(examples, keywords, settings).into_iter().map(|(w, c)| (w, super::encode::encode(&c.words))).collect()
}
