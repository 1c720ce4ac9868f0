//! Which categories a text is about.

use super::Categoriser;
use super::features::{self, shown};
use super::words::ONE;

/// Most suggestions that are given.
pub const MAX_SUGGESTIONS: usize = 5;

/// Most words that are named as having decided.
const MAX_BECAUSE: usize = 3;

/// The category that stands for "I don't know".
pub const UNSURE: &str = "general.unsure";

/// A category that a text may be about.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion<'w> {
    /// Its code.
    pub category: &'w str,
    /// How likely it is, from 0 to 1, in thousandths. The scores of all categories add up to 1, also
    /// of those that are not suggested.
    pub score: f64,
    /// The words of the text that spoke for it most, as they were typed, in their order.
    pub because: Vec<String>,
}

impl Categoriser {
    /// The categories that `text` is likely about, the likeliest first, at most
    /// [`MAX_SUGGESTIONS`].
    ///
    /// Where nothing of the text is known, [`UNSURE`] is the only suggestion, with a score of 0; none
    /// where there is no such category.
    /// Beside other categories it is suggested only where it is the likeliest.
    /// The first 600 characters are looked at.
    #[must_use]
    pub fn suggest(&self, text: &str) -> Vec<Suggestion<'_>> {
        self.suggest_among(text, &|_| true)
    }

    /// As [`suggest`](Self::suggest), among the categories whose code is `allowed`: those of the
    /// kind that a citizen has already chosen.
    #[must_use]
    pub fn suggest_among(&self, text: &str, allowed: &dyn Fn(&str) -> bool) -> Vec<Suggestion<'_>> {
        let reading = self.read(text);
        let mut ranked = if reading.hits.is_empty() {
            let unsure = self.words.codes.iter().position(|code| &**code == UNSURE);
            let unsure = unsure.filter(|_| allowed(UNSURE));
            unsure.map(|unsure| (unsure, 0)).into_iter().collect()
        } else {
            self.ranked(&reading, allowed)
        };
        // Beside likely ones, "I don't know" is no help.
        if let [first, rest @ ..] = ranked.as_slice()
            && self.code(first.0) != UNSURE
            && rest
                .iter()
                .any(|(category, _)| self.code(*category) == UNSURE)
        {
            ranked.retain(|(category, _)| self.code(*category) != UNSURE);
        }
        ranked
            .into_iter()
            .map(|(category, thousandths)| Suggestion {
                category: self.code(category),
                score: f64::from(thousandths) / 1000.0,
                because: self.because(&reading, category),
            })
            .collect()
    }

    fn code(&self, category: usize) -> &str {
        self.words.codes.get(category).map_or("", |code| code)
    }

    fn read<'t>(&self, text: &'t str) -> Reading<'t> {
        // A feature counts once, however often it is repeated.
        let mut seen = vec![0_u64; self.table.len() / 64 + 1];
        let mut hits = Vec::new();
        let typed = features::each(text, &self.words.lexicon, &mut |feature| {
            let Some(row) = self.table.row(feature.number) else {
                return;
            };
            let Some(bits) = seen.get_mut(row / 64) else {
                return;
            };
            let bit = 1 << (row % 64);
            if *bits & bit == 0 {
                *bits |= bit;
                hits.push(Hit {
                    row,
                    word: feature.word,
                    meant: feature.meant,
                });
            }
        });
        Reading { typed, hits }
    }

    /// The places of the likeliest categories, with their scores in thousandths.
    fn ranked(&self, reading: &Reading<'_>, allowed: &dyn Fn(&str) -> bool) -> Vec<(usize, u32)> {
        // Letters and meaning apart, each over the root of their number: many words make no surer
        // than few that fit.
        let mut logarithms: Vec<i64> = self.words.biases.iter().map(|b| i64::from(*b)).collect();
        let mut sums = vec![0_i64; logarithms.len()];
        for meant in [false, true] {
            sums.fill(0);
            let mut count = 0_u64;
            for hit in reading.hits.iter().filter(|hit| hit.meant == meant) {
                count += 1;
                for (category, weight) in self.table.cells(hit.row) {
                    if let Some(sum) = sums.get_mut(usize::from(*category)) {
                        *sum += i64::from(*weight);
                    }
                }
            }
            let root = (count.max(1) * 4096).isqrt() as i64;
            for (logarithm, sum) in logarithms.iter_mut().zip(&sums) {
                *logarithm += sum * i64::from(self.words.scale) / root;
            }
        }
        let mut left: Vec<Option<i64>> = logarithms
            .into_iter()
            .zip(&self.words.codes)
            .map(|(logarithm, code)| allowed(code).then_some(logarithm))
            .collect();
        let most = left.iter().flatten().max().copied().unwrap_or_default();
        let likelihoods = left.iter().flatten().map(|it| exponential(most - it));
        let all = likelihoods.sum::<u64>().max(1);

        let mut ranked = Vec::with_capacity(MAX_SUGGESTIONS);
        while ranked.len() < MAX_SUGGESTIONS {
            // The first of equals: the order of the document.
            let places = left.iter_mut().enumerate().rev();
            let Some((category, likeliest)) = places.max_by_key(|(_, it)| **it) else {
                break;
            };
            let Some(logarithm) = likeliest.take() else {
                break;
            };
            let thousandths = (exponential(most - logarithm) * 1000 + all / 2) / all;
            ranked.push((category, thousandths as u32));
        }
        ranked
    }

    fn because(&self, reading: &Reading<'_>, category: usize) -> Vec<String> {
        let mut spoke = vec![0_u32; reading.typed.len()];
        for hit in &reading.hits {
            let cells = self.table.cells(hit.row).iter();
            for (_, weight) in cells.filter(|(of, _)| usize::from(*of) == category) {
                if let Some(sum) = spoke.get_mut(hit.word) {
                    *sum += u32::from(*weight);
                }
            }
        }
        let mut most = spoke.clone();
        let mut chosen = Vec::with_capacity(MAX_BECAUSE);
        let strongest = most.iter().max().copied().unwrap_or_default();
        while chosen.len() < MAX_BECAUSE {
            let best = most.iter_mut().enumerate().rev();
            // A fifth of the strongest decided nothing.
            let best = best
                .max_by_key(|(_, sum)| **sum)
                .filter(|(_, sum)| **sum > 0 && **sum * 5 > strongest);
            let Some((word, sum)) = best else { break };
            chosen.push(word);
            *sum = 0;
        }
        let mut words: Vec<String> = Vec::with_capacity(MAX_BECAUSE);
        for (place, typed) in reading.typed.iter().enumerate() {
            if chosen.contains(&place) {
                let word = shown(typed);
                if !words.contains(&word) {
                    words.push(word);
                }
            }
        }
        words
    }
}

/// A text as the categoriser sees it.
struct Reading<'t> {
    typed: Vec<&'t str>,
    hits: Vec<Hit>,
}

/// A known feature, where it first stands in the text.
struct Hit {
    row: usize,
    word: usize,
    meant: bool,
}

/// e to the power of `-below`/[`ONE`], in 1/2³², by integers alone; 0 where `below` is beyond 22.
fn exponential(below: i64) -> u64 {
    // To powers of two: log2(e) = 94,548/65,536. The power is in 1/65,536.
    let power = below.max(0) * 94_548 / i64::from(ONE);
    let (whole, part) = (power >> 16, power & 0xffff);
    if whole >= 32 {
        return 0;
    }
    // 2^-x on 0..1 is 1 − 0.6916x + 0.2312x² − 0.0396x³ within 0.0001 (least squares, exact at both
    // ends); here in 1/65,536.
    let cubic = 15_149 - ((part * 2_592) >> 16);
    let square = 45_325 - ((part * cubic) >> 16);
    let fraction = 65_536 - ((part * square) >> 16);
    ((fraction as u64) << 16) >> whole
}
