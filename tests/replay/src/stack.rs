//! An edge and an origin over real sockets and real files, and a gateway that takes the messages.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use balagh_edge::native::{self, Running};
use balagh_origin::config::Config;
use balagh_origin::keys::Keys;
use balagh_origin::server::Server;
use balagh_origin::staff::{Member, Role};
use balagh_shared::canonical::hex;
use reqwest::{Client, RequestBuilder};
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::SqlitePool;
use sqlx::sqlite::SqliteConnectOptions;
use tokio::net::TcpListener;

use crate::clock;
use crate::documents::{Place, write};

/// Messages by the number they went to.
type Inbox = BTreeMap<String, Vec<String>>;

/// All of it, running.
#[derive(Debug)]
pub struct Stack {
    folder: PathBuf,
    edge: Running,
    origin: Server,
    edge_rows: SqlitePool,
    origin_rows: SqlitePool,
    client: Client,
    inbox: Arc<Mutex<Inbox>>,
}

/// The pause between two looks whether all is quiet.
const LOOK: Duration = Duration::from_millis(4);
/// So many looks, about a minute of them, and it never will be.
const MOST_LOOKS: u32 = 15_000;
/// So many looks in vain, and the clock moves on by a second.
const LOOKS_A_MOMENT: u32 = 50;
/// How often staff look again at a report that changed meanwhile.
const TRIES: u32 = 10;

/// The environment's keys, one each.
fn key(variable: &str) -> Option<String> {
    let letter = match variable {
        "BALAGH_SESSION_KEYS" => "A",
        "BALAGH_NUMBER_KEYS" => "E",
        "BALAGH_WEBHOOK_KEYS" => "I",
        "BALAGH_SEAL_KEYS" => "M",
        "BALAGH_PERSON_KEYS" => "g",
        "BALAGH_SENDER_KEYS" => "Q",
        "BALAGH_RELAY_KEYS" => "U",
        "BALAGH_CLOSING_KEYS" => "Y",
        "BALAGH_CONTACT_KEYS" => "c",
        _ => return None,
    };
    // 43 characters of base64url are 32 bytes; the last of them carries four bits.
    Some(format!("replay:{}A", letter.repeat(42)))
}

/// The origin's part of them.
#[must_use]
pub fn origin_keys() -> Keys {
    Keys::read(&key).unwrap()
}

impl Stack {
    /// Starts all of it in `folder`, which is emptied before, with the municipalities of the
    /// statements.
    pub async fn start(folder: &Path) -> (Stack, Vec<Place>) {
        if folder.exists() {
            fs::remove_dir_all(folder).unwrap();
        }
        let municipalities = folder.join("municipalities");
        fs::create_dir_all(&municipalities).unwrap();
        let places = write(&municipalities);

        let inbox = Arc::<Mutex<Inbox>>::default();
        let gateway = gateway(Arc::clone(&inbox)).await;
        let edge_port = free_port().await;
        let sms = format!(
            "[sms]\nurl = \"{gateway}\"\n\
             headers = {{ content-type = \"application/json\" }}\n\
             body = '{{\"to\": \"{{to}}\", \"text\": \"{{text}}\"}}'\n"
        );
        let origin = folder.join("origin.toml");
        let settings = format!(
            "listen = \"127.0.0.1:0\"\ndata = \"origin\"\nmunicipalities = \"municipalities\"\n\
             packs = \"municipalities\"\n[edge]\nurl = \"http://127.0.0.1:{edge_port}\"\n{sms}"
        );
        fs::write(&origin, settings).unwrap();
        let origin = Server::start(&Config::read(&origin).unwrap(), origin_keys())
            .await
            .unwrap();

        let edge = folder.join("edge.toml");
        let settings = format!(
            "listen = \"127.0.0.1:{edge_port}\"\npublic_url = \"http://127.0.0.1:{edge_port}\"\n\
             data = \"edge\"\nmunicipalities = \"municipalities\"\npacks = \"municipalities\"\n\
             trusted_proxies = [\"127.0.0.1\"]\n[origin]\nurl = \"http://{}\"\n",
            origin.address()
        );
        fs::write(&edge, settings).unwrap();
        let edge = native::config::Config::read(&edge).unwrap();
        let edge = native::start(edge, &key).await.unwrap();

        for place in &places {
            let member = Member {
                name: format!("intake of {}", place.town.id),
                municipality: place.town.id.to_owned(),
                role: Role::Supervisor,
                department: None,
            };
            let hash = hex(&Sha256::digest(staff_token(place.town.id)));
            let store = origin.store();
            store.add_staff(&member, &hash, clock::now()).await.unwrap();
        }
        let stack = Stack {
            edge_rows: rows(&folder.join("edge/edge.sqlite")).await,
            origin_rows: rows(&folder.join("origin/origin.sqlite")).await,
            folder: folder.to_owned(),
            edge,
            origin,
            client: Client::new(),
            inbox,
        };
        (stack, places)
    }

    /// Ends all of it; its files go.
    pub async fn stop(self) {
        self.edge_rows.close().await;
        self.origin_rows.close().await;
        drop(self.client);
        self.edge.stop().await.unwrap();
        self.origin.stop().await.unwrap();
        fs::remove_dir_all(&self.folder).unwrap();
    }

    /// A request to the edge.
    pub fn to_edge(&self, path: &str) -> RequestBuilder {
        let url = format!("http://{}{path}", self.edge.address());
        self.client.post(url)
    }

    /// A question of the staff of `town`.
    pub async fn ask(&self, town: &str, path: &str) -> Value {
        let url = format!("http://{}{path}", self.origin.address());
        let response = self
            .client
            .get(url)
            .bearer_auth(staff_token(town))
            .send()
            .await
            .unwrap();
        let status = response.status();
        let body = response.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {body}");
        serde_json::from_str(&body).unwrap()
    }

    /// A step of the staff of `town`, from how the report stands; who was overtaken looks again.
    pub async fn step(&self, town: &str, number: &str, action: &str, mut body: Value) {
        let url = format!(
            "http://{}/staff/v1/reports/{number}/{action}",
            self.origin.address()
        );
        for _ in 0..TRIES {
            let seen = self.ask(town, &format!("/staff/v1/reports/{number}")).await;
            body["revision"] = seen["revision"].clone();
            let request = self.client.post(&url).bearer_auth(staff_token(town));
            let response = request.body(body.to_string()).send().await.unwrap();
            let status = response.status();
            let said = response.text().await.unwrap();
            if status.is_success() {
                return;
            }
            let is_stale = said.contains("state.stale");
            assert!(is_stale, "{action}: {status} {said} {seen}");
        }
        panic!("{action} of {number}: overtaken {TRIES} times");
    }

    /// The messages that went to a number.
    #[must_use]
    pub fn messages(&self, phone: &str) -> Vec<String> {
        let inbox = self.inbox.lock().unwrap_or_else(PoisonError::into_inner);
        inbox.get(phone).cloned().unwrap_or_default()
    }

    /// Waits until nothing is on its way: all is delivered, told and sent that is due by the clock.
    /// Where that takes long, something is tried again: the clock moves on by moments until it is.
    pub async fn quiet(&self) {
        for look in 1_u32.. {
            if self.is_quiet().await {
                return;
            }
            tokio::time::sleep(LOOK).await;
            assert!(look < MOST_LOOKS, "never quiet, at {}", clock::now());
            if look.is_multiple_of(LOOKS_A_MOMENT) {
                clock::pass(Duration::from_secs(1));
            }
        }
    }

    async fn is_quiet(&self) -> bool {
        let undelivered: bool =
            sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM outbox WHERE delivered_at IS NULL)")
                .fetch_one(&self.edge_rows)
                .await
                .unwrap();
        let waiting = "SELECT EXISTS (SELECT 1 FROM notices WHERE outcome IS NULL AND due_at <= ?) \
             OR EXISTS (SELECT 1 FROM status_queue)";
        let due = "SELECT EXISTS (SELECT 1 FROM jobs WHERE due <= ?)";
        !undelivered && !self.is_any(due).await && !self.is_any(waiting).await
    }

    async fn is_any(&self, query: &'static str) -> bool {
        sqlx::query_scalar(query)
            .bind(clock::now().millis())
            .fetch_one(&self.origin_rows)
            .await
            .unwrap()
    }

    /// Numbers of reports in the origin's ledger; `?` is `town`.
    pub async fn numbers(&self, query: &'static str, town: &str) -> BTreeSet<String> {
        let numbers: Vec<String> = sqlx::query_scalar(query)
            .bind(town)
            .fetch_all(&self.origin_rows)
            .await
            .unwrap();
        numbers.into_iter().collect()
    }

    /// A count of the origin's ledger; `?` is `town`.
    pub async fn count(&self, query: &'static str, town: &str) -> u64 {
        let count: i64 = sqlx::query_scalar(query)
            .bind(town)
            .fetch_one(&self.origin_rows)
            .await
            .unwrap();
        u64::try_from(count).unwrap()
    }
}

fn staff_token(town: &str) -> String {
    format!("staff-of-{town}")
}

/// A look into a database from outside, as an operator takes it.
async fn rows(path: &Path) -> SqlitePool {
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    SqlitePool::connect_with(options).await.unwrap()
}

async fn free_port() -> u16 {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    taken.local_addr().unwrap().port()
}

/// A gateway for text messages, which keeps them.
async fn gateway(inbox: Arc<Mutex<Inbox>>) -> String {
    let take = async |State(inbox): State<Arc<Mutex<Inbox>>>, body: String| {
        let message: Value = serde_json::from_str(&body).unwrap();
        let (to, text) = (message["to"].as_str(), message["text"].as_str());
        let (to, text) = to.zip(text).unwrap();
        let mut inbox = inbox.lock().unwrap_or_else(PoisonError::into_inner);
        inbox
            .entry(to.to_owned())
            .or_default()
            .push(text.to_owned());
        StatusCode::NO_CONTENT
    };
    let router = Router::new().route("/", post(take)).with_state(inbox);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, router).into_future());
    url
}
