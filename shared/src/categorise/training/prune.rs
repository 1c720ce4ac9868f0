//! From everything that was learnt to what a phone can fetch: few weights, in few steps.

use super::super::features::LETTERS;
use super::super::lexicon::Lexicon;
use super::super::words::{Cell, FINGERPRINT, HEAVIEST, ONE, Words};
use super::Settings;
use super::learner::Learner;
use super::texts::{Known, Texts};

/// Leaves the learner `share` times as many of its heaviest weights as there will be in the end, and
/// forgets the others: first of all those that speak against a category, which are dear for what they
/// say.
pub(super) fn keep_what_matters(
    texts: &mut Texts,
    learner: &mut Learner,
    settings: &Settings,
    share: f32,
) {
    let columns = learner.biases.len();
    let (mut of_letters, mut of_meaning) = (Vec::new(), Vec::new());
    let weights = learner.weights.chunks(columns);
    for ((row, known), weights) in texts.vocabulary.iter().enumerate().zip(weights) {
        let worth = known.worth * libm::powf(known.texts as f32, settings.seen);
        let importance = match known.number < LETTERS {
            true => &mut of_letters,
            false => &mut of_meaning,
        };
        let heavy = weights.iter().enumerate().filter(|(_, it)| **it > 0.0);
        importance.extend(heavy.map(|(column, it)| (it * worth, row * columns + column)));
    }
    let mut free = vec![false; learner.weights.len()];
    let both = [
        (of_letters, settings.letters),
        (of_meaning, settings.meanings),
    ];
    for (mut importance, most) in both {
        importance.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        let most = (most as f32 * share) as usize;
        for (_, place) in importance.iter().take(most) {
            if let Some(free) = free.get_mut(*place) {
                *free = true;
            }
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
    texts.relearn(kept);
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
    let heavy = || {
        let rows = learner.weights.chunks(columns).zip(vocabulary);
        rows.flat_map(|(weights, known)| {
            let columns = (0..=u8::MAX).zip(weights);
            columns.map(|(column, weight)| (known.number, column, *weight * known.worth))
        })
        .filter(|(_, _, weight)| *weight > 0.0)
    };
    let mut sorted: Vec<f32> = heavy().map(|(_, _, weight)| weight).collect();
    sorted.sort_by(f32::total_cmp);
    // The few heaviest are cut, so that the many others keep their steps.
    let uncut = (sorted.len() as f32 * settings.uncut) as usize;
    let heaviest = sorted.get(uncut).copied().unwrap_or(1.0);
    let step = heaviest.max(1e-3) / f32::from(HEAVIEST);
    let biases = learner.biases.iter();
    let cells = heavy().map(|(feature, category, weight)| Cell {
        feature,
        category,
        weight: in_steps(weight / step),
    });
    Words {
        fingerprint: [0; FINGERPRINT],
        biases: biases
            .map(|bias| libm::roundf(bias * CALM * ONE as f32) as i32)
            .collect(),
        scale: libm::roundf(step * CALM * 65_536.0) as i32,
        lexicon: lexicon.clone(),
        cells: cells.filter(|cell| cell.weight > 0).collect(),
        keywords: vec![Box::from(""); columns],
        codes,
    }
}

/// A weight in steps: rounded, but for those that a quarter of a step is left of; they say little.
fn in_steps(weight: f32) -> u8 {
    match weight {
        ..=0.25 => 0,
        _ => libm::roundf(weight).clamp(1.0, f32::from(HEAVIEST)) as u8,
    }
}

/// What logarithms are multiplied with at the end. Half of the features are left out while learning
/// and none when a text is read, so that the sums come out larger than they were learnt; and who has
/// learnt a text is surer of it than of the next one.
const CALM: f32 = 0.5;
