//! Codes over HTTP, with a gateway that keeps what it gets.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use balagh_edge::native::{Running, start};
use balagh_shared::receipt::Receipt;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::origin::Origin;
use super::town::{Folder, PORTAL, Town, code, config, key, letters, report};

/// A gateway on loopback.
struct Gateway {
    address: SocketAddr,
    kept: Arc<Mutex<Vec<Value>>>,
    away: Arc<Mutex<bool>>,
}

impl Gateway {
    async fn open() -> Gateway {
        type Kept = (Arc<Mutex<Vec<Value>>>, Arc<Mutex<bool>>);
        async fn take(State((kept, away)): State<Kept>, body: String) -> StatusCode {
            if *away.lock().unwrap() {
                return StatusCode::SERVICE_UNAVAILABLE;
            }
            kept.lock()
                .unwrap()
                .push(serde_json::from_str(&body).unwrap());
            StatusCode::ACCEPTED
        }
        let (kept, away) = (Arc::default(), Arc::default());
        let router = Router::new()
            .route("/sms", post(take))
            .with_state((Arc::clone(&kept), Arc::clone(&away)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
        Gateway {
            address,
            kept,
            away,
        }
    }

    /// The last message, and the code in it.
    fn last(&self) -> (Value, String) {
        let message = self.kept.lock().unwrap().last().unwrap().clone();
        let text = message["text"].as_str().unwrap();
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        (message, digits)
    }
}

/// The town where a phone is confirmed before a report is taken, but for one category.
async fn town(folder: &Folder, origin: &str, gateway: &Gateway) -> Town {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/municipalities");
    let own = folder.join("municipalities/test-town");
    std::fs::create_dir_all(&own).unwrap();
    for file in std::fs::read_dir(fixtures.join("test-town")).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), own.join(file.file_name())).unwrap();
    }
    let path = own.join("municipality.json");
    let mut document: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    document["identity"] = json!({"methods": ["phone_code"], "countries": ["966"]});
    document["templates"] = json!({"code": {"en": "Your code is {code}", "ar": "رمزك {code}"}});
    // Unless it says so, a category may be reported without a name.
    document["groups"][0]["categories"][0]["anonymous"] = json!(false);
    std::fs::write(&path, document.to_string()).unwrap();
    let mut config = config(folder, origin);
    config.municipalities = folder.join("municipalities");
    config.sms = Some(
        serde_json::from_value(json!({
            "url": format!("http://{}/sms", gateway.address),
            "headers": {"content-type": "application/json"},
            "body": r#"{"to": "{to}", "text": "{text}"}"#,
        }))
        .unwrap(),
    );
    let running: Running = start(config, &key).await.unwrap();
    Town::of(running)
}

impl Town {
    async fn say(&self, path: &str, body: &Value) -> (u16, Value) {
        let request = self
            .client
            .post(self.url(&format!("/v1/test-town/{path}")))
            .header("origin", PORTAL)
            .header("balagh-session", self.session().await)
            .body(body.to_string());
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let body = response.bytes().await.unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }

    async fn confirm(&self, gateway: &Gateway, phone: &str) -> String {
        let (status, answer) = self.say("codes", &json!({"phone": phone})).await;
        assert_eq!(status, 202, "{answer}");
        let (_, code) = gateway.last();
        let typed = json!({"phone": phone, "code": code});
        let (status, answer) = self.say("codes/verify", &typed).await;
        assert_eq!(status, 200, "{answer}");
        answer["token"].as_str().unwrap().to_owned()
    }

    async fn secret(&self, number: &str, token: &str) -> (u16, Value) {
        let request = self
            .client
            .post(self.url(&format!("/v1/test-town/reports/{number}/secret")))
            .header("origin", PORTAL)
            .header("balagh-contact", token);
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let body = response.bytes().await.unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }
}

#[tokio::test]
async fn a_confirmed_phone_lets_its_own_report_through_and_no_other() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let gateway = Gateway::open().await;
    let town = town(&folder, &origin.url(), &gateway).await;
    let (key, session) = (letters('a'), town.session().await);
    let refused = town.post(&key, &session, &report()).send().await.unwrap();
    assert_eq!(refused.status(), 401);
    assert_eq!(code(refused).await, "contact.unverified");

    let token = town.confirm(&gateway, "٠٥٠ ١٢٣ ٤٥٦٧").await;
    assert_eq!(gateway.last().0["to"], "+966501234567");
    let mut other = report();
    other["contact"] = json!({"phone": "0509999999"});
    let borrowed = town
        .post(&letters('b'), &session, &other)
        .header("balagh-contact", &token);
    assert_eq!(
        code(borrowed.send().await.unwrap()).await,
        "contact.unverified"
    );
    // The same key and the same session: a refusal spent neither.
    let sent = town
        .post(&key, &session, &report())
        .header("balagh-contact", &token);
    let accepted = sent.send().await.unwrap();
    assert_eq!(accepted.status(), 201);
    let receipt: Receipt = serde_json::from_slice(&accepted.bytes().await.unwrap()).unwrap();
    let delivered = origin.next_report().await;
    assert_eq!(delivered.number, receipt.number);
    let confirmed = serde_json::to_value(delivered.confirmed).unwrap();
    assert_eq!(confirmed, json!({"contact": "phone"}));

    // What may be reported without a name is, and of whoever did nothing is kept.
    let mut anonymous = report();
    anonymous["category"] = json!("lighting.pole");
    anonymous.as_object_mut().unwrap().remove("contact");
    let sent = town
        .post(&letters('c'), &town.session().await, &anonymous)
        .header("balagh-contact", &token);
    assert_eq!(sent.send().await.unwrap().status(), 201);
    assert_eq!(origin.next_report().await.confirmed, None);
    town.close().await;
}

#[tokio::test]
async fn a_lost_tracking_code_is_given_to_its_own_phone_and_to_nobody_else() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let gateway = Gateway::open().await;
    let town = town(&folder, &origin.url(), &gateway).await;
    let own = town.confirm(&gateway, "0501234567").await;
    let accepted = town
        .post(&letters('d'), &town.session().await, &report())
        .header("balagh-contact", &own);
    let body = accepted.send().await.unwrap().bytes().await.unwrap();
    let receipt: Receipt = serde_json::from_slice(&body).unwrap();
    let (status, answer) = town.secret(&receipt.number, &own).await;
    assert_eq!((status, &answer["secret"]), (200, &json!(receipt.secret)));

    let stranger = town.confirm(&gateway, "0509999999").await;
    for (number, token) in [
        (receipt.number.as_str(), stranger.as_str()),
        (receipt.number.as_str(), ""),
        (receipt.number.as_str(), "c1.test.e30.AAAA"),
        ("TT-00000-00000-0", own.as_str()),
        ("nothing", own.as_str()),
    ] {
        let (status, answer) = town.secret(number, token).await;
        assert_eq!((status, &answer["code"]), (404, &json!("report.unknown")));
    }
    town.close().await;
}

#[tokio::test]
async fn a_gateway_that_is_away_costs_no_code_and_the_citizen_is_told() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let gateway = Gateway::open().await;
    let town = town(&folder, &origin.url(), &gateway).await;
    let phone = json!({"phone": "0501234567"});
    *gateway.away.lock().unwrap() = true;
    for _ in 0..4 {
        let (status, answer) = town.say("codes", &phone).await;
        assert_eq!((status, &answer["code"]), (503, &json!("code.undelivered")));
    }
    *gateway.away.lock().unwrap() = false;
    // No work is asked for: for this number it is the first.
    let (status, answer) = town.say("codes", &phone).await;
    assert_eq!(status, 202, "{answer}");
    town.close().await;
}

#[tokio::test]
async fn nothing_that_is_kept_of_a_code_names_a_phone_or_a_code() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let gateway = Gateway::open().await;
    let town = town(&folder, &origin.url(), &gateway).await;
    town.say("codes", &json!({"phone": "0501234567"})).await;
    let (_, code) = gateway.last();
    town.close().await;
    let mut seen = 0;
    for file in std::fs::read_dir(&*folder).unwrap() {
        let path = file.unwrap().path();
        if path.to_string_lossy().contains("edge.sqlite") {
            let bytes = std::fs::read(&path).unwrap();
            let holds = |text: &str| bytes.windows(text.len()).any(|it| it == text.as_bytes());
            assert!(!holds("501234567") && !holds(&code), "{}", path.display());
            seen += usize::from(holds("code-sender/test-town"));
        }
    }
    assert!(
        seen > 0,
        "the file that was looked into is the one that was written"
    );
}

#[tokio::test]
async fn without_a_session_of_ours_no_code_is_sent() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let gateway = Gateway::open().await;
    let town = town(&folder, &origin.url(), &gateway).await;
    let request = town
        .client
        .post(town.url("/v1/test-town/codes"))
        .header("origin", PORTAL)
        .body(r#"{"phone": "0501234567"}"#);
    assert_eq!(code(request.send().await.unwrap()).await, "session.missing");
    assert!(gateway.kept.lock().unwrap().is_empty());
    town.close().await;
}
