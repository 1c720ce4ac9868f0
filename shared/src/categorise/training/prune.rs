//! From everything that was learnt to what a phone can fetch: few weights, in few steps.

use super::super::lexicon::Lexicon;
use super::super::words::{Cell, FINGERPRINT, ONE, Words};
use super::Settings;
use super::learner::Learner;
use super::texts::{Known, Texts};

/// Leaves the learner its heaviest weights of features that are often seen, and forgets the others.
pub(super) fn keep_what_matters(texts: &mut Texts, learner: &mut Learner, settings: &Settings) {
    let columns = learner.biases.len();
    let mut importance: Vec<(f32, usize)> = Vec::new();
    for (row, known) in texts.vocabulary.iter().enumerate() {
        for column in 0..columns {
            let place = row * columns + column;
            let weight = learner.weights.get(place).copied().unwrap_or_default();
            let seen = libm::powf(known.texts as f32, settings.seen);
            let size = if weight < 0.0 {
                -weight * settings.against
            } else {
                weight
            };
            importance.push((size * known.worth * seen, place));
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

pub(super) fn quantised(
    codes: Vec<Box<str>>,
    vocabulary: &[Known],
    learner: &Learner,
    lexicon: &Lexicon,
    settings: &Settings,
) -> Words {
    let columns = codes.len();
    let levels = settings.levels;
    let rows = || learner.weights.chunks(columns).zip(vocabulary);
    let mut sorted: Vec<f32> = rows()
        .flat_map(|(weights, known)| weights.iter().map(|weight| weight.abs() * known.worth))
        .filter(|weight| *weight > 0.0)
        .collect();
    sorted.sort_by(f32::total_cmp);
    // The few heaviest are cut, so that the many others keep their steps.
    let heaviest = sorted
        .get(sorted.len() * 995 / 1000)
        .copied()
        .unwrap_or(1.0);
    let step = heaviest.max(1e-3) / levels;
    let biases = learner.biases.iter();
    let mut words = Words {
        fingerprint: [0; FINGERPRINT],
        biases: biases
            .map(|bias| libm::roundf(bias * CALM * ONE as f32) as i32)
            .collect(),
        scale: libm::roundf(step * CALM * 65_536.0) as i32,
        lexicon: lexicon.clone(),
        keywords: vec![Box::from(""); columns],
        codes,
        ..Words::default()
    };
    for (weights, known) in rows() {
        let before = words.cells.len();
        for (column, weight) in weights.iter().enumerate() {
            let weight = weight * known.worth / step;
            let weight = libm::roundf(weight).clamp(-levels, levels) as i8;
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

/// What logarithms are multiplied with at the end. Half of the features are left out while learning
/// and none when a text is read, so that the sums come out larger than they were learnt; and who has
/// learnt a text is surer of it than of the next one.
const CALM: f32 = 0.5;
