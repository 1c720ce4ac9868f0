//! How long things took, as counts by class: sums of days give the figures of a year, which medians
//! do not.
//!
//! Classes as in Gil Tene's HdrHistogram: a class a minute below 64 minutes, then 32 classes for each
//! doubling. A figure read from them is at most 1.6% off.

use std::collections::BTreeMap;

/// Durations in minutes, counted by class.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Durations(pub(super) BTreeMap<u16, u64>);

/// Below so many minutes a class is a minute.
const LINEAR: u32 = 64;
/// Classes for each doubling above.
const PER_DOUBLING: u32 = LINEAR / 2;

impl Durations {
    /// Counts one.
    pub fn add(&mut self, minutes: u32) {
        *self.0.entry(class(minutes)).or_default() += 1;
    }

    /// Counts all of `others`.
    pub fn merge(&mut self, others: &Durations) {
        for (class, count) in &others.0 {
            *self.0.entry(*class).or_default() += count;
        }
    }

    /// The shortest duration, in minutes, that `percent` of all do not exceed; nothing where there
    /// are none.
    ///
    /// ```
    /// use balagh_origin::analytics::Durations;
    /// let mut durations = Durations::default();
    /// assert_eq!(durations.percentile(50), None);
    /// for minutes in [10, 20, 30] {
    ///     durations.add(minutes);
    /// }
    /// assert_eq!(durations.percentile(50), Some(20));
    /// assert_eq!(durations.percentile(90), Some(30));
    /// ```
    #[must_use]
    pub fn percentile(&self, percent: u64) -> Option<u32> {
        let all: u64 = self.0.values().sum();
        let rank = (all * percent.min(100)).div_ceil(100).max(1);
        let mut so_far = 0;
        self.0.iter().find_map(|(class, count)| {
            so_far += count;
            (so_far >= rank).then(|| middle(*class))
        })
    }
}

fn class(minutes: u32) -> u16 {
    let doublings = (minutes / LINEAR).checked_ilog2().map_or(0, |it| it + 1);
    let class = doublings * PER_DOUBLING + (minutes >> doublings);
    u16::try_from(class).unwrap_or(u16::MAX)
}

/// The minutes in the middle of a class.
fn middle(class: u16) -> u32 {
    let class = u32::from(class);
    if class < LINEAR {
        return class;
    }
    let doublings = class / PER_DOUBLING - 1;
    let within = class - doublings * PER_DOUBLING;
    let first = within.checked_shl(doublings).unwrap_or(u32::MAX);
    first.saturating_add(1_u32.checked_shl(doublings).unwrap_or(0) / 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_duration_read_back_is_off_by_a_sixtieth_at_most(minutes in 0_u32..50_000_000) {
            let read = middle(class(minutes));
            prop_assert!(u64::from(read.abs_diff(minutes)) * 60 <= u64::from(minutes), "{read}");
        }

        #[test]
        fn longer_is_never_in_a_shorter_class(minutes: u32, more in 0_u32..100_000) {
            prop_assert!(class(minutes) <= class(minutes.saturating_add(more)));
        }

        #[test]
        fn the_percentile_of_sums_is_that_of_all(
            one in prop::collection::vec(0_u32..100_000, 0..50),
            other in prop::collection::vec(0_u32..100_000, 1..50),
        ) {
            let mut all: Vec<u32> = one.iter().chain(&other).copied().collect();
            all.sort_unstable();
            let of = |minutes: &[u32]| {
                let mut durations = Durations::default();
                minutes.iter().for_each(|it| durations.add(*it));
                durations
            };
            let mut sum = of(&one);
            sum.merge(&of(&other));
            for percent in [50, 90] {
                let rank = (all.len() * percent).div_ceil(100).max(1);
                let expected = middle(class(all[rank - 1]));
                prop_assert_eq!(sum.percentile(percent as u64), Some(expected));
            }
        }
    }

    #[test]
    fn no_duration_has_no_median_and_no_length_panics() {
        assert_eq!(Durations::default().percentile(50), None);
        let mut longest = Durations::default();
        longest.add(u32::MAX);
        assert!(longest.percentile(50) > Some(4_000_000_000));
        assert!(longest.percentile(u64::MAX) > Some(4_000_000_000));
    }
}
