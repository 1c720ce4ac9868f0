//! What every ledger does: the same on memory, on SQLite and on PostgreSQL, and there also where two
//! edges have it open.

use std::path::PathBuf;

use balagh_database::Place;
use balagh_database::cluster::Cluster;
use balagh_shared::delivery::{Delivery, OriginEvent, StoredPhoto};
use balagh_shared::key::IdempotencyKey;
use balagh_shared::limit::Gcra;
use balagh_shared::number::{Prefix, ReportNumber};
use balagh_shared::receipt::Acknowledged;
use balagh_shared::report::Point;
use balagh_shared::time::{DAY_MS, HOUR_MS, Timestamp};
use serde_json::{Value, json};

use super::*;
use crate::codes::{Address, Checked, Entry, Live, Refused, Sent, ask};
use crate::http::Response;
use crate::keys::for_tests;
use crate::outbox::schedule::Next;
use crate::screen::{Effect, Insert, Leader, Scope, Screened, Slot, Spot, Stub, Text, Wanted};

const NOW: i64 = 1_795_243_260_000;
const LONG: i64 = DAY_MS;

fn at(later_ms: i64) -> Timestamp {
    Timestamp::from_millis(NOW + later_ms)
}

/// A place to keep a ledger in, and how it is opened once more.
struct Kept {
    place: Place,
    folder: Option<PathBuf>,
}

impl Kept {
    async fn open(&self) -> Ledger {
        Ledger::open(&self.place, for_tests::ledger().seals)
            .await
            .unwrap()
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            drop(std::fs::remove_dir_all(folder));
        }
    }
}

/// Every store that is on this machine.
async fn stores(name: &str) -> Vec<Kept> {
    let folder = std::env::temp_dir().join(format!("balagh-suite-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut stores = vec![
        Kept {
            place: Place::Memory,
            folder: None,
        },
        Kept {
            place: Ledger::in_folder(&folder),
            folder: Some(folder),
        },
    ];
    if let Some(cluster) = Cluster::shared().unwrap() {
        stores.push(Kept {
            place: Place::Postgres(cluster.database().await.unwrap()),
            folder: None,
        });
    }
    stores
}

/// Each test runs on every store: `$one` is a ledger, and `$other` what another edge finds there (or,
/// where there is no other edge, the same).
macro_rules! on_every_store {
    ($(async fn $name:ident($one:ident, $other:ident) $body:block)*) => {$(
        #[tokio::test]
        async fn $name() {
            for kept in stores(stringify!($name)).await {
                let $one = kept.open().await;
                let $other = match kept.place {
                    Place::Postgres(_) => kept.open().await,
                    _ => $one.clone(),
                };
                $body
                $other.close().await;
                $one.close().await;
            }
        }
    )*};
}

/// The report with this letter: its number, its key and its session are made of it.
fn insert(letter: u8) -> Insert {
    let number = ReportNumber::mint(&Prefix::parse("EP").unwrap(), &[letter; 8]);
    let report: Value = json!({
        "category": "lighting.dark", "description": "Three lamps are out.", "lang": "en",
        "contact": {"phone": "0501234567", "name": "Sara"},
        "photos": ["a1".repeat(32)], "declared": true, "channel": "widget"
    });
    let delivery: Delivery = serde_json::from_value(json!({
        "municipality": "ep", "number": number.as_str(), "secret_kid": "test",
        "received_at": at(0), "verdict": "quarantine", "reasons": [],
        "route": {"candidates": [], "department": "streets", "due": at(DAY_MS), "district": "west"},
        "report": report, "photos": []
    }))
    .unwrap();
    Insert {
        slot: slot(letter),
        fingerprint: [letter; 32],
        stub: Stub {
            municipality: "ep".into(),
            number,
            secret_kid: "test".into(),
            received_at: at(0),
            verdict: Acknowledged::Accepted,
            district: None,
            department: None,
            agency: None,
            due: None,
            joins: None,
        },
        delivery,
        screened: Screened {
            language: "en".into(),
            score: 7,
            features: Vec::new(),
            opinions: Vec::new(),
            fingerprint: Some(0b1011),
        },
        spot: Some(Spot {
            at: point(49.95),
            is_shown: true,
        }),
    }
}

fn point(lon: f64) -> Point {
    Point {
        lon,
        lat: 26.4,
        accuracy_m: None,
    }
}

fn slot(letter: u8) -> Slot {
    let key = IdempotencyKey::from_random(&[letter; 18]);
    Slot::of("ep", Scope::Public, &key)
}

fn number(letter: u8) -> String {
    insert(letter).stub.number.to_string()
}

fn decision(letter: u8) -> Vec<Effect> {
    vec![
        Effect::InsertReport(Box::new(insert(letter))),
        Effect::SpendNonce {
            nonce: [letter; 16],
            expires_at: at(DAY_MS).seconds(),
        },
    ]
}

async fn accepted(ledger: &Ledger, letter: u8) -> String {
    ledger.apply(&decision(letter), at(0)).await.unwrap();
    number(letter)
}

async fn jobs(ledger: &Ledger, now: Timestamp) -> Vec<Job> {
    ledger.due(ORIGIN, now, LONG, 10).await.unwrap()
}

fn photo() -> StoredPhoto {
    StoredPhoto {
        sha256: "b2".repeat(32),
        sent_sha256: "a1".repeat(32),
        media_type: "image/jpeg".into(),
        bytes: 3,
        width: 2,
        height: 1,
    }
}

async fn keep_photo(ledger: &Ledger) {
    let count = Effect::Count {
        subject: "ceiling/a".into(),
        tat: at(1000).millis(),
        step_ms: 1000,
        beyond: at(DAY_MS).millis(),
    };
    ledger
        .keep_photo("ep", &photo(), &count, at(0))
        .await
        .unwrap();
}

fn event(letter: u8, revision: u64, state: &str) -> OriginEvent {
    serde_json::from_value(json!({
        "municipality": "ep",
        "status": {
            "number": number(letter), "category": "lighting.dark", "state": state,
            "received_at": at(0), "joined": 2, "may": [], "events": [], "revision": revision
        }
    }))
    .unwrap()
}

on_every_store! {
    async fn a_key_has_one_receipt_and_a_session_one_report(one, other) {
        accepted(&one, 1).await;
        let wanted = Wanted {
            slot: Some(slot(1)),
            nonce: Some([1; 16]),
            proof: Some([2; 16]),
            ..Wanted::default()
        };
        let reads = other.read("ep", &wanted).await.unwrap();
        let stored = reads.submission.unwrap();
        assert_eq!((stored.fingerprint, stored.stub.number.as_str()), ([1; 32], &*number(1)));
        assert_eq!((reads.nonce_spent, reads.proof_spent), (true, false));
        let again = other.apply(&decision(1), at(1)).await;
        assert!(matches!(again, Err(LedgerError::Conflict)), "{again:?}");
        // Another report with a session that is used up: nothing of it is written.
        let mut spent = decision(2);
        spent[1] = Effect::SpendNonce { nonce: [1; 16], expires_at: at(DAY_MS).seconds() };
        let refused = other.apply(&spent, at(1)).await;
        assert!(matches!(refused, Err(LedgerError::Conflict)), "{refused:?}");
        assert_eq!(one.submission(slot(2)).await.unwrap(), None);
        assert_eq!(jobs(&one, at(1)).await.len(), 1);
    }

    async fn of_a_group_that_goes_to_the_disk_together_one_may_fail_alone(one, other) {
        let (good, bad, next) = (decision(1), decision(1), decision(2));
        let (first, second, third) = tokio::join!(
            one.apply(&good, at(0)),
            one.apply(&bad, at(0)),
            one.apply(&next, at(0)),
        );
        assert!(first.is_ok() && third.is_ok(), "{first:?} {third:?}");
        assert!(matches!(second, Err(LedgerError::Conflict)));
        assert_eq!(jobs(&other, at(0)).await.len(), 2);
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
            let ledger = if others % 2 == 0 { &one } else { &other };
            ledger.apply(&count, at(0)).await.unwrap();
            let tat = other.counter("sender").await.unwrap();
            assert_eq!(limit.check(tat, NOW).allowed, others < 2, "after {others}");
        }
        let tat = one.counter("sender").await.unwrap();
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
        assert_eq!(other.counter("sender").await.unwrap(), Some(each.new_tat));
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
        for ledger in [&one, &other, &other] {
            let alike = ledger.read("ep", &wanted).await.unwrap();
            assert_eq!((alike.alike, alike.nearby), (2, true));
        }
    }

    async fn what_waits_is_carried_put_off_put_aside_and_replayed(one, other) {
        let (a, b) = (accepted(&one, 1).await, accepted(&one, 2).await);
        let due = jobs(&other, at(0)).await;
        assert_eq!(due.iter().map(|job| &job.number).collect::<Vec<_>>(), [&a, &b]);
        let failure = Failure { code: "timeout", is_refusal: false, in_doubt: true };
        other.failed(&due[0], &failure, Next::Again(at(5_000)), at(0)).await.unwrap();
        other.delivered(&due[1], &[], Some("their-7"), at(0)).await.unwrap();
        assert_eq!(jobs(&one, at(4_999)).await, []);
        assert_eq!(one.next_due(ORIGIN).await.unwrap(), Some(at(5_000)));
        let again = jobs(&one, at(5_000)).await;
        assert_eq!((again[0].attempts, again[0].refusals, again[0].in_doubt), (1, 0, true));
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
        one.hasten(ORIGIN, at(10_000)).await.unwrap();
        assert_eq!(jobs(&one, at(10_000)).await.len(), 1);
        // A time further off than anything is put off was written by a clock that was wrong.
        let due = jobs(&one, at(10_000)).await;
        one.failed(&due[0], &failure, Next::Again(at(3 * LONG)), at(10_000)).await.unwrap();
        assert_eq!(jobs(&other, at(11_000)).await.len(), 1);
    }

    async fn a_photo_is_named_delivered_with_its_report_and_follows_one_that_went_before(one, other) {
        let a = accepted(&one, 1).await;
        assert_eq!(other.photo("ep", &photo().sent_sha256).await.unwrap(), None);
        keep_photo(&other).await;
        keep_photo(&one).await;
        assert_eq!(one.photo("ep", &photo().sent_sha256).await.unwrap(), Some(photo()));
        assert_eq!(one.unless_named(&photo().sha256, async {}).await.unwrap(), None);
        assert_eq!(one.unless_named("c3", async {}).await.unwrap(), Some(()));
        let delivery = other.delivery(&a).await.unwrap().unwrap();
        assert_eq!(delivery.photos, [photo()]);
        assert_eq!(delivery.report.contact, insert(1).delivery.report.contact);
        // Behind the report, which is not there yet.
        let due = jobs(&one, at(0)).await;
        assert_eq!(due.len(), 1);
        one.follow(&due[0], &[photo()], at(0), at(0)).await.unwrap();
        one.delivered(&due[0], &[], None, at(0)).await.unwrap();
        let [late] = &*jobs(&other, at(0)).await else { panic!() };
        assert_eq!(late.load, Load::Photo(photo().sent_sha256));
        assert_eq!(other.next_due(ORIGIN).await.unwrap(), Some(at(0)));
        other.delivered(late, &[photo()], None, at(0)).await.unwrap();
        other.renew_photo("ep", &photo().sent_sha256, at(2 * DAY_MS)).await.unwrap();
        other.forget_orphans(at(9 * DAY_MS)).await.unwrap();
        let removed = one.unless_named(&photo().sha256, async {}).await.unwrap();
        assert_eq!(removed, None, "a report names it");
    }

    async fn what_is_overdue_is_erased_and_key_and_status_stay(one, other) {
        let a = accepted(&one, 1).await;
        keep_photo(&one).await;
        let late = at(20 * DAY_MS);
        let overdue = Overdue { bodies: late, photos: late, nearby: late };
        assert_eq!(other.municipalities().await.unwrap(), ["ep"]);
        assert_eq!(other.erase_bodies("ep", overdue, late).await.unwrap(), 0, "undelivered");
        assert_eq!(other.erase_photos("ep", overdue).await.unwrap(), (0, vec![]));
        for job in jobs(&one, at(0)).await {
            one.delivered(&job, &[photo()], None, at(0)).await.unwrap();
        }
        let erased = other.erase_photos("ep", overdue).await.unwrap();
        assert_eq!(erased, (1, vec![photo().sha256]));
        assert_eq!(other.bodies().await.unwrap(), Bodies { count: 1, oldest: Some(NOW) });
        assert_eq!(other.erase_bodies("ep", overdue, late).await.unwrap(), 1);
        assert_eq!(one.bodies().await.unwrap(), Bodies::default());
        assert_eq!(one.delivery(&a).await.unwrap(), None);
        assert_eq!(one.leader("ep", &a).await.unwrap(), Leader::Unknown);
        assert!(one.status(&a).await.unwrap().is_some());
        assert!(one.submission(slot(1)).await.unwrap().is_some());
        assert!(one.fold().await.unwrap());
        one.forget_keys(at(401 * DAY_MS)).await.unwrap();
        assert_eq!(other.submission(slot(1)).await.unwrap(), None);
        assert_eq!(other.municipalities().await.unwrap(), [""; 0]);
    }

    async fn newer_news_is_kept_and_older_is_not(one, other) {
        let a = accepted(&one, 1).await;
        assert_eq!(other.secret_kid("ep", &a).await.unwrap().as_deref(), Some("test"));
        assert_eq!(other.leader("ep", &a).await.unwrap(), Leader::Open);
        one.keep_status(&event(1, 5, "in_progress")).await.unwrap();
        other.keep_status(&event(1, 4, "received")).await.unwrap();
        assert_eq!(other.status(&a).await.unwrap().unwrap().revision, 5);
        let around = Around {
            municipality: "ep",
            category: "lighting.dark",
            from: point(49.94),
            to: point(49.96),
            since: at(0),
        };
        let [found] = &*other.around(&around).await.unwrap() else { panic!() };
        assert_eq!((&found.report.number, found.report.joined), (&a, 2));
        other.keep_status(&event(1, 6, "closed")).await.unwrap();
        assert_eq!(one.leader("ep", &a).await.unwrap(), Leader::Over);
        assert_eq!(one.around(&around).await.unwrap().len(), 0);
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
        assert_eq!(one.screenings(at(0)).await.unwrap().len(), 1);
        assert_eq!(one.screenings(at(1)).await.unwrap().len(), 0);
        let due = jobs(&one, at(1)).await;
        assert_eq!(due.len(), 1, "behind the report");
        one.delivered(&due[0], &[], None, at(1)).await.unwrap();
        assert_eq!(jobs(&one, at(1)).await[0].load, Load::Review);
    }

    async fn a_code_is_sent_once_for_a_solved_challenge_and_every_try_counts(one, other) {
        let wanted = ask::Wanted {
            subject: "phone/a".into(),
            counters: vec!["code-sender/a".into()],
            proof: Some([9; 16]),
        };
        let live = Live { mac: [3; 32], expires_at: at(HOUR_MS), asked_by: "sender".into(), left: 5, left_to_others: 4 };
        let sent = |_: &ask::Reads| -> Result<Sent, Box<Refused>> {
            Ok(Sent {
                subject: "phone/a".into(),
                entry: Entry { sent: vec![at(0)], live: Some(live.clone()) },
                counts: Vec::new(),
                spent: Some(([9; 16], at(DAY_MS).seconds())),
                address: Address::Email(balagh_shared::rules::email("a@example.sa").unwrap()),
                code: "123456".into(),
                response: Response::new(202, "text/plain", ""),
            })
        };
        assert!(!other.peek_codes(&wanted).await.unwrap().proof_spent);
        one.send_code(&wanted, at(0), sent).await.unwrap().unwrap();
        let reads = other.peek_codes(&wanted).await.unwrap();
        assert!(reads.proof_spent);
        assert_eq!(reads.entry.live.as_ref(), Some(&live));
        let again = other.send_code(&wanted, at(0), sent).await;
        assert!(matches!(again, Err(LedgerError::Conflict)), "{again:?}");
        let wrong = |entry: Entry| Checked {
            entry: Some(Entry {
                live: entry.live.map(|live| Live { left: live.left - 1, ..live }),
                sent: entry.sent,
            }),
            answer: Ok(Response::new(200, "text/plain", "")),
        };
        let (first, second) = tokio::join!(
            one.check_code("phone/a", at(1), wrong),
            other.check_code("phone/a", at(1), wrong),
        );
        assert!(first.is_ok() && second.is_ok());
        let kept = one.peek_code("phone/a").await.unwrap();
        assert_eq!(kept.live.unwrap().left, 3);
        assert_eq!(kept.sent, [at(0)]);
        assert_eq!(one.peek_code("phone/b").await.unwrap(), Entry::default());
    }

    async fn a_contact_is_sealed_and_opened_for_its_own_report_alone(one, other) {
        let a = accepted(&one, 1).await;
        let (kid, contact) = other.contact("ep", &a).await.unwrap().unwrap();
        assert_eq!((kid.as_str(), contact), ("test", insert(1).delivery.report.contact));
        assert!(other.contact("elsewhere", &a).await.unwrap().is_none());
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
        assert!(one.commits().writes > 0);
    }
}
