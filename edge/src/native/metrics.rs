//! Counters for Prometheus. Labels come from closed lists (route names, verdicts, reason codes):
//! nothing a client sends becomes a label.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use balagh_shared::time::Timestamp;

use super::edge::Answer;
use super::ledger::Backlog;

/// The counters of one process.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    requests: BTreeMap<(&'static str, u16), u64>,
    verdicts: BTreeMap<(&'static str, &'static str), u64>,
    reasons: BTreeMap<&'static str, u64>,
    delivered: u64,
    undelivered: u64,
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
    pub(crate) fn delivery(&self, arrived: bool) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if arrived {
            counts.delivered += 1;
        } else {
            counts.undelivered += 1;
        }
    }

    /// Prometheus' text format, version 0.0.4.
    pub(crate) fn text(&self, backlog: Option<Backlog>, now: Timestamp) -> String {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::new();
        let head = |text: &mut String, name: &str, kind: &str, help: &str| {
            // Writing to a `String` cannot fail.
            let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
        };
        let name = "balagh_edge_requests_total";
        head(&mut text, name, "counter", "Answers by route and status.");
        for ((route, status), count) in &counts.requests {
            let _ = writeln!(
                text,
                "{name}{{route=\"{route}\",status=\"{status}\"}} {count}"
            );
        }
        let name = "balagh_edge_verdicts_total";
        head(
            &mut text,
            name,
            "counter",
            "Screened reports by verdict and deciding step.",
        );
        for ((verdict, step), count) in &counts.verdicts {
            let _ = writeln!(
                text,
                "{name}{{verdict=\"{verdict}\",step=\"{step}\"}} {count}"
            );
        }
        let name = "balagh_edge_reasons_total";
        head(
            &mut text,
            name,
            "counter",
            "Reasons given, refusals and marks.",
        );
        for (reason, count) in &counts.reasons {
            let _ = writeln!(text, "{name}{{reason=\"{reason}\"}} {count}");
        }
        let name = "balagh_edge_delivery_attempts_total";
        head(
            &mut text,
            name,
            "counter",
            "Attempts to deliver to the origin.",
        );
        for (outcome, count) in [
            ("delivered", counts.delivered),
            ("failed", counts.undelivered),
        ] {
            let _ = writeln!(text, "{name}{{outcome=\"{outcome}\"}} {count}");
        }
        if let Some(Backlog { rows, oldest }) = backlog {
            let name = "balagh_edge_outbox_depth";
            head(
                &mut text,
                name,
                "gauge",
                "Reports and photos that the origin does not have yet.",
            );
            let _ = writeln!(text, "{name} {rows}");
            let name = "balagh_edge_outbox_oldest_seconds";
            head(&mut text, name, "gauge", "Age of the oldest of them.");
            let age = oldest.map_or(0, |at| now.millis().saturating_sub(at).max(0) / 1000);
            let _ = writeln!(text, "{name} {age}");
        }
        text
    }
}
