//! An origin for the tests: it verifies signatures, takes what the edge delivers, and can be away.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use balagh_shared::delivery::{Delivery, Review, StoredPhoto};
use balagh_shared::keyring::Keyring;
use balagh_shared::signature::{ReceivedHeaders, verify};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

/// What the origin was told, in order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Told {
    Photo(String),
    Report(Box<Delivery>),
    LatePhoto(String, StoredPhoto),
    Review(Review),
    /// A reporter's step: `number/action`, and what they said.
    Step(String, String),
    /// It was asked for figures, at this path and query.
    Figures(String),
    /// It was knocked at while it was away.
    Knock,
}

#[derive(Clone)]
struct Door {
    keys: Keyring,
    /// What it says instead of looking, to everything.
    shut: Arc<Mutex<Option<StatusCode>>>,
    refuses_photos: Arc<Mutex<bool>>,
    refuses: Arc<Mutex<Option<String>>>,
    photos: Arc<Mutex<BTreeMap<String, Bytes>>>,
    answer: Arc<Mutex<(u16, String)>>,
    /// The municipality whose figures it takes its time over.
    slow: watch::Sender<Option<&'static str>>,
    told: mpsc::UnboundedSender<Told>,
}

/// A running origin.
pub(crate) struct Origin {
    address: SocketAddr,
    door: Door,
    told: mpsc::UnboundedReceiver<Told>,
    _stop: watch::Sender<()>,
}

impl Origin {
    pub(crate) async fn start() -> Origin {
        let (sender, told) = mpsc::unbounded_channel();
        let door = Door {
            keys: Keyring::parse("TEST", &super::town::key("BALAGH_WEBHOOK_KEYS").unwrap())
                .unwrap(),
            shut: Arc::default(),
            refuses_photos: Arc::default(),
            refuses: Arc::default(),
            photos: Arc::default(),
            answer: Arc::new(Mutex::new((404, String::new()))),
            slow: watch::Sender::new(None),
            told: sender,
        };
        let routes = Router::new()
            .route("/edge/v1/photos/{sha256}", put(photo))
            .route("/edge/v1/reports", post(report))
            .route("/edge/v1/reports/{number}/photos", post(late_photo))
            .route("/edge/v1/reports/{number}/review", post(review))
            .route("/edge/v1/reports/{number}/{action}", post(step))
            .route("/v1/{municipality}/{file}", get(figures))
            .with_state(door.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, mut stopped) = watch::channel(());
        tokio::spawn(async move {
            let served = axum::serve(listener, routes)
                .with_graceful_shutdown(async move { drop(stopped.changed().await) });
            served.await.unwrap();
        });
        Origin {
            address,
            door,
            told,
            _stop: stop,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers 503 to everything until it returns.
    pub(crate) fn goes_away(&self) {
        *self.door.shut.lock().unwrap() = Some(StatusCode::SERVICE_UNAVAILABLE);
    }

    /// A portal answers 200 to everything until it returns.
    pub(crate) fn is_behind_a_portal(&self) {
        *self.door.shut.lock().unwrap() = Some(StatusCode::OK);
    }

    /// Answers 422 to every photo from now on.
    pub(crate) fn refuses_photos(&self) {
        *self.door.refuses_photos.lock().unwrap() = true;
    }

    /// Answers 422 to every report of this number from now on; to none where it is none.
    pub(crate) fn refuses(&self, number: Option<&str>) {
        *self.door.refuses.lock().unwrap() = number.map(str::to_owned);
    }

    /// What it answers to reporters' steps and to questions for figures from now on.
    pub(crate) fn answers(&self, status: u16, body: String) {
        *self.door.answer.lock().unwrap() = (status, body);
    }

    /// Lets whoever asks for figures of this municipality wait, until it is slow over none or another.
    pub(crate) fn is_slow_over(&self, municipality: Option<&'static str>) {
        self.door.slow.send_replace(municipality);
    }

    pub(crate) fn returns(&self) {
        *self.door.shut.lock().unwrap() = None;
    }

    /// The next thing it is told.
    pub(crate) async fn next(&mut self) -> Told {
        tokio::time::timeout(Duration::from_secs(30), self.told.recv())
            .await
            .unwrap()
            .unwrap()
    }

    /// The next report, whatever else comes before it.
    pub(crate) async fn next_report(&mut self) -> Delivery {
        loop {
            if let Told::Report(delivery) = self.next().await {
                return *delivery;
            }
        }
    }

    /// What it was told and nobody asked for yet.
    pub(crate) fn rest(&mut self) -> Vec<Told> {
        std::iter::from_fn(|| self.told.try_recv().ok()).collect()
    }

    pub(crate) fn photo(&self, sha256: &str) -> Option<Bytes> {
        self.door.photos.lock().unwrap().get(sha256).cloned()
    }
}

impl Door {
    fn enter(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), StatusCode> {
        if let Some(said) = *self.shut.lock().unwrap() {
            self.told.send(Told::Knock).unwrap();
            return Err(said);
        }
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let received = ReceivedHeaders {
            id: header("webhook-id"),
            timestamp: header("webhook-timestamp"),
            signature: header("webhook-signature"),
        };
        let now = super::town::now().seconds();
        verify(&self.keys, received, body, now, 60).map_err(|_| StatusCode::UNAUTHORIZED)
    }
}

/// What the origin says of a report that it has.
fn has(number: &str) -> String {
    serde_json::json!({ "number": number }).to_string()
}

async fn photo(
    State(door): State<Door>,
    Path(sha256): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, String), StatusCode> {
    door.enter(&headers, &body)?;
    if *door.refuses_photos.lock().unwrap() {
        return Err(StatusCode::UNPROCESSABLE_ENTITY);
    }
    door.photos.lock().unwrap().insert(sha256.clone(), body);
    let answer = serde_json::json!({ "sha256": sha256 }).to_string();
    door.told.send(Told::Photo(sha256)).unwrap();
    Ok((StatusCode::CREATED, answer))
}

async fn report(
    State(door): State<Door>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, StatusCode> {
    door.enter(&headers, &body)?;
    let delivery: Delivery = serde_json::from_slice(&body).unwrap();
    if door.refuses.lock().unwrap().as_ref() == Some(&delivery.number) {
        door.told.send(Told::Knock).unwrap();
        return Err(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let answer = has(&delivery.number);
    door.told.send(Told::Report(Box::new(delivery))).unwrap();
    Ok((StatusCode::CREATED, answer).into_response())
}

async fn step(
    State(door): State<Door>,
    Path((number, action)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, String), StatusCode> {
    door.enter(&headers, &body)?;
    let (step, said) = (format!("{number}/{action}"), String::from_utf8_lossy(&body));
    door.told.send(Told::Step(step, said.into_owned())).unwrap();
    let (status, answer) = door.answer.lock().unwrap().clone();
    Ok((StatusCode::from_u16(status).unwrap(), answer))
}

async fn figures(
    State(door): State<Door>,
    Path((municipality, _)): Path<(String, String)>,
    asked: Uri,
) -> Result<(StatusCode, String), StatusCode> {
    door.told.send(Told::Figures(asked.to_string())).unwrap();
    let mut slow = door.slow.subscribe();
    let turn = slow.wait_for(|slow| *slow != Some(municipality.as_str()));
    drop(turn.await.unwrap());
    let (status, answer) = door.answer.lock().unwrap().clone();
    Ok((StatusCode::from_u16(status).unwrap(), answer))
}

async fn late_photo(
    State(door): State<Door>,
    Path(number): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, String), StatusCode> {
    door.enter(&headers, &body)?;
    let photo = serde_json::from_slice(&body).unwrap();
    let answer = has(&number);
    door.told.send(Told::LatePhoto(number, photo)).unwrap();
    Ok((StatusCode::CREATED, answer))
}

async fn review(
    State(door): State<Door>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, String), StatusCode> {
    door.enter(&headers, &body)?;
    let review: Review = serde_json::from_slice(&body).unwrap();
    let answer = has(&review.number);
    door.told.send(Told::Review(review)).unwrap();
    Ok((StatusCode::OK, answer))
}
