//! HTTP in, HTTP out: axum's types to ours and back, bodies counted while they arrive.

use std::future::poll_fn;
use std::net::{IpAddr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use balagh_shared::reason::{Reason, Violation};
use tower_http::compression::CompressionLayer;

use super::body::{self, Unread};
use super::edge::{Answer, Edge};
use super::log;
use super::turns::Turn;
use crate::http::cors::{self, WebOrigin};
use crate::http::{Headers, Method, Request, Response, Route, refusal};
use crate::open311;
use crate::screen::Step;
use crate::screen::envelope::over_limit;

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
    let page = route.is_form().then(|| (route.clone(), headless(&request)));
    let arrived = arrive(&edge, &route, &request, &origin, peer.ip(), body).await;
    // The request is here whole. From now on it is carried to its end, also when the client hangs
    // up: dropped between the commit and what follows it, a report would be stored and nobody would
    // know that it waits.
    let answered = to_its_end(async move {
        let mut answer = match arrived {
            Ok(Arrived { body, _turn }) => {
                request.body = body;
                edge.answer(&route, &request, &origin, peer.ip()).await
            }
            Err(answer) => answer,
        };
        if let Some((page, asked)) = page {
            answer.response = edge.for_people(&page, &asked, answer.response);
        }
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

/// What `work` comes to, which goes on where nobody waits for it any more; an error where it panics.
/// What comes to something at once needs no task of its own, which is a way to another thread.
async fn to_its_end<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, Box<dyn std::error::Error + Send + Sync>> {
    let mut work = Box::pin(work);
    let at_once = poll_fn(|context| {
        let poll = AssertUnwindSafe(|| work.as_mut().poll(context));
        Poll::Ready(catch_unwind(poll))
    });
    match at_once.await {
        Ok(Poll::Ready(answered)) => Ok(answered),
        Ok(Poll::Pending) => Ok(tokio::spawn(work).await?),
        Err(_) => Err("a panic".into()),
    }
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
    _turn: Option<Turn>,
}

/// Judges a request before its body is read, then reads it; gives the answer where there is one
/// already.
async fn arrive(
    edge: &Edge,
    route: &Route,
    request: &Request,
    origin: &WebOrigin,
    peer: IpAddr,
    body: Body,
) -> Result<Arrived, Answer> {
    if cors::is_preflight(request.method) {
        return Err(cors::preflight(route, origin, request).into());
    }
    let limit = match edge.admit(route, request, origin) {
        Ok(limit) => limit,
        Err(refusal) => {
            body::drain(body, edge.config.patience()).await;
            return Err(refusal);
        }
    };
    let turn = turn(edge, route, request, peer).await?;
    match body::read(body, limit, edge.config.patience()).await {
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

/// The turn of what may be large: so many are in memory at the same time and no more, reports never
/// wait for them, and who waits too long comes back.
async fn turn(
    edge: &Edge,
    route: &Route,
    request: &Request,
    peer: IpAddr,
) -> Result<Option<Turn>, Answer> {
    let turns = match route {
        Route::Photo { .. } | Route::OriginPhoto { .. } => &edge.photo_turns,
        route if is_photo_form(route, request) => &edge.form_turns,
        _ => return Ok(None),
    };
    let turn = turns.wait(edge.whose_turn(request, peer));
    match tokio::time::timeout(edge.config.patience(), turn).await {
        Ok(Some(turn)) => Ok(Some(turn)),
        Ok(None) | Err(_) => {
            let language = request.language();
            Err(Answer::refuse_for(Reason::StorageUnavailable, language))
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
