//! What the reporter may see of a report's life: `GET /v1/{municipality}/reports/{number}`.

use serde::{Deserialize, Serialize};

use crate::municipality::{ClosingBy, Kind};
use crate::time::Timestamp;

/// A report as its reporter tracks it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PublicStatus {
    /// The report's number.
    pub number: String,
    /// Category code.
    pub category: String,
    /// Which of the six kinds of contact it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// Where it stands.
    pub state: State,
    /// When it was received.
    pub received_at: Timestamp,
    /// Code of the sub-municipality that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
    /// Code of the department that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Id of the agency it was passed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// The number that agency has for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency_reference: Option<String>,
    /// By when it is expected to be resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// The number of the report of the same problem that this one was joined to: its state follows
    /// that one's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joins: Option<String>,
    /// How many reports of the same problem were joined to this one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub joined: u32,
    /// What the reporter asked for again, once they did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow_up: Option<FollowUps>,
    /// How it will be closed, while it is [resolved](State::Resolved).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing: Option<PendingClosing>,
    /// What the reporter said of it, once they did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// What the reporter may do now. The edge fills it in when it answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub may: Vec<ReporterAction>,
    /// What happened, oldest first.
    pub events: Vec<StatusEvent>,
    /// How many times the origin has told of it: the higher one is the newer one, whatever order
    /// they arrive in.
    pub revision: u64,
}

/// A step in a report's life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StatusEvent {
    /// When.
    pub at: Timestamp,
    /// Where it stood from then on.
    pub state: State,
    /// What happened, where that was not a change of state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<What>,
    /// A sentence for the reporter, if someone wrote one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// A photo that the municipality's team took, with [`What::Photo`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<TeamPhoto>,
}

/// A photo of the work, without its metadata, for who tracks the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TeamPhoto {
    /// SHA-256 of its bytes, lower-case hexadecimal.
    pub sha256: String,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Whether a person at the municipality made it public; else it is its reporter's alone to see.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_public: bool,
    /// Where it is, for some hours and for whoever has the address. The edge fills it in when it
    /// answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// What happens to a report without changing where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The reporter asked for it again.
    FollowUp,
    /// The municipality wrote to the reporter.
    Note,
    /// The reporter rated it.
    Rated,
    /// It was joined to a report of the same problem.
    Joined,
    /// A photo came.
    Photo,
}

/// What a reporter may do with their report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReporterAction {
    /// Ask for it again.
    FollowUp,
    /// Agree that it is done.
    Close,
    /// Say that it is not.
    Reopen,
    /// Say how it went.
    Rate,
}

/// How often the reporter asked for it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FollowUps {
    /// How many times.
    pub count: u32,
    /// From when one is taken again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Timestamp>,
}

/// How a resolved report will be closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PendingClosing {
    /// By what.
    pub by: ClosingBy,
    /// When it closes without the reporter's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The six digits that the reporter gives once the problem is gone. The edge derives them when
    /// it answers; they are stored nowhere. Absent where they are not to be given to anybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// How it went, from 1 (badly) to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rating {
    /// How well it was done.
    pub quality: u8,
    /// How soon.
    pub speed: u8,
    /// How the people were.
    pub service: u8,
    /// When it was said.
    pub at: Timestamp,
}

/// Where a report stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The edge has it.
    Received,
    /// It passed the screen.
    Screened,
    /// A department has it.
    Assigned,
    /// Someone works on it.
    InProgress,
    /// The reporter is asked something.
    WaitingForReporter,
    /// Another agency has it.
    Transferred,
    /// The work is reported done.
    Resolved,
    /// Done, and agreed.
    Closed,
    /// Done, and not agreed.
    Reopened,
    /// Not taken, with a reason.
    Rejected,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl State {
    /// All states, in the order of a life in which everything happens.
    pub const ALL: [State; 10] = [
        State::Received,
        State::Screened,
        State::Assigned,
        State::InProgress,
        State::WaitingForReporter,
        State::Transferred,
        State::Resolved,
        State::Closed,
        State::Reopened,
        State::Rejected,
    ];

    /// Whether somebody is still expected to do something about it: it is neither reported done nor
    /// over.
    #[must_use]
    pub fn is_open(self) -> bool {
        !matches!(self, State::Resolved | State::Closed | State::Rejected)
    }

    /// The code on the wire and the stem of its words.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            State::Received => "received",
            State::Screened => "screened",
            State::Assigned => "assigned",
            State::InProgress => "in_progress",
            State::WaitingForReporter => "waiting_for_reporter",
            State::Transferred => "transferred",
            State::Resolved => "resolved",
            State::Closed => "closed",
            State::Reopened => "reopened",
            State::Rejected => "rejected",
        }
    }
}

#[cfg(feature = "server")]
impl PublicStatus {
    /// What the reporter may do at `now`.
    ///
    /// A report that was joined to another follows that one, whose reporter decides about it; its
    /// own reporter may still ask for it, and say how it went.
    #[must_use]
    pub fn may(&self, now: Timestamp) -> Vec<ReporterAction> {
        // Before the origin has told of it there is nobody to ask.
        if self.revision == 0 {
            return Vec::new();
        }
        let follows = self.joins.is_some();
        let by_survey = self
            .closing
            .as_ref()
            .is_some_and(|closing| closing.by == ClosingBy::Survey);
        let is_closed = self.state == State::Closed;
        let is_over = matches!(self.state, State::Resolved | State::Closed);
        let next = self.follow_up.and_then(|made| made.next);
        let all = [
            (
                ReporterAction::FollowUp,
                // Who is asked something may answer at once.
                self.state == State::WaitingForReporter && !follows
                    || self.state.is_open() && next.is_none_or(|next| next <= now),
            ),
            (
                ReporterAction::Close,
                self.state == State::Resolved && !follows,
            ),
            (ReporterAction::Reopen, is_over && !follows),
            (
                ReporterAction::Rate,
                self.rating.is_none() && (is_closed || is_over && by_survey && !follows),
            ),
        ];
        all.into_iter()
            .filter_map(|(action, may)| may.then_some(action))
            .collect()
    }

    /// How many times it was reported done.
    #[must_use]
    pub fn times_resolved(&self) -> u32 {
        let resolved = self
            .events
            .iter()
            .filter(|event| event.what.is_none() && event.state == State::Resolved)
            .count();
        u32::try_from(resolved).unwrap_or(u32::MAX)
    }
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_millis(1_795_000_000_000)
    }

    fn status(state: State) -> PublicStatus {
        PublicStatus {
            number: "TT-7K3M9-QX2RT-D".into(),
            category: "lighting.dark".into(),
            kind: None,
            state,
            received_at: now(),
            district: None,
            department: None,
            agency: None,
            agency_reference: None,
            due: None,
            joins: None,
            joined: 0,
            follow_up: None,
            closing: None,
            rating: None,
            may: Vec::new(),
            events: Vec::new(),
            revision: 1,
        }
    }

    #[track_caller]
    fn check(status: &PublicStatus, expected: &[ReporterAction]) {
        assert_eq!(status.may(now()), expected, "{:?}", status.state);
    }

    #[test]
    fn what_a_reporter_may_do_follows_from_where_the_report_stands() {
        use ReporterAction::{Close, FollowUp, Rate, Reopen};
        for open in [
            State::Received,
            State::Assigned,
            State::InProgress,
            State::Transferred,
            State::Reopened,
        ] {
            check(&status(open), &[FollowUp]);
        }
        check(&status(State::Rejected), &[]);
        check(&status(State::Closed), &[Reopen, Rate]);
        let mut resolved = status(State::Resolved);
        for (by, expected) in [
            (ClosingBy::Code, &[Close, Reopen][..]),
            (ClosingBy::Survey, &[Close, Reopen, Rate]),
        ] {
            let (until, code) = (None, None);
            resolved.closing = Some(PendingClosing { by, until, code });
            check(&resolved, expected);
        }
    }

    #[test]
    fn a_follow_up_waits_for_its_day_and_an_answer_does_not() {
        let asked = |state, next| PublicStatus {
            follow_up: Some(FollowUps { count: 1, next }),
            ..status(state)
        };
        let (later, earlier) = (now().plus_millis(1), now());
        check(&asked(State::Assigned, Some(later)), &[]);
        check(
            &asked(State::Assigned, Some(earlier)),
            &[ReporterAction::FollowUp],
        );
        check(
            &asked(State::WaitingForReporter, Some(later)),
            &[ReporterAction::FollowUp],
        );
    }

    #[test]
    fn what_follows_another_report_is_that_ones_reporters_to_decide() {
        let follows = |state| PublicStatus {
            joins: Some("TT-00000-00000-0".into()),
            ..status(state)
        };
        check(&follows(State::Resolved), &[]);
        check(&follows(State::Closed), &[ReporterAction::Rate]);
        check(&follows(State::Assigned), &[ReporterAction::FollowUp]);
        let asked_today = PublicStatus {
            follow_up: Some(FollowUps {
                count: 1,
                next: Some(now().plus_millis(1)),
            }),
            ..follows(State::WaitingForReporter)
        };
        check(&asked_today, &[]);
    }

    #[test]
    fn before_the_origin_has_it_there_is_nobody_to_ask() {
        let unknown = PublicStatus {
            revision: 0,
            ..status(State::Received)
        };
        check(&unknown, &[]);
    }
}
