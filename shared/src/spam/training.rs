//! Learning what pieces of words and shapes of texts say, beside what the other features say already.
//!
//! Logistic regression, by steps in a fixed order with no randomness: the same texts give the same
//! points on every machine. The weights of `weights` stand; a text's other features are where its
//! learning begins, so that a piece earns points only for what they do not explain.

use std::collections::{BTreeMap, BTreeSet};

use super::learned::{self, Pieces};
use super::shape::shapes;
use super::tokens::Tokens;
use super::{Found, Score, Surroundings, read, score_with};

/// A text of which is known what it is.
#[derive(Debug, Clone)]
pub struct Labelled {
    /// As typed.
    pub text: String,
    /// Whether it came unasked; it is a report else.
    pub is_spam: bool,
    /// What it counts, beside others.
    pub weight: f64,
}

/// What pieces weigh, learnt.
#[derive(Debug, Clone)]
pub struct Learnt(Pieces, String);

impl Learnt {
    /// The lines of `learned.tsv`.
    #[must_use]
    pub fn lines(&self) -> &str {
        &self.1
    }

    /// Scores a text with these weights.
    #[must_use]
    pub fn score(&self, text: &str) -> Score {
        score_with(&self.0, text, Surroundings::default())
    }
}

/// Thousandths of a unit of log-odds.
const POINTS: f64 = 150.0;
/// The points at which spam and report are equally likely.
const EVEN: f64 = 240.0;
/// The points that a text begins with. Not learnt: a text of which nothing is known, in whichever
/// language, is nobody's spam.
const START: i16 = -210;
/// What a piece counts beside its whole word, or a shape: a word has many.
const PIECE: f64 = 0.35;
/// Pieces that are kept: accuracy against the size of the binary.
const KEPT: usize = 20_000;
/// How strongly a weight is drawn back to zero.
const DECAY: f64 = 1.5;
/// Passes over the texts, before the pieces that matter are chosen and after it.
const PASSES: [u32; 2] = [8, 6];

/// A piece, or a shape, as it is first seen.
struct Piece {
    name: String,
    place: u32,
}

/// Texts taken apart, to be learnt from.
pub struct Texts {
    samples: Vec<Sample>,
    /// By hash.
    pieces: BTreeMap<u64, Piece>,
}

struct Sample {
    pieces: Vec<u32>,
    /// Log-odds by the other features.
    begins: f64,
    is_spam: bool,
    weight: f64,
}

impl Texts {
    /// Takes texts apart.
    #[must_use]
    pub fn of(texts: &[Labelled]) -> Texts {
        let mut pieces: BTreeMap<u64, Piece> = BTreeMap::new();
        let samples = texts.iter().map(|it| sample(it, &mut pieces)).collect();
        Texts { samples, pieces }
    }

    /// Learns from those texts, by their place, that are `wanted`.
    #[must_use]
    pub fn learn(&self, wanted: &dyn Fn(usize) -> bool) -> Learnt {
        let places = self.samples.iter().enumerate();
        let samples: Vec<&Sample> = places
            .filter(|(place, _)| wanted(*place))
            .map(|(_, sample)| sample)
            .collect();
        let mut learner = Learner::new(&self.pieces, &samples);
        learner.passes(&samples, PASSES[0]);
        learner.keep_what_matters();
        learner.passes(&samples, PASSES[1]);
        let mut lines: Vec<String> = self
            .pieces
            .values()
            .filter_map(|piece| {
                let it = learner.weights.get(piece.place as usize)?;
                let points = libm::round(it.weight * it.value * POINTS) as i16;
                (points != 0).then(|| format!("{}\t{points}", piece.name))
            })
            .collect();
        lines.sort_unstable();
        lines.insert(0, format!("\t{START}"));
        lines.insert(
            0,
            "# Written by shared/tests/spam.rs: a piece of a folded word or the shape of a text, a tab, \
             its points; without either, those that a text begins with."
                .to_owned(),
        );
        let lines = lines.join("\n") + "\n";
        Learnt(Pieces::parse(&lines), lines)
    }
}

fn sample(it: &Labelled, pieces: &mut BTreeMap<u64, Piece>) -> Sample {
    let tokens = Tokens::of(read(&it.text).0);
    let mut own = BTreeSet::new();
    for word in learned::read(&tokens) {
        learned::each(word, &mut |hash, letters| {
            let next = u32::try_from(pieces.len()).unwrap_or(u32::MAX);
            let piece = pieces.entry(hash).or_insert_with(|| Piece {
                name: letters.iter().collect(),
                place: next,
            });
            own.insert(piece.place);
        });
    }
    let others = Found(score_with(&Pieces::default(), &it.text, Surroundings::default()).features);
    for shape in shapes(&tokens, &others) {
        let next = u32::try_from(pieces.len()).unwrap_or(u32::MAX);
        let piece = pieces.entry(learned::hash(shape)).or_insert_with(|| Piece {
            name: shape.to_owned(),
            place: next,
        });
        own.insert(piece.place);
    }
    let others: f64 = others.0.iter().map(|it| f64::from(it.points)).sum();
    Sample {
        pieces: own.into_iter().collect(),
        begins: (others + f64::from(START) - EVEN) / POINTS,
        is_spam: it.is_spam,
        weight: it.weight,
    }
}

#[derive(Clone)]
struct Weight {
    weight: f64,
    /// Sum of squared steps (AdaGrad): what is seen rarely learns faster.
    squares: f64,
    value: f64,
    /// Texts that it stands in; 0 for one that is left out.
    texts: u32,
}

struct Learner {
    weights: Vec<Weight>,
}

impl Learner {
    fn new(pieces: &BTreeMap<u64, Piece>, samples: &[&Sample]) -> Learner {
        let unknown = Weight {
            weight: 0.0,
            squares: 1.0,
            value: PIECE,
            texts: 0,
        };
        let mut weights = vec![unknown; pieces.len()];
        for piece in pieces.values() {
            let is_word = piece.name.starts_with('<') && piece.name.ends_with('>');
            let is_whole = is_word || piece.name.contains(' ');
            if let Some(weight) = weights.get_mut(piece.place as usize) {
                weight.value = if is_whole { 1.0 } else { PIECE };
            }
        }
        for place in samples.iter().flat_map(|sample| &sample.pieces) {
            if let Some(weight) = weights.get_mut(*place as usize) {
                weight.texts += 1;
            }
        }
        // What stands in a single text is that text's alone.
        for weight in weights.iter_mut().filter(|it| it.texts == 1) {
            weight.texts = 0;
        }
        Learner { weights }
    }

    fn passes(&mut self, samples: &[&Sample], passes: u32) {
        for pass in 0..passes {
            let rate = 0.5 * (1.0 - 0.9 * f64::from(pass) / f64::from(passes));
            // Every so many texts, until all were seen: neighbours are alike.
            for first in 0..STRIDE {
                for sample in samples.iter().skip(first).step_by(STRIDE) {
                    self.step(sample, rate);
                }
            }
        }
    }

    fn step(&mut self, sample: &Sample, rate: f64) {
        let mut odds = sample.begins;
        for piece in &sample.pieces {
            if let Some(it) = self.weights.get(*piece as usize) {
                odds += it.weight * it.value;
            }
        }
        let likely = 1.0 / (1.0 + libm::exp(-odds));
        let wrong = sample.weight * (likely - f64::from(u8::from(sample.is_spam)));
        for piece in &sample.pieces {
            let Some(it) = self.weights.get_mut(*piece as usize) else {
                continue;
            };
            if it.texts > 0 {
                let slope = wrong * it.value + DECAY * it.weight / f64::from(it.texts);
                it.squares += slope * slope;
                it.weight -= rate * slope / libm::sqrt(it.squares);
            }
        }
    }

    /// Leaves out all but the heaviest pieces.
    fn keep_what_matters(&mut self) {
        let heavy = |it: &Weight| (it.weight * it.value).abs();
        let mut sizes: Vec<f64> = self.weights.iter().map(heavy).collect();
        sizes.sort_by(|one, other| other.total_cmp(one));
        let least = sizes.get(KEPT).copied().unwrap_or(0.0);
        for it in &mut self.weights {
            if heavy(it) <= least {
                it.texts = 0;
                it.weight = 0.0;
            }
        }
    }
}

/// A prime: texts so far apart in the sets are of other categories and languages.
const STRIDE: usize = 389;
