//! The story of a report, as its reporter reads it, and what they may do next. Pure.

use balagh_shared::status::{
    PublicStatus, ReporterAction as Act, State, StatusEvent, TeamPhoto, What,
};
use balagh_shared::time::Timestamp;

/// A stop on the line through time.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    /// What happened.
    pub(crate) what: Happened,
    /// When; or by when, where it is still to come.
    pub(crate) at: Timestamp,
    /// What somebody wrote about it.
    pub(crate) note: Option<String>,
    /// What the team showed of it.
    pub(crate) photo: Option<TeamPhoto>,
    /// Where it stands on the line.
    pub(crate) place: Place,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Happened {
    /// It came to stand here.
    State(State),
    /// Something that moved it nowhere.
    Event(What),
    /// It is expected to be done.
    Due,
}

/// Where an entry stands on the line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Place {
    /// Behind.
    Passed,
    /// Where the report is.
    Now,
    /// The reporter's own doing, which moved it nowhere.
    Asked,
    /// To come.
    Ahead,
    /// To come, and late.
    Late,
}

/// The entries of the line, oldest first; what is expected comes last.
pub(crate) fn entries(status: &PublicStatus, now: Timestamp) -> Vec<Entry> {
    let received = StatusEvent {
        at: status.received_at,
        state: State::Received,
        note: None,
        what: None,
        photo: None,
    };
    // An event without an instant, which a newer edge may tell of, says nothing.
    let told = status.events.iter().filter(|it| it.at != Timestamp::MAX);
    let is_received = |it: &StatusEvent| it.what.is_none() && it.state == State::Received;
    let lacks_it = !status.events.iter().any(is_received);
    let events: Vec<&StatusEvent> = lacks_it
        .then_some(&received)
        .into_iter()
        .chain(told)
        .collect();
    let here = events.iter().rposition(|it| it.what.is_none());
    let mut entries: Vec<Entry> = (0..)
        .zip(events)
        .map(|(index, event)| Entry {
            what: event
                .what
                .map_or(Happened::State(event.state), Happened::Event),
            at: event.at,
            note: event.note.clone(),
            photo: event.photo.clone(),
            place: match event.what {
                None if Some(index) == here => Place::Now,
                Some(What::FollowUp) => Place::Asked,
                _ => Place::Passed,
            },
        })
        .collect();
    if let Some(due) = status.due.filter(|_| status.state.is_open()) {
        entries.push(Entry {
            what: Happened::Due,
            at: due,
            note: None,
            photo: None,
            place: if due < now { Place::Late } else { Place::Ahead },
        });
    }
    entries
}

/// How long the work took, once it is reported done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Took {
    /// Whole days, the last one begun counted: the same day is none.
    pub(crate) days: usize,
    /// Whether it was done by when it was promised.
    pub(crate) in_time: bool,
}

const DAY_MS: i64 = 86_400_000;

/// How long the work took; nothing while it is open, and nothing for a report that was not taken.
pub(crate) fn took(status: &PublicStatus) -> Option<Took> {
    if !matches!(status.state, State::Resolved | State::Closed) {
        return None;
    }
    let is_done = |it: &&StatusEvent| it.what.is_none() && it.state == State::Resolved;
    let done = status.events.iter().rev().find(is_done)?.at;
    let millis = done.millis().checked_sub(status.received_at.millis())?;
    Some(Took {
        days: usize::try_from(millis / DAY_MS).ok()?,
        in_time: status.due.is_some_and(|due| done <= due),
    })
}

/// Whether a rating has a mean below `below`; not before all three are given.
pub(crate) fn is_low(stars: [u8; 3], below: u8) -> bool {
    let given = stars.iter().all(|it| *it > 0);
    let sum: u32 = stars.into_iter().map(u32::from).sum();
    given && sum < 3 * u32::from(below)
}

/// A form that is open under the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// None.
    Closed,
    /// What the follow-up should say.
    FollowUp,
    /// Why it is not done.
    Reopen,
}

/// What the footer offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offer {
    /// Nothing.
    Nothing,
    /// To send the form that is open, or to leave it.
    Form(Form),
    /// To say that it is done, or that it is not.
    Close,
    /// To send the rating; or that it is not done after all.
    Rate,
    /// To ask after it.
    FollowUp,
    /// That it is not done.
    Reopen,
}

/// What the footer offers: what `may` allows, the nearest first.
pub(crate) fn offer(may: &[Act], form: Form) -> Offer {
    let may_do = |act| may.contains(&act);
    match form {
        Form::FollowUp if may_do(Act::FollowUp) => return Offer::Form(form),
        Form::Reopen if may_do(Act::Reopen) => return Offer::Form(form),
        _ => {}
    }
    let nearest = [
        (Act::Close, Offer::Close),
        (Act::Rate, Offer::Rate),
        (Act::FollowUp, Offer::FollowUp),
        (Act::Reopen, Offer::Reopen),
    ];
    nearest
        .into_iter()
        .find(|(act, _)| may_do(*act))
        .map_or(Offer::Nothing, |(_, offer)| offer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn event(millis: i64, state: State, what: Option<What>) -> StatusEvent {
        StatusEvent {
            at: at(millis),
            state,
            note: None,
            what,
            photo: None,
        }
    }

    fn status(state: State, events: Vec<StatusEvent>) -> PublicStatus {
        PublicStatus {
            number: String::new(),
            category: String::new(),
            kind: None,
            state,
            received_at: at(1_000),
            district: None,
            department: None,
            agency: None,
            agency_reference: None,
            due: Some(at(5_000)),
            joins: None,
            joined: 0,
            follow_up: None,
            closing: None,
            rating: None,
            may: Vec::new(),
            events,
            revision: 0,
        }
    }

    #[track_caller]
    fn check(of: &PublicStatus, now: i64, expected: &[(Happened, Place)]) {
        let told = entries(of, at(now));
        let told: Vec<_> = told.iter().map(|it| (it.what, it.place)).collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn a_story_begins_with_its_receipt_and_ends_with_what_is_expected() {
        let assigned = vec![event(2_000, State::Assigned, None)];
        check(
            &status(State::Assigned, assigned),
            3_000,
            &[
                (Happened::State(State::Received), Place::Passed),
                (Happened::State(State::Assigned), Place::Now),
                (Happened::Due, Place::Ahead),
            ],
        );
    }

    #[test]
    fn a_follow_up_does_not_move_the_pin() {
        let events = vec![
            event(1_000, State::Received, None),
            event(2_000, State::Assigned, None),
            event(3_000, State::Assigned, Some(What::FollowUp)),
        ];
        check(
            &status(State::Assigned, events),
            6_000,
            &[
                (Happened::State(State::Received), Place::Passed),
                (Happened::State(State::Assigned), Place::Now),
                (Happened::Event(What::FollowUp), Place::Asked),
                (Happened::Due, Place::Late),
            ],
        );
    }

    #[test]
    fn nothing_is_expected_of_what_is_done_and_of_what_was_opened_again_it_is() {
        let due = |state| {
            entries(&status(state, Vec::new()), at(0))
                .iter()
                .any(|it| it.what == Happened::Due)
        };
        let done = [State::Resolved, State::Closed, State::Rejected];
        assert_eq!(done.map(due), [false; 3]);
        assert!(due(State::Reopened));
    }

    #[test]
    fn the_days_a_report_took_end_with_the_last_time_it_was_done() {
        let events = vec![
            event(1_000, State::Resolved, None),
            event(2_000, State::Reopened, None),
            event(1_000 + 2 * DAY_MS, State::Resolved, None),
        ];
        let took_of = |state| took(&status(state, events.clone()));
        let late = Took {
            days: 2,
            in_time: false,
        };
        assert_eq!(took_of(State::Closed), Some(late));
        assert_eq!(took_of(State::Reopened), None);
    }

    #[test]
    fn a_rating_is_low_once_all_its_stars_are_given_and_their_mean_is() {
        assert!(is_low([1, 2, 2], 2));
        assert!(!is_low([2, 2, 2], 2));
        assert!(!is_low([1, 1, 0], 2));
        assert!(!is_low([1, 1, 1], 0));
    }

    #[test]
    fn only_what_the_edge_allows_is_offered_the_nearest_first() {
        use Act::{Close, FollowUp, Rate, Reopen};
        let cases: [(&[Act], Form, Offer); 7] = [
            (&[], Form::Reopen, Offer::Nothing),
            (&[FollowUp], Form::Closed, Offer::FollowUp),
            (&[FollowUp], Form::FollowUp, Offer::Form(Form::FollowUp)),
            (&[Reopen, Close], Form::Closed, Offer::Close),
            (&[Reopen, Close], Form::Reopen, Offer::Form(Form::Reopen)),
            (&[Reopen, Rate], Form::FollowUp, Offer::Rate),
            (&[Reopen], Form::Closed, Offer::Reopen),
        ];
        for (may, form, expected) in cases {
            assert_eq!(offer(may, form), expected, "{may:?} {form:?}");
        }
    }
}
