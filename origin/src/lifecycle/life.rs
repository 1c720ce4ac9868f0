//! What a log comes to.

use balagh_shared::status::{
    self, FollowUps, PendingClosing, PublicStatus, Rating, State, StatusEvent, TeamPhoto,
};
use balagh_shared::time::Timestamp;

use super::policy::Policy;
use super::{Event, Log, What};

/// What is known of a report when it comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Its number.
    pub number: String,
    /// Category code.
    pub category: String,
    /// When it was received.
    pub received_at: Timestamp,
    /// Code of the sub-municipality.
    pub district: Option<String>,
    /// Code of the department it was routed to.
    pub department: String,
    /// Id of the agency it was routed to.
    pub agency: Option<String>,
    /// By when it was to be resolved.
    pub due: Timestamp,
}

/// How a report stands: its head, and everything its log adds to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    /// Where it stands.
    pub state: State,
    /// Code of the department that has it, or had it last.
    pub department: String,
    /// Id of the agency that has it.
    pub agency: Option<String>,
    /// The number that agency has for it.
    pub agency_reference: Option<String>,
    /// By when it is to be resolved.
    pub due: Timestamp,
    /// How many times it was reported done.
    pub times_resolved: u32,
    /// When that was, last.
    pub resolved_at: Option<Timestamp>,
    /// Wrong closing codes since then.
    pub miscoded: u32,
    /// How often the reporter asked for it again.
    pub follow_ups: u32,
    /// When that was, last.
    pub followed_up_at: Option<Timestamp>,
    /// What the reporter said of it since it was last reopened.
    pub rating: Option<Rating>,
    /// The report it follows.
    pub joins: Option<String>,
    /// The reports that were joined to it.
    pub gained: Vec<String>,
    /// The highest level it was taken to since it was last due anew; 0 for none.
    pub level: u32,
    /// Whether its words are public.
    pub is_published: bool,
}

impl Life {
    /// What `log` comes to for a report that came in as `head`.
    #[must_use]
    pub fn of(head: &Head, log: &Log) -> Life {
        let mut life = Life {
            state: State::Received,
            department: head.department.clone(),
            agency: head.agency.clone(),
            agency_reference: None,
            due: head.due,
            times_resolved: 0,
            resolved_at: None,
            miscoded: 0,
            follow_ups: 0,
            followed_up_at: None,
            rating: None,
            joins: None,
            gained: Vec::new(),
            level: 0,
            is_published: false,
        };
        for event in log.events() {
            life.add(event);
        }
        life
    }

    fn add(&mut self, event: &Event) {
        self.state = event.state;
        match &event.what {
            What::State => {}
            What::Assigned { department } => {
                self.department.clone_from(department);
                (self.agency, self.agency_reference) = (None, None);
            }
            What::Transferred { agency, reference } => {
                if self.agency.as_ref() != Some(agency) {
                    self.agency_reference = None;
                }
                self.agency = Some(agency.clone());
                if reference.is_some() {
                    self.agency_reference.clone_from(reference);
                }
            }
            What::Reopened { due } => {
                self.due = *due;
                self.rating = None;
                self.level = 0;
            }
            What::FollowUp => {
                self.follow_ups = self.follow_ups.saturating_add(1);
                self.followed_up_at = Some(event.at);
            }
            What::Rated {
                quality,
                speed,
                service,
            } => {
                self.rating = Some(Rating {
                    quality: *quality,
                    speed: *speed,
                    service: *service,
                    at: event.at,
                });
            }
            What::Joined { to } => self.joins = Some(to.clone()),
            What::Gained { number } => self.gained.push(number.clone()),
            What::Escalated { level } => self.level = *level,
            What::Miscoded => self.miscoded = self.miscoded.saturating_add(1),
            What::Published => self.is_published = true,
            What::Erased => self.is_published = false,
            What::Note { .. } | What::Photo | What::Pictured { .. } => {}
        }
        if event.what.moves() && event.state == State::Resolved {
            self.times_resolved = self.times_resolved.saturating_add(1);
            self.resolved_at = Some(event.at);
            self.miscoded = 0;
        }
    }

    /// How a report stands, for its reporter.
    #[must_use]
    pub fn public_status(
        &self,
        head: &Head,
        log: &Log,
        revision: u64,
        policy: &Policy<'_>,
    ) -> PublicStatus {
        let closing = (self.state == State::Resolved).then(|| PendingClosing {
            by: policy.closing().by,
            until: self.resolved_at.and_then(|at| policy.closes_by_itself(at)),
            code: None,
        });
        PublicStatus {
            number: head.number.clone(),
            category: head.category.clone(),
            kind: policy.kind(),
            state: self.state,
            received_at: head.received_at,
            district: head.district.clone(),
            department: Some(self.department.clone()),
            agency: self.agency.clone(),
            agency_reference: self.agency_reference.clone(),
            due: Some(self.due),
            joins: self.joins.clone(),
            joined: u32::try_from(self.gained.len()).unwrap_or(u32::MAX),
            follow_up: self.followed_up_at.map(|at| FollowUps {
                count: self.follow_ups,
                next: Some(policy.next_follow_up(at)),
            }),
            // The report it follows is the one that is closed.
            closing: closing.filter(|_| self.joins.is_none()),
            rating: self.rating,
            may: Vec::new(),
            events: shown_of(log),
            revision,
        }
    }
}

/// The events as a reporter sees them. Once a report is erased its photos are gone.
fn shown_of(log: &Log) -> Vec<StatusEvent> {
    let is_erased = log.events().iter().any(|it| it.what == What::Erased);
    let mut shown: Vec<StatusEvent> = log.events().iter().filter_map(shown).collect();
    for event in shown.iter_mut().filter(|_| is_erased) {
        event.photo = None;
    }
    shown
}

/// An event as its reporter sees it; nothing of what is for colleagues alone.
fn shown(event: &Event) -> Option<StatusEvent> {
    let what = match &event.what {
        What::State | What::Assigned { .. } | What::Transferred { .. } | What::Reopened { .. } => {
            None
        }
        What::FollowUp => Some(status::What::FollowUp),
        What::Note { internal: false } => Some(status::What::Note),
        What::Photo | What::Pictured { .. } => Some(status::What::Photo),
        What::Rated { .. } => Some(status::What::Rated),
        What::Joined { .. } => Some(status::What::Joined),
        // How many there are is `joined`'s to say: a line each would outgrow what an edge is told.
        What::Gained { .. }
        | What::Note { internal: true }
        | What::Escalated { .. }
        | What::Miscoded
        | What::Published
        | What::Erased => return None,
    };
    Some(StatusEvent {
        at: event.at,
        state: event.state,
        what,
        note: event.note.clone(),
        photo: match &event.what {
            What::Pictured {
                sha256,
                width,
                height,
                is_public,
            } => Some(TeamPhoto {
                sha256: sha256.clone(),
                width: *width,
                height: *height,
                is_public: *is_public,
                url: None,
            }),
            _ => None,
        },
    })
}
