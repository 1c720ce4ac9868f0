//! What somebody asks for, and the events it leads to. Pure.

use balagh_shared::action::MOST_CHARACTERS;
use balagh_shared::closing_code::ClosingCode;
use balagh_shared::delivery::StoredPhoto;
use balagh_shared::keyring::Keyring;
use balagh_shared::municipality::ClosingBy;
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::rules;
use balagh_shared::status::State;
use balagh_shared::time::Timestamp;

use super::life::{Head, Life};
use super::policy::Policy;
use super::timer::Timer;
use super::{Actor, Event, What};

/// After so many wrong closing codes no other is looked at until the report is resolved again.
pub const MOST_CODES: u32 = 5;

/// What somebody asks for.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Staff: a department is to have it. What waited for a person's look has had it now.
    Assign {
        /// The department's code; the one it was routed to when absent.
        department: Option<String>,
    },
    /// Staff: somebody works on it.
    Start,
    /// Staff: the reporter is asked something.
    Wait {
        /// What.
        note: String,
    },
    /// Staff: another agency has it, or has a number for it now.
    Transfer {
        /// The agency's id.
        agency: String,
        /// That agency's number for it.
        reference: Option<String>,
        /// A sentence for the reporter.
        note: Option<String>,
    },
    /// Staff: it is done.
    Resolve {
        /// A sentence for the reporter.
        note: Option<String>,
    },
    /// Staff: it is over.
    Close {
        /// The reporter's closing code, where one closes it.
        code: Option<String>,
        /// A sentence for the reporter.
        note: Option<String>,
    },
    /// Staff: it is not taken.
    Reject {
        /// Why, for the reporter.
        note: String,
    },
    /// Staff: a word to the reporter, or to colleagues.
    Note {
        /// The word.
        note: String,
        /// To colleagues alone.
        internal: bool,
    },
    /// Staff: it is not done after all.
    Return {
        /// A sentence for the reporter.
        note: Option<String>,
    },
    /// Staff: its words may be seen by anybody.
    Publish,
    /// Staff: a photo of the work.
    Picture {
        /// The photo, whose bytes are in the photo store.
        photo: StoredPhoto,
        /// Whether anybody may see it.
        is_public: bool,
        /// A sentence for the reporter.
        note: Option<String>,
    },
    /// The reporter asks for it again, or answers what they were asked.
    FollowUp {
        /// What they add.
        note: Option<String>,
    },
    /// The reporter agrees that it is done.
    Agree,
    /// The reporter says that it is not.
    Reopen {
        /// What is still wrong.
        note: String,
    },
    /// The reporter says how it went.
    Rate {
        /// Quality, speed and service, from 1 to 5.
        marks: [u8; 3],
        /// What they add.
        comment: Option<String>,
    },
    /// The time for something has come.
    Timer(Timer),
}

/// What a step is decided from.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// The municipality's id.
    pub municipality: &'a str,
    /// The report as it came in.
    pub head: &'a Head,
    /// How it stands.
    pub life: &'a Life,
    /// What the document says about it.
    pub policy: &'a Policy<'a>,
    /// `BALAGH_CLOSING_KEYS`.
    pub codes: &'a Keyring,
    /// Now.
    pub now: Timestamp,
}

/// What a step leads to: both may be there, since a wrong closing code is refused and remembered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What happened, in order.
    pub events: Vec<Event>,
    /// Why what was asked for was not done.
    pub refusal: Option<Violation>,
    /// A photo of the work that belongs to the report from now on.
    pub photo: Option<StoredPhoto>,
}

impl Step {
    /// Decides, for somebody at `who`; `staff` is the name of a member of staff.
    #[must_use]
    pub fn take(&self, staff: Option<&str>, at: &Situation<'_>) -> Outcome {
        let who = self.actor();
        let found = self.check(at).and_then(|()| self.events(at));
        let (happened, refusal) = match found {
            Ok(happened) => (happened, None),
            Err(Refused { violation, is_try }) => {
                let tried = is_try.then(|| at.stay(What::Miscoded, None));
                (tried.into_iter().collect(), Some(violation))
            }
        };
        let events = happened.into_iter().map(|(state, what, note)| Event {
            at: at.now,
            state,
            what,
            actor: who,
            staff: staff.map(str::to_owned),
            note,
        });
        let photo = match self {
            Step::Picture { photo, .. } if refusal.is_none() => Some(photo.clone()),
            _ => None,
        };
        Outcome {
            events: events.collect(),
            refusal,
            photo,
        }
    }

    fn actor(&self) -> Actor {
        match self {
            Step::FollowUp { .. } | Step::Agree | Step::Reopen { .. } | Step::Rate { .. } => {
                Actor::Reporter
            }
            Step::Timer(_) => Actor::Origin,
            _ => Actor::Staff,
        }
    }

    /// What can be said of any step: its words are words, and what follows another report is led
    /// by that one.
    fn check(&self, at: &Situation<'_>) -> Result<(), Refused> {
        let (words, is_needed) = match self {
            Step::Wait { note }
            | Step::Reject { note }
            | Step::Note { note, .. }
            | Step::Reopen { note } => (Some(note), true),
            Step::Transfer { note, .. }
            | Step::Resolve { note }
            | Step::Close { note, .. }
            | Step::Return { note }
            | Step::FollowUp { note }
            | Step::Picture { note, .. }
            | Step::Rate { comment: note, .. } => (note.as_ref(), false),
            _ => (None, false),
        };
        if let Some(words) = words
            && rules::note(words, MOST_CHARACTERS, "/note")?.is_none()
            && is_needed
        {
            return Err(Violation::new(Reason::NoteMissing, "/note").into());
        }
        let by_itself = matches!(
            self,
            Step::FollowUp { .. }
                | Step::Rate { .. }
                | Step::Note { .. }
                | Step::Publish
                | Step::Picture { .. }
        );
        if at.life.joins.is_some() && !by_itself {
            return Err(at.conflict());
        }
        Ok(())
    }

    fn events(&self, at: &Situation<'_>) -> Result<Vec<Happening>, Refused> {
        let life = at.life;
        match self {
            Step::Assign { department } => assign(department.as_deref(), at),
            Step::Start => at.go(State::InProgress, What::State, None),
            Step::Wait { note } => at.go(State::WaitingForReporter, What::State, Some(note)),
            Step::Transfer {
                agency,
                reference,
                note,
            } => {
                if at.policy.agency(agency).is_none() {
                    return Err(Violation::new(Reason::AgencyUnknown, "/agency").into());
                }
                let what = What::Transferred {
                    agency: agency.clone(),
                    reference: reference.clone(),
                };
                at.go(State::Transferred, what, note.as_ref())
            }
            Step::Resolve { note } => at.go(State::Resolved, What::State, note.as_ref()),
            Step::Close { code, note } => {
                check_code(code.as_deref(), at)?;
                at.go(State::Closed, What::State, note.as_ref())
            }
            Step::Reject { note } => at.go(State::Rejected, What::State, Some(note)),
            Step::Return { note } => at.go(State::Reopened, at.reopened(), note.as_ref()),
            Step::Note { note, internal } => {
                let internal = *internal;
                Ok(vec![at.stay(What::Note { internal }, Some(note))])
            }
            Step::Publish if at.policy.may_be_published() => {
                Ok(vec![at.stay(What::Published, None)])
            }
            Step::Publish => Err(at.conflict()),
            // What the public may not know of, it may not see.
            Step::Picture {
                is_public: true, ..
            } if !at.policy.may_be_published() => Err(at.conflict()),
            Step::Picture {
                photo,
                is_public,
                note,
            } => {
                let what = What::Pictured {
                    sha256: photo.sha256.clone(),
                    width: photo.width,
                    height: photo.height,
                    is_public: *is_public,
                };
                Ok(vec![at.stay(what, note.as_ref())])
            }
            Step::FollowUp { note } => follow_up(note.as_ref(), at),
            // What another agency or the reporter's silence ended is not the reporter's to end.
            Step::Agree if life.state == State::Resolved => at.go(State::Closed, What::State, None),
            Step::Reopen { note } if matches!(life.state, State::Resolved | State::Closed) => {
                at.go(State::Reopened, at.reopened(), Some(note))
            }
            Step::Agree | Step::Reopen { .. } => Err(at.conflict()),
            Step::Rate { marks, comment } => rate(*marks, comment.as_ref(), at),
            Step::Timer(timer) => Ok(fire(*timer, at)),
        }
    }
}

/// Where the report stands after something, what it was, and the words that go with it.
type Happening = (State, What, Option<String>);

struct Refused {
    violation: Violation,
    /// Whether a closing code was tried in vain.
    is_try: bool,
}

impl From<Violation> for Refused {
    fn from(violation: Violation) -> Refused {
        Refused {
            violation,
            is_try: false,
        }
    }
}

impl Situation<'_> {
    fn conflict(&self) -> Refused {
        Violation::new(Reason::StateConflict, "")
            .with("state", self.life.state.code())
            .into()
    }

    fn go(&self, to: State, what: What, note: Option<&String>) -> Result<Vec<Happening>, Refused> {
        if super::allowed(Some(self.life.state), to) {
            Ok(vec![(to, what, words(note))])
        } else {
            Err(self.conflict())
        }
    }

    fn stay(&self, what: What, note: Option<&String>) -> Happening {
        (self.life.state, what, words(note))
    }

    fn reopened(&self) -> What {
        What::Reopened {
            due: self.policy.due(self.now),
        }
    }
}

fn words(note: Option<&String>) -> Option<String> {
    note.map(|note| note.trim().to_owned())
        .filter(|note| !note.is_empty())
}

fn assign(department: Option<&str>, at: &Situation<'_>) -> Result<Vec<Happening>, Refused> {
    let department = department.unwrap_or(&at.life.department);
    if at.policy.department(department).is_none() {
        return Err(Violation::new(Reason::DepartmentUnknown, "/department").into());
    }
    let what = What::Assigned {
        department: department.to_owned(),
    };
    if at.life.state == State::Received {
        let looked_at = (State::Screened, What::State, None);
        return Ok(vec![looked_at, (State::Assigned, what, None)]);
    }
    at.go(State::Assigned, what, None)
}

/// Whether staff may close it with this code.
fn check_code(code: Option<&str>, at: &Situation<'_>) -> Result<(), Refused> {
    let closing = at.policy.closing();
    let life = at.life;
    if life.state != State::Resolved || closing.by == ClosingBy::Survey {
        return Ok(());
    }
    if closing.online {
        return Err(Violation::new(Reason::ClosingOnline, "/code").into());
    }
    let left = MOST_CODES.saturating_sub(life.miscoded);
    if left == 0 {
        return Err(Violation::new(Reason::ClosingLocked, "/code").into());
    }
    let wrong = |left| Violation::new(Reason::ClosingCode, "/code").with("left", left);
    // What cannot be a code is a slip of the hand, not a try.
    let Some(code) = code.and_then(ClosingCode::parse) else {
        return Err(wrong(left).into());
    };
    if code.fits(
        at.codes,
        at.municipality,
        &at.head.number,
        life.times_resolved,
    ) {
        return Ok(());
    }
    Err(Refused {
        violation: wrong(left - 1),
        is_try: true,
    })
}

fn follow_up(note: Option<&String>, at: &Situation<'_>) -> Result<Vec<Happening>, Refused> {
    let life = at.life;
    if !life.state.is_open() {
        return Err(at.conflict());
    }
    let asked = at.stay(What::FollowUp, note);
    // The answer: it is the municipality's turn again. Who follows another report was asked nothing.
    if life.state == State::WaitingForReporter && life.joins.is_none() {
        return Ok(vec![asked, (State::InProgress, What::State, None)]);
    }
    match life
        .followed_up_at
        .map(|last| at.policy.next_follow_up(last))
    {
        Some(next) if at.now < next => Err(Violation::new(Reason::FollowUpTooSoon, "")
            .with("next", next)
            .into()),
        _ => Ok(vec![asked]),
    }
}

fn rate(
    marks: [u8; 3],
    comment: Option<&String>,
    at: &Situation<'_>,
) -> Result<Vec<Happening>, Refused> {
    let life = at.life;
    let names = ["/quality", "/speed", "/service"];
    let invalid = marks
        .iter()
        .zip(names)
        .find(|(mark, _)| !(1..=5).contains(*mark));
    if let Some((_, field)) = invalid {
        return Err(Violation::new(Reason::RatingInvalid, field).into());
    }
    let closing = at.policy.closing();
    let is_survey =
        life.state == State::Resolved && closing.by == ClosingBy::Survey && life.joins.is_none();
    if life.rating.is_some() || !(is_survey || life.state == State::Closed) {
        return Err(at.conflict());
    }
    let [quality, speed, service] = marks;
    let rated = What::Rated {
        quality,
        speed,
        service,
    };
    let sum: u32 = marks.iter().copied().map(u32::from).sum();
    let is_low = sum < 3 * u32::from(closing.reopen_below);
    let mut happened = vec![at.stay(rated, comment)];
    if is_low && life.joins.is_none() {
        happened.push((State::Reopened, at.reopened(), None));
    } else if is_survey {
        happened.push((State::Closed, What::State, None));
    }
    Ok(happened)
}

/// Nothing where it is no longer due: somebody was quicker.
fn fire(timer: Timer, at: &Situation<'_>) -> Vec<Happening> {
    let due = super::timer::next(at.life, at.policy);
    match (timer, due) {
        (Timer::Escalate(level), Some((Timer::Escalate(next), _))) if level == next => {
            vec![at.stay(What::Escalated { level }, None)]
        }
        (Timer::Close(time), Some((Timer::Close(next), _))) if time == next => {
            vec![(State::Closed, What::State, None)]
        }
        _ => Vec::new(),
    }
}

/// What people wrote never reaches a log through `{:?}`.
impl std::fmt::Debug for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Step by {}", self.actor().code())
    }
}

#[cfg(test)]
mod tests;
