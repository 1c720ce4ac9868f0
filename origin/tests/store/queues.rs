//! What is still to be done: timers, messages, statuses for the edge, days to be summed up.

use balagh_origin::analytics::{Calendar, Period};
use balagh_origin::lifecycle::step::{Outcome, Step};
use balagh_origin::lifecycle::timer::Timer;
use balagh_origin::store::{Scope, Settled};
use balagh_shared::time::{DAY_MS, HOUR_MS};

use crate::support::{decide, now, number, on_each, report};

/// Every day there is.
const ALWAYS: std::ops::Range<i64> = i64::MIN..i64::MAX;

#[tokio::test]
async fn a_timer_takes_effect_once_and_not_after_it_was_set_anew() {
    on_each(async |town| {
        town.insert(&report(1)).await;
        let jobs = town.store.jobs_of(&number(1)).await.unwrap();
        let [job] = jobs.as_slice() else {
            panic!("{} jobs on {}", jobs.len(), town.place)
        };
        town.store.put_off(job).await.unwrap();
        let fire = async || {
            let mut is_fired = false;
            let fired = town
                .store
                .fire(job, &town.documents, now(), |report, timer: Timer| {
                    is_fired = true;
                    decide(report, &town.documents, &Step::Timer(timer))
                });
            fired.await.unwrap();
            is_fired
        };
        assert!(fire().await, "{}", town.place);
        assert!(!fire().await, "{}", town.place);
        // Escalated by it, with the next timer in its place.
        assert_eq!(
            town.report(&number(1)).await.life().level,
            1,
            "{}",
            town.place
        );
        let next = town.store.jobs().await.unwrap();
        assert_eq!(next.len(), 1, "{}", town.place);
        assert_ne!(next[0].token, job.token, "{}", town.place);
    })
    .await;
}

#[tokio::test]
async fn a_message_is_claimed_by_one_and_settled_once() {
    on_each(async |town| {
        for hours in [1, 2] {
            town.insert(&report(hours)).await;
        }
        let other = town.another().await;
        let (some, rest) = tokio::join!(
            town.store.claim_notices(now(), 1),
            other.claim_notices(now(), 16)
        );
        let (some, rest) = (some.unwrap(), rest.unwrap());
        let mut claimed: Vec<i64> = some.iter().chain(&rest).map(|errand| errand.id).collect();
        let all = claimed.len();
        claimed.sort_unstable();
        claimed.dedup();
        assert_eq!((claimed.len(), all), (2, 2), "{}", town.place);
        let [sent, dead] = claimed[..] else {
            panic!("not two on {}", town.place)
        };
        town.store
            .notice_settled(sent, &Settled::Sent, now())
            .await
            .unwrap();
        let settled = Settled::Dead("no such number".into());
        town.store
            .notice_settled(dead, &settled, now())
            .await
            .unwrap();
        town.store
            .notice_settled(dead, &Settled::Sent, now())
            .await
            .unwrap();
        let letters = town.store.dead_letters().await.unwrap();
        assert_eq!(letters.len(), 1, "{}", town.place);
        assert_eq!(
            (letters[0].id, letters[0].cause.as_str()),
            (dead, "no such number")
        );
        assert!(
            town.store.replay(dead, now()).await.unwrap(),
            "{}",
            town.place
        );
        assert!(
            !town.store.replay(dead, now()).await.unwrap(),
            "{}",
            town.place
        );
        assert_eq!(
            town.store.next_notice().await.unwrap(),
            Some(now()),
            "{}",
            town.place
        );
    })
    .await;
}

#[tokio::test]
async fn the_edge_is_told_of_the_last_revision_and_only_then_is_the_line_gone() {
    on_each(async |town| {
        town.insert(&report(1)).await;
        let due = town.store.due_statuses(now(), 10).await.unwrap();
        assert_eq!((due.len(), due[0].revision), (1, 1), "{}", town.place);
        town.step(&number(1), 1, &Step::Start).await.unwrap();
        town.store.status_told(&number(1), 1).await.unwrap();
        let due = town.store.due_statuses(now(), 10).await.unwrap();
        assert_eq!((due.len(), due[0].revision), (1, 2), "{}", town.place);
        town.store.status_failed(&due[0], now(), 0).await.unwrap();
        assert!(
            town.store.due_statuses(now(), 10).await.unwrap().is_empty(),
            "{}",
            town.place
        );
        assert!(
            town.store.next_status().await.unwrap() > Some(now()),
            "{}",
            town.place
        );
        town.store.status_told(&number(1), 2).await.unwrap();
        assert_eq!(
            town.store.next_status().await.unwrap(),
            None,
            "{}",
            town.place
        );
    })
    .await;
}

#[tokio::test]
async fn a_day_is_summed_again_after_any_of_its_reports_has_changed() {
    on_each(async |town| {
        let document = &town.documents.by_id("dammam").unwrap().document;
        town.store.note_hidden(document).await.unwrap();
        for hours in [1, 2] {
            town.insert(&report(hours)).await;
        }
        // The month of the first of them.
        let day = document.time_zone.local_day(now().plus_millis(-HOUR_MS));
        let month = Period::month_of(Calendar::Gregorian, day).unwrap();
        let sums = async || {
            let left = town.store.sum_up(document, ALWAYS, 16).await.unwrap();
            assert_eq!(left, 0, "{}", town.place);
            let sums = town.store.period_sums(document, month, Scope::Everything);
            sums.await.unwrap()
        };
        let before = sums().await;
        assert_eq!(before, sums().await, "{}", town.place);
        // From its days, and then from its own sums.
        let summed = town.store.sum_up_months(document, i64::MAX, 16).await;
        assert!(summed.unwrap() >= 2, "by both calendars, {}", town.place);
        assert_eq!(before, sums().await, "{}", town.place);
        let reject = Step::Reject {
            note: "ليس لنا".into(),
        };
        town.step(&number(1), 1, &reject).await.unwrap();
        assert_ne!(before, sums().await, "{}", town.place);
        assert_eq!(town.store.catch_up(&town.documents, 16).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_timer_whose_effect_fails_is_still_to_be_done() {
    on_each(async |town| {
        town.insert(&report(1)).await;
        let jobs = town.store.jobs().await.unwrap();
        let later = now().plus_millis(DAY_MS + HOUR_MS);
        let failed = town.store.fire(
            &jobs[0],
            &town.documents,
            later,
            |_, _| -> Result<Outcome, _> { Err(balagh_origin::store::StoreError::Randomness) },
        );
        assert!(failed.await.is_err(), "{}", town.place);
        assert_eq!(town.store.jobs().await.unwrap(), jobs, "{}", town.place);
    })
    .await;
}
