//! Does a text read like spam? A score that explains itself: every feature names its points and, for
//! people who look, what it saw.
//!
//! Pure, and in integers alone: the same text has the same score everywhere. Words and weights are
//! data: `weights`, and a file of words a language in `vocabulary/`.
//!
//! | part | idea |
//! | --- | --- |
//! | `tokens` | words as typed, what of them stands in quotation marks, links, numbers, addresses |
//! | `vocabulary` | the words of advertisements, and those of people who report something |
//! | `learned` | pieces of words, weighed by how often they stand in either kind of text |
//! | `training` | learning those weights (with the feature of that name) |
//! | `links` | which addresses are pictures and maps, which hide where they lead |
//! | `gibberish` | words of no language, by script |
//! | `disguise` | letters of two alphabets in one word, letters that look like others, hidden ones |
//! | `repetition` | the same again and again, and shouting |
//! | `shape` | how few its words are, and whether any is of a town; weighed with the pieces |
//! | [`fingerprint`] | SimHash, by which a text is recognised when it comes again |
//!
//! *Architecture invariant:* that a text is in a language Balagh does not know is never a feature:
//! what no table knows has no points.

mod disguise;
mod fingerprint;
mod gibberish;
mod learned;
mod links;
mod repetition;
mod shape;
mod tokens;
#[cfg(feature = "training")]
pub mod training;
mod vocabulary;
mod weights;

use crate::reason::Reason;
use learned::Pieces;
use tokens::Tokens;

pub use fingerprint::{distance, fingerprint};
pub use weights::WEIGHTS;

/// Characters that are read: twice the longest description. A work budget.
const CHARACTERS: usize = 8_000;

/// Points from which a feature is told of.
const HEAVY: i16 = 150;

/// The points of certainty.
const MOST: i16 = 1_000;

/// What is known beside the text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Whether the form was opened only seconds ago.
    pub young_session: bool,
    /// How many nearly equal texts came lately.
    pub alike: u32,
}

/// How much a text reads like spam, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Score {
    /// From 0 (nobody's spam) to 1000.
    pub points: u16,
    /// What spoke for and against it, the loudest first.
    pub features: Vec<Feature>,
    /// Whether the text went on past what is read.
    pub is_cut: bool,
}

/// Something that a text shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feature {
    /// Its name, stable.
    pub code: &'static str,
    /// What it adds, in thousandths; below 0 where it speaks for honesty.
    pub points: i16,
    /// What was seen: words of the text, for people alone and never for a log.
    pub because: Vec<String>,
}

/// Scores a text.
///
/// ```
/// use balagh_shared::spam::{Surroundings, score};
/// let points = |text| score(text, Surroundings::default()).points;
/// assert_eq!(points("A deep hole in front of the school, please fix it"), 0);
/// assert!(points("Best online casino bonus! Win real money now: http://bit.ly/x7") >= 700);
/// ```
#[must_use]
pub fn score(text: &str, around: Surroundings) -> Score {
    score_with(Pieces::learned(), text, around)
}

/// What of a text is read, and whether it goes on.
fn read(text: &str) -> (&str, bool) {
    let end = text.char_indices().nth(CHARACTERS).map(|(at, _)| at);
    let read = end.and_then(|end| text.get(..end)).unwrap_or(text);
    (read, end.is_some())
}

fn score_with(pieces: &Pieces, text: &str, around: Surroundings) -> Score {
    let (read, is_cut) = read(text);
    let tokens = Tokens::of(read);
    let mut found = Found::default();
    links::look(&tokens, &mut found);
    vocabulary::look(&tokens, &mut found);
    pieces.look(&tokens, &mut found);
    disguise::look(read, &tokens, &mut found);
    gibberish::look(&tokens, &mut found);
    repetition::look(read, &tokens, &mut found);
    match around.alike {
        0..=2 => {}
        3..=9 => found.add("text.alike", 1, String::new()),
        _ => found.add("text.alike_many", 1, String::new()),
    }
    if around.young_session {
        found.add("session.young", 1, String::new());
    }
    found.score(pieces.start, is_cut)
}

impl Score {
    /// The reasons of the features that weigh, the heaviest first; at least of the heaviest.
    #[must_use]
    pub fn reasons(&self) -> Vec<Reason> {
        let mut reasons = Vec::new();
        let speak = self.features.iter().filter(|it| it.points > 0);
        for feature in speak {
            if feature.points < HEAVY && !reasons.is_empty() {
                continue;
            }
            let reason = weights::reason(feature.code);
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        reasons
    }
}

/// Features as they are found.
#[derive(Debug, Default)]
struct Found(Vec<Feature>);

impl Found {
    /// Adds `times` a feature's weight, as far as its most.
    fn add(&mut self, code: &'static str, times: u32, because: String) {
        let weight = weights::of(code);
        let times = i16::try_from(times).unwrap_or(i16::MAX);
        let place = self.0.iter().position(|it| it.code == code);
        let place = place.unwrap_or_else(|| {
            self.0.push(Feature {
                code,
                points: 0,
                because: Vec::new(),
            });
            self.0.len() - 1
        });
        if let Some(feature) = self.0.get_mut(place) {
            let sum = feature
                .points
                .saturating_add(weight.each.saturating_mul(times));
            feature.points = if weight.most < 0 {
                sum.max(weight.most)
            } else {
                sum.min(weight.most)
            };
            if !because.is_empty()
                && feature.because.len() < 8
                && !feature.because.contains(&because)
            {
                feature.because.push(because);
            }
        }
    }

    fn has(&self, code: &str) -> bool {
        self.0.iter().any(|it| it.code == code && it.points != 0)
    }

    #[cfg(test)]
    fn sum(&self, code: &str) -> i16 {
        let known = self.0.iter().find(|it| it.code == code);
        known.map_or(0, |it| it.points)
    }

    fn score(self, start: i16, is_cut: bool) -> Score {
        let mut features = self.0;
        features.retain(|it| it.points != 0);
        features.sort_by_key(|it| (-i32::from(it.points).abs(), it.code));
        let sum: i32 = features.iter().map(|it| i32::from(it.points)).sum();
        let sum = sum + i32::from(start);
        let points = u16::try_from(sum.clamp(0, i32::from(MOST))).unwrap_or_default();
        Score {
            points,
            features,
            is_cut,
        }
    }
}
