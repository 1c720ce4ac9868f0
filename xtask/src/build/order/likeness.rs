//! Texts in the order in which each has most in common with those just before it.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Bytes that two texts must have in a row to have something in common. Of four to fourteen, what
/// gzip makes least of.
const PIECE: usize = 8;
/// A piece that this many have is everywhere in reach anyhow.
const EVERYWHERE: usize = 200;
/// How far gzip looks back, bytes.
const REACH: usize = 32_768;
/// Bytes that a text costs whatever is in it: a short one is not taken for one piece.
const OVERHEAD: usize = 20;

/// The places of `texts` in that order, beginning with the longest.
pub(super) fn order(texts: &[Vec<u8>]) -> Vec<usize> {
    let pieces = Pieces::of(texts);
    let mut scores = vec![0_u64; texts.len()];
    let mut times = vec![0_u32; pieces.holders.len()];
    let mut left: BTreeSet<usize> = (0..texts.len()).collect();
    let mut within: VecDeque<usize> = VecDeque::new();
    let mut reach = 0;
    let mut order = Vec::with_capacity(texts.len());
    let length = |at: usize| texts.get(at).map_or(0, Vec::len);
    let longest = left
        .iter()
        .copied()
        .max_by(|one, other| length(*one).cmp(&length(*other)).then(other.cmp(one)));
    let mut next = longest;
    while let Some(now) = next {
        order.push(now);
        left.remove(&now);
        within.push_back(now);
        reach += length(now);
        pieces.come(now, &mut times, &mut scores);
        while reach > REACH && within.len() > 1 {
            let Some(gone) = within.pop_front() else {
                break;
            };
            reach -= length(gone);
            pieces.go(gone, &mut times, &mut scores);
        }
        let score = |at: usize| scores.get(at).copied().unwrap_or_default();
        let weight = |at: usize| (length(at) + OVERHEAD) as u64;
        // Most in common for its length; of equals the one that stood first.
        let better = |one: &usize, other: &usize| -> Ordering {
            let (mine, theirs) = (score(*one) * weight(*other), score(*other) * weight(*one));
            mine.cmp(&theirs).then(other.cmp(one))
        };
        next = left.iter().copied().max_by(better);
    }
    order
}

/// What texts have in common.
struct Pieces {
    /// Of each text, the pieces that others have too.
    of: Vec<Vec<usize>>,
    /// Of each piece, the texts.
    holders: Vec<Vec<usize>>,
}

impl Pieces {
    fn of(texts: &[Vec<u8>]) -> Pieces {
        let mut known: BTreeMap<&[u8], Vec<usize>> = BTreeMap::new();
        for (at, text) in texts.iter().enumerate() {
            for piece in text.windows(PIECE) {
                let holders = known.entry(piece).or_default();
                if holders.last() != Some(&at) {
                    holders.push(at);
                }
            }
        }
        let common = |holders: &Vec<usize>| (2..EVERYWHERE).contains(&holders.len());
        let holders: Vec<Vec<usize>> = known.into_values().filter(common).collect();
        let mut of = vec![Vec::new(); texts.len()];
        for (piece, holders) in holders.iter().enumerate() {
            for holder in holders {
                if let Some(of) = of.get_mut(*holder) {
                    of.push(piece);
                }
            }
        }
        Pieces { of, holders }
    }

    fn pieces(&self, text: usize) -> impl Iterator<Item = usize> {
        self.of.get(text).into_iter().flatten().copied()
    }

    fn holders(&self, piece: usize) -> impl Iterator<Item = usize> {
        self.holders.get(piece).into_iter().flatten().copied()
    }

    /// A text comes into reach.
    fn come(&self, text: usize, times: &mut [u32], scores: &mut [u64]) {
        for piece in self.pieces(text) {
            let Some(times) = times.get_mut(piece) else {
                continue;
            };
            *times += 1;
            if *times == 1 {
                for holder in self.holders(piece) {
                    scores.get_mut(holder).into_iter().for_each(|it| *it += 1);
                }
            }
        }
    }

    /// A text goes out of it.
    fn go(&self, text: usize, times: &mut [u32], scores: &mut [u64]) {
        for piece in self.pieces(text) {
            let Some(times) = times.get_mut(piece) else {
                continue;
            };
            *times -= 1;
            if *times == 0 {
                for holder in self.holders(piece) {
                    scores.get_mut(holder).into_iter().for_each(|it| *it -= 1);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_comes_first_and_then_what_is_like_it() {
        let texts = [
            "something else that is told here".as_bytes(),
            b"nothing that any other would say",
            b"the longest of all of these texts is this one, about something else",
            b"about something different",
        ];
        let texts = texts.map(<[u8]>::to_vec);
        let order = order(&texts);
        assert_eq!(order.first(), Some(&2));
        assert_eq!(order.last(), Some(&1));
    }

    #[test]
    fn everything_is_in_the_order_once() {
        let texts: Vec<Vec<u8>> = (0..90_u8)
            .map(|it| vec![it % 7; usize::from(it) * 30])
            .collect();
        let mut order = order(&texts);
        order.sort_unstable();
        assert!(order.into_iter().eq(0..90));
    }
}
