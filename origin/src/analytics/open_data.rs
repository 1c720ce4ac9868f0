//! Figures for everybody: of a month that is over, in groups of at least five.
//!
//! Small groups are put together as `other`, and where that is small itself the smallest of the
//! others joins it: one missing group would be the rest of the total. Categories are put together
//! within their kind, so that a kind less its categories is not a small one either. Only whole
//! Gregorian months are given, and four dimensions of which only those two contain one another: two
//! tables whose difference is a day or a desk cannot be asked for. Categories that are never public
//! are in none of the figures.

use std::collections::BTreeMap;

use balagh_shared::municipality::Municipality;
use serde_json::{Value, json};

use super::csv::{Csv, percent};
use super::dimension::{Dimension, kind, name};
use super::json;
use super::period::Period;
use super::sums::{Groups, Sums};
use super::tally::{Share, Tally};
use crate::municipalities::Served;

/// The smallest group that is given.
pub(super) const LEAST: u64 = 5;

/// What is given of a dimension beside kinds and categories.
const APART: [Dimension; 2] = [Dimension::District, Dimension::Channel];

/// Reports that are given together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    /// By what.
    pub(super) dimension: Dimension,
    /// Of categories: the kind that they are of; nothing for those of kinds put together.
    pub(super) kind: Option<String>,
    /// Their value; nothing for those put together.
    pub(super) value: Option<String>,
    /// What they come to.
    pub(super) tally: Tally,
}

/// The groups that are given of these sums; none where all of them together are too few.
#[must_use]
pub(super) fn groups(sums: &Sums, document: &Municipality) -> Vec<Group> {
    let mut given = Vec::new();
    if sums.total.received < LEAST {
        return given;
    }
    let kinds = merged(sums.groups(Dimension::Kind));
    let mut of_kinds: BTreeMap<Option<&str>, Groups> = BTreeMap::new();
    for (category, tally) in sums.groups(Dimension::Category) {
        let kind = kind(document, category);
        let is_given = kinds.contains_key(&Some(kind.to_owned()));
        let among = of_kinds.entry(is_given.then_some(kind)).or_default();
        among.insert(category.clone(), tally.clone());
    }
    for (of, categories) in &of_kinds {
        let kind = of.map(str::to_owned);
        // Of kinds put together nothing finer is given.
        let groups = match of {
            Some(_) => merged(categories),
            None => together(categories),
        };
        given.extend(groups.into_iter().map(|(value, tally)| Group {
            dimension: Dimension::Category,
            kind: kind.clone(),
            value,
            tally,
        }));
    }
    let apart = APART.map(|dimension| (dimension, merged(sums.groups(dimension))));
    for (dimension, groups) in [(Dimension::Kind, kinds)].into_iter().chain(apart) {
        given.extend(groups.into_iter().map(|(value, tally)| Group {
            dimension,
            kind: None,
            value,
            tally,
        }));
    }
    given.sort_by_key(|group| group.dimension);
    given
}

/// Groups of at least [`LEAST`], with what was put together under no value.
fn merged(groups: &Groups) -> BTreeMap<Option<String>, Tally> {
    let mut by_size: Vec<(&String, &Tally)> =
        groups.iter().filter(|(_, it)| it.received > 0).collect();
    by_size.sort_by_key(|(_, tally)| tally.received);
    let mut other = Tally::default();
    let mut given = BTreeMap::new();
    for (value, tally) in by_size {
        if tally.received < LEAST || (1..LEAST).contains(&other.received) {
            other.merge(tally);
        } else {
            given.insert(Some(value.clone()), tally.clone());
        }
    }
    if other.received > 0 {
        given.insert(None, other);
    }
    given
}

fn together(groups: &Groups) -> BTreeMap<Option<String>, Tally> {
    let mut all = Tally::default();
    groups.values().for_each(|tally| all.merge(tally));
    BTreeMap::from([(None, all)])
}

/// The open data of a month as JSON. A figure that less than five reports stand behind is `null`.
#[must_use]
pub(super) fn as_json(period: Period, sums: &Sums, served: &Served, language: &str) -> Value {
    let mut by: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for group in groups(sums, &served.document) {
        let mut shown = json!({
            "value": group.value.as_ref().filter(|value| !value.is_empty()),
            "is_other": group.value.is_none(),
            "name": group.value.as_deref().map(|value| name(group.dimension, value, served, language)),
            "figures": measures(&group.tally),
        });
        if let (Dimension::Category, Some(shown)) = (group.dimension, shown.as_object_mut()) {
            shown.insert("kind".into(), json!(group.kind));
        }
        by.entry(group.dimension.code()).or_default().push(shown);
    }
    json!({
        "municipality": served.document.id,
        "period": json::period(period),
        "least": LEAST,
        "total": measures(&sums.total),
        "by": by,
    })
}

/// The open data of a month as CSV, with the byte-order mark of all of ours.
#[must_use]
pub(super) fn as_csv(sums: &Sums, served: &Served, language: &str) -> String {
    let mut csv = Csv::new(&[
        "dimension",
        "kind",
        "value",
        "name",
        "received",
        "completion_percent",
        "on_time_percent",
        "median_minutes",
        "p90_minutes",
        "satisfaction_percent",
    ]);
    let mut add = |named: [&str; 4], tally: &Tally| {
        let minutes = |percent| {
            let minutes = durations(tally, percent);
            minutes.map(|it| it.to_string()).unwrap_or_default()
        };
        let share = |share| enough(share).map(percent).unwrap_or_default();
        let received = given(tally.received).map(|it| it.to_string());
        let mut fields = named.map(str::to_owned).to_vec();
        fields.extend([
            received.unwrap_or_default(),
            share(tally.completion()),
            share(tally.punctuality()),
            minutes(50),
            minutes(90),
            share(tally.satisfaction()),
        ]);
        csv.line(&fields);
    };
    add(["total", "", "", ""], &sums.total);
    for group in groups(sums, &served.document) {
        let kind = group.kind.as_deref().unwrap_or_default();
        let value = group.value.as_deref().unwrap_or("other");
        let name = name(group.dimension, value, served, language);
        add([group.dimension.code(), kind, value, name], &group.tally);
    }
    csv.0
}

fn measures(tally: &Tally) -> Value {
    let share = |share| enough(share).and_then(json::percent);
    json!({
        "received": given(tally.received),
        "completion_percent": share(tally.completion()),
        "on_time_percent": share(tally.punctuality()),
        "median_hours": durations(tally, 50).map(json::hours),
        "p90_hours": durations(tally, 90).map(json::hours),
        "satisfaction_percent": share(tally.satisfaction()),
    })
}

/// Nobody is given by a count of none; between that and [`LEAST`] the count is kept.
fn given(count: u64) -> Option<u64> {
    (count == 0 || count >= LEAST).then_some(count)
}

fn enough(share: Share) -> Option<Share> {
    (share.whole >= LEAST).then_some(share)
}

fn durations(tally: &Tally, percent: u64) -> Option<u32> {
    enough(tally.punctuality())?;
    tally.durations.percentile(percent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn groups_of(sizes: &[u64]) -> Groups {
        let tally = |received| Tally {
            received,
            ..Tally::default()
        };
        let named = sizes.iter().enumerate();
        named
            .map(|(at, size)| (format!("g{at:02}"), tally(*size)))
            .collect()
    }

    #[track_caller]
    fn check(sizes: &[u64], expected: &[(Option<&str>, u64)]) {
        let given: Vec<(Option<String>, u64)> = merged(&groups_of(sizes))
            .into_iter()
            .map(|(value, tally)| (value, tally.received))
            .collect();
        let expected: Vec<(Option<String>, u64)> = expected
            .iter()
            .map(|(value, size)| (value.map(str::to_owned), *size))
            .collect();
        assert_eq!(given, expected);
    }

    #[test]
    fn small_groups_are_given_together() {
        check(&[10, 7], &[(Some("g00"), 10), (Some("g01"), 7)]);
        check(
            &[10, 3, 2, 9],
            &[(None, 5), (Some("g00"), 10), (Some("g03"), 9)],
        );
        check(&[0, 6], &[(Some("g01"), 6)]);
        check(&[], &[]);
    }

    #[test]
    fn a_single_small_group_takes_the_next_one_with_it() {
        check(&[10, 1, 6], &[(None, 7), (Some("g00"), 10)]);
        check(&[10, 1], &[(None, 11)]);
        check(&[1], &[(None, 1)]);
    }

    proptest! {
        #[test]
        fn no_group_and_no_rest_is_small_where_all_are_enough(
            sizes in prop::collection::vec(0_u64..12, 1..12),
        ) {
            let total: u64 = sizes.iter().sum();
            let given = merged(&groups_of(&sizes));
            prop_assert_eq!(given.values().map(|it| it.received).sum::<u64>(), total);
            if total >= LEAST {
                prop_assert!(given.values().all(|it| it.received >= LEAST));
            }
        }
    }
}
