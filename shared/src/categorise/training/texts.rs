//! The texts as the learner takes them: again and again, in a fixed order, never quite whole.

use std::collections::BTreeMap;

use super::super::features;
use super::super::lexicon::Lexicon;
use super::Settings;
use super::dice::Dice;
use super::learner::Learner;

/// A text to learn from.
pub(super) struct Sample {
    pub(super) codes: Vec<String>,
    pub(super) text: String,
    /// How much it counts: 1 for a text somebody wrote in this tongue.
    pub(super) weight: f32,
    /// Whether it is in the tongue that is learnt, and teaches by its letters too.
    pub(super) own: bool,
}

/// A feature that is learnt.
#[derive(Clone, Copy)]
pub(super) struct Known {
    pub(super) number: u32,
    /// Texts that it stands in.
    pub(super) texts: u32,
    /// How telling it is before anything is learnt: what stands in every text is worth little.
    pub(super) worth: f32,
}

pub(super) struct Texts {
    samples: Vec<Sample>,
    /// Of each sample, the shares of what is right.
    wanted: Vec<Vec<f32>>,
    /// Of each sample, its distinct features.
    features: Vec<Vec<(u32, bool)>>,
    pub(super) vocabulary: Vec<Known>,
    /// Of each sample, those of its features that are learnt: place, worth, and whether it is of
    /// meaning.
    rows: Vec<Vec<(u32, f32, bool)>>,
    dice: Dice,
}

impl Texts {
    pub(super) fn of(
        samples: Vec<Sample>,
        codes: &[Box<str>],
        lexicon: &Lexicon,
        whole: &Lexicon,
        settings: &Settings,
    ) -> Texts {
        let features: Vec<Vec<(u32, bool)>> = samples
            .iter()
            .map(|sample| match sample.own {
                true => distinct(&sample.text, lexicon, true),
                false => distinct(&sample.text, whole, false),
            })
            .collect();
        let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
        for (hash, _) in features.iter().flatten() {
            *counts.entry(*hash).or_default() += 1;
        }
        let count = samples.len() as f32;
        let vocabulary = counts
            .into_iter()
            .filter(|(_, texts)| *texts >= settings.least_texts)
            .map(|(number, texts)| Known {
                number,
                texts,
                worth: 1.0 + libm::logf(count / texts as f32),
            })
            .collect();
        let wanted = samples
            .iter()
            .map(|sample| super::shares(&sample.codes, codes, settings.best))
            .collect();
        let mut texts = Texts {
            samples,
            wanted,
            features,
            vocabulary: Vec::new(),
            rows: Vec::new(),
            dice: Dice::new(1),
        };
        texts.relearn(vocabulary);
        texts
    }

    /// From now on learns these features alone; rising.
    pub(super) fn relearn(&mut self, vocabulary: Vec<Known>) {
        self.rows = self
            .features
            .iter()
            .map(|features| {
                let known = features.iter().filter_map(|(number, meant)| {
                    let place = vocabulary.binary_search_by_key(number, |known| known.number);
                    let row = place.ok()?;
                    Some((row as u32, vocabulary.get(row)?.worth, *meant))
                });
                known.collect()
            })
            .collect();
        self.vocabulary = vocabulary;
    }

    pub(super) fn pass(&mut self, learner: &mut Learner, settings: &Settings, passes: u32) {
        let count = self.samples.len();
        // A stride coprime to the count visits every text once, neighbours in a file far apart.
        let strides = [1_009, 1_013, 1_019].into_iter();
        let stride = strides
            .clone()
            .find(|stride| !count.is_multiple_of(*stride))
            .unwrap_or(1);
        let mut rows = Vec::new();
        for round in 0..passes {
            let rate = settings.rate * (1.0 - 0.9 * round as f32 / passes as f32);
            for index in 0..count {
                let at = (index * stride + round as usize) % count;
                let (Some(sample), Some(wanted), Some(known)) =
                    (self.samples.get(at), self.wanted.get(at), self.rows.get(at))
                else {
                    continue;
                };
                rows.clear();
                let (mut of_letters, mut of_meaning) = (0_u32, 0_u32);
                for (row, worth, meant) in known {
                    if self.dice.roll(settings.dropout) == 0 {
                        continue;
                    }
                    if *meant {
                        of_meaning += 1
                    } else {
                        of_letters += 1
                    }
                    rows.push((*row, *worth, *meant));
                }
                for (_, worth, meant) in &mut rows {
                    let count = if *meant { of_meaning } else { of_letters };
                    *worth /= libm::sqrtf(count as f32);
                }
                learner.step(&rows, wanted, sample.weight, rate, settings.decay);
            }
        }
    }
}

/// The features of `text` without repetition; those of its letters only where `own`.
fn distinct(text: &str, lexicon: &Lexicon, own: bool) -> Vec<(u32, bool)> {
    let mut all = Vec::new();
    features::each(text, lexicon, &mut |feature| {
        if own || feature.meant {
            all.push((feature.number, feature.meant));
        }
    });
    all.sort_unstable();
    all.dedup_by_key(|(hash, _)| *hash);
    all
}
