//! Counters for Prometheus. Labels come from closed lists (route names, verdicts, reason codes,
//! destinations of the configuration): nothing a client sends becomes a label. What each means to an
//! operator: `www/docs/operating.md`.

use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};
use std::sync::{Mutex, PoisonError};

use balagh_shared::time::Timestamp;

use super::edge::Answer;
use super::ledger::{Backlog, Bodies, Commits};
use crate::outbox::Ended;
use crate::outbox::breaker::State;

/// The counters of one process.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    counts: Mutex<Counts>,
}

/// What the ledger counts.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) backlog: Vec<Backlog>,
    /// Counts that outlive the process, by their names in the ledger.
    pub(crate) tallies: Vec<(String, i64)>,
    pub(crate) bodies: Bodies,
    pub(crate) commits: Commits,
}

#[derive(Debug, Default)]
struct Counts {
    requests: BTreeMap<(&'static str, u16), u64>,
    verdicts: BTreeMap<(&'static str, &'static str), u64>,
    reasons: BTreeMap<&'static str, u64>,
    attempts: BTreeMap<(String, &'static str), u64>,
    breakers: BTreeMap<String, State>,
}

impl Metrics {
    /// Counts an answer.
    pub(crate) fn request(&self, route: &'static str, answer: &Answer) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts
            .requests
            .entry((route, answer.response.status))
            .or_default() += 1;
        if let (Some(verdict), Some(step)) = (answer.verdict, answer.step) {
            *counts
                .verdicts
                .entry((verdict.name(), step.name()))
                .or_default() += 1;
        }
        for reason in &answer.reasons {
            *counts.reasons.entry(reason.code()).or_default() += 1;
        }
    }

    /// Counts an attempt to deliver.
    pub(crate) fn delivery(&self, destination: &str, ended: Ended) {
        let outcome = match ended {
            Ended::Taken => "delivered",
            Ended::Refused | Ended::Impossible => "refused",
            Ended::Failed { .. } => "failed",
            Ended::Unread => "unread",
        };
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts
            .attempts
            .entry((destination.to_owned(), outcome))
            .or_default() += 1;
    }

    /// Notes how a destination's breaker stands.
    pub(crate) fn breaker(&self, destination: &str, state: State) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.breakers.insert(destination.to_owned(), state);
    }

    /// Prometheus' text format, version 0.0.4. `kept` where the ledger could be read.
    pub(crate) fn text(&self, kept: Option<&Kept>, now: Timestamp) -> String {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut page = Page::default();
        page.family(
            "balagh_edge_requests_total",
            "counter",
            "Answers by route and status.",
        );
        for ((route, status), count) in &counts.requests {
            page.line(&[("route", route), ("status", &status.to_string())], count);
        }
        page.family(
            "balagh_edge_verdicts_total",
            "counter",
            "Screened reports by verdict and deciding step.",
        );
        for ((verdict, step), count) in &counts.verdicts {
            page.line(&[("verdict", verdict), ("step", step)], count);
        }
        page.family(
            "balagh_edge_reasons_total",
            "counter",
            "Reasons given, refusals and marks.",
        );
        for (reason, count) in &counts.reasons {
            page.line(&[("reason", reason)], count);
        }
        page.family(
            "balagh_edge_delivery_attempts_total",
            "counter",
            "Attempts to deliver, by destination and outcome.",
        );
        for ((destination, outcome), count) in &counts.attempts {
            let labels = [("destination", destination.as_str()), ("outcome", outcome)];
            page.line(&labels, count);
        }
        page.family(
            "balagh_edge_breaker_state",
            "gauge",
            "1 for the state that a destination's breaker is in: closed, open or half_open.",
        );
        for (destination, state) in &counts.breakers {
            let labels = [
                ("destination", destination.as_str()),
                ("state", state.name()),
            ];
            page.line(&labels, 1);
        }
        if let Some(kept) = kept {
            page.backlog(&kept.backlog, counts.breakers.keys(), now);
            page.tallies(&kept.tallies);
            page.bodies(kept.bodies, now);
            page.commits(kept.commits);
        }
        page.text
    }
}

/// The text as it grows.
#[derive(Default)]
struct Page {
    text: String,
    name: &'static str,
}

impl Page {
    fn family(&mut self, name: &'static str, kind: &str, help: &str) {
        self.name = name;
        // Writing to a `String` cannot fail.
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, labels: &[(&str, &str)], value: impl Display) {
        let labels: Vec<String> = labels
            .iter()
            .map(|(name, value)| format!("{name}=\"{value}\""))
            .collect();
        let _ = match labels.as_slice() {
            [] => writeln!(self.text, "{} {value}", self.name),
            labels => writeln!(self.text, "{}{{{}}} {value}", self.name, labels.join(",")),
        };
    }

    /// What waits, for every destination that is served or has a row.
    fn backlog<'a>(
        &mut self,
        backlog: &[Backlog],
        served: impl Iterator<Item = &'a String>,
        now: Timestamp,
    ) {
        let mut rows: BTreeMap<&str, Backlog> =
            served.map(|id| (id.as_str(), Backlog::default())).collect();
        rows.extend(
            backlog
                .iter()
                .map(|it| (it.destination.as_str(), it.clone())),
        );
        self.gauges(
            "balagh_edge_outbox_depth",
            "Messages that wait for their next attempt.",
            rows.iter().map(|(id, it)| (*id, it.waiting)),
        );
        self.gauges(
            "balagh_edge_outbox_oldest_seconds",
            "Age of the oldest of them.",
            rows.iter()
                .map(|(id, it)| (*id, it.oldest.map_or(0, |at| age(at, now)))),
        );
        self.gauges(
            "balagh_edge_outbox_held",
            "Messages that wait for a person to look at the report.",
            rows.iter().map(|(id, it)| (*id, it.held)),
        );
        self.gauges(
            "balagh_edge_outbox_dead",
            "Messages that were put aside for a person.",
            rows.iter().map(|(id, it)| (*id, it.dead)),
        );
    }

    fn tallies(&mut self, tallies: &[(String, i64)]) {
        for (name, help, label, prefix) in [
            (
                "balagh_edge_possible_duplicates_total",
                "Reports sent again to a destination that may have had them, since the ledger began.",
                "destination",
                "possible_duplicates/",
            ),
            (
                "balagh_edge_erased_total",
                "Bodies and photos erased after their days, since the ledger began.",
                "what",
                "erased/",
            ),
        ] {
            self.family(name, "counter", help);
            for (tally, count) in tallies {
                if let Some(value) = tally.strip_prefix(prefix) {
                    self.line(&[(label, value)], count);
                }
            }
        }
    }

    fn commits(&mut self, commits: Commits) {
        let help = "Commits of reports and deliveries, each of one sync to the disk.";
        self.family("balagh_edge_ledger_commits_total", "counter", help);
        self.line(&[], commits.groups);
        let help = "Writes in them: many a commit is what a crowd costs least.";
        self.family("balagh_edge_ledger_writes_total", "counter", help);
        self.line(&[], commits.works);
    }

    fn bodies(&mut self, bodies: Bodies, now: Timestamp) {
        let help = "Reports whose words are still here.";
        self.family("balagh_edge_bodies", "gauge", help);
        self.line(&[], bodies.count);
        let help = "Age of the oldest of them.";
        self.family("balagh_edge_bodies_oldest_seconds", "gauge", help);
        self.line(&[], bodies.oldest.map_or(0, |at| age(at, now)));
    }

    fn gauges<'a>(
        &mut self,
        name: &'static str,
        help: &str,
        values: impl Iterator<Item = (&'a str, i64)>,
    ) {
        self.family(name, "gauge", help);
        for (destination, value) in values {
            self.line(&[("destination", destination)], value);
        }
    }
}

/// Seconds since a time in milliseconds since 1970.
fn age(at: i64, now: Timestamp) -> i64 {
    now.millis().saturating_sub(at).max(0) / 1000
}
