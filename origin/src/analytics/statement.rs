//! What is known of a period, beside what it is compared with.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use balagh_shared::time::Timestamp;

use super::contacts::Contacts;
use super::dimension::Dimension;
use super::period::Period;
use super::sums::PeriodSums;
use super::tally::Tally;
use crate::municipalities::Served;

/// The figures of a period.
#[derive(Debug)]
pub struct Statement<'a> {
    /// Whose.
    pub served: &'a Served,
    /// Of when.
    pub period: Period,
    /// What they came to.
    pub now: PeriodSums,
    /// What it is compared with.
    pub baseline: Option<(Period, PeriodSums)>,
    /// What callers said of agents and answers in the period, and in the one compared with.
    pub contacts: (Contacts, Option<Contacts>),
    /// When they were read.
    pub as_of: Timestamp,
    /// Days of the two periods whose sums are older than their reports.
    pub pending_days: u64,
}

/// Reports that have a value of a dimension in common.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// The value; empty where they have none.
    pub value: &'a str,
    /// What they come to.
    pub now: &'a Tally,
    /// What they came to in the period compared with.
    pub before: Option<&'a Tally>,
}

static NOTHING: std::sync::LazyLock<Tally> = std::sync::LazyLock::new(Tally::default);

impl Statement<'_> {
    /// All of the period together.
    #[must_use]
    pub fn total(&self) -> Row<'_> {
        Row {
            value: "",
            now: &self.now.sums.total,
            before: self.baseline.as_ref().map(|(_, it)| &it.sums.total),
        }
    }

    /// By the values of a dimension, the most reports first.
    #[must_use]
    pub fn rows(&self, dimension: Dimension) -> Vec<Row<'_>> {
        let now = self.now.sums.groups(dimension);
        let before = self
            .baseline
            .as_ref()
            .map(|(_, it)| it.sums.groups(dimension));
        let values: BTreeSet<&String> = now
            .keys()
            .chain(before.into_iter().flatten().map(|it| it.0))
            .collect();
        let mut rows: Vec<Row<'_>> = values
            .into_iter()
            .map(|value| Row {
                value,
                now: now.get(value).unwrap_or(&NOTHING),
                before: before.map(|before| before.get(value).unwrap_or(&NOTHING)),
            })
            .collect();
        rows.sort_by_key(|row| Reverse(row.now.received));
        rows
    }
}
