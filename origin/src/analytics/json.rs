//! Figures as JSON. Shares are percentages with one decimal, durations hours with one; `null` is no
//! data, which is not 0.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::calendar::Calendar;
use super::change::Change;
use super::contacts::{Contacts, Ratings};
use super::dimension::{Dimension, name};
use super::period::Period;
use super::statement::{Row, Statement};
use super::tally::{Share, Tally};

/// Everything that is read from sums.
#[derive(Debug, Serialize)]
struct Measures {
    received: u64,
    completed: u64,
    open: u64,
    rejected: u64,
    completion_percent: Option<f64>,
    on_time: u64,
    on_time_percent: Option<f64>,
    median_hours: Option<f64>,
    p90_hours: Option<f64>,
    rated: u64,
    satisfaction_percent: Option<f64>,
    mean_mark: Option<f64>,
    transferred: u64,
    transferred_completed: u64,
    reopened: u64,
    reopenings: u64,
}

/// How the main figures differ from the baseline's.
#[derive(Debug, Serialize)]
struct Changes {
    received: Shown,
    completed: Shown,
    completion: Shown,
    on_time: Shown,
    satisfaction: Shown,
}

#[derive(Debug, Serialize)]
struct Shown {
    percent: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    points: Option<f64>,
}

/// A whole statement, broken down by `dimensions`, with names in `language`.
#[must_use]
pub(super) fn statement(
    statement: &Statement<'_>,
    dimensions: &[Dimension],
    language: &str,
) -> Value {
    let by: Map<String, Value> = dimensions
        .iter()
        .map(|dimension| {
            let rows = statement.rows(*dimension);
            let groups = rows
                .iter()
                .map(|row| group(statement, *dimension, row, language));
            (dimension.code().to_owned(), groups.collect())
        })
        .collect();
    let parts = statement.now.parts.iter().map(|(days, counts)| {
        json!({
            "first": day(days.start),
            "last": day(days.end - 1),
            "received": counts.received,
            "completed": counts.completed,
        })
    });
    let total = statement.total();
    json!({
        "municipality": statement.served.document.id,
        "period": period(statement.period),
        "baseline": statement.baseline.as_ref().map(|(of, _)| period(*of)),
        "as_of": statement.as_of,
        "pending_days": statement.pending_days,
        "total": measures(total.now),
        "baseline_total": total.before.map(measures),
        "change": total.before.map(|before| changes(total.now, before)),
        "by": by,
        "contacts": contacts(&statement.contacts.0),
        "baseline_contacts": statement.contacts.1.as_ref().map(contacts),
        "parts": parts.collect::<Vec<_>>(),
    })
}

/// A period, by its name and its days.
#[must_use]
pub(super) fn period(period: Period) -> Value {
    let days = period.days();
    json!({ "name": period.to_string(), "first": day(days.start), "last": day(days.end - 1) })
}

fn day(day: i64) -> String {
    Calendar::Gregorian.date(day).to_string()
}

fn group(statement: &Statement<'_>, dimension: Dimension, row: &Row<'_>, language: &str) -> Value {
    json!({
        "value": (!row.value.is_empty()).then_some(row.value),
        "name": name(dimension, row.value, statement.served, language),
        "now": measures(row.now),
        "baseline": row.before.map(measures),
        "change": row.before.map(|before| changes(row.now, before)),
    })
}

fn measures(tally: &Tally) -> Value {
    let measures = Measures {
        received: tally.received,
        completed: tally.completed,
        open: tally.open(),
        rejected: tally.rejected,
        completion_percent: percent(tally.completion()),
        on_time: tally.on_time,
        on_time_percent: percent(tally.punctuality()),
        median_hours: tally.durations.percentile(50).map(hours),
        p90_hours: tally.durations.percentile(90).map(hours),
        rated: tally.rated,
        satisfaction_percent: percent(tally.satisfaction()),
        mean_mark: tally.mean_mark().map(|mark| mark as f64 / 100.0),
        transferred: tally.transferred,
        transferred_completed: tally.transferred_completed,
        reopened: tally.reopened,
        reopenings: tally.reopenings,
    };
    json!(measures)
}

fn contacts(contacts: &Contacts) -> Value {
    let of = |ratings: &Ratings| {
        json!({
            "rated": ratings.rated,
            "agent_satisfaction_percent": percent(ratings.agent()),
            "answer_satisfaction_percent": percent(ratings.answer()),
        })
    };
    let by_channel = contacts.by_channel.iter();
    let by_channel: Map<String, Value> = by_channel
        .map(|(code, ratings)| (code.clone(), of(ratings)))
        .collect();
    json!({ "total": of(&contacts.total), "by_channel": by_channel })
}

fn changes(now: &Tally, before: &Tally) -> Value {
    let share = |of: fn(&Tally) -> Share| shown(Change::of_share(of(now), of(before)));
    let changes = Changes {
        received: shown(Change::of_count(now.received, before.received)),
        completed: shown(Change::of_count(now.completed, before.completed)),
        completion: share(Tally::completion),
        on_time: share(Tally::punctuality),
        satisfaction: share(Tally::satisfaction),
    };
    json!(changes)
}

fn shown(change: Change) -> Shown {
    let tenths = |tenths: Option<i64>| tenths.map(|tenths| tenths as f64 / 10.0);
    Shown {
        percent: tenths(change.percent),
        points: tenths(change.points),
    }
}

/// A percentage with one decimal.
#[must_use]
pub(super) fn percent(share: Share) -> Option<f64> {
    share.permille().map(|permille| permille as f64 / 10.0)
}

/// Hours with one decimal.
#[must_use]
pub(super) fn hours(minutes: u32) -> f64 {
    (f64::from(minutes) / 6.0).round() / 10.0
}
