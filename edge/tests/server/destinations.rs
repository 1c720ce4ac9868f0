//! Reports on their way to systems that are not Balagh's: an Open311 endpoint, which would take one
//! twice, and a receiver of Standard Webhooks.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use balagh_edge::keys::LedgerKeys;
use balagh_edge::native::ledger::{Label, Ledger, Which};
use balagh_edge::native::start;
use balagh_shared::keyring::Keyring;
use balagh_shared::open311::NewRequest;
use balagh_shared::signature::{ReceivedHeaders, verify};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::origin::Origin;
use super::town::{CRM_SECRETS, Folder, Look, Town, config_with, key, letters, now, report};

/// What somebody else's system does with what it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Well,
    /// It takes it, and the answer is lost on the way.
    LosesAnswers,
    /// It takes it, loses the answer, and lists nothing.
    ForgetsToo,
    Away,
}

#[derive(Clone)]
struct Inside {
    mood: Arc<Mutex<Mood>>,
    taken: Arc<Mutex<Vec<String>>>,
    told: mpsc::UnboundedSender<(HeaderMap, Bytes)>,
}

/// Somebody else's system.
struct System {
    address: SocketAddr,
    inside: Inside,
    told: mpsc::UnboundedReceiver<(HeaderMap, Bytes)>,
}

impl System {
    async fn start(mood: Mood) -> System {
        let (sender, told) = mpsc::unbounded_channel();
        let inside = Inside {
            mood: Arc::new(Mutex::new(mood)),
            taken: Arc::default(),
            told: sender,
        };
        let routes = Router::new()
            .route("/requests.json", get(list).post(create))
            .route("/requests.xml", get(list_xml).post(create_xml))
            .route("/hook", post(hook))
            .with_state(inside.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        System {
            address,
            inside,
            told,
        }
    }

    fn is(&self, mood: Mood) {
        *self.inside.mood.lock().unwrap() = mood;
    }

    /// Its section as the Open311 endpoint `works`.
    fn open311(&self) -> String {
        format!(
            "[[destinations]]\nid = \"works\"\nspeaks = \"open311\"\nurl = \"http://{}/\"\n\
             services = {{ \"lighting.dark\" = \"LAMP\" }}\n",
            self.address
        )
    }

    /// Its section as the receiver of webhooks `crm`.
    fn webhook(&self, contact: bool) -> String {
        format!(
            "[[destinations]]\nid = \"crm\"\nspeaks = \"webhook\"\n\
             url = \"http://{}/hook\"\ncontact = {contact}\n",
            self.address
        )
    }

    async fn next(&mut self) -> (HeaderMap, Bytes) {
        let next = tokio::time::timeout(std::time::Duration::from_secs(30), self.told.recv());
        next.await.unwrap().unwrap()
    }

    /// The forms it was sent and has.
    fn taken(&self) -> Vec<NewRequest> {
        let taken = self.inside.taken.lock().unwrap();
        let forms = taken.iter().map(|it| NewRequest::from_form(it.as_bytes()));
        forms.map(Result::unwrap).collect()
    }
}

async fn create(
    State(inside): State<Inside>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<String, StatusCode> {
    let mood = *inside.mood.lock().unwrap();
    if mood == Mood::Away {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    let form = String::from_utf8(body.to_vec()).unwrap();
    let id = {
        let mut taken = inside.taken.lock().unwrap();
        taken.push(form);
        taken.len()
    };
    inside.told.send((headers, body)).unwrap();
    match mood {
        Mood::Well => Ok(json!([{"service_request_id": id.to_string()}]).to_string()),
        // The first answer alone: the next attempt is heard.
        _ if id == 1 => Err(StatusCode::GATEWAY_TIMEOUT),
        _ => Ok(json!([{"service_request_id": id}]).to_string()),
    }
}

/// The same in XML.
async fn create_xml(
    state: State<Inside>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<String, StatusCode> {
    let created: Value = serde_json::from_str(&create(state, headers, body).await?).unwrap();
    let id = &created[0]["service_request_id"];
    Ok(format!(
        "<service_requests><request><service_request_id>{}</service_request_id></request>\
         </service_requests>",
        id.as_str().map_or(id.to_string(), str::to_owned)
    ))
}

async fn list_xml(state: State<Inside>) -> Result<String, StatusCode> {
    let listed: Value = serde_json::from_str(&list(state).await?).unwrap();
    let requests = listed.as_array().unwrap().iter().map(|it| {
        let description = it["description"].as_str().unwrap();
        format!(
            "<request><service_request_id>{}</service_request_id>\
             <description>{description}</description></request>",
            it["service_request_id"]
        )
    });
    let requests: String = requests.collect();
    Ok(format!("<service_requests>{requests}</service_requests>"))
}

async fn list(State(inside): State<Inside>) -> Result<String, StatusCode> {
    match *inside.mood.lock().unwrap() {
        Mood::Away => return Err(StatusCode::SERVICE_UNAVAILABLE),
        Mood::ForgetsToo => return Ok("[]".to_owned()),
        Mood::Well | Mood::LosesAnswers => {}
    }
    let taken = inside.taken.lock().unwrap();
    let rows = taken.iter().enumerate().map(|(index, form)| {
        let form = NewRequest::from_form(form.as_bytes()).unwrap();
        json!({"service_request_id": index + 1, "description": form.description})
    });
    Ok(Value::Array(rows.collect()).to_string())
}

async fn hook(State(inside): State<Inside>, headers: HeaderMap, body: Bytes) -> StatusCode {
    if *inside.mood.lock().unwrap() == Mood::Away {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    inside.told.send((headers, body)).unwrap();
    StatusCode::NO_CONTENT
}

async fn town(folder: &Folder, sections: &str) -> Town {
    let config = config_with(folder, sections);
    Town::of(start(config, &key).await.unwrap())
}

const DUPLICATES: &str = r#"balagh_edge_possible_duplicates_total{destination="works"}"#;
const DELIVERED: &str =
    r#"balagh_edge_delivery_attempts_total{destination="works",outcome="delivered"}"#;

#[tokio::test]
async fn an_open311_endpoint_gets_a_report_in_its_own_words_with_the_number() {
    let folder = Folder::new("edge");
    let mut city = System::start(Mood::Well).await;
    let town = town(&folder, &city.open311()).await;
    let receipt = town.accepted(&letters('a'), &report()).await;
    city.next().await;
    let [request] = &*city.taken() else { panic!() };
    assert_eq!(request.service_code.as_deref(), Some("LAMP"));
    assert_eq!(request.api_key.as_deref(), Some("key-at-works"));
    assert_eq!((request.lat, request.long), (Some(26.4), Some(49.95)));
    let description = request.description.as_deref().unwrap();
    assert!(description.ends_with(&receipt.number), "{description}");
    assert_eq!((&request.phone, &request.first_name), (&None, &None));
    town.until_metric(DELIVERED, 1.0).await;
    assert_eq!(town.metric(DUPLICATES).await, None);
    town.close().await;
}

#[tokio::test]
async fn a_report_whose_answer_was_lost_is_found_there_by_its_number_and_not_sent_again() {
    let folder = Folder::new("edge");
    let city = System::start(Mood::LosesAnswers).await;
    let town = town(&folder, &city.open311()).await;
    town.accepted(&letters('a'), &report()).await;
    town.until_metric(DELIVERED, 1.0).await;
    assert_eq!(city.taken().len(), 1);
    assert_eq!(town.metric(DUPLICATES).await, None);
    town.close().await;
    assert_eq!(Look::into(&folder).await.references().await, ["1"]);
}

#[tokio::test]
async fn an_endpoint_that_has_only_xml_is_spoken_to_in_xml() {
    let folder = Folder::new("edge");
    let city = System::start(Mood::LosesAnswers).await;
    let town = town(&folder, &(city.open311() + "format = \"xml\"\n")).await;
    town.accepted(&letters('a'), &report()).await;
    town.until_metric(DELIVERED, 1.0).await;
    town.accepted(&letters('b'), &report()).await;
    town.until_metric(DELIVERED, 2.0).await;
    assert_eq!(city.taken().len(), 2);
    town.close().await;
    assert_eq!(Look::into(&folder).await.references().await, ["1", "2"]);
}

#[tokio::test]
async fn a_report_that_an_endpoint_lists_nowhere_is_sent_again_and_counted() {
    let folder = Folder::new("edge");
    let city = System::start(Mood::ForgetsToo).await;
    let town = town(&folder, &city.open311()).await;
    town.accepted(&letters('a'), &report()).await;
    town.until_metric(DELIVERED, 1.0).await;
    assert_eq!(city.taken().len(), 2);
    assert_eq!(town.metric(DUPLICATES).await, Some(1.0));
    town.close().await;
}

#[tokio::test]
async fn an_edge_that_ended_while_it_sent_looks_before_it_sends_again() {
    let folder = Folder::new("edge");
    let city = System::start(Mood::Well).await;
    let sections = city.open311();
    let first = town(&folder, &sections).await;
    first.accepted(&letters('a'), &report()).await;
    first.until_metric(DELIVERED, 1.0).await;
    first.close().await;
    // As the ledger of a process reads that was killed between the answer and its note, once the
    // time is over that it had for the attempt.
    let look = Look::into(&folder).await;
    let killed =
        "UPDATE outbox SET delivered_at = NULL, reference = NULL, in_doubt = 1, due_at = 0";
    look.change(killed).await;
    let second = town(&folder, &sections).await;
    second.until_metric(DELIVERED, 1.0).await;
    assert_eq!(city.taken().len(), 1);
    second.close().await;
    assert_eq!(look.references().await, ["1"]);
}

#[tokio::test]
async fn a_category_without_a_service_code_is_put_aside_at_once_and_holds_up_nothing() {
    let folder = Folder::new("edge");
    let mut city = System::start(Mood::Well).await;
    let town = town(&folder, &city.open311()).await;
    let mut other = report();
    other["category"] = json!("lighting.pole");
    let unmapped = town.accepted(&letters('a'), &other).await.number;
    let dead = r#"balagh_edge_outbox_dead{destination="works"}"#;
    town.until_metric(dead, 1.0).await;
    town.accepted(&letters('b'), &report()).await;
    city.next().await;
    town.close().await;
    let beside = ledger(&folder).await;
    let letters = beside.letters(Which::default(), 10).await.unwrap();
    let [letter] = &*letters else {
        panic!("{letters:?}")
    };
    assert_eq!(letter.number, unmapped);
    assert_eq!(letter.last_error.as_deref(), Some("service.unmapped"));
    beside.close().await;
}

#[tokio::test]
async fn a_webhook_is_signed_with_each_secret_and_names_nobody_who_is_not_to_be_named() {
    let folder = Folder::new("edge");
    let mut crm = System::start(Mood::Well).await;
    let town = town(&folder, &crm.webhook(false)).await;
    let receipt = town.accepted(&letters('a'), &report()).await;
    let (headers, body) = crm.next().await;
    let header = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
    assert_eq!(header("webhook-id"), Some(receipt.number.as_str()));
    for secret in CRM_SECRETS.split(' ') {
        let keyring = Keyring::of_webhook_secrets("TEST", secret).unwrap();
        let received = ReceivedHeaders {
            id: header("webhook-id"),
            timestamp: header("webhook-timestamp"),
            signature: header("webhook-signature"),
        };
        verify(&keyring, received, &body, now().seconds(), 60).unwrap();
    }
    let message: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(message["type"], "report.received");
    assert_eq!(message["data"]["number"], receipt.number);
    assert_eq!(message["data"]["report"]["category"], "lighting.dark");
    assert_eq!(message["data"]["report"]["contact"], Value::Null);
    let said = String::from_utf8(body.to_vec()).unwrap();
    assert!(
        !said.contains("1234567") && !said.contains("Sara"),
        "{said}"
    );
    town.close().await;
}

#[tokio::test]
async fn a_destination_that_is_away_holds_up_no_other() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let mut city = System::start(Mood::Well).await;
    let mut crm = System::start(Mood::Away).await;
    let section = format!("[origin]\nurl = \"{}\"\n", origin.url());
    let sections = section + &city.open311() + &crm.webhook(true);
    let town = town(&folder, &sections).await;
    for letter in 'a'..='f' {
        let receipt = town.accepted(&letters(letter), &report()).await;
        city.next().await;
        assert_eq!(origin.next_report().await.number, receipt.number);
    }
    let open = r#"balagh_edge_breaker_state{destination="crm",state="open"}"#;
    town.until_metric(open, 1.0).await;
    crm.is(Mood::Well);
    for _ in 'a'..='f' {
        let (_, body) = crm.next().await;
        let message: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(message["data"]["report"]["contact"]["name"], "Sara");
    }
    town.close().await;
    assert_eq!(Look::into(&folder).await.undelivered().await, 0);
}

#[tokio::test]
async fn what_the_screen_holds_goes_to_others_only_when_somebody_means_it() {
    const ADVERT: &str =
        "Best online casino bonus, win real money now: http://bit.ly/x7 WhatsApp 0501112233";
    let folder = Folder::new("edge");
    let mut city = System::start(Mood::Well).await;
    let first = town(&folder, &city.open311()).await;
    let mut numbers = Vec::new();
    for letter in ['a', 'b'] {
        let mut advert = report();
        advert["description"] = json!(format!("{ADVERT} {letter}"));
        numbers.push(first.accepted(&letters(letter), &advert).await.number);
    }
    let held = r#"balagh_edge_outbox_held{destination="works"}"#;
    first.until_metric(held, 2.0).await;
    let mut trial = report();
    trial["test"] = json!(true);
    first.accepted(&letters('t'), &trial).await;
    first.close().await;

    let beside = ledger(&folder).await;
    for (number, label) in numbers.iter().zip([Label::Spam, Label::Honest]) {
        beside.label(number, label, now()).await.unwrap();
    }
    beside.close().await;
    let second = town(&folder, &city.open311()).await;
    city.next().await;
    second.until_metric(DELIVERED, 1.0).await;
    second.close().await;
    let [request] = &*city.taken() else {
        panic!("{}", city.taken().len())
    };
    let description = request.description.as_deref().unwrap();
    assert!(description.ends_with(&numbers[1]), "{description}");
    assert_eq!(Look::into(&folder).await.undelivered().await, 0);
}

async fn ledger(folder: &Folder) -> Ledger {
    let keys = LedgerKeys::read(&key).unwrap();
    Ledger::open(&Ledger::in_folder(folder), keys.seals)
        .await
        .unwrap()
}
