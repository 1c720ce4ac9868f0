//! `GET /metrics`: Prometheus text.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use balagh_shared::reason::Reason;

use crate::store::{Commits, Figures};

/// The media type of Prometheus' text format.
pub(crate) const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What is counted since the start.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    refusals: Mutex<BTreeMap<Reason, u64>>,
}

impl Counters {
    pub(crate) fn refused(&self, reason: Reason) {
        // A count is right even where another thread died while it held the lock.
        let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        *refusals.entry(reason).or_default() += 1;
    }

    /// The whole page.
    pub(crate) fn page(
        &self,
        figures: &Figures,
        commits: Commits,
        failures: &BTreeMap<&'static str, u64>,
    ) -> String {
        let mut page = String::new();
        // Writing to a string cannot fail.
        let _infallible = self.write(&mut page, figures);
        let _infallible = together(&mut page, commits);
        let _infallible = messages(&mut page, figures, failures);
        page
    }

    fn write(&self, page: &mut String, figures: &Figures) -> std::fmt::Result {
        heading(
            page,
            "balagh_origin_reports",
            "gauge",
            "Reports in the ledger.",
        )?;
        for intake in &figures.reports {
            writeln!(
                page,
                "balagh_origin_reports{{municipality=\"{}\",verdict=\"{}\",state=\"{}\"}} {}",
                intake.municipality, intake.verdict, intake.state, intake.count
            )?;
        }
        let help = "Statuses the edge is still to be told.";
        heading(page, "balagh_origin_status_queue", "gauge", help)?;
        writeln!(page, "balagh_origin_status_queue {}", figures.status_queue)?;
        heading(
            page,
            "balagh_origin_refusals_total",
            "counter",
            "Requests refused, by reason.",
        )?;
        let refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        for (reason, count) in &*refusals {
            let code = reason.code();
            writeln!(
                page,
                "balagh_origin_refusals_total{{code=\"{code}\"}} {count}"
            )?;
        }
        Ok(())
    }
}

/// How many writes each commit carried.
fn together(page: &mut String, commits: Commits) -> std::fmt::Result {
    let help = "Commits that deliveries and news of them shared.";
    heading(page, "balagh_origin_ledger_commits_total", "counter", help)?;
    writeln!(
        page,
        "balagh_origin_ledger_commits_total {}",
        commits.groups
    )?;
    let help = "What was written in them.";
    heading(page, "balagh_origin_ledger_writes_total", "counter", help)?;
    writeln!(page, "balagh_origin_ledger_writes_total {}", commits.works)
}

/// What was told by message, and what was not.
fn messages(
    page: &mut String,
    figures: &Figures,
    failures: &BTreeMap<&'static str, u64>,
) -> std::fmt::Result {
    let help = "Messages to reporters and departments, by what became of them.";
    heading(page, "balagh_origin_messages", "gauge", help)?;
    for (outcome, count) in &figures.notices {
        writeln!(
            page,
            "balagh_origin_messages{{outcome=\"{outcome}\"}} {count}"
        )?;
    }
    let help = "Attempts to send a message that failed.";
    heading(
        page,
        "balagh_origin_message_failures_total",
        "counter",
        help,
    )?;
    for (kind, count) in failures {
        writeln!(
            page,
            "balagh_origin_message_failures_total{{kind=\"{kind}\"}} {count}"
        )?;
    }
    Ok(())
}

fn heading(page: &mut String, name: &str, kind: &str, help: &str) -> std::fmt::Result {
    writeln!(page, "# HELP {name} {help}")?;
    writeln!(page, "# TYPE {name} {kind}")
}
