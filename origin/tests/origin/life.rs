//! A report's life in the ledger.

use balagh_origin::lifecycle::{Actor, Event, Log};
use balagh_origin::store::{Store, StoreError};
use balagh_shared::delivery::Verdict;
use balagh_shared::status::State;
use proptest::prelude::*;

use crate::support::*;

/// Delivers a report with this verdict, and looks at the state it is stored with.
async fn check(verdict: Verdict, agency: Option<&str>, is_trial: bool, expected: &str) {
    let origin = Running::start(NOWHERE).await;
    let mut delivery = delivery(1);
    delivery.verdict = verdict;
    delivery.route.agency = agency.map(str::to_owned);
    delivery.report.test = is_trial;
    origin.deliver(&delivery).await;
    let state: String = sqlx::query_scalar("SELECT state FROM reports")
        .fetch_one(&origin.look().await)
        .await
        .unwrap();
    assert_eq!(state, expected, "{verdict:?}");
}

#[tokio::test]
async fn an_accepted_report_is_assigned() {
    check(Verdict::Accept, None, false, "assigned").await;
}

#[tokio::test]
async fn another_agencys_report_is_transferred() {
    check(Verdict::Redirect, Some("electricity"), false, "transferred").await;
}

#[tokio::test]
async fn a_quarantined_report_waits_for_a_person_and_a_trial_for_nobody() {
    check(Verdict::Quarantine, None, false, "received").await;
    check(Verdict::Accept, None, true, "screened").await;
}

#[tokio::test]
async fn the_log_cannot_be_rewritten() {
    let origin = Running::start(NOWHERE).await;
    origin.deliver(&delivery(1)).await;
    let folder = origin.stop().await;
    let pool = sqlx::SqlitePool::connect_with(
        sqlx::sqlite::SqliteConnectOptions::new().filename(folder.0.join("origin.sqlite")),
    )
    .await
    .unwrap();
    for change in ["UPDATE events SET state = 'closed'", "DELETE FROM events"] {
        let refused = sqlx::query(change).execute(&pool).await.unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
    pool.close().await;
}

#[tokio::test]
async fn of_two_who_act_on_the_same_revision_one_is_told_that_it_has_changed() {
    let origin = Running::start(NOWHERE).await;
    origin.deliver(&delivery(1)).await;
    let store = origin.server.store();
    let step = |state| Event {
        at: now(),
        state,
        actor: Actor::Staff,
        note: None,
    };
    let (number, other) = (number(1), number(2));
    let (one, two) = tokio::join!(
        store.advance(&number, 1, step(State::InProgress), now()),
        store.advance(&number, 1, step(State::Resolved), now()),
    );
    let stale = [one, two]
        .into_iter()
        .filter(|it| matches!(it, Err(StoreError::Stale)))
        .count();
    assert_eq!(stale, 1);
    let unknown = store.advance(&other, 1, step(State::Resolved), now()).await;
    assert!(matches!(unknown, Err(StoreError::Unknown)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_stored_state_is_always_the_one_rebuilt_from_the_log(
        tries in proptest::collection::vec(0_usize..10, 0..25),
    ) {
        tokio::runtime::Runtime::new().unwrap().block_on(lead_a_life(tries));
    }
}

async fn lead_a_life(tries: Vec<usize>) {
    const STATES: [State; 10] = [
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
    let origin = Running::start(NOWHERE).await;
    origin.deliver(&delivery(1)).await;
    let store: &Store = origin.server.store();
    let mut revision = 1;
    for index in tries {
        let event = Event {
            at: now(),
            state: STATES[index],
            actor: Actor::Staff,
            note: None,
        };
        match store.advance(&number(1), revision, event, now()).await {
            Ok(next) => {
                assert_eq!(next, revision + 1);
                revision = next;
            }
            Err(error) => assert!(matches!(error, StoreError::Illegal(_)), "{error}"),
        }
        let stored = store.report(&number(1)).await.unwrap().unwrap();
        let rebuilt = Log::rebuild(stored.log.events().to_vec()).unwrap();
        let state: String = sqlx::query_scalar("SELECT state FROM reports")
            .fetch_one(&origin.look().await)
            .await
            .unwrap();
        assert_eq!(rebuilt.state().unwrap().code(), state);
        assert_eq!(stored.head.revision, revision);
    }
    origin.stop().await;
}
