//! One draft is one report: receipts, keys and sessions.

use balagh_shared::number::ReportNumber;
use balagh_shared::receipt::{Acknowledged, Receipt};
use serde_json::json;

use super::origin::Origin;
use super::town::{Folder, Look, PARTNER_KEY, PORTAL, Town, code, letters, report};

async fn receipt(response: reqwest::Response) -> Receipt {
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

#[tokio::test]
async fn an_accepted_report_gets_a_receipt_and_the_same_key_the_same_receipt() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let first = town.accepted(&letters('a'), &report()).await;
    assert!(ReportNumber::parse(&first.number).is_ok());
    assert!(first.number.starts_with("TT-"));
    assert_eq!(first.verdict, Acknowledged::Accepted);
    assert_eq!(first.district.as_deref(), Some("west"));
    assert_eq!(first.department.as_deref(), Some("lighting"));
    assert_eq!(
        first.due,
        Some(first.received_at.plus_millis(24 * 3_600_000))
    );
    let status_url = format!(
        "https://reports.town.example/v1/test-town/reports/{}",
        first.number
    );
    assert_eq!(first.status_url, status_url);

    // Again, with another session and even with one that is spent.
    for session in [town.session().await, "b1.spent".to_owned()] {
        let again = town
            .post(&letters('a'), &session, &report())
            .send()
            .await
            .unwrap();
        assert_eq!(again.status(), 200);
        assert_eq!(receipt(again).await, first);
    }
    let asked = town
        .client
        .get(town.url("/v1/test-town/submission"))
        .header("origin", PORTAL)
        .header("idempotency-key", letters('a'));
    let asked = asked.send().await.unwrap();
    assert_eq!(asked.status(), 200);
    assert_eq!(receipt(asked).await, first);
    assert_eq!(Look::into(&folder).await.reports().await, 1);
    town.close().await;
}

#[tokio::test]
async fn the_same_key_at_the_same_time_is_still_one_report() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let mut attempts = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let session = town.session().await;
        attempts.spawn(town.post(&letters('b'), &session, &report()).send());
    }
    let mut numbers = std::collections::BTreeSet::new();
    while let Some(attempt) = attempts.join_next().await {
        let response = attempt.unwrap().unwrap();
        match response.status().as_u16() {
            200 | 201 => drop(numbers.insert(receipt(response).await.number)),
            409 => assert_eq!(code(response).await, "key.in_flight"),
            other => panic!("{other}"),
        }
    }
    assert_eq!(numbers.len(), 1);
    assert_eq!(Look::into(&folder).await.reports().await, 1);
    town.close().await;
}

#[tokio::test]
async fn a_session_serves_one_report() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let session = town.session().await;
    let first = town
        .post(&letters('c'), &session, &report())
        .send()
        .await
        .unwrap();
    assert_eq!(first.status(), 201);
    let second = town
        .post(&letters('d'), &session, &report())
        .send()
        .await
        .unwrap();
    assert_eq!(second.status(), 401);
    assert_eq!(code(second).await, "session.expired");
    assert_eq!(Look::into(&folder).await.reports().await, 1);
    town.close().await;
}

#[tokio::test]
async fn a_refused_report_does_not_use_its_session_or_key_up() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let session = town.session().await;
    let mut wrong = report();
    wrong["category"] = json!("no.such");
    let refused = town
        .post(&letters('e'), &session, &wrong)
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 422);
    let mended = town
        .post(&letters('e'), &session, &report())
        .send()
        .await
        .unwrap();
    assert_eq!(mended.status(), 201);
    town.close().await;
}

#[tokio::test]
async fn a_key_that_stands_for_another_report_is_refused() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    town.accepted(&letters('f'), &report()).await;
    let mut other = report();
    other["description"] = json!("Another problem at another place altogether.");
    let session = town.session().await;
    let response = town
        .post(&letters('f'), &session, &other)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 422);
    assert_eq!(code(response).await, "key.reused");
    assert_eq!(Look::into(&folder).await.reports().await, 1);
    town.close().await;
}

#[tokio::test]
async fn a_partners_program_needs_no_session_and_has_keys_of_its_own() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let public = town.accepted(&letters('g'), &report()).await;
    let program = |bearer: &str| {
        town.client
            .post(town.url("/v1/test-town/reports"))
            .header("authorization", format!("Bearer {bearer}"))
            .header("content-type", "application/json")
            .header("idempotency-key", letters('g'))
            .body(report().to_string())
    };
    let response = program(PARTNER_KEY).send().await.unwrap();
    assert_eq!(response.status(), 201);
    assert_ne!(receipt(response).await.number, public.number);
    let partners = [
        origin.next_report().await.partner,
        origin.next_report().await.partner,
    ];
    assert_eq!(
        partners,
        [Some("portal".to_owned()), Some("portal".to_owned())]
    );
    let stranger = program("another").send().await.unwrap();
    assert_eq!(stranger.status(), 401);
    assert_eq!(code(stranger).await, "partner.unknown");
    town.close().await;
}

#[tokio::test]
async fn what_is_another_agencys_is_passed_on_to_it() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let mut animals = report();
    animals["category"] = json!("other.animals");
    let receipt = town.accepted(&letters('k'), &animals).await;
    assert_eq!(receipt.verdict, Acknowledged::Redirected);
    assert_eq!(receipt.agency.as_deref(), Some("environment"));
    let delivery = origin.next_report().await;
    assert_eq!(delivery.route.agency.as_deref(), Some("environment"));
    town.close().await;
}

#[tokio::test]
async fn a_ledger_that_fails_acknowledges_nothing() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let session = town.session().await;
    Look::into(&folder).await.break_the_outbox().await;
    let response = town
        .post(&letters('l'), &session, &report())
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 503);
    assert!(response.headers().contains_key("retry-after"));
    assert_eq!(code(response).await, "storage.unavailable");
    // Not even the part of it that could be written.
    assert_eq!(Look::into(&folder).await.reports().await, 0);
    assert_eq!(origin.rest(), []);
    town.close().await;
}
