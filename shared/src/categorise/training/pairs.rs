//! Which pairs of letters are Malay's and which are English's: `shared/weights/pairs.txt`.

use super::super::tongue::{LETTERS, each_pair};
use super::{Corpus, Example};
use crate::language::Script;

/// Passes over the texts.
const PASSES: u32 = 40;
/// Length of the first steps; it falls with the passes.
const RATE: f32 = 0.5;
/// How far from `m` the heaviest letters are.
const MOST: f32 = 12.0;
/// The share of the weights that are not cut to the heaviest one.
const UNCUT: f32 = 0.98;

impl Corpus {
    /// Learns by which pairs of letters Indonesian and Malay are told from whatever else is written in
    /// Latin letters, by logistic regression over all texts in them, whole and by their first three
    /// words: what is typed so far.
    #[must_use]
    pub fn pairs(&self) -> String {
        let latin = |example: &&Example| Script::of(&example.text) == Script::Latin;
        let texts = self.examples.iter().filter(latin).flat_map(|example| {
            let malay = ["id", "ms"].contains(&&*example.language);
            let text = &example.text;
            let third = text.match_indices(' ').nth(2).map(|(at, _)| at);
            let start = third.and_then(|at| text.get(..at));
            let texts = [Some(text.as_str()), start].into_iter().flatten();
            texts.map(move |text| (counted(text), malay))
        });
        let texts: Vec<(Vec<usize>, bool)> = texts.collect();
        let mut weights = vec![0.0_f32; LETTERS * LETTERS];
        for pass in 0..PASSES {
            let rate = RATE / (1.0 + pass as f32 / 4.0);
            // Neighbours in a file are far apart.
            for index in 0..texts.len() {
                let Some((pairs, malay)) = texts.get(index * 1_009 % texts.len()) else {
                    continue;
                };
                let share = 1.0 / libm::sqrtf(pairs.len().max(1) as f32);
                let known = pairs.iter().filter_map(|place| weights.get(*place));
                let sum: f32 = known.sum::<f32>() * share;
                let likely = 1.0 / (1.0 + libm::expf(-sum));
                let step = rate * share * (f32::from(u8::from(*malay)) - likely);
                for place in pairs {
                    if let Some(weight) = weights.get_mut(*place) {
                        *weight += step;
                    }
                }
            }
        }
        let mut sorted: Vec<f32> = weights.iter().map(|it| it.abs()).collect();
        sorted.sort_by(f32::total_cmp);
        let uncut = (sorted.len() as f32 * UNCUT) as usize;
        let most = sorted.get(uncut).copied().unwrap_or(1.0).max(1e-3);
        let shown = |weight: &f32| {
            let steps = libm::roundf(weight / most * MOST).clamp(-MOST, MOST);
            char::from((f32::from(b'm') + steps) as u8)
        };
        let rows = weights.chunks(LETTERS);
        rows.map(|row| row.iter().map(shown).chain(['\n']).collect::<String>())
            .collect()
    }
}

fn counted(text: &str) -> Vec<usize> {
    let mut pairs = Vec::new();
    each_pair(text, &mut |place| pairs.push(place));
    pairs
}
