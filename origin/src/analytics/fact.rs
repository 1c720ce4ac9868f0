//! What one report comes to, as figures.

use balagh_shared::delivery::Verdict;
use balagh_shared::municipality::TimeZone;
use balagh_shared::report::ReporterType;
use balagh_shared::status::State;
use balagh_shared::time::Timestamp;

use crate::lifecycle::life::Life;
use crate::lifecycle::{Event, What};
use crate::store::StoredReport;

/// A report that counts, with everything that is counted of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Days since 1970 on the municipality's clocks when it was received.
    pub day: i64,
    /// Category code.
    pub category: String,
    /// Code of the sub-municipality; empty where it has none.
    pub district: String,
    /// Code of the department that has it, or had it last.
    pub department: String,
    /// How it came.
    pub channel: String,
    /// The partner it came through; empty where it came through none.
    pub partner: String,
    /// `person`, `agency` or `partner`.
    pub reporter_type: String,
    /// Minutes from its receipt until it was done; none while it is not.
    pub minutes: Option<u32>,
    /// Whether it was done by the time that was set when it was received.
    pub is_on_time: bool,
    /// Whether it was not taken.
    pub is_rejected: bool,
    /// Whether another agency has or had it.
    pub is_transferred: bool,
    /// How often it was reopened.
    pub reopenings: u32,
    /// The sum of the three marks of its last rating, from 3 to 15.
    pub marks: Option<u8>,
}

impl Fact {
    /// What `report` comes to on the clocks of `zone`; nothing where it does not count: a trial,
    /// and what the screen held and nobody has let through, spam with it.
    #[must_use]
    pub fn of(report: &StoredReport, zone: &TimeZone) -> Option<Fact> {
        let events = report.log.events();
        let is_let_through = |event: &Event| {
            event.what.moves() && !matches!(event.state, State::Received | State::Rejected)
        };
        let is_held = report.verdict == Verdict::Quarantine && !events.iter().any(is_let_through);
        if report.report.test || is_held {
            return None;
        }
        let life = report.life();
        let done_at = done_at(events, &life);
        let rated = events.iter().rev().find_map(|event| match event.what {
            What::Rated {
                quality,
                speed,
                service,
            } => Some(quality.saturating_add(speed).saturating_add(service)),
            _ => None,
        });
        let reopened = |event: &&Event| matches!(event.what, What::Reopened { .. });
        let received = report.head.received_at;
        Some(Fact {
            day: zone.local_day(received),
            category: report.head.category.clone(),
            district: report.head.district.clone().unwrap_or_default(),
            department: life.department,
            channel: report.report.channel.clone(),
            partner: report.partner.clone().unwrap_or_default(),
            reporter_type: match report.report.reporter_type {
                ReporterType::Person => "person",
                ReporterType::Agency => "agency",
                ReporterType::Partner => "partner",
            }
            .to_owned(),
            minutes: done_at.map(|at| minutes_between(received, at)),
            is_on_time: done_at.is_some_and(|at| at <= report.head.due),
            is_rejected: life.state == State::Rejected,
            is_transferred: events
                .iter()
                .any(|event| matches!(event.what, What::Transferred { .. })),
            reopenings: u32::try_from(events.iter().filter(reopened).count()).unwrap_or(u32::MAX),
            marks: rated,
        })
    }
}

/// When a report that is done now was done: when it was last reported resolved, or closed where
/// nobody reported that.
fn done_at(events: &[Event], life: &Life) -> Option<Timestamp> {
    if !matches!(life.state, State::Resolved | State::Closed) {
        return None;
    }
    let since = events
        .iter()
        .rposition(|event| matches!(event.what, What::Reopened { .. }))
        .map_or(0, |reopened| reopened + 1);
    let done = events.get(since..).unwrap_or_default().iter();
    let mut moved = done.filter(|event| event.what.moves());
    moved
        .find(|event| matches!(event.state, State::Resolved | State::Closed))
        .map(|event| event.at)
}

/// Whole minutes, none below 0: a clock that jumped back did not do it before it came.
fn minutes_between(from: Timestamp, to: Timestamp) -> u32 {
    let millis = to.millis().saturating_sub(from.millis()).max(0);
    u32::try_from(millis / 60_000).unwrap_or(u32::MAX)
}
