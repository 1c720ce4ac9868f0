use balagh_shared::municipality::{Closing, Municipality};
use balagh_shared::time::{DAY_MS, HOUR_MS};

use super::super::{Log, timer};
use super::*;

/// A report and the town it is in, from the fixture's document with its own way of closing.
struct Story {
    document: Municipality,
    codes: Keyring,
    head: Head,
    log: Log,
    now: Timestamp,
}

const NUMBER: &str = "TD-7K3M9-QX2RT-D";

fn by_survey() -> Closing {
    Closing {
        by: ClosingBy::Survey,
        ..Closing::default()
    }
}

fn by_code() -> Closing {
    Closing {
        by: ClosingBy::Code,
        ..Closing::default()
    }
}

impl Story {
    /// A report that a department has, on a Tuesday at noon.
    fn begin(closing: Closing) -> Story {
        let text =
            include_str!("../../../../tests/fixtures/municipalities/dammam/municipality.json");
        let mut document: Municipality = serde_json::from_str(text).unwrap();
        document.closing = closing;
        let now = Timestamp::parse("2026-11-17T12:00:00+03:00").unwrap();
        let head = Head {
            number: NUMBER.into(),
            category: "cleanliness.street".into(),
            received_at: now,
            district: None,
            department: "cleanliness".into(),
            agency: None,
            due: now.plus_millis(DAY_MS),
        };
        let states = [State::Received, State::Screened, State::Assigned];
        let events = states.map(|state| Event {
            at: now,
            state,
            what: What::State,
            actor: Actor::Edge,
            staff: None,
            note: None,
        });
        Story {
            codes: Keyring::parse("TEST", &format!("t:{}", "A".repeat(43))).unwrap(),
            document,
            head,
            log: Log::rebuild(events).unwrap(),
            now,
        }
    }

    /// It follows another report from now on, which has come to `state`.
    fn joins_one_that_is(&mut self, state: State) {
        let to = "TD-00000-00000-0".into();
        for (state, what) in [(State::Assigned, What::Joined { to }), (state, What::State)] {
            let event = Event {
                at: self.now,
                state,
                what,
                actor: Actor::Staff,
                staff: None,
                note: None,
            };
            self.log.record(event).unwrap();
        }
    }

    fn life(&self) -> Life {
        Life::of(&self.head, &self.log)
    }

    fn later(&mut self, millis: i64) {
        self.now = self.now.plus_millis(millis);
    }

    /// Takes a step; gives the reason of a refusal.
    fn take(&mut self, step: &Step) -> Option<Reason> {
        let life = self.life();
        let policy = Policy::of(&self.document, &self.head.category);
        let situation = Situation {
            municipality: "dammam",
            head: &self.head,
            life: &life,
            policy: &policy,
            codes: &self.codes,
            now: self.now,
        };
        let Outcome {
            events, refusal, ..
        } = step.take(None, &situation);
        for event in events {
            self.log.record(event).unwrap();
        }
        refusal.map(|violation| violation.code)
    }

    #[track_caller]
    fn done(&mut self, step: &Step) -> State {
        assert_eq!(self.take(step), None);
        self.life().state
    }

    fn next(&self) -> Option<(Timer, Timestamp)> {
        let policy = Policy::of(&self.document, &self.head.category);
        timer::next(&self.life(), &policy)
    }
}

fn resolve() -> Step {
    Step::Resolve { note: None }
}

fn rate(marks: [u8; 3]) -> Step {
    Step::Rate {
        marks,
        comment: None,
    }
}

fn follow_up() -> Step {
    Step::FollowUp { note: None }
}

/// What becomes of a closed report that is rated so, where the threshold is this.
#[track_caller]
fn check_rating(reopen_below: u8, marks: [u8; 3], expected: State) {
    let mut story = Story::begin(Closing {
        reopen_below,
        ..by_survey()
    });
    story.done(&resolve());
    story.done(&Step::Agree);
    assert_eq!(story.done(&rate(marks)), expected, "{marks:?}");
}

#[test]
fn a_mean_below_the_threshold_reopens_and_one_at_it_does_not() {
    check_rating(2, [1, 2, 2], State::Reopened);
    check_rating(2, [2, 2, 2], State::Closed);
    check_rating(2, [1, 1, 4], State::Closed);
    check_rating(4, [5, 5, 1], State::Reopened);
    check_rating(0, [1, 1, 1], State::Closed);
}

#[test]
fn a_mark_is_one_to_five() {
    let mut story = Story::begin(by_survey());
    story.done(&resolve());
    for marks in [[0, 3, 3], [3, 6, 3], [3, 3, 255]] {
        assert_eq!(story.take(&rate(marks)), Some(Reason::RatingInvalid));
    }
}

#[test]
fn where_a_code_closes_it_is_rated_after_that() {
    let mut story = Story::begin(by_code());
    story.done(&resolve());
    assert_eq!(story.take(&rate([5; 3])), Some(Reason::StateConflict));
    story.done(&Step::Agree);
    assert_eq!(story.done(&rate([5; 3])), State::Closed);
    assert_eq!(story.take(&rate([5; 3])), Some(Reason::StateConflict));
}

#[test]
fn reopened_it_is_due_anew_and_may_be_rated_anew() {
    let mut story = Story::begin(by_survey());
    story.done(&resolve());
    story.done(&rate([5; 3]));
    story.later(3 * DAY_MS);
    let again = Step::Reopen { note: "no".into() };
    assert_eq!(story.done(&again), State::Reopened);
    // The category's 24 hours.
    assert_eq!(story.life().due, story.now.plus_millis(DAY_MS));
    assert_eq!(story.life().rating, None);
    story.done(&Step::Start);
    story.done(&resolve());
    assert_eq!(story.done(&rate([4; 3])), State::Closed);
}

#[test]
fn where_reporters_are_protected_no_code_is_taken_at_the_door() {
    let mut story = Story::begin(Closing {
        online: true,
        ..by_code()
    });
    story.done(&resolve());
    let code = ClosingCode::derive(&story.codes, "dammam", NUMBER, 1).to_string();
    let close = Step::Close {
        code: Some(code),
        note: None,
    };
    assert_eq!(story.take(&close), Some(Reason::ClosingOnline));
    assert_eq!(story.done(&Step::Agree), State::Closed);
}

#[test]
fn what_cannot_be_a_code_is_no_try() {
    let mut story = Story::begin(by_code());
    story.done(&resolve());
    for code in [None, Some("12345".to_owned()), Some("x".repeat(9999))] {
        let close = Step::Close { code, note: None };
        assert_eq!(story.take(&close), Some(Reason::ClosingCode));
    }
    assert_eq!(story.life().miscoded, 0);
}

#[test]
fn a_follow_up_is_taken_once_a_working_day() {
    let mut story = Story::begin(by_code());
    story.done(&follow_up());
    story.later(11 * HOUR_MS);
    assert_eq!(story.take(&follow_up()), Some(Reason::FollowUpTooSoon));
    // 08:00 on Wednesday, half an hour after the office opened.
    story.later(9 * HOUR_MS);
    story.done(&follow_up());
    // Thursday, and then the weekend, on which nobody reads it.
    story.later(DAY_MS);
    story.done(&follow_up());
    story.later(2 * DAY_MS);
    assert_eq!(story.take(&follow_up()), Some(Reason::FollowUpTooSoon));
    story.later(DAY_MS);
    story.done(&follow_up());
    assert_eq!(story.life().follow_ups, 4);
    story.done(&resolve());
    assert_eq!(story.take(&follow_up()), Some(Reason::StateConflict));
}

#[test]
fn an_answer_is_no_follow_up_that_came_too_soon() {
    let mut story = Story::begin(by_code());
    story.done(&follow_up());
    let ask = Step::Wait {
        note: "which?".into(),
    };
    story.done(&ask);
    assert_eq!(story.done(&follow_up()), State::InProgress);
}

#[test]
fn who_follows_a_report_that_waits_was_asked_nothing_and_asks_once_a_working_day() {
    let mut story = Story::begin(by_code());
    story.joins_one_that_is(State::WaitingForReporter);
    assert_eq!(story.done(&follow_up()), State::WaitingForReporter);
    assert_eq!(story.take(&follow_up()), Some(Reason::FollowUpTooSoon));
}

#[test]
fn what_joined_another_is_led_by_it() {
    let mut story = Story::begin(by_survey());
    story.joins_one_that_is(State::Closed);
    assert_eq!(story.next(), None, "nothing happens to it by itself");
    let reopen = Step::Reopen { note: "x".into() };
    for step in [resolve(), Step::Agree, reopen, Step::Start] {
        assert_eq!(story.take(&step), Some(Reason::StateConflict));
    }
    assert_eq!(
        story.done(&rate([1; 3])),
        State::Closed,
        "its reporter is heard, and the other's decides"
    );
}

#[test]
fn a_timer_that_comes_too_late_changes_nothing() {
    let mut story = Story::begin(by_code());
    story.done(&resolve());
    let (closing, at) = story.next().unwrap();
    assert_eq!(at, story.now.plus_millis(7 * DAY_MS));
    story.done(&Step::Reopen { note: "x".into() });
    let before = story.log.clone();
    story.done(&Step::Timer(closing));
    story.done(&Step::Timer(Timer::Escalate(2)));
    assert_eq!(story.log, before);

    story.done(&Step::Start);
    story.done(&resolve());
    story.done(&Step::Timer(closing));
    assert_eq!(
        story.life().state,
        State::Resolved,
        "that was the first time"
    );
    story.done(&Step::Timer(Timer::Close(2)));
    assert_eq!(story.life().state, State::Closed);
}

#[test]
fn levels_are_reached_one_after_the_other_and_begin_again_when_it_is_due_anew() {
    let mut story = Story::begin(by_code());
    let due = story.life().due;
    for (level, hours) in [(1, 24), (2, 72)] {
        let at = due.plus_millis(hours * HOUR_MS);
        assert_eq!(story.next(), Some((Timer::Escalate(level), at)));
        story.done(&Step::Timer(Timer::Escalate(level)));
    }
    assert_eq!(story.next(), None, "there is no higher one");
    story.done(&resolve());
    story.done(&Step::Reopen { note: "x".into() });
    let (timer, _) = story.next().unwrap();
    assert_eq!(timer, Timer::Escalate(1));
}

#[test]
fn a_department_that_is_gone_keeps_no_report_from_another() {
    let mut story = Story::begin(by_code());
    story
        .document
        .departments
        .retain(|it| it.code != "cleanliness");
    let assign = |department: Option<&str>| Step::Assign {
        department: department.map(str::to_owned),
    };
    assert_eq!(story.take(&assign(None)), Some(Reason::DepartmentUnknown));
    story.done(&assign(Some("triage")));
    assert_eq!(story.life().department, "triage");
}

#[test]
fn a_category_that_is_gone_is_led_by_the_municipalitys_own_rules() {
    let mut story = Story::begin(by_survey());
    story.head.category = "gone.long-since".into();
    story.done(&follow_up());
    story.done(&resolve());
    assert!(story.next().is_some());
    assert_eq!(story.done(&Step::Agree), State::Closed);
}
