//! What every ledger does: the same sentences on memory, on SQLite, on PostgreSQL (there also where two
//! edges have it open) and in a Durable Object.
//!
//! | module | idea |
//! | --- | --- |
//! | [`store`] | what every ledger can be asked, and how each of them is |
//! | [`sqlite`] | the database of an object |
//! | [`made`] | what is written down |
//!
//! What only native ledgers do, because only they have operators and neighbours, is in their own suite.

pub(crate) mod made;
mod sqlite;
pub(crate) mod store;

use balagh_shared::limit::Gcra;
use balagh_shared::municipality::Screening;
use balagh_shared::time::{DAY_MS, HOUR_MS};

use crate::codes::{Address, Checked, Entry, Live, Sent, ask};
use crate::http::Response;
use crate::ledger::count::Count;
use crate::ledger::job::{Failure, Load};
use crate::nearby::Around;
use crate::outbox::schedule::Next;
use crate::screen::{Effect, Insert, Leader, Text, Wanted};
use balagh_world as clock;

use made::{NOW, at, ceiling, decision, event, insert, number, photo, point, slot};
use store::{LONG, Store, Taken, accepted, object, places};

/// Each test runs on every store: `$one` is a ledger, and `$other` what another edge finds there, the
/// object's next life, or, where there is no other, the same.
macro_rules! on_every_store {
    ($(async fn $name:ident($one:ident, $other:ident) $body:block)*) => {$(
        #[tokio::test]
        async fn $name() {
            async fn is_said_of($one: &impl Store, $other: &impl Store) $body
            for place in places(stringify!($name)).await {
                let (one, other) = place.open_twice().await;
                is_said_of(&one, &other).await;
                other.close().await;
                one.close().await;
            }
            let (one, other) = object();
            is_said_of(&one, &other).await;
        }
    )*};
}

const AWAY: Failure<'static> = Failure {
    code: "timeout",
    is_refusal: false,
    in_doubt: false,
};

/// Everything around where the letters' reports are.
fn around() -> Around {
    Around {
        municipality: "ep".into(),
        category: "lighting.dark".into(),
        at: point(49.95),
        metres: 100.0,
        since: at(0),
    }
}

on_every_store! {
    async fn a_report_is_found_again_as_it_was_written(one, other) {
        let a = accepted(one, 1).await;
        let Insert { fingerprint, stub, delivery, .. } = insert(1);
        let stored = other.submission(slot(1)).await.unwrap();
        assert_eq!((stored.fingerprint, stored.stub), (fingerprint, stub));
        assert_eq!(other.delivery(&a).await.as_ref(), Some(&delivery));
        let status = other.status(&a).await.unwrap();
        assert_eq!((status.number, status.revision), (a.clone(), 0));
        assert_eq!(other.secret_kid("ep", &a).await.as_deref(), Some("test"));
        assert_eq!(other.secret_kid("elsewhere", &a).await, None);
        assert_eq!(other.delivery(&number(2)).await, None);
        assert_eq!(other.status(&number(2)).await, None);
    }

    async fn a_key_has_one_receipt_and_a_session_one_report(one, other) {
        accepted(one, 1).await;
        let wanted = Wanted {
            slot: Some(slot(1)),
            nonce: Some([1; 16]),
            proof: Some([2; 16]),
            ..Wanted::default()
        };
        let reads = other.read(&wanted, at(0)).await;
        let stored = reads.submission.unwrap();
        assert_eq!((stored.fingerprint, stored.stub.number.as_str()), ([1; 32], &*number(1)));
        assert_eq!((reads.nonce_spent, reads.proof_spent), (true, false));
        assert_eq!(other.apply(&decision(1), at(1)).await, Err(Taken));
        // Another report with a session that is used up: nothing of it is written.
        let mut spent = decision(2);
        spent[1] = Effect::SpendNonce { nonce: [1; 16], expires_at: at(DAY_MS).seconds() };
        assert_eq!(other.apply(&spent, at(1)).await, Err(Taken));
        assert_eq!(one.submission(slot(2)).await, None);
        assert_eq!(one.status(&number(2)).await, None);
        assert_eq!(one.due(at(1)).await.len(), 1);
    }

    async fn of_a_group_that_goes_to_the_disk_together_one_may_fail_alone(one, other) {
        let (good, bad, next) = (decision(1), decision(1), decision(2));
        let (first, second, third) = tokio::join!(
            one.apply(&good, at(0)),
            one.apply(&bad, at(0)),
            one.apply(&next, at(0)),
        );
        assert_eq!((first, second, third), (Ok(()), Err(Taken), Ok(())));
        assert_eq!(other.due(at(0)).await.len(), 2);
    }

    async fn whoever_is_counted_by_several_edges_at_one_moment_is_counted_each_time(one, other) {
        let limit = Gcra::new(3, 1_000);
        let each = limit.check(None, NOW);
        let count = [Effect::Count {
            subject: "sender".into(),
            tat: each.new_tat,
            step_ms: 1_000,
            beyond: each.beyond,
        }];
        // All of them were decided before the first was counted.
        for others in 0..10 {
            if others % 2 == 0 {
                one.apply(&count, at(0)).await.unwrap();
            } else {
                other.apply(&count, at(0)).await.unwrap();
            }
            let tat = other.counter("sender").await;
            assert_eq!(limit.check(tat, NOW).allowed, others < 2, "after {others}");
        }
        let tat = one.counter("sender").await;
        assert!(!limit.check(tat, NOW + 3_000).allowed, "two buckets of them");
        assert!(limit.check(tat, NOW + 4_000).allowed);
        // A clock that was wrong counts for nothing.
        let wrong = [Effect::Count {
            subject: "sender".into(),
            tat: NOW + 1_000_000_000,
            step_ms: 1_000,
            beyond: NOW + 2_000_000_000,
        }];
        one.apply(&wrong, at(0)).await.unwrap();
        one.apply(&count, at(0)).await.unwrap();
        assert_eq!(other.counter("sender").await, Some(each.new_tat));
    }

    async fn what_is_over_weighs_nothing_any_more(one, other) {
        accepted(one, 1).await;
        one.keep_photo(&photo(), &ceiling(), at(0)).await;
        let wanted = Wanted { nonce: Some([1; 16]), ..Wanted::default() };
        assert!(other.read(&wanted, at(0)).await.nonce_spent);
        other.apply(&decision(2), at(2 * DAY_MS)).await.unwrap();
        assert_eq!(one.counter("ceiling/a").await, None);
        assert!(!one.read(&wanted, at(0)).await.nonce_spent);
    }

    async fn what_came_lately_is_known_whichever_edge_took_it(one, other) {
        // Lately by the machine's clock.
        one.apply(&decision(1), clock::now()).await.unwrap();
        other.apply(&decision(2), clock::now()).await.unwrap();
        let wanted = Wanted {
            text: Some(Text { fingerprint: 0b1111, within: 1 }),
            around: Some(crate::screen::Around {
                category: "lighting.dark".into(),
                at: point(49.95),
                metres: 50,
                days: 14,
            }),
            ..Wanted::default()
        };
        for _ in 0..2 {
            for alike in [
                one.read(&wanted, clock::now()).await,
                other.read(&wanted, clock::now()).await,
            ] {
                assert_eq!((alike.alike, alike.nearby), (2, true));
            }
        }
    }

    async fn what_waits_is_carried_put_off_hastened_and_put_aside(one, other) {
        let (a, b) = (accepted(one, 1).await, accepted(one, 2).await);
        let due = other.due(at(0)).await;
        assert_eq!(due.iter().map(|job| &job.number).collect::<Vec<_>>(), [&a, &b]);
        other.failed(&due[0], AWAY, Next::Again(at(5_000)), at(0)).await;
        other.delivered(&due[1], &[], &[], at(0)).await;
        assert_eq!(one.due(at(4_999)).await, []);
        assert_eq!(one.next_due().await, Some(at(5_000)));
        let again = one.due(at(5_000)).await;
        assert_eq!((again[0].attempts, again[0].refusals), (1, 0));
        one.failed(&again[0], AWAY, Next::Again(at(60_000)), at(5_000)).await;
        other.hasten(at(6_000)).await;
        let due = one.due(at(6_000)).await;
        assert_eq!(due[0].attempts, 2);
        // A time further off than anything is put off was written by a clock that was wrong.
        one.failed(&due[0], AWAY, Next::Again(at(3 * LONG)), at(6_000)).await;
        let due = other.due(at(7_000)).await;
        assert_eq!(due.len(), 1);
        let refused = Failure { code: "http.404", is_refusal: true, ..AWAY };
        one.failed(&due[0], refused, Next::Dead, at(9_000)).await;
        assert_eq!(other.due(at(DAY_MS)).await, [], "it waits for a person");
        assert_eq!(other.next_due().await, None);
    }

    async fn a_photo_is_named_delivered_with_its_report_and_follows_one_that_went_before(one, other) {
        let a = accepted(one, 1).await;
        let name = photo().sent_sha256;
        assert_eq!(other.photo(&name).await, None);
        other.keep_photo(&photo(), &ceiling(), at(0)).await;
        one.keep_photo(&photo(), &ceiling(), at(0)).await;
        assert_eq!(one.photo(&name).await, Some(photo()));
        assert!(one.names_file(&photo().sha256).await);
        assert!(!one.names_file("c3").await);
        assert_eq!(other.delivery(&a).await.unwrap().photos, [photo()]);
        // Behind the report, which is not there yet.
        let due = one.due(at(0)).await;
        assert_eq!(due.len(), 1);
        one.delivered(&due[0], &[], &[photo()], at(0)).await;
        let [late] = &*other.due(at(0)).await else { panic!() };
        assert_eq!(late.load, Load::Photo(name.clone()));
        assert_eq!(other.next_due().await, Some(at(0)));
        other.delivered(late, &[photo()], &[], at(0)).await;
        assert_eq!(one.due(at(0)).await, []);
        other.renew_photo(&name, at(2 * DAY_MS)).await;
        other.erase(&Screening::default(), at(9 * DAY_MS)).await;
        assert!(one.names_file(&photo().sha256).await, "a report names it");
    }

    async fn a_photo_that_no_report_names_goes_after_two_days_unless_it_is_sent_again(one, other) {
        let name = photo().sent_sha256;
        one.keep_photo(&photo(), &ceiling(), at(0)).await;
        other.erase(&Screening::default(), at(47 * HOUR_MS)).await;
        assert!(one.names_file(&photo().sha256).await);
        other.renew_photo(&name, at(47 * HOUR_MS)).await;
        other.erase(&Screening::default(), at(50 * HOUR_MS)).await;
        assert_eq!(one.photo(&name).await, Some(photo()));
        other.erase(&Screening::default(), at(96 * HOUR_MS)).await;
        assert_eq!(one.photo(&name).await, None);
        assert!(!one.names_file(&photo().sha256).await);
    }

    async fn a_photo_of_the_work_is_there_as_long_as_the_status_names_it(one, other) {
        let a = accepted(one, 1).await;
        one.keep_team_photo(&a, "d4", at(0)).await;
        one.keep_team_photo(&a, "e5", at(0)).await;
        assert_eq!(other.team_photo(&a, "d4").await.as_deref(), Some("image/jpeg"));
        assert_eq!(other.team_photo(&number(2), "d4").await, None);
        let mut told = event(1, 2, "in_progress");
        told.status.events = serde_json::from_value(serde_json::json!([
            {"at": at(0), "state": "in_progress", "photo": {"sha256": "d4", "width": 2, "height": 1}}
        ]))
        .unwrap();
        other.keep_status(&told).await;
        other.erase(&Screening::default(), at(3 * DAY_MS)).await;
        assert!(one.names_file("d4").await);
        assert!(!one.names_file("e5").await);
    }

    async fn what_is_overdue_is_erased_and_key_and_status_stay(one, other) {
        let screening = Screening::default();
        let retention = screening.retention;
        let days = retention.body_days.max(retention.photo_days).max(screening.nearby.days);
        let late = at((i64::from(days) + 1) * DAY_MS);
        let (a, b) = (accepted(one, 1).await, accepted(one, 2).await);
        one.keep_photo(&photo(), &ceiling(), at(0)).await;
        assert_eq!(other.erase(&screening, late).await, [""; 0], "undelivered");
        assert!(other.delivery(&a).await.is_some());
        for job in one.due(at(0)).await {
            one.delivered(&job, &[photo()], &[], at(0)).await;
        }
        assert_eq!(other.erase(&screening, at(DAY_MS)).await, [""; 0], "within its days");
        assert_eq!(other.erase(&screening, late).await, [photo().sha256]);
        assert!(!one.names_file(&photo().sha256).await);
        for number in [&a, &b] {
            assert_eq!(one.delivery(number).await, None);
            assert_eq!(one.leader("ep", number).await, Leader::Unknown);
            assert!(one.status(number).await.is_some(), "it can still be tracked");
            let (_, contact) = one.contact("ep", number).await.unwrap();
            assert_eq!(contact, None);
        }
        assert!(one.submission(slot(1)).await.is_some());
        one.erase(&screening, at(401 * DAY_MS)).await;
        assert_eq!(other.submission(slot(1)).await, None);
    }

    async fn newer_news_is_kept_and_older_is_not(one, other) {
        let a = accepted(one, 1).await;
        assert_eq!(other.leader("ep", &a).await, Leader::Open);
        one.keep_status(&event(1, 5, "in_progress")).await;
        other.keep_status(&event(1, 4, "received")).await;
        assert_eq!(other.status(&a).await.unwrap().revision, 5);
        let [found] = &*other.around(&around()).await else { panic!() };
        assert_eq!((&found.report.number, found.report.joined), (&a, 2));
        other.keep_status(&event(1, 6, "closed")).await;
        assert_eq!(one.leader("ep", &a).await, Leader::Over);
        assert_eq!(one.around(&around()).await.len(), 0);
    }

    async fn what_staff_took_in_is_tracked_by_the_key_that_the_news_names(one, other) {
        let mut told = event(3, 1, "received");
        told.secret_kid = Some("test".into());
        one.keep_status(&told).await;
        let kid = other.secret_kid("ep", &number(3)).await;
        assert_eq!(kid.as_deref(), Some("test"));
        assert_eq!(other.secret_kid("elsewhere", &number(3)).await, None);
        // Later news need not say it again.
        other.keep_status(&event(3, 2, "in_progress")).await;
        assert_eq!(one.secret_kid("ep", &number(3)).await, kid);
        assert_eq!(one.status(&number(3)).await.unwrap().revision, 2);
    }

    async fn near_a_place_is_found_what_is_open_shown_and_of_its_kind(one, other) {
        let a = accepted(one, 1).await;
        let hidden = |letter, change: fn(&mut Insert)| {
            let mut it = insert(letter);
            change(&mut it);
            [Effect::InsertReport(Box::new(it))]
        };
        let unseen = hidden(2, |it| it.spot = it.spot.map(|at| crate::screen::Spot { is_shown: false, ..at }));
        let elsewhere = hidden(3, |it| it.delivery.report.category = "roads.pothole".into());
        let nowhere = hidden(4, |it| it.spot = None);
        for effects in [unseen, elsewhere, nowhere] {
            one.apply(&effects, at(0)).await.unwrap();
        }
        let found = other.around(&around()).await;
        assert_eq!(found.iter().map(|it| &it.report.number).collect::<Vec<_>>(), [&a]);
        assert_eq!((found[0].at.lon, found[0].report.received_at), (49.95, at(0)));
        let later = Around { since: at(1), ..around() };
        assert_eq!(other.around(&later).await.len(), 0);
        // Once a person has looked at it, it is shown.
        one.keep_status(&event(2, 1, "in_progress")).await;
        assert_eq!(other.around(&around()).await.len(), 2);
    }

    async fn a_code_is_sent_once_for_a_solved_challenge_and_every_try_counts(one, other) {
        let wanted = ask::Wanted {
            subject: "phone/a".into(),
            counters: vec!["code-sender/a".into()],
            proof: Some([9; 16]),
        };
        let live = Live { mac: [3; 32], expires_at: at(HOUR_MS), asked_by: "sender".into(), left: 5, left_to_others: 4 };
        let sent = Sent {
            subject: "phone/a".into(),
            entry: Entry { sent: vec![at(0)], live: Some(live.clone()) },
            counts: vec![Count {
                subject: "code-sender/a".into(),
                tat: at(1000).millis(),
                step_ms: 1000,
                beyond: at(DAY_MS).millis(),
            }],
            spent: Some(([9; 16], at(DAY_MS).seconds())),
            address: Address::Email(balagh_shared::rules::email("a@example.sa").unwrap()),
            code: "123456".into(),
            response: Response::new(202, "text/plain", ""),
        };
        assert!(!other.codes(&wanted).await.proof_spent);
        one.send_code(&sent, at(0)).await.unwrap();
        let reads = other.codes(&wanted).await;
        assert!(reads.proof_spent);
        assert_eq!(reads.entry.live.as_ref(), Some(&live));
        assert_eq!(reads.counters.get("code-sender/a"), Some(&at(1000).millis()));
        assert_eq!(other.send_code(&sent, at(0)).await, Err(Taken));
        let wrong: fn(Entry) -> Checked = |entry| Checked {
            entry: Some(Entry {
                live: entry.live.map(|live| Live { left: live.left - 1, ..live }),
                sent: entry.sent,
            }),
            answer: Ok(Response::new(200, "text/plain", "")),
        };
        tokio::join!(
            one.check_code("phone/a", at(1), wrong),
            other.check_code("phone/a", at(1), wrong),
        );
        let kept = one.code("phone/a").await;
        assert_eq!(kept.live.unwrap().left, 3);
        assert_eq!(kept.sent, [at(0)]);
        assert_eq!(one.code("phone/b").await, Entry::default());
        // A day later the row says nothing any more: it goes with what is overdue, and with the next code.
        one.erase(&Screening::default(), at(DAY_MS)).await;
        assert_eq!(other.code("phone/a").await.sent, [at(0)]);
        one.erase(&Screening::default(), at(2 * DAY_MS)).await;
        assert_eq!(other.code("phone/a").await, Entry::default());
        one.send_code(&Sent { spent: None, ..sent.clone() }, at(0)).await.unwrap();
        let next = Sent { subject: "phone/b".into(), spent: None, ..sent };
        one.send_code(&next, at(2 * DAY_MS)).await.unwrap();
        assert_eq!(other.code("phone/a").await, Entry::default());
    }

    async fn a_contact_is_sealed_and_opened_for_its_own_report_alone(one, other) {
        let a = accepted(one, 1).await;
        let (kid, contact) = other.contact("ep", &a).await.unwrap();
        assert_eq!((kid.as_str(), contact), ("test", insert(1).delivery.report.contact));
        assert_eq!(other.contact("elsewhere", &a).await, None);
    }
}

#[test]
fn an_object_keeps_one_municipality() {
    let (one, other) = object();
    assert_eq!(one.at_once(|it| it.municipality()).unwrap(), None);
    one.at_once(|it| it.belong_to("here")).unwrap();
    other.at_once(|it| it.belong_to("here")).unwrap();
    assert!(other.at_once(|it| it.belong_to("there")).is_err());
}
