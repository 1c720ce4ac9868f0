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
use tower_http::compression::CompressionLayer;

use super::edge::{Answer, Edge};
use super::log;
use crate::http::cors::{self, WebOrigin};
use crate::http::route::DRAINED_BYTES;
use crate::http::{Headers, Method, Request, Response, Route};
use crate::screen::Step;
use crate::screen::envelope::over_limit;

/// How long a body may pause. Between two pieces, not over all: a photo may take minutes on a slow
/// network, and is welcome.
const PAUSE: Duration = Duration::from_secs(30);

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
    let route = Route::parse(&request.path);
    let origin = edge.web_origin(route.as_ref(), &request);
    let name = route.as_ref().map_or("none", Route::name);
    let answer = match &route {
        None => Answer::refuse_for(Reason::RouteUnknown, request.language()),
        Some(route) => {
            let mut answer = answer(&edge, route, &mut request, &origin, peer, body).await;
            answer.response = cors::mark(route, &origin, answer.response);
            answer
        }
    };
    edge.metrics.request(name, &answer);
    log::request(request.method, name, &answer, began.elapsed());
    response_of(answer.response, request.method)
}

async fn answer(
    edge: &Edge,
    route: &Route,
    request: &mut Request,
    origin: &WebOrigin,
    peer: SocketAddr,
    body: Body,
) -> Answer {
    if cors::is_preflight(request.method) {
        return cors::preflight(route, origin, request).into();
    }
    let limit = match edge.admit(route, request, origin) {
        Ok(limit) => limit,
        Err(refusal) => {
            drain(body).await;
            return refusal;
        }
    };
    match read(body, limit).await {
        Ok(bytes) => request.body = bytes,
        Err(unread) => {
            let violation = match unread {
                Unread::TooLarge => over_limit(route, limit),
                Unread::Incomplete => Violation::new(Reason::RequestIncomplete, ""),
            };
            let refusal = Answer::refuse(&[violation], request.language());
            return Answer {
                step: Some(Step::Envelope),
                ..refusal
            };
        }
    }
    edge.answer(route, request, origin, peer.ip()).await
}

/// Why a body is not here.
enum Unread {
    TooLarge,
    Incomplete,
}

async fn read(mut body: Body, limit: usize) -> Result<Vec<u8>, Unread> {
    let mut bytes = Vec::new();
    while let Some(frame) = next(&mut body).await? {
        let Some(data) = frame.data_ref() else {
            continue;
        };
        if bytes.len() + data.len() > limit {
            drain(body).await;
            return Err(Unread::TooLarge);
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

async fn drain(mut body: Body) {
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
