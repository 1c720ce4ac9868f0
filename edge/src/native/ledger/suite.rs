//! What native ledgers do beside what every ledger does: what operators ask of them, and several edges
//! on one. The same on memory, on SQLite and on PostgreSQL.

use balagh_shared::time::DAY_MS;

use super::*;
use crate::ledger::suite::made::{NOW, at, ceiling, decision, number, photo, slot};
use crate::ledger::suite::store::places;
use crate::outbox::schedule::Next;

/// Each test runs on every native ledger: `$other` is what another edge finds there, or the same.
macro_rules! on_every_ledger {
    ($(async fn $name:ident($one:ident, $other:ident) $body:block)*) => {$(
        #[tokio::test]
        async fn $name() {
            for place in places(stringify!($name)).await {
                let ($one, $other) = place.open_twice().await;
                $body
                $other.close().await;
                $one.close().await;
            }
        }
    )*};
}

async fn accepted(ledger: &Ledger, letter: u8) -> String {
    ledger.apply(&decision(letter), at(0)).await.unwrap();
    number(letter)
}

async fn jobs(ledger: &Ledger, now: Timestamp) -> Vec<Job> {
    ledger.due(ORIGIN, now, DAY_MS, 10).await.unwrap()
}

on_every_ledger! {
    async fn what_was_put_aside_is_listed_and_replayed(one, other) {
        let (a, b) = (accepted(&one, 1).await, accepted(&one, 2).await);
        let due = jobs(&other, at(0)).await;
        assert_eq!(due.iter().map(|job| &job.number).collect::<Vec<_>>(), [&a, &b]);
        let failure = Failure { code: "timeout", is_refusal: false, in_doubt: true };
        other.failed(&due[0], &failure, Next::Again(at(5_000)), at(0)).await.unwrap();
        other.delivered(&due[1], &[], Some("their-7"), at(0)).await.unwrap();
        let again = jobs(&one, at(5_000)).await;
        assert_eq!((again[0].attempts, again[0].in_doubt), (1, true));
        // Only one of two that saw it due sends it where it would be taken twice.
        assert!(one.claim(&again[0], "works", at(9_000)).await.unwrap());
        assert!(!other.claim(&again[0], "works", at(9_000)).await.unwrap());
        let tallies = other.tallies().await.unwrap();
        assert_eq!(tallies, [("possible_duplicates/works".to_owned(), 1)]);
        one.failed(&again[0], &failure, Next::Dead, at(9_000)).await.unwrap();
        let dead = Which { dead: true, number: Some(&a), ..Which::default() };
        let [letter] = &*other.letters(dead, 10).await.unwrap() else { panic!() };
        assert_eq!((letter.state, letter.attempts), (LetterState::Dead, 2));
        assert_eq!(letter.last_error.as_deref(), Some("timeout"));
        let [backlog] = &*other.backlog().await.unwrap() else { panic!() };
        assert_eq!((backlog.waiting, backlog.oldest, backlog.dead), (0, None, 1));
        assert_eq!(other.replay(dead, at(10_000)).await.unwrap(), 1);
        assert_eq!(other.replay(dead, at(10_000)).await.unwrap(), 0);
        assert_eq!(jobs(&one, at(10_000)).await.len(), 1);
    }

    async fn how_much_there_is_to_erase_is_known(one, other) {
        accepted(&one, 1).await;
        one.keep_photo("ep", &photo(), &ceiling(), at(0)).await.unwrap();
        assert_eq!(other.municipalities().await.unwrap(), ["ep"]);
        assert_eq!(other.bodies().await.unwrap(), Bodies { count: 1, oldest: Some(NOW) });
        for job in jobs(&one, at(0)).await {
            one.delivered(&job, &[photo()], None, at(0)).await.unwrap();
        }
        let late = at(20 * DAY_MS);
        let overdue = Overdue { bodies: late, photos: late, nearby: late };
        other.erase_photos("ep", overdue).await.unwrap();
        assert_eq!(other.erase_bodies("ep", overdue, late).await.unwrap(), 1);
        assert_eq!(one.bodies().await.unwrap(), Bodies::default());
        assert_eq!(other.municipalities().await.unwrap(), [""; 0]);
        assert!(one.fold().await.unwrap());
        assert!(one.submission(slot(1)).await.unwrap().is_some());
    }

    async fn what_a_person_says_is_kept_once_and_follows_the_report(one, other) {
        let a = accepted(&one, 1).await;
        let [held] = &*other.held(10).await.unwrap() else { panic!() };
        assert_eq!((&held.number, held.screened.score), (&a, 7));
        assert_eq!(other.label(&a, Label::Honest, at(1)).await.unwrap(), Labelled::Kept);
        assert_eq!(one.label(&a, Label::Spam, at(2)).await.unwrap(), Labelled::Before);
        assert_eq!(one.label("EP-0", Label::Spam, at(2)).await.unwrap(), Labelled::Unknown);
        assert_eq!(one.held(10).await.unwrap(), []);
        let labelled = one.screening(&a).await.unwrap().unwrap();
        assert_eq!(labelled.label, Some(Label::Honest));
        assert_eq!(one.screenings(at(0), at(1)).await.unwrap().len(), 1);
        assert_eq!(one.screenings(at(1), at(9)).await.unwrap().len(), 0);
        let due = jobs(&one, at(1)).await;
        assert_eq!(due.len(), 1, "behind the report");
        one.delivered(&due[0], &[], None, at(1)).await.unwrap();
        assert_eq!(jobs(&one, at(1)).await[0].load, Load::Review);
    }

    async fn one_at_a_time_has_a_duty_until_its_lease_is_over(one, other) {
        let latest = |now: i64| at(now + 60_000);
        let lease = async |ledger: &Ledger, holder, now: i64| {
            let (now, until, latest) = (at(now), at(now + 20_000), latest(now));
            ledger.lease("outbox/origin", holder, now, until, latest).await.unwrap()
        };
        assert!(lease(&one, "a", 0).await);
        assert!(!lease(&other, "b", 19_999).await);
        assert!(lease(&one, "a", 19_999).await, "renewed");
        assert!(!lease(&other, "b", 20_000).await);
        assert!(lease(&other, "b", 39_999).await, "the other is gone");
        assert!(!lease(&one, "a", 40_000).await);
        other.give_back("b").await.unwrap();
        assert!(lease(&one, "a", 40_001).await);
        // Whoever's clock stood years ahead keeps nobody out for years.
        assert!(lease(&one, "a", 10 * DAY_MS).await);
        assert!(lease(&other, "b", 50_000).await);
        assert_eq!(one.photos_are_in("here").await.unwrap(), "here");
        assert_eq!(other.photos_are_in("there").await.unwrap(), "here");
        other.photos_moved_to("there").await.unwrap();
        assert_eq!(one.photos_are_in("here").await.unwrap(), "there");
    }

    async fn a_ledger_that_can_be_written_says_so(one, other) {
        one.probe(at(0)).await.unwrap();
        other.probe(at(0)).await.unwrap();
        accepted(&one, 1).await;
        assert!(one.commits().works > 0);
    }
}
