use proptest::prelude::*;

use super::*;

fn event(state: State, millis: i64) -> Event {
    let at = Timestamp::from_millis(millis);
    Event {
        at,
        state,
        what: What::State,
        actor: Actor::Staff,
        staff: None,
        note: None,
    }
}

/// The states that can come next after a life in this order.
#[track_caller]
fn check(life: &[State], expected: &[State]) {
    let log = Log::rebuild(life.iter().map(|state| event(*state, 0))).unwrap();
    let next: Vec<State> = State::ALL
        .into_iter()
        .filter(|state| log.clone().record(event(*state, 0)).is_ok())
        .collect();
    assert_eq!(next, expected, "after {life:?}");
}

#[test]
fn every_life_begins_by_being_received() {
    check(&[], &[State::Received]);
}

#[test]
fn nothing_reaches_a_department_or_an_agency_unscreened() {
    check(&[State::Received], &[State::Screened, State::Rejected]);
}

#[test]
fn what_is_done_is_agreed_or_sent_back() {
    let life = [
        State::Received,
        State::Screened,
        State::Assigned,
        State::Resolved,
    ];
    check(&life, &[State::Closed, State::Reopened]);
}

#[test]
fn every_state_can_be_reached_and_left() {
    let mut reached = vec![None];
    let mut index = 0;
    while let Some(from) = reached.get(index).copied() {
        let next: Vec<State> = State::ALL
            .into_iter()
            .filter(|to| allowed(from, *to))
            .collect();
        assert!(!next.is_empty(), "{from:?} is a dead end");
        for to in next {
            if !reached.contains(&Some(to)) {
                reached.push(Some(to));
            }
        }
        index += 1;
    }
    assert_eq!(reached.len(), State::ALL.len() + 1);
}

#[test]
fn an_intake_goes_as_far_as_its_verdict() {
    let at = Timestamp::from_millis(1_000);
    let route = Route {
        district: None,
        candidates: Vec::new(),
        department: "lighting".into(),
        agency: Some("power".into()),
        due: at,
        inspectors: None,
    };
    for (verdict, is_trial, expected) in [
        (Verdict::Accept, false, State::Assigned),
        (Verdict::Redirect, false, State::Transferred),
        (Verdict::Quarantine, false, State::Received),
        (Verdict::Accept, true, State::Screened),
        (Verdict::Redirect, true, State::Screened),
    ] {
        let log = Log::intake(Actor::Edge, verdict, is_trial, &route, at, at);
        assert_eq!(log.state(), Some(expected), "{verdict:?}");
        assert_eq!(Log::rebuild(log.events().to_vec()), Ok(log));
    }
}

#[test]
fn what_was_joined_goes_wherever_the_other_goes_and_what_was_not_does_not() {
    let life = [State::Received, State::Screened, State::Assigned];
    let mut log = Log::rebuild(life.map(|state| event(state, 0))).unwrap();
    assert!(log.clone().record(event(State::Closed, 1)).is_err());
    let joined = Event {
        what: What::Joined { to: "TT-1".into() },
        ..event(State::Assigned, 1)
    };
    log.record(joined).unwrap();
    assert_eq!(log.joins(), Some("TT-1"));
    log.record(event(State::Closed, 2)).unwrap();
    assert_eq!(log.state(), Some(State::Closed));
}

#[test]
fn what_does_not_move_a_report_leaves_it_where_it_stands() {
    let mut log = Log::default();
    let note = |state| Event {
        what: What::Note { internal: true },
        ..event(state, 0)
    };
    assert!(
        log.record(note(State::Received)).is_err(),
        "before its life"
    );
    log.record(event(State::Received, 0)).unwrap();
    assert!(log.record(note(State::Screened)).is_err());
    log.record(note(State::Received)).unwrap();
}

#[test]
fn every_actor_reads_back_from_its_code() {
    for actor in Actor::ALL {
        assert_eq!(Actor::from_code(actor.code()), Some(actor));
    }
}

proptest! {
    #[test]
    fn no_disallowed_transition_is_reachable_and_time_never_runs_backwards(
        tries in proptest::collection::vec((0_usize..10, 0_i64..1_000_000), 0..60),
    ) {
        let mut log = Log::default();
        for (index, millis) in tries {
            let state = State::ALL[index];
            let before = log.clone();
            match log.record(event(state, millis)) {
                Ok(_) => prop_assert!(allowed(before.state(), state)),
                Err(illegal) => {
                    prop_assert_eq!(illegal, Illegal { from: before.state(), to: state });
                    prop_assert_eq!(&log, &before);
                }
            }
        }
        let mut from = None;
        let mut at = Timestamp::from_millis(0);
        for event in log.events() {
            prop_assert!(allowed(from, event.state));
            prop_assert!(at <= event.at);
            (from, at) = (Some(event.state), event.at);
        }
        prop_assert_eq!(Log::rebuild(log.events().to_vec()), Ok(log));
    }
}
