//! A small town's edge, started in a folder of its own, and a client that talks to it.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use balagh_edge::native::config::Config;
use balagh_edge::native::{Running, start};
use balagh_shared::receipt::Receipt;
use balagh_shared::time::Timestamp;
use serde_json::{Value, json};
use sqlx::SqlitePool;
use sqlx::sqlite::SqliteConnectOptions;

pub(crate) use super::folder::Folder;

/// The partner's page in the document.
pub(crate) const PORTAL: &str = "http://portal.example";
pub(crate) const PARTNER_KEY: &str = "partner-key-for-tests";

/// A webhook's secrets while they are rotated.
pub(crate) const CRM_SECRETS: &str =
    "whsec_bmV3LW5ldy1uZXctbmV3LW5ldy1uZXch whsec_b2xkLW9sZC1vbGQtb2xkLW9sZC1vbGQh";

/// The environment's keys, one each.
pub(crate) fn key(variable: &str) -> Option<String> {
    let letter = match variable {
        "BALAGH_SESSION_KEYS" => "A",
        "BALAGH_NUMBER_KEYS" => "E",
        "BALAGH_WEBHOOK_KEYS" => "I",
        "BALAGH_SEAL_KEYS" => "M",
        "BALAGH_SENDER_KEYS" => "Q",
        "BALAGH_RELAY_KEYS" => "U",
        "BALAGH_CLOSING_KEYS" => "Y",
        "BALAGH_CONTACT_KEYS" => "c",
        "BALAGH_WORKS_API_KEY" => return Some("key-at-works".to_owned()),
        "BALAGH_CRM_SECRETS" => return Some(CRM_SECRETS.to_owned()),
        _ => return None,
    };
    // 43 characters of base64url are 32 bytes; the last of them carries four bits.
    Some(format!("test:{}A", letter.repeat(42)))
}

pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap())
}

/// The town's edge.
pub(crate) struct Town {
    running: Running,
    pub(crate) client: reqwest::Client,
}

pub(crate) fn config(folder: &Folder, origin: &str) -> Config {
    config_with(folder, &format!("[origin]\nurl = {origin:?}\n"))
}

/// The configuration with these sections about who is told.
pub(crate) fn config_with(folder: &Folder, sections: &str) -> Config {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let text = format!(
        "listen = \"127.0.0.1:0\"\npublic_url = \"https://reports.town.example/\"\n\
         data = {data:?}\nmunicipalities = {municipalities:?}\nwidget = {widget:?}\n\
         trusted_proxies = [\"127.0.0.1\"]\n{sections}",
        data = &**folder,
        municipalities = fixtures.join("municipalities"),
        widget = fixtures.join("widget"),
    );
    let path = folder.join("edge.toml");
    std::fs::write(&path, text).unwrap();
    Config::read(&path).unwrap()
}

impl Town {
    pub(crate) async fn open(folder: &Folder, origin: &str) -> Town {
        Town::open_with(folder, origin, &key).await
    }

    pub(crate) async fn open_with(
        folder: &Folder,
        origin: &str,
        key: &dyn Fn(&str) -> Option<String>,
    ) -> Town {
        Town::of(start(config(folder, origin), key).await.unwrap())
    }

    pub(crate) fn of(running: Running) -> Town {
        Town {
            running,
            client: reqwest::Client::new(),
        }
    }

    pub(crate) async fn close(self) {
        drop(self.client);
        self.running.stop().await.unwrap();
    }

    /// The same, lingering until `hurry` is over.
    pub(crate) async fn close_by(self, hurry: impl Future<Output = ()>) {
        drop(self.client);
        self.running.stop_by(hurry).await.unwrap();
    }

    /// The town's document.
    pub(crate) fn document(&self) -> Value {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        let path = fixtures.join("municipalities/test-town/municipality.json");
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.running.address()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.address())
    }

    /// A session as the portal's page fetches it.
    pub(crate) async fn session(&self) -> String {
        let request = self
            .client
            .post(self.url("/v1/test-town/session"))
            .header("origin", PORTAL);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 201);
        let granted: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
        granted
            .get("token")
            .and_then(Value::as_str)
            .unwrap()
            .to_owned()
    }

    /// A report's request as the widget on the portal's page sends it; the test adds or changes.
    pub(crate) fn post(&self, key: &str, session: &str, report: &Value) -> reqwest::RequestBuilder {
        self.client
            .post(self.url("/v1/test-town/reports"))
            .header("origin", PORTAL)
            .header("content-type", "application/json")
            .header("idempotency-key", key)
            .header("balagh-session", session)
            .body(report.to_string())
    }

    /// Posts with a session of its own and takes the receipt.
    pub(crate) async fn accepted(&self, key: &str, report: &Value) -> Receipt {
        let response = self
            .post(key, &self.session().await, report)
            .send()
            .await
            .unwrap();
        let status = response.status();
        let body = response.bytes().await.unwrap();
        assert_eq!(status, 201, "{}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).unwrap()
    }

    /// The value of a line of `/metrics`, by everything before its value; nothing where there is no
    /// such line.
    pub(crate) async fn metric(&self, line: &str) -> Option<f64> {
        let page = self.client.get(self.url("/metrics")).send().await.unwrap();
        let page = page.text().await.unwrap();
        let value = page
            .lines()
            .find_map(|it| it.strip_prefix(line)?.strip_prefix(' '));
        value.map(|value| value.parse().unwrap())
    }

    /// Asks until a line of `/metrics` has this value.
    pub(crate) async fn until_metric(&self, line: &str, value: f64) {
        let asked = async { while self.metric(line).await != Some(value) {} };
        let asked = tokio::time::timeout(Duration::from_secs(30), asked).await;
        assert!(asked.is_ok(), "{line} never was {value}");
    }

    pub(crate) fn put_photo(
        &self,
        sha256: &str,
        session: &str,
        bytes: &[u8],
    ) -> reqwest::RequestBuilder {
        self.client
            .put(self.url(&format!("/v1/test-town/photos/{sha256}")))
            .header("origin", PORTAL)
            .header("balagh-session", session)
            .body(bytes.to_vec())
    }
}

/// A report that breaks no rule, in the west.
pub(crate) fn report() -> Value {
    json!({
        "category": "lighting.dark",
        "description": "The lamps on the road beside the school have been out for three nights.",
        "lang": "en",
        "place": {
            "at": {"lon": 49.95, "lat": 26.4}, "source": "map", "district": "west",
            "landmark": "opposite the school"
        },
        "contact": {"phone": "050 123 4567", "name": "Sara"},
        "declared": true,
        "channel": "widget"
    })
}

/// A key out of one letter.
pub(crate) fn letters(letter: char) -> String {
    letter.to_string().repeat(24)
}

/// A look into the ledger beside the running edge.
pub(crate) struct Look(SqlitePool);

impl Look {
    pub(crate) async fn into(folder: &Folder) -> Look {
        let options = SqliteConnectOptions::new().filename(folder.join("edge.sqlite"));
        Look(SqlitePool::connect_with(options).await.unwrap())
    }

    pub(crate) async fn reports(&self) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM reports")
            .fetch_one(&self.0)
            .await
            .unwrap()
    }

    /// Takes the last table that a report is written to away.
    pub(crate) async fn break_the_outbox(&self) {
        sqlx::query("ALTER TABLE outbox RENAME TO gone")
            .execute(&self.0)
            .await
            .unwrap();
    }

    /// Holds the ledger's one write lock until it is given back.
    pub(crate) async fn lock(&self) -> sqlx::Transaction<'static, sqlx::Sqlite> {
        self.0.begin_with("BEGIN IMMEDIATE").await.unwrap()
    }

    /// Takes the table that the limits are kept in away.
    pub(crate) async fn break_the_counters(&self) {
        sqlx::query("ALTER TABLE counters RENAME TO gone")
            .execute(&self.0)
            .await
            .unwrap();
    }

    /// The states of the counters whose name begins so, in milliseconds since 1970.
    pub(crate) async fn counters(&self, beginning: &str) -> Vec<i64> {
        sqlx::query_scalar("SELECT tat FROM counters WHERE subject LIKE ? || '%'")
            .bind(beginning)
            .fetch_all(&self.0)
            .await
            .unwrap()
    }

    pub(crate) async fn count_counters(&self) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM counters")
            .fetch_one(&self.0)
            .await
            .unwrap()
    }

    pub(crate) async fn undelivered(&self) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM outbox WHERE delivered_at IS NULL")
            .fetch_one(&self.0)
            .await
            .unwrap()
    }

    /// What destinations call what they have.
    pub(crate) async fn references(&self) -> Vec<String> {
        sqlx::query_scalar("SELECT reference FROM outbox WHERE reference IS NOT NULL ORDER BY id")
            .fetch_all(&self.0)
            .await
            .unwrap()
    }

    /// Changes rows by one statement.
    pub(crate) async fn change(&self, statement: &'static str) {
        sqlx::query(statement).execute(&self.0).await.unwrap();
    }

    pub(crate) async fn photos(&self) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM photos")
            .fetch_one(&self.0)
            .await
            .unwrap()
    }
}

/// The code of a refusal.
pub(crate) async fn code(response: reqwest::Response) -> String {
    let media_type = response.headers().get("content-type").cloned();
    let body = response.bytes().await.unwrap();
    let text = String::from_utf8_lossy(&body);
    assert_eq!(media_type.unwrap(), "application/problem+json", "{text}");
    let problem: Value = serde_json::from_slice(&body).unwrap();
    problem
        .get("code")
        .and_then(Value::as_str)
        .unwrap()
        .to_owned()
}
