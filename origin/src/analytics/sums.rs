//! Sums of a day, and of a period from those of its days.

use std::collections::BTreeMap;
use std::ops::Range;

use balagh_shared::municipality::Municipality;
use serde::{Deserialize, Serialize};

use super::dimension::{Dimension, kind};
use super::fact::Fact;
use super::period::Period;
use super::tally::Tally;

/// Reports by the values they have of one dimension.
pub type Groups = BTreeMap<String, Tally>;

/// Reports by everything they are broken down by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// All of them.
    pub total: Tally,
    /// By dimension and value.
    pub by: BTreeMap<Dimension, Groups>,
}

/// What a period came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodSums {
    /// The whole of it.
    pub sums: Sums,
    /// Its parts, in order.
    pub parts: Vec<(Range<i64>, Counts)>,
}

/// As much as a chart over time shows of some days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many came.
    pub received: u64,
    /// How many of them are done.
    pub completed: u64,
}

impl Sums {
    /// Counts a report.
    pub fn add(&mut self, fact: &Fact) {
        self.total.add(fact);
        for dimension in Dimension::ALL {
            let Some(value) = dimension.of(fact) else {
                continue;
            };
            let groups = self.by.entry(dimension).or_default();
            match groups.get_mut(value) {
                Some(tally) => tally.add(fact),
                None => groups.entry(value.to_owned()).or_default().add(fact),
            }
        }
    }

    /// Counts all that `other` counts.
    pub fn merge(&mut self, other: &Sums) {
        self.total.merge(&other.total);
        for (dimension, groups) in &other.by {
            let mine = self.by.entry(*dimension).or_default();
            for (value, tally) in groups {
                match mine.get_mut(value) {
                    Some(sum) => sum.merge(tally),
                    None => drop(mine.insert(value.clone(), tally.clone())),
                }
            }
        }
    }

    /// The groups of a dimension; none where nothing came.
    #[must_use]
    pub fn groups(&self, dimension: Dimension) -> &Groups {
        const NONE: &Groups = &Groups::new();
        self.by.get(&dimension).unwrap_or(NONE)
    }
}

impl PeriodSums {
    /// Adds up `stretches`, the sums of days that together are those of the period. `days` are the
    /// counts of each of its days, given as days since 1970; those outside of the period count nothing.
    /// Kinds are those that `document` has for the categories.
    #[must_use]
    pub fn of(
        period: Period,
        stretches: impl IntoIterator<Item = Sums>,
        days: impl IntoIterator<Item = (i64, Counts)>,
        document: &Municipality,
    ) -> PeriodSums {
        let mut sums = Sums::default();
        for stretch in stretches {
            sums.merge(&stretch);
        }
        let empty = |part| (part, Counts::default());
        let mut parts: Vec<_> = period.parts().into_iter().map(empty).collect();
        for (day, counts) in days {
            let part = parts.iter_mut().find(|(part, _)| part.contains(&day));
            if let Some((_, part)) = part {
                part.received += counts.received;
                part.completed += counts.completed;
            }
        }
        let mut kinds = Groups::new();
        for (category, tally) in sums.groups(Dimension::Category) {
            let kind = kind(document, category).to_owned();
            kinds.entry(kind).or_default().merge(tally);
        }
        sums.by.insert(Dimension::Kind, kinds);
        PeriodSums { sums, parts }
    }
}
