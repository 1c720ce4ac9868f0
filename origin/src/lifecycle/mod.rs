//! A report's life: which state may follow which, and the log from which its state is rebuilt.
//!
//! *Architecture invariant:* a [`Log`] can only hold allowed transitions. Whatever reads one from a
//! store or writes one to it goes through [`Log::rebuild`] and [`Log::record`].

use std::fmt;

use balagh_shared::delivery::Verdict;
use balagh_shared::status::{PublicStatus, State, StatusEvent};
use balagh_shared::time::Timestamp;

/// A step in a report's life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// Where it stood from then on.
    pub state: State,
    /// Who took the step.
    pub actor: Actor,
    /// A sentence for the reporter.
    pub note: Option<String>,
}

/// Who takes steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Actor {
    /// The edge, when it received and screened it.
    Edge,
    /// The origin's own rules.
    Origin,
    /// A partner, through the origin's own door.
    Partner,
    /// Someone at the municipality.
    Staff,
}

/// Everything that happened to a report, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Log(Vec<Event>);

/// A step that must not be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Illegal {
    /// Where the report stands; nowhere yet when absent.
    pub from: Option<State>,
    /// Where it was to go.
    pub to: State,
}

/// Whether a report that stands at `from` may go to `to`; `None` is before its life.
///
/// Every life begins by being received. Nothing reaches a department or another agency unscreened,
/// nothing is closed that was not resolved, answered or handed on, and everything closed can be
/// reopened.
#[must_use]
pub fn allowed(from: Option<State>, to: State) -> bool {
    use State::{
        Assigned, Closed, InProgress, Received, Rejected, Reopened, Resolved, Screened,
        Transferred, WaitingForReporter,
    };
    let next: &[State] = match from {
        None => &[Received],
        Some(Received) => &[Screened, Rejected],
        Some(Screened) => &[Assigned, Transferred, Rejected],
        Some(Assigned) => &[
            InProgress,
            WaitingForReporter,
            Transferred,
            Resolved,
            Rejected,
        ],
        Some(InProgress) => &[
            Assigned,
            WaitingForReporter,
            Transferred,
            Resolved,
            Rejected,
        ],
        Some(WaitingForReporter) => &[Assigned, InProgress, Transferred, Resolved, Closed],
        // Another agency may send it back, or say that it is done.
        Some(Transferred) => &[Assigned, Resolved, Closed],
        Some(Resolved) => &[Closed, Reopened],
        Some(Closed | Rejected) => &[Reopened],
        Some(Reopened) => &[Assigned, InProgress, Transferred, Rejected],
    };
    next.contains(&to)
}

impl Log {
    /// The life of a report that has just come in: received at the door of `by` at `received_at`,
    /// and taken by the origin at `now` as far as the screen's verdict goes.
    ///
    /// What is quarantined stays `received` until a person has looked at it, and reads so to its
    /// reporter. A trial is screened and never dispatched.
    #[must_use]
    pub fn intake(
        by: Actor,
        verdict: Verdict,
        is_trial: bool,
        received_at: Timestamp,
        now: Timestamp,
    ) -> Log {
        let event = |at, state, actor| Event {
            at,
            state,
            actor,
            note: None,
        };
        // A clock that was ahead at the edge does not make the origin act before it received.
        let now = now.max(received_at);
        let mut events = vec![event(received_at, State::Received, by)];
        if verdict != Verdict::Quarantine {
            let screened = if by == Actor::Edge {
                Actor::Edge
            } else {
                Actor::Origin
            };
            events.push(event(received_at, State::Screened, screened));
            match verdict {
                _ if is_trial => {}
                Verdict::Redirect => events.push(event(now, State::Transferred, Actor::Origin)),
                Verdict::Accept | Verdict::Quarantine => {
                    events.push(event(now, State::Assigned, Actor::Origin));
                }
            }
        }
        Log(events)
    }

    /// A log as a store kept it.
    ///
    /// # Errors
    /// [`Illegal`], for the first step that must not have been taken.
    pub fn rebuild(events: impl IntoIterator<Item = Event>) -> Result<Log, Illegal> {
        let mut log = Log::default();
        for event in events {
            log.record(event)?;
        }
        Ok(log)
    }

    /// Takes a step. Its time is held at or after that of the step before: a clock that jumps back
    /// does not reorder a life.
    ///
    /// # Errors
    /// [`Illegal`], and the log stays as it is.
    pub fn record(&mut self, mut event: Event) -> Result<&Event, Illegal> {
        let from = self.state();
        if !allowed(from, event.state) {
            return Err(Illegal {
                from,
                to: event.state,
            });
        }
        if let Some(last) = self.0.last() {
            event.at = event.at.max(last.at);
        }
        Ok(self.0.push_mut(event))
    }

    /// Where the report stands; nowhere before it is received.
    #[must_use]
    pub fn state(&self) -> Option<State> {
        self.0.last().map(|event| event.state)
    }

    /// What happened, oldest first.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.0
    }
}

/// What a report's public status holds beside its log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each field means what it means in `PublicStatus`"
)]
pub struct Head {
    pub number: String,
    pub category: String,
    pub received_at: Timestamp,
    pub district: Option<String>,
    pub department: Option<String>,
    pub agency: Option<String>,
    pub due: Option<Timestamp>,
    pub revision: u64,
}

/// How a report stands, for its reporter.
#[must_use]
pub fn public_status(head: Head, log: &Log) -> PublicStatus {
    PublicStatus {
        number: head.number,
        category: head.category,
        kind: None,
        state: log.state().unwrap_or(State::Received),
        received_at: head.received_at,
        district: head.district,
        department: head.department,
        agency: head.agency,
        agency_reference: None,
        due: head.due,
        joins: None,
        joined: 0,
        follow_up: None,
        closing: None,
        rating: None,
        may: Vec::new(),
        events: log
            .events()
            .iter()
            .map(|event| StatusEvent {
                at: event.at,
                state: event.state,
                what: None,
                note: event.note.clone(),
            })
            .collect(),
        revision: head.revision,
    }
}

impl Actor {
    /// The code in the event log.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Actor::Edge => "edge",
            Actor::Origin => "origin",
            Actor::Partner => "partner",
            Actor::Staff => "staff",
        }
    }

    /// The actor with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Actor> {
        [Actor::Edge, Actor::Origin, Actor::Partner, Actor::Staff]
            .into_iter()
            .find(|actor| actor.code() == code)
    }
}

impl fmt::Display for Illegal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = self.from.map_or("nothing", State::code);
        write!(f, "a report may not go from {from} to {}", self.to.code())
    }
}

impl std::error::Error for Illegal {}

#[cfg(test)]
mod tests;
