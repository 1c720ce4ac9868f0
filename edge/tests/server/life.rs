//! What reporters do with their reports after the receipt, and what others see of them.

use balagh_shared::municipality::ClosingBy;
use balagh_shared::nearby::Nearby;
use balagh_shared::problem::Problem;
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::receipt::Receipt;
use balagh_shared::status::{
    PendingClosing, PublicStatus, ReporterAction, State, StatusEvent, What,
};
use serde_json::{Value, json};

use super::origin::{Origin, Told};
use super::town::{Folder, PORTAL, Town, code, key, letters, now, report};
use super::tracking::{status, tell, track};

async fn act(town: &Town, receipt: &Receipt, action: &str, body: Value) -> reqwest::Response {
    let path = format!("/v1/test-town/reports/{}/{action}", receipt.number);
    town.client
        .post(town.url(&path))
        .header("origin", PORTAL)
        .header("accept-language", "ar")
        .header("authorization", format!("Balagh {}", receipt.secret))
        .body(body.to_string())
        .send()
        .await
        .unwrap()
}

async fn nearby(town: &Town, query: &str) -> reqwest::Response {
    let request = town
        .client
        .get(town.url(&format!("/v1/test-town/nearby?{query}")));
    request.header("origin", PORTAL).send().await.unwrap()
}

async fn found(town: &Town, query: &str) -> Nearby {
    let response = nearby(town, query).await;
    assert_eq!(response.status(), 200);
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

async fn join(town: &Town, key: &str, number: &str) -> reqwest::Response {
    town.client
        .post(town.url(&format!("/v1/test-town/reports/{number}/join")))
        .header("origin", PORTAL)
        .header("content-type", "application/json")
        .header("idempotency-key", key)
        .header("balagh-session", town.session().await)
        .body(anonymous().to_string())
        .send()
        .await
        .unwrap()
}

/// A report without a contact: the town looks at the third of one contact before it goes on.
fn anonymous() -> Value {
    let mut report = report();
    report.as_object_mut().unwrap().remove("contact");
    report
}

const HERE: &str = "lon=49.95&lat=26.4&category=lighting.dark";

fn keys() -> String {
    key("BALAGH_WEBHOOK_KEYS").unwrap()
}

#[tokio::test]
async fn a_reporters_step_is_the_origins_to_decide_and_answered_at_once() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let receipt = town.accepted(&letters('a'), &anonymous()).await;
    let news = PublicStatus {
        state: State::Closed,
        revision: 5,
        ..status(track(&town, &receipt.number, &receipt.secret).await).await
    };
    origin.next_report().await;
    origin.answers(200, serde_json::to_string(&news).unwrap());
    let answered = status(act(&town, &receipt, "reopen", json!({"note": "لا"})).await).await;
    let step = format!("{}/reopen", receipt.number);
    assert_eq!(
        origin.next().await,
        Told::Step(step, json!({"note": "لا"}).to_string())
    );
    assert_eq!(answered.state, State::Closed);
    assert_eq!(answered.may, [ReporterAction::Reopen, ReporterAction::Rate]);
    let tracked = status(track(&town, &receipt.number, &receipt.secret).await).await;
    assert_eq!(tracked, answered, "it is known at once");
    town.close().await;
}

#[tokio::test]
async fn what_the_origin_declines_is_said_in_the_readers_language() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let receipt = town.accepted(&letters('a'), &anonymous()).await;
    let violation =
        Violation::new(Reason::FollowUpTooSoon, "").with("next", "2026-11-23T04:30:00Z");
    let problem = Problem::of(&[violation], "en");
    origin.answers(409, serde_json::to_string(&problem).unwrap());
    let declined = act(&town, &receipt, "follow-up", json!({})).await;
    assert_eq!(declined.status(), 409);
    let told: Problem = serde_json::from_slice(&declined.bytes().await.unwrap()).unwrap();
    assert_eq!(told.code, Reason::FollowUpTooSoon);
    assert_ne!(told.title, problem.title);
    let params = &told.violations.first().unwrap().violation.params;
    assert_eq!(params.get("next").unwrap(), "2026-11-23T04:30:00Z");
    town.close().await;
}

#[tokio::test]
async fn an_origin_that_is_away_or_a_portal_in_its_place_is_not_the_reporters_fault() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let receipt = town.accepted(&letters('a'), &anonymous()).await;
    for (status, body) in [
        (200, "<html>Welcome</html>"),
        (200, r#"{"number": "TT-00000-00000-0"}"#),
        (404, ""),
        (409, "conflict, says a proxy"),
        (500, ""),
        (503, ""),
    ] {
        origin.answers(status, body.to_owned());
        let answer = act(&town, &receipt, "close", json!({})).await;
        assert_eq!(answer.status(), 503, "{status} {body}");
        assert!(answer.headers().contains_key("retry-after"));
        assert_eq!(code(answer).await, "origin.unavailable");
    }
    town.close().await;
}

#[tokio::test]
async fn nothing_is_passed_on_without_the_code_or_in_another_shape() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let receipt = town.accepted(&letters('a'), &anonymous()).await;
    origin.next_report().await;
    let stranger = Receipt {
        secret: "00000-00000".into(),
        ..receipt.clone()
    };
    let answer = act(&town, &stranger, "close", json!({})).await;
    assert_eq!(answer.status(), 404);
    assert_eq!(code(answer).await, "report.unknown");
    for (action, body) in [
        ("reopen", json!({})),
        ("close", json!({"code": "123456"})),
        ("rate", json!({"quality": 300, "speed": 1, "service": 1})),
        ("follow-up", json!([])),
    ] {
        let answer = act(&town, &receipt, action, body).await;
        assert_eq!(code(answer).await, "request.malformed", "{action}");
    }
    assert_eq!(origin.rest(), [], "the origin heard of none of it");
    town.close().await;
}

#[tokio::test]
async fn a_closing_code_is_shown_to_the_reporter_and_kept_nowhere() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let receipt = town.accepted(&letters('a'), &anonymous()).await;
    let mut news = status(track(&town, &receipt.number, &receipt.secret).await).await;
    (news.state, news.revision) = (State::Resolved, 3);
    news.closing = Some(PendingClosing {
        by: ClosingBy::Code,
        until: None,
        code: None,
    });
    let resolved = StatusEvent {
        at: now(),
        state: State::Resolved,
        what: None,
        note: None,
        photo: None,
    };
    news.events.push(resolved.clone());
    assert_eq!(tell(&town, &news, &keys()).await, 204);
    let shown = async || {
        let tracked = status(track(&town, &receipt.number, &receipt.secret).await).await;
        tracked.closing.unwrap().code.unwrap()
    };
    let first = shown().await;
    assert!(first.len() == 6 && first.bytes().all(|b| b.is_ascii_digit()));
    assert_eq!(shown().await, first);
    news.events.push(resolved);
    news.revision = 4;
    tell(&town, &news, &keys()).await;
    assert_ne!(shown().await, first, "done again, it has another code");
    town.close().await;
}

#[tokio::test]
async fn the_page_without_scripts_tells_whom_to_contact_and_what_happened() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let receipt = town.accepted(&letters('a'), &anonymous()).await;
    let mut news = status(track(&town, &receipt.number, &receipt.secret).await).await;
    (news.state, news.revision) = (State::Transferred, 3);
    news.agency = Some("environment".into());
    news.agency_reference = Some("<b>W-17</b>".into());
    let event = |state, what| StatusEvent {
        at: now(),
        state,
        what,
        note: None,
        photo: None,
    };
    news.events.push(event(State::Transferred, None));
    let again = event(State::Transferred, Some(What::FollowUp));
    news.events.push(again);
    tell(&town, &news, &keys()).await;
    let form = format!("number={}&code={}", receipt.number, receipt.secret);
    let page = town
        .client
        .post(town.url("/test-town/track?lang=en"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let agency = town.document();
    let agency = agency
        .pointer("/agencies/0/contact")
        .and_then(Value::as_str)
        .unwrap();
    for told in [
        agency,
        "&lt;b&gt;W-17&lt;/b&gt;",
        "You asked for a follow-up",
    ] {
        assert!(page.contains(told), "{told}");
    }
    town.close().await;
}

#[tokio::test]
async fn who_stands_near_finds_what_is_open_and_public_there() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let receipt = town.accepted(&letters('a'), &anonymous()).await;
    let mut trial = anonymous();
    trial["test"] = true.into();
    town.accepted(&letters('b'), &trial).await;
    let reports = found(&town, "lon=49.9505&lat=26.4&category=lighting.dark")
        .await
        .reports;
    let [near] = reports.as_slice() else {
        unreachable!("{reports:?}")
    };
    assert_eq!((&near.number, near.distance_m), (&receipt.number, 50));
    assert_eq!(near.text, None, "nobody made its words public");
    assert!(
        found(&town, "lon=49.96&lat=26.4&category=lighting.dark")
            .await
            .reports
            .is_empty()
    );
    for (query, expected) in [
        ("lon=49.95&lat=26.4", "category.unknown"),
        ("lon=49.95&lat=26.4&category=nothing", "category.unknown"),
        ("lon=NaN&lat=26.4&category=lighting.dark", "place.invalid"),
        ("lon=49.95&lat=91&category=lighting.dark", "place.invalid"),
        ("lat=26.4&category=lighting.dark", "place.invalid"),
    ] {
        assert_eq!(code(nearby(&town, query).await).await, expected, "{query}");
    }

    let mut news = status(track(&town, &receipt.number, &receipt.secret).await).await;
    (news.state, news.revision, news.joined) = (State::InProgress, 3, 2);
    tell(&town, &news, &keys()).await;
    let reports = found(&town, HERE).await.reports;
    assert_eq!(
        reports.first().map(|it| (it.state, it.joined)),
        Some((State::InProgress, 2))
    );
    (news.state, news.revision) = (State::Resolved, 4);
    tell(&town, &news, &keys()).await;
    assert!(found(&town, HERE).await.reports.is_empty(), "it is done");
    town.close().await;
}

#[tokio::test]
async fn what_waits_for_a_persons_look_is_found_after_it() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let mut advert = report();
    advert["description"] = json!("Online casino bonus, win now: http://bit.ly/x7");
    let last = town.accepted(&letters('a'), &advert).await;
    let numbers = async || {
        let found = found(&town, HERE).await.reports;
        found.into_iter().map(|it| it.number).collect::<Vec<_>>()
    };
    assert!(!numbers().await.contains(&last.number));
    let refused = join(&town, &letters('d'), &last.number).await;
    assert_eq!(code(refused).await, "report.unknown");
    let mut news = status(track(&town, &last.number, &last.secret).await).await;
    (news.state, news.revision) = (State::Assigned, 2);
    tell(&town, &news, &keys()).await;
    assert!(numbers().await.contains(&last.number));
    town.close().await;
}

#[tokio::test]
async fn joining_is_reporting_with_a_word_about_what_is_joined() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let first = town.accepted(&letters('a'), &anonymous()).await;
    assert_eq!(origin.next_report().await.joins, None);
    let typed = first.number.to_lowercase();
    let joined = join(&town, &letters('b'), &typed).await;
    assert_eq!(joined.status(), 201);
    let receipt: Receipt = serde_json::from_slice(&joined.bytes().await.unwrap()).unwrap();
    assert_eq!(receipt.joins.as_ref(), Some(&first.number));
    assert_ne!(receipt.number, first.number);
    let delivery = origin.next_report().await;
    assert_eq!(
        (&delivery.number, &delivery.joins),
        (&receipt.number, &Some(first.number.clone()))
    );
    let tracked = status(track(&town, &receipt.number, &receipt.secret).await).await;
    assert_eq!(tracked.joins.as_ref(), Some(&first.number));
    let reports = found(&town, HERE).await.reports;
    assert_eq!(
        reports.len(),
        1,
        "what joins another is not shown beside it"
    );

    let again = join(&town, &letters('b'), &first.number).await;
    assert_eq!(again.status(), 200);
    let mut news = status(track(&town, &first.number, &first.secret).await).await;
    (news.state, news.revision) = (State::Closed, 9);
    tell(&town, &news, &keys()).await;
    let late = join(&town, &letters('c'), &first.number).await;
    assert_eq!(code(late).await, "join.closed");
    let again = join(&town, &letters('b'), &first.number).await;
    assert_eq!(again.status(), 200, "a receipt stays one");
    for nobody in ["TT-00000-00000-0", "nothing"] {
        let refused = join(&town, &letters('e'), nobody).await;
        assert_eq!(code(refused).await, "report.unknown");
    }
    town.close().await;
}
