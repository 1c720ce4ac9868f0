//! A running origin, an edge that speaks to it, and an edge that listens to it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use balagh_database::Place;
use balagh_database::cluster::Cluster;
use balagh_origin::config::{Config, DEFAULT_PERSONAL_DAYS, Edge};
use balagh_origin::keys::Keys;
use balagh_origin::server::Server;
use balagh_origin::staff::{Member, Role};
use balagh_origin::store::StoredReport;
use balagh_shared::canonical::hex;
use balagh_shared::delivery::{Delivery, OriginEvent, StoredPhoto, Verdict};
use balagh_shared::keyring::Keyring;
use balagh_shared::number::{Prefix, ReportNumber};
use balagh_shared::report::{Contact, Place as Where, PlaceSource, Point, Report, ReporterType};
use balagh_shared::routing::Route;
use balagh_shared::signature::{
    ID_HEADER, ReceivedHeaders, SIGNATURE_HEADER, SignedHeaders, TIMESTAMP_HEADER, TOLERANCE_S,
    sign, verify,
};
use balagh_shared::time::Timestamp;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::AnyPool;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// Past this the test fails; nothing is measured by it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// Nobody listens here: the edge is away.
pub(crate) const NOWHERE: &str = "http://127.0.0.1:9";
/// What the supervisor works with.
pub(crate) const TOKEN: &str = "token-of-the-supervisor";
/// A picture of one pixel, without metadata.
pub(crate) const PNG: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52,
    0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00, 0x00, 0x1f, 0x15, 0xc4,
    0x89, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0x64, 0xf8, 0xcf, 0x50,
    0x0f, 0x00, 0x03, 0x86, 0x01, 0x80, 0x5a, 0x34, 0x7d, 0x6b, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45,
    0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];
/// Its SHA-256.
pub(crate) const PNG_SHA256: &str =
    "6b7fa434f92a8b80aab02d9bf1a12e49ffcae424e4013a1c4f68b67e3d2bbcd0";

/// Where `postgres` stands, the origins of these tests keep their ledgers on PostgreSQL.
const ENGINE: &str = "BALAGH_TEST_DATABASE";

/// A folder that goes with its test, and its database: in it, or on PostgreSQL.
pub(crate) struct Folder(pub(crate) crate::folder::Folder, pub(crate) Place);

impl Folder {
    pub(crate) fn new() -> Folder {
        let path = crate::folder::Folder::new("origin");
        let place = match std::env::var(ENGINE) {
            Ok(engine) if engine == "postgres" => on_postgres(),
            _ => None,
        };
        let place = place.unwrap_or_else(|| Place::File(path.join("origin.sqlite")));
        Folder(path, place)
    }

    /// The database, as an operator looks into it, or somebody behind the origin's back.
    pub(crate) async fn database(&self) -> AnyPool {
        sqlx::any::install_default_drivers();
        let address = match &self.1 {
            Place::Postgres(address) => address.clone(),
            Place::File(path) => format!("sqlite://{}", path.display()),
            Place::Memory => panic!("nobody else sees a database in memory"),
        };
        AnyPool::connect(&address).await.unwrap()
    }

    pub(crate) fn is_on_postgres(&self) -> bool {
        matches!(self.1, Place::Postgres(_))
    }
}

/// A new database, where PostgreSQL is installed.
pub(crate) fn on_postgres() -> Option<Place> {
    let cluster = Cluster::shared().unwrap()?;
    // Whoever asks has a runtime already, which must not wait in itself.
    let made = std::thread::spawn(|| {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(cluster.database()).unwrap()
    });
    Some(Place::Postgres(made.join().unwrap()))
}

/// A running origin and a client.
pub(crate) struct Running {
    pub(crate) folder: Folder,
    pub(crate) server: Server,
    client: Client,
}

impl Running {
    pub(crate) async fn start(edge_url: &str) -> Running {
        Running::start_in(Folder::new(), edge_url).await
    }

    pub(crate) async fn start_in(folder: Folder, edge_url: &str) -> Running {
        let config = config(&folder, edge_url);
        Running::start_as(folder, &config).await
    }

    pub(crate) async fn start_as(folder: Folder, config: &Config) -> Running {
        let server = Server::start(config, keys()).await.unwrap();
        let running = Running {
            folder,
            server,
            client: Client::new(),
        };
        running.hire("Noura", TOKEN, Role::Supervisor, None).await;
        running
    }

    /// Somebody of the staff, by the token they have.
    pub(crate) async fn hire(&self, name: &str, token: &str, role: Role, department: Option<&str>) {
        let member = Member {
            name: name.into(),
            municipality: "dammam".into(),
            role,
            department: department.map(str::to_owned),
        };
        let hash = hex(&Sha256::digest(token));
        let store = self.server.store();
        store.add_staff(&member, &hash, now()).await.unwrap();
    }

    /// Stops the server; the folder stays.
    pub(crate) async fn stop(self) -> Folder {
        self.server.stop().await.unwrap();
        self.folder
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("http://{}{path}", self.server.address()))
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    /// A signed request, as the edge sends it.
    pub(crate) async fn send(&self, method: Method, path: &str, id: &str, body: &[u8]) -> Response {
        let headers = sign(&keys().webhooks, id, now().seconds(), body).unwrap();
        self.send_with(method, path, &headers, body).await
    }

    pub(crate) async fn send_with(
        &self,
        method: Method,
        path: &str,
        headers: &SignedHeaders,
        body: &[u8],
    ) -> Response {
        self.request(method, path)
            .header(ID_HEADER, &headers.id)
            .header(TIMESTAMP_HEADER, &headers.timestamp)
            .header(SIGNATURE_HEADER, &headers.signature)
            .body(body.to_vec())
            .send()
            .await
            .unwrap()
    }

    pub(crate) async fn deliver(&self, delivery: &Delivery) -> Response {
        let body = serde_json::to_vec(delivery).unwrap();
        self.send(Method::POST, "/edge/v1/reports", &delivery.number, &body)
            .await
    }

    /// A step of the supervisor's, from how they saw the report.
    pub(crate) async fn step(
        &self,
        number: &str,
        revision: u64,
        action: &str,
        body: Value,
    ) -> Response {
        self.step_of(TOKEN, (number, revision), action, body).await
    }

    /// A step of whoever has the token, on a report as they saw it.
    pub(crate) async fn step_of(
        &self,
        token: &str,
        (number, revision): (&str, u64),
        action: &str,
        mut body: Value,
    ) -> Response {
        body["revision"] = revision.into();
        let path = format!("/staff/v1/reports/{number}/{action}");
        self.request(Method::POST, &path)
            .header("authorization", format!("Bearer {token}"))
            .body(body.to_string())
            .send()
            .await
            .unwrap()
    }

    /// A step of the reporter's, as the edge sends it on.
    pub(crate) async fn reporter(&self, number: &str, action: &str, body: &Value) -> Response {
        let path = format!("/edge/v1/reports/{number}/{action}");
        let id = format!("{number}/{action}");
        let body = body.to_string();
        self.send(Method::POST, &path, &id, body.as_bytes()).await
    }

    /// The report as the ledger has it.
    pub(crate) async fn stored(&self, number: &str) -> StoredReport {
        self.server.store().report(number).await.unwrap().unwrap()
    }

    /// Waits until the ledger has what is waited for.
    pub(crate) async fn until(&self, number: &str, is: impl Fn(&StoredReport) -> bool) {
        let looking = async {
            while !is(&self.stored(number).await) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, looking).await.unwrap();
    }

    pub(crate) async fn put_photo(&self) -> Response {
        let path = format!("/edge/v1/photos/{PNG_SHA256}");
        self.send(Method::PUT, &path, PNG_SHA256, PNG).await
    }

    /// A look into the database from outside, as an operator takes it.
    pub(crate) async fn look(&self) -> AnyPool {
        self.folder.database().await
    }

    pub(crate) async fn count(&self, table: &'static str) -> i64 {
        let query = match table {
            "reports" => "SELECT COUNT(*) FROM reports",
            "photos" => "SELECT COUNT(*) FROM photos",
            "status_queue" => "SELECT COUNT(*) FROM status_queue",
            "jobs" => "SELECT COUNT(*) FROM jobs",
            "notices" => "SELECT COUNT(*) FROM notices",
            "audit" => "SELECT COUNT(*) FROM audit",
            other => panic!("{other} is not counted"),
        };
        sqlx::query_scalar(query)
            .fetch_one(&self.look().await)
            .await
            .unwrap()
    }
}

/// An edge that listens: it gives every event whose signature verifies, and answers what it is
/// told to.
pub(crate) struct Receiver {
    pub(crate) url: String,
    events: mpsc::UnboundedReceiver<(String, OriginEvent)>,
}

impl Receiver {
    /// Answers 503 to the first `refusals` events, 204 to all after them.
    pub(crate) async fn listen(refusals: u32) -> Receiver {
        use axum::extract::State;
        use axum::http::{HeaderMap, StatusCode};
        let (sender, events) = mpsc::unbounded_channel();
        let left = std::sync::Arc::new(AtomicU32::new(refusals));
        let receive = async |State((sender, left)): State<(
            mpsc::UnboundedSender<_>,
            std::sync::Arc<AtomicU32>,
        )>,
                             headers: HeaderMap,
                             body: axum::body::Bytes| {
            let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap());
            let received = ReceivedHeaders {
                id: text(ID_HEADER),
                timestamp: text(TIMESTAMP_HEADER),
                signature: text(SIGNATURE_HEADER),
            };
            verify(
                &keys().webhooks,
                received,
                &body,
                now().seconds(),
                TOLERANCE_S,
            )
            .unwrap();
            let refused = left
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                    left.checked_sub(1)
                })
                .is_ok();
            if refused {
                return StatusCode::SERVICE_UNAVAILABLE;
            }
            let event: OriginEvent = serde_json::from_slice(&body).unwrap();
            sender
                .send((received.id.unwrap().to_owned(), event))
                .unwrap();
            StatusCode::NO_CONTENT
        };
        let router = axum::Router::new()
            .route("/origin/v1/events", axum::routing::post(receive))
            .with_state((sender, left));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, router).into_future());
        Receiver { url, events }
    }

    pub(crate) async fn next(&mut self) -> (String, OriginEvent) {
        tokio::time::timeout(PATIENCE, self.events.recv())
            .await
            .expect("no event came")
            .unwrap()
    }
}

/// Changes the ledger of a stopped origin behind its back, in one row: `$1` is the report's number, or what else names it.
pub(crate) async fn tamper(folder: &Folder, change: &'static str, number: &str) {
    let pool = folder.database().await;
    let changed = sqlx::query(change).bind(number).execute(&pool).await;
    assert_eq!(changed.unwrap().rows_affected(), 1);
    pool.close().await;
}

pub(crate) fn now() -> Timestamp {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap())
}

pub(crate) fn keys() -> Keys {
    let keyring =
        |name, fill: &str| Keyring::parse(name, &format!("t:{}", fill.repeat(43))).unwrap();
    Keys {
        webhooks: keyring("BALAGH_WEBHOOK_KEYS", "A"),
        seals: keyring("BALAGH_SEAL_KEYS", "c"),
        persons: keyring("BALAGH_PERSON_KEYS", "g"),
        closing: keyring("BALAGH_CLOSING_KEYS", "E"),
        numbers: Some(keyring("BALAGH_NUMBER_KEYS", "I")),
    }
}

pub(crate) fn config(folder: &Folder, edge_url: &str) -> Config {
    Config {
        listen: "127.0.0.1:0".parse().unwrap(),
        data: folder.0.to_path_buf(),
        municipalities: fixtures(),
        packs: None,
        database: Some(folder.1.clone()),
        edge: Edge {
            url: edge_url.to_owned(),
            public_url: None,
        },
        sms: None,
        smtp: None,
        report_keys: None,
        personal_days: DEFAULT_PERSONAL_DAYS,
    }
}

pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/municipalities")
}

pub(crate) async fn json(response: Response) -> Value {
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

/// A number of the fixture's municipality.
pub(crate) fn number(seed: u64) -> String {
    let prefix = Prefix::parse("TD").unwrap();
    ReportNumber::mint(
        &prefix,
        &seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes(),
    )
    .as_str()
    .to_owned()
}

/// When [`delivery`] is due: in no life of these tests, whose servers have the clock of the machine. What
/// is to be late says so itself.
pub(crate) const DUE: &str = "2126-11-22T06:41:00Z";

/// Litter in West Dammam, from someone who left a phone number.
pub(crate) fn delivery(seed: u64) -> Delivery {
    let received_at = Timestamp::parse("2026-11-21T06:41:00Z").unwrap();
    Delivery {
        municipality: "dammam".into(),
        number: number(seed),
        secret_kid: "demo".into(),
        received_at,
        verdict: Verdict::Accept,
        reasons: Vec::new(),
        route: Route {
            district: Some("west-dammam".into()),
            candidates: Vec::new(),
            department: "cleanliness".into(),
            agency: None,
            due: Timestamp::parse(DUE).unwrap(),
            inspectors: None,
        },
        partner: Some("portal".into()),
        joins: None,
        confirmed: None,
        report: Report {
            category: "cleanliness.street".into(),
            description: "نفايات متراكمة أمام المدرسة".into(),
            lang: "ar".into(),
            place: Some(Where {
                at: Some(Point {
                    lon: 49.987_654,
                    lat: 26.412_345,
                    accuracy_m: None,
                }),
                source: PlaceSource::Map,
                district: Some("west-dammam".into()),
                candidates: Vec::new(),
                landmark: Some("بجانب المسجد".into()),
                asset: None,
            }),
            pack: None,
            answers: Vec::new(),
            photos: Vec::new(),
            contact: Some(Contact {
                phone: Some("+966501234567".into()),
                email: None,
                name: Some("سارة".into()),
            }),
            share_contact: false,
            observed_at: None,
            declared: true,
            reporter_type: ReporterType::Person,
            channel: "widget".into(),
            partner_reference: None,
            test: false,
        },
        media_url: None,
        photos: Vec::new(),
    }
}

pub(crate) fn stored_photo() -> StoredPhoto {
    StoredPhoto {
        sha256: PNG_SHA256.into(),
        sent_sha256: "ab".repeat(32),
        media_type: "image/png".into(),
        bytes: PNG.len() as u64,
        width: 1,
        height: 1,
    }
}
