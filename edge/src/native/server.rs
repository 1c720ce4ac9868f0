//! HTTP in, HTTP out: axum's types to ours and back, bodies counted while they arrive.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use balagh_shared::reason::{Reason, Violation};
use http_body::Frame;
use http_body_util::BodyExt as _;
use tokio::sync::OwnedSemaphorePermit;
use tower_http::compression::CompressionLayer;

use super::edge::{Answer, Edge};
use super::log;
use crate::http::cors::{self, WebOrigin};
use crate::http::route::{DRAINED_BYTES, PHOTO_BYTES, PHOTO_FORM_BYTES};
use crate::http::{Headers, Method, Request, Response, Route, refusal};
use crate::open311;
use crate::screen::Step;
use crate::screen::envelope::over_limit;

/// How long a body may pause between two pieces, and how long a photo waits for its turn.
const PAUSE: Duration = Duration::from_secs(30);
/// The slowest a body may come on the whole, in bytes a second: a photo may take a quarter of an
/// hour on a slow network and is welcome, one that drips for a day holds a place that others need.
const SLOWEST_BYTES_PER_S: usize = 8 * 1024;

/// The whole service.
pub(crate) fn router(edge: Arc<Edge>) -> Router {
    // One fallback instead of axum's routes: what stands at which address is one pure function,
    // which both builds share.
    Router::new()
        .fallback(serve)
        .layer(CompressionLayer::new())
        .with_state(edge)
}

async fn serve(
    State(edge): State<Arc<Edge>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: axum::extract::Request,
) -> axum::response::Response {
    let began = Instant::now();
    let (head, body) = request.into_parts();
    let mut request = request_of(&head);
    let (method, language) = (request.method, request.language());
    let Some(route) = Route::parse(&request.path) else {
        let refusal = Answer::refuse_for(Reason::RouteUnknown, language);
        return response_of(note(&edge, "none", method, began, refusal), method);
    };
    let origin = edge.web_origin(&route, &request);
    let (page, asked) = (route.clone(), headless(&request));
    let arrived = arrive(&edge, &route, &request, &origin, body).await;
    // The request is here whole. From now on it is carried to its end on a task of its own, also
    // when the client hangs up: dropped between the commit and what follows it, a report would be
    // stored and nobody would know that it waits.
    let answered = tokio::spawn(async move {
        let mut answer = match arrived {
            Ok(Arrived { body, _turn }) => {
                request.body = body;
                edge.answer(&route, &request, &origin, peer.ip()).await
            }
            Err(answer) => answer,
        };
        answer.response = edge.for_people(&page, &asked, answer.response);
        let response = open311::in_its_form(&route, answer.response);
        answer.response = cors::mark(&route, &origin, response);
        note(&edge, route.name(), method, began, answer)
    });
    let response = answered.await.unwrap_or_else(|error| {
        tracing::error!(%error, "an answer was given up");
        refusal::of(Reason::Internal, language)
    });
    response_of(response, method)
}

/// Counts and logs an answer.
fn note(
    edge: &Edge,
    route: &'static str,
    method: Method,
    began: Instant,
    answer: Answer,
) -> Response {
    edge.metrics.request(route, &answer);
    log::request(method, route, &answer, began.elapsed());
    answer.response
}

/// A body that is here, and the place it takes in memory.
struct Arrived {
    body: Vec<u8>,
    _turn: Option<OwnedSemaphorePermit>,
}

/// Judges a request before its body is read, then reads it; gives the answer where there is one
/// already.
async fn arrive(
    edge: &Edge,
    route: &Route,
    request: &Request,
    origin: &WebOrigin,
    body: Body,
) -> Result<Arrived, Answer> {
    if cors::is_preflight(request.method) {
        return Err(cors::preflight(route, origin, request).into());
    }
    let limit = match edge.admit(route, request, origin) {
        Ok(limit) => limit,
        Err(refusal) => {
            drain(body).await;
            return Err(refusal);
        }
    };
    let turn = match photos_of(route, request) {
        0 => None,
        photos => Some(turn(edge, photos, request.language()).await?),
    };
    match read(body, limit).await {
        Ok(body) => Ok(Arrived { body, _turn: turn }),
        Err(unread) => {
            let violation = match unread {
                // Its reader takes what is whole, and says what is not: nobody types it again.
                Unread::TooLarge(begun) if is_photo_form(route, request) => {
                    return Ok(Arrived {
                        body: begun,
                        _turn: turn,
                    });
                }
                Unread::TooLarge(_) => over_limit(route, limit),
                Unread::Incomplete => Violation::new(Reason::RequestIncomplete, ""),
            };
            let refusal = Answer::refuse(&[violation], request.language());
            Err(Answer {
                step: Some(Step::Envelope),
                ..refusal
            })
        }
    }
}

/// How many photos' room a body may take in memory.
fn photos_of(route: &Route, request: &Request) -> u32 {
    match route {
        Route::Photo { .. } | Route::OriginPhoto { .. } => 1,
        Route::ReportPage(_) if is_photo_form(route, request) => {
            u32::try_from(PHOTO_FORM_BYTES.div_ceil(PHOTO_BYTES)).unwrap_or(u32::MAX)
        }
        _ => 0,
    }
}

fn is_photo_form(route: &Route, request: &Request) -> bool {
    matches!(route, Route::ReportPage(_)) && request.is_multipart()
}

/// A request without its body: what a refusal in words needs.
fn headless(request: &Request) -> Request {
    Request {
        body: Vec::new(),
        ..request.clone()
    }
}

/// A photo's turn: so many are in memory at the same time and no more, reports never wait for
/// them, and who waits too long comes back.
async fn turn(edge: &Edge, photos: u32, language: &str) -> Result<OwnedSemaphorePermit, Answer> {
    let turn = Arc::clone(&edge.photo_turns).acquire_many_owned(photos);
    match tokio::time::timeout(PAUSE, turn).await {
        Ok(Ok(turn)) => Ok(turn),
        Ok(Err(_)) | Err(_) => Err(Answer::refuse_for(Reason::StorageUnavailable, language)),
    }
}

/// Why a body is not here.
enum Unread {
    /// What came before its limit, and one byte more.
    TooLarge(Vec<u8>),
    Incomplete,
}

async fn read(body: Body, limit: usize) -> Result<Vec<u8>, Unread> {
    let patience = PAUSE + Duration::from_secs((limit / SLOWEST_BYTES_PER_S) as u64);
    let whole = tokio::time::timeout(patience, pieces(body, limit)).await;
    whole.unwrap_or(Err(Unread::Incomplete))
}

async fn pieces(mut body: Body, limit: usize) -> Result<Vec<u8>, Unread> {
    let mut bytes = Vec::new();
    while let Some(frame) = next(&mut body).await? {
        let Some(data) = frame.data_ref() else {
            continue;
        };
        if bytes.len() + data.len() > limit {
            let fits = data.get(..=limit - bytes.len()).unwrap_or_default();
            bytes.extend_from_slice(fits);
            drain(body).await;
            return Err(Unread::TooLarge(bytes));
        }
        bytes.extend_from_slice(data);
    }
    Ok(bytes)
}

/// The next piece of a body; nothing at its end.
async fn next(body: &mut Body) -> Result<Option<Frame<Bytes>>, Unread> {
    let frame = tokio::time::timeout(PAUSE, body.frame()).await;
    frame
        .map_err(|_| Unread::Incomplete)?
        .transpose()
        .map_err(|_| Unread::Incomplete)
}

async fn drain(body: Body) {
    // A client that needs longer than this sees a broken connection instead of the refusal.
    drop(tokio::time::timeout(PAUSE, swallow(body)).await);
}

async fn swallow(mut body: Body) {
    let mut left = DRAINED_BYTES;
    while let Ok(Some(frame)) = next(&mut body).await {
        let length = frame.data_ref().map_or(0, |data| data.len());
        match left.checked_sub(length) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}

fn request_of(head: &axum::http::request::Parts) -> Request {
    // A field that is not text is one we know nothing of.
    let headers: Headers = head
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
        .collect();
    Request {
        method: Method::parse(head.method.as_str()),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers,
        body: Vec::new(),
    }
}

fn response_of(response: Response, method: Method) -> axum::response::Response {
    let length = response.body.len();
    let body = if method == Method::Head {
        Body::empty()
    } else {
        Body::from(response.body)
    };
    let mut converted = axum::response::Response::new(body);
    *converted.status_mut() =
        StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = converted.headers_mut();
    for (name, value) in response.headers.iter() {
        // Our names are tokens and our values text without line breaks; a partner's origin that
        // is not is left out rather than sent.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            headers.append(name, value);
        }
    }
    if method == Method::Head {
        headers.insert("content-length", HeaderValue::from(length));
    }
    converted
}
