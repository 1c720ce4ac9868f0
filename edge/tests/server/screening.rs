//! Work under pressure, what is held, and what people say of it, over HTTP and in the ledger.

use balagh_edge::native::ledger::{Label, Labelled, Ledger};
use balagh_edge::screen::Effect;
use balagh_shared::delivery::{Outcome, Review, Verdict};
use balagh_shared::keyring::Keyring;
use balagh_shared::municipality::Screening;
use balagh_shared::proof::Challenge;
use serde_json::{Value, json};

use super::origin::{Origin, Told};
use super::town::{Folder, Look, Town, key, letters, now, report};

const ADVERT: &str =
    "Best online casino bonus, win real money now: http://bit.ly/x7 WhatsApp 0501112233";

async fn ledger(folder: &Folder) -> Ledger {
    let seals = Keyring::parse("TEST", &key("BALAGH_SEAL_KEYS").unwrap()).unwrap();
    Ledger::open(&Ledger::in_folder(folder), seals)
        .await
        .unwrap()
}

fn nth(place: u32) -> String {
    format!("{place:024}")
}

#[tokio::test]
async fn a_sender_past_its_calm_works_and_each_challenge_is_good_once() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let calm = Screening::default().sender.burst;
    for place in 0..calm {
        // Each from a phone of its own: it is the address that is pressed.
        let mut report = report();
        report["contact"]["phone"] = json!(format!("05012345{place:02}"));
        town.accepted(&nth(place), &report).await;
    }
    let session = town.session().await;
    let pressed = town.post(&letters('p'), &session, &report());
    let response = pressed.send().await.unwrap();
    assert_eq!(response.status(), 428);
    let problem: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    assert_eq!(problem["code"], "proof.required");
    let challenge: Challenge = serde_json::from_value(problem["challenge"].clone()).unwrap();

    // The same request with the work done, under the same key and session: a 428 burns nothing.
    let proof = challenge.answered().unwrap();
    let again = town.post(&letters('p'), &session, &report());
    let response = again.header("balagh-proof", &proof).send().await.unwrap();
    assert_eq!(response.status(), 201);
    let other = town.post(&letters('q'), &town.session().await, &report());
    let response = other.header("balagh-proof", &proof).send().await.unwrap();
    assert_eq!(
        response.status(),
        428,
        "a challenge is spent with its report"
    );
    // Somebody elsewhere is calm.
    let elsewhere = town.post(&letters('e'), &town.session().await, &report());
    let response = elsewhere
        .header("x-forwarded-for", "198.51.100.7")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 201);
    town.close().await;
}

#[tokio::test]
async fn what_a_person_says_of_a_held_report_reaches_the_origin_behind_it() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let mut advert = report();
    advert["description"] = json!(ADVERT);
    let receipt = town.accepted(&letters('a'), &advert).await;
    let delivery = origin.next_report().await;
    assert_eq!(delivery.verdict, Verdict::Quarantine);

    let beside = ledger(&folder).await;
    let held = beside.held(10).await.unwrap();
    let numbers: Vec<&str> = held.iter().map(|it| it.number.as_str()).collect();
    assert_eq!(numbers, [receipt.number.as_str()]);
    let label = |label| beside.label(&receipt.number, label, now());
    assert_eq!(label(Label::Honest).await.unwrap(), Labelled::Kept);
    assert_eq!(label(Label::Spam).await.unwrap(), Labelled::Before);
    assert!(beside.held(10).await.unwrap().is_empty());
    // The outbox looks again when something comes.
    town.accepted(&letters('b'), &report()).await;
    let review = loop {
        if let Told::Review(review) = origin.next().await {
            break review;
        }
    };
    let released = Review {
        number: receipt.number.clone(),
        outcome: Outcome::Release,
    };
    assert_eq!(review, released);
    beside.close().await;
    town.close().await;
}

#[tokio::test]
async fn what_came_lately_is_known_after_a_restart() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    for letter in ['a', 'b', 'c', 'd'] {
        let town = Town::open(&folder, &origin.url()).await;
        town.accepted(&letters(letter), &report()).await;
        let reasons = origin.next_report().await.reasons;
        let is_repeated = reasons.contains(&balagh_shared::reason::Reason::TextRepeated);
        assert_eq!(is_repeated, letter == 'd', "{letter}");
        town.close().await;
    }
}

#[tokio::test]
async fn a_hundred_thousand_networks_leave_as_many_counters_as_are_not_idle() {
    let folder = Folder::new("edge");
    let ledger = ledger(&folder).await;
    let look = Look::into(&folder).await;
    let began = now();
    for second in 0..100_i64 {
        let at = began.plus_millis(second * 1000);
        let count = |network: i64| Effect::Count {
            subject: format!("network/town/{second}-{network}"),
            tat: at.millis() + 2000,
            step_ms: 2000,
            beyond: i64::MAX,
        };
        let effects: Vec<Effect> = (0..1000).map(count).collect();
        ledger.apply(&effects, at).await.unwrap();
        // Those of this second and of the two before it; none is forgotten, and none kept.
        assert_eq!(look.count_counters().await, 1000 * (second + 1).min(3));
    }
    ledger.close().await;
}
