//! Tracking, and what the origin tells.

use balagh_shared::delivery::OriginEvent;
use balagh_shared::keyring::Keyring;
use balagh_shared::signature::sign;
use balagh_shared::status::{PublicStatus, ReporterAction, State};

use super::origin::Origin;
use super::town::{Folder, PORTAL, Town, code, key, letters, now, report};

pub(crate) async fn track(town: &Town, number: &str, secret: &str) -> reqwest::Response {
    let request = town
        .client
        .get(town.url(&format!("/v1/test-town/reports/{number}")));
    let request = request.header("origin", PORTAL);
    request
        .header("authorization", format!("Balagh {secret}"))
        .send()
        .await
        .unwrap()
}

pub(crate) async fn status(response: reqwest::Response) -> PublicStatus {
    assert_eq!(response.status(), 200);
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

pub(crate) async fn tell(town: &Town, status: &PublicStatus, keys: &str) -> u16 {
    let id = format!("{}:{}", status.number, status.revision);
    tell_as(&id, town, status, keys).await
}

async fn tell_as(id: &str, town: &Town, status: &PublicStatus, keys: &str) -> u16 {
    let event = OriginEvent {
        municipality: "test-town".into(),
        status: status.clone(),
        public_text: None,
        secret_kid: None,
    };
    let body = serde_json::to_vec(&event).unwrap();
    let keys = Keyring::parse("TEST", keys).unwrap();
    let signed = sign(&keys, id, now().seconds(), &body).unwrap();
    let request = town
        .client
        .post(town.url("/origin/v1/events"))
        .header("webhook-id", signed.id)
        .header("webhook-timestamp", signed.timestamp)
        .header("webhook-signature", signed.signature)
        .body(body);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_message_signed_for_something_else_is_no_news_of_a_report() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let receipt = town.accepted(&letters('z'), &report()).await;
    let mut news = status(track(&town, &receipt.number, &receipt.secret).await).await;
    (news.state, news.revision) = (State::Closed, 7);
    let keys = key("BALAGH_WEBHOOK_KEYS").unwrap();
    assert_eq!(tell_as(&receipt.number, &town, &news, &keys).await, 401);
    let found = status(track(&town, &receipt.number, &receipt.secret).await).await;
    assert_eq!(found.state, State::Received);
    town.close().await;
}

#[tokio::test]
async fn a_report_is_tracked_by_its_number_and_code_and_by_nothing_less() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let receipt = town.accepted(&letters('a'), &report()).await;
    let found = status(track(&town, &receipt.number, &receipt.secret).await).await;
    assert_eq!(
        (found.state, found.district.as_deref()),
        (State::Received, Some("west"))
    );

    let typed = receipt.number.to_lowercase().replace('-', "");
    assert_eq!(
        status(track(&town, &typed, &receipt.secret).await).await,
        found
    );
    let other = town.accepted(&letters('b'), &report()).await;
    for (number, secret) in [
        (receipt.number.as_str(), other.secret.as_str()),
        (receipt.number.as_str(), "00000-00000"),
        (receipt.number.as_str(), ""),
        ("TT-00000-00000-0", receipt.secret.as_str()),
        ("nothing", receipt.secret.as_str()),
    ] {
        let response = track(&town, number, secret).await;
        assert_eq!(response.status(), 404);
        assert_eq!(code(response).await, "report.unknown");
    }
    town.close().await;
}

#[tokio::test]
async fn news_from_the_origin_is_kept_if_it_is_newer_and_signed() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let receipt = town.accepted(&letters('c'), &report()).await;
    let asked = async || status(track(&town, &receipt.number, &receipt.secret).await).await;
    let assigned = PublicStatus {
        state: State::Assigned,
        revision: 2,
        ..asked().await
    };
    let older = PublicStatus {
        state: State::Screened,
        revision: 1,
        ..assigned.clone()
    };

    let keys = key("BALAGH_WEBHOOK_KEYS").unwrap();
    assert_eq!(tell(&town, &assigned, &keys).await, 204);
    assert_eq!(tell(&town, &older, &keys).await, 204);
    let shown = PublicStatus {
        may: vec![ReporterAction::FollowUp],
        ..assigned.clone()
    };
    assert_eq!(asked().await, shown);

    let forged = PublicStatus {
        state: State::Closed,
        revision: 9,
        ..assigned.clone()
    };
    assert_eq!(
        tell(&town, &forged, &key("BALAGH_SEAL_KEYS").unwrap()).await,
        401
    );
    assert_eq!(asked().await, shown);
    town.close().await;
}

#[tokio::test]
async fn the_page_without_scripts_tracks_too() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let receipt = town.accepted(&letters('d'), &report()).await;
    let page = async |number: &str, code: &str| {
        let form = format!("number={number}&code={code}");
        let request = town
            .client
            .post(town.url("/test-town/track?lang=ar"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    };
    let (found, html) = page(&receipt.number, &receipt.secret).await;
    assert_eq!(found, 200);
    assert!(html.contains("dir=\"rtl\"") && html.contains(&receipt.number));
    assert!(html.contains("بلدية الغرب"));
    let (missing, _) = page(&receipt.number, "00000-00000").await;
    assert_eq!(missing, 404);
    let (mistyped, html) = page("%3Cscript%3E", &receipt.secret).await;
    assert_eq!(mistyped, 422);
    assert!(!html.contains("<script>"));
    town.close().await;
}

#[tokio::test]
async fn who_guesses_tracking_codes_is_let_try_a_while_and_then_not_even_with_the_right_one() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let receipt = town.accepted(&letters('g'), &report()).await;
    let ask = async |address: &str, secret: &str| {
        let path = format!("/v1/test-town/reports/{}", receipt.number);
        let request = town.client.get(town.url(&path));
        let request = request.header("x-forwarded-for", address);
        let request = request.header("authorization", format!("Balagh {secret}"));
        request.send().await.unwrap()
    };
    let mut tries = 0;
    let refused = loop {
        let answer = ask("198.51.100.9", "00000-00000").await;
        if answer.status() != 404 || tries == 1000 {
            break answer;
        }
        tries += 1;
    };
    // One more comes back each second.
    assert!(tries >= 300, "{tries}");
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers().get("retry-after").unwrap(), "1");
    assert_eq!(code(refused).await, "limit.ceiling");
    assert_eq!(ask("203.0.113.9", &receipt.secret).await.status(), 200);
    town.close().await;
}
