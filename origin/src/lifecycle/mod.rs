//! A report's life: which state may follow which, and the log from which everything about it is
//! rebuilt.
//!
//! | module | idea |
//! | --- | --- |
//! | here | the log: what happened, and what may happen next |
//! | [`life`] | what a log comes to |
//! | [`step`] | what somebody asks for, and the events it leads to |
//! | [`policy`] | what the municipality's document says about it |
//! | [`notice`] | who is told of what |
//! | [`timer`] | what is to happen by itself, and when |
//!
//! *Architecture invariant:* a [`Log`] can only hold allowed transitions. Whatever reads one from a
//! store or writes one to it goes through [`Log::rebuild`] and [`Log::record`].

pub mod life;
pub mod notice;
pub mod policy;
pub mod step;
pub mod timer;

use std::fmt;

use balagh_shared::delivery::Verdict;
use balagh_shared::routing::Route;
use balagh_shared::status::State;
use balagh_shared::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Something that happened to a report.
#[derive(Clone, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// Where it stood from then on.
    pub state: State,
    /// What happened.
    pub what: What,
    /// Who did it.
    pub actor: Actor,
    /// Which member of staff, by name.
    pub staff: Option<String>,
    /// A sentence for the reporter, or from them.
    pub note: Option<String>,
}

/// What happened, with what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
#[non_exhaustive]
pub enum What {
    /// Its state changed, and there is no more to say.
    State,
    /// A department has it.
    Assigned {
        /// The department's code.
        department: String,
    },
    /// Another agency has it.
    Transferred {
        /// The agency's id.
        agency: String,
        /// The number that agency has for it.
        reference: Option<String>,
    },
    /// It is not done after all, and due anew.
    Reopened {
        /// By when.
        due: Timestamp,
    },
    /// The reporter asked for it again.
    FollowUp,
    /// Somebody at the municipality wrote something.
    Note {
        /// For colleagues alone.
        internal: bool,
    },
    /// The reporter rated it, each mark from 1 to 5.
    Rated {
        /// How well it was done.
        quality: u8,
        /// How soon.
        speed: u8,
        /// How the people were.
        service: u8,
    },
    /// It was joined to a report of the same problem, and follows that one from now on.
    Joined {
        /// That one's number.
        to: String,
    },
    /// A report of the same problem was joined to it.
    Gained {
        /// That one's number.
        number: String,
    },
    /// It is past due, and was taken higher.
    Escalated {
        /// To which level, the first being 1.
        level: u32,
    },
    /// Staff entered a closing code that is not its.
    Miscoded,
    /// Somebody looked at its words and made them public.
    Published,
    /// A photo of it came after it.
    Photo,
    /// Staff added a photo of the work.
    Pictured {
        /// SHA-256 of its bytes, lower-case hexadecimal.
        sha256: String,
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
        /// Whether anybody may see it.
        is_public: bool,
    },
    /// What was somebody's in it was erased: words, exact place, photos and contact.
    Erased,
}

/// Who does something.
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
    /// Whoever reported it.
    Reporter,
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
        // To another department, too.
        Some(Assigned) => &[
            Assigned,
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
        // Another agency may send it back, say that it is done, or give it a number.
        Some(Transferred) => &[Assigned, Transferred, Resolved, Closed],
        Some(Resolved) => &[Closed, Reopened],
        Some(Closed | Rejected) => &[Reopened],
        Some(Reopened) => &[Assigned, InProgress, Transferred, Rejected],
    };
    next.contains(&to)
}

impl What {
    /// Whether it changes where a report stands.
    #[must_use]
    pub fn moves(&self) -> bool {
        matches!(
            self,
            What::State | What::Assigned { .. } | What::Transferred { .. } | What::Reopened { .. }
        )
    }
}

impl Log {
    /// The life of a report that has just come in: received at the door of `by` at `received_at`,
    /// and taken by the origin at `now` along `route` as far as the screen's verdict goes.
    ///
    /// What is quarantined stays `received` until a person has looked at it, and reads so to its
    /// reporter. A trial is screened and never dispatched.
    #[must_use]
    pub fn intake(
        by: Actor,
        verdict: Verdict,
        is_trial: bool,
        route: &Route,
        received_at: Timestamp,
        now: Timestamp,
    ) -> Log {
        let event = |at, state, what, actor| Event {
            at,
            state,
            what,
            actor,
            staff: None,
            note: None,
        };
        let mut events = vec![event(received_at, State::Received, What::State, by)];
        let now = now.max(received_at);
        if verdict != Verdict::Quarantine {
            events.push(event(now, State::Screened, What::State, by));
            let (state, what) = match (&route.agency, verdict) {
                (Some(agency), Verdict::Redirect) => (
                    State::Transferred,
                    What::Transferred {
                        agency: agency.clone(),
                        reference: None,
                    },
                ),
                _ => (
                    State::Assigned,
                    What::Assigned {
                        department: route.department.clone(),
                    },
                ),
            };
            if !is_trial {
                events.push(event(now, state, what, Actor::Origin));
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
        let fits = if event.what.moves() {
            // What was joined to another report goes where that one goes.
            allowed(from, event.state) || from.is_some() && self.joins().is_some()
        } else {
            from == Some(event.state)
        };
        if !fits {
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

    /// The number of the report that it was joined to.
    #[must_use]
    pub fn joins(&self) -> Option<&str> {
        self.0.iter().rev().find_map(|event| match &event.what {
            What::Joined { to } => Some(to.as_str()),
            _ => None,
        })
    }

    /// What happened, oldest first.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.0
    }
}

impl Actor {
    const ALL: [Actor; 5] = [
        Actor::Edge,
        Actor::Origin,
        Actor::Partner,
        Actor::Staff,
        Actor::Reporter,
    ];

    /// The code in the event log.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Actor::Edge => "edge",
            Actor::Origin => "origin",
            Actor::Partner => "partner",
            Actor::Staff => "staff",
            Actor::Reporter => "reporter",
        }
    }

    /// The actor with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Actor> {
        Actor::ALL.into_iter().find(|actor| actor.code() == code)
    }
}

impl fmt::Display for Illegal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = self.from.map_or("nothing", State::code);
        write!(f, "a report may not go from {from} to {}", self.to.code())
    }
}

impl std::error::Error for Illegal {}

/// What people wrote never reaches a log through `{:?}`.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("at", &self.at)
            .field("state", &self.state)
            .field("what", &self.what)
            .field("actor", &self.actor)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
