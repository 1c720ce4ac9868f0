//! The edge function: the same screen as one wasm, on every runtime with the standard `Request`
//! and `Response`.
//!
//! It holds no ledger. It screens, passes on what may pass to an in-country upstream under the
//! same key, and acknowledges only with the upstream's receipt: citizens' data does not rest where
//! the function runs, and it can neither derive a tracking code nor open a contact.
//!
//! | module | idea |
//! | --- | --- |
//! | `configured` | documents and keys, parsed once an instance |
//! | `message` | the standard's types to ours and back |
//! | `upstream` | the way to the upstream and back |
//! | `host` | clock, randomness and counters of the runtime |
//!
//! *Architecture invariant:* no decision state is kept in wasm memory: after a trap it is thrown
//! away.

mod configured;
mod host;
mod message;
mod upstream;

use balagh_shared::reason::{Reason, Violation};
use balagh_shared::time::Timestamp;
use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::{Request as WebRequest, Response as WebResponse};

use crate::http::cors::{self, WebOrigin};
use crate::http::{Request, Response, Route, refusal};
use crate::open311;
use crate::public;
use crate::relay::forward::{self, Passed};
use crate::screen::{self, Identity, Posted, Randomness, envelope, session};
use crate::sender::Sender;
use crate::served::Served;
use configured::Configured;
use message::{Arrived, Unread};

/// Prepares this instance, once: `options` is
/// `{upstream: string, publicUrl?: string, keys: {BALAGH_…_KEYS: string}, municipalities: [{document:
/// string, pack: Uint8Array, phonePack?: Uint8Array, words: string}]}`. `publicUrl` is the function's
/// address as pages know it, where requests do not show it: behind a proxy that ends TLS. `words` are
/// the checksums of the upstream's words files, as JSON.
///
/// # Errors
/// A sentence about what is missing or malformed.
#[wasm_bindgen]
pub fn configure(options: &JsValue) -> Result<(), JsValue> {
    host::tell_of_panics();
    configured::set(Configured::read(options).map_err(|error| JsValue::from_str(&error))?);
    Ok(())
}

/// Answers a request. `address` is the client's, as the runtime knows it. `kept` is given the pieces
/// of the body as they come, and `null` after the last: what was read is else gone with an instance
/// that traps.
///
/// # Errors
/// Only when the runtime itself fails to build a response, or [`configure`] was not called.
#[wasm_bindgen]
pub async fn handle(
    request: WebRequest,
    address: Option<String>,
    kept: Option<Array>,
) -> Result<WebResponse, JsValue> {
    let edge =
        configured::current().ok_or_else(|| JsValue::from_str("configure was not called"))?;
    let Arrived {
        mut request,
        own_origin,
        body,
    } = Arrived::read(&request);
    let own_origin = edge.public_origin.as_ref().unwrap_or(&own_origin);
    let Some(route) = Route::parse(&request.path) else {
        return message::response(&refusal::of(Reason::RouteUnknown, request.language()));
    };
    let served = route.municipality().and_then(|id| edge.municipality(id));
    let origin = WebOrigin::of(&request.headers, |origin| {
        origin == own_origin.as_str()
            || served.is_some_and(|served| served.is_partner_origin(origin))
    });
    let now = host::now();
    let asked = Asked {
        edge: &edge,
        origin: &origin,
        own_origin,
        sender: Sender::at(
            &edge.keys.senders,
            address.and_then(|address| address.parse().ok()),
            now,
        ),
        now,
    };
    let response = if cors::is_preflight(request.method) {
        Ok(cors::preflight(&route, &origin, &request))
    } else {
        match asked.admit(&route, served, &request) {
            Err(violation) => {
                body.drain().await;
                Err(violation)
            }
            Ok(limit) => match body.read(limit, kept.as_ref()).await {
                Ok(bytes) => {
                    request.body = bytes;
                    Ok(asked.answer(&route, served, &request).await)
                }
                Err(Unread::TooLarge) => Err(envelope::over_limit(&route, limit)),
                Err(Unread::Incomplete) => Err(Violation::new(Reason::RequestIncomplete, "")),
            },
        }
    };
    let response =
        response.unwrap_or_else(|violation| refusal::response(&[violation], request.language()));
    let response = if route.is_form() {
        refusal::page(response)
    } else {
        open311::in_its_form(&route, response)
    };
    message::response(&cors::mark(&route, &origin, response))
}

/// A request with what the shell found out about it.
struct Asked<'a> {
    edge: &'a Configured,
    origin: &'a WebOrigin,
    own_origin: &'a str,
    sender: Sender,
    now: Timestamp,
}

impl Asked<'_> {
    /// What can be said before the body is read: the most it may have.
    fn admit(
        &self,
        route: &Route,
        served: Option<&Served>,
        request: &Request,
    ) -> Result<usize, Violation> {
        envelope::door(route, request, self.origin)?;
        match (route, served) {
            // The upstream's counters and its origin's news are not for the world.
            (
                Route::Metrics
                | Route::OriginEvents
                | Route::OriginPhoto { .. }
                | Route::Quarantine,
                _,
            ) => Err(Violation::new(Reason::RouteUnknown, "")),
            (route, None) if route.municipality().is_some() => {
                Err(Violation::new(Reason::MunicipalityUnknown, ""))
            }
            // What costs a message is passed on only from who could send a report.
            (Route::Codes(_) | Route::CodesVerify(_), Some(served)) => {
                let posted = self.posted(served, request);
                session::identify(&posted, self.now)
                    .map(|_| route.body_limit())
                    .map_err(|reason| Violation::new(reason, ""))
            }
            (Route::Photo { .. }, Some(served)) => {
                let posted = self.posted(served, request);
                session::identify(&posted, self.now)
                    .map(|_| screen::photos::byte_limit(served))
                    .map_err(|reason| Violation::new(reason, ""))
            }
            _ => Ok(route.body_limit()),
        }
    }

    async fn answer(&self, route: &Route, served: Option<&Served>, request: &Request) -> Response {
        let Some(served) = served else {
            return match route {
                Route::Health => Response::new(200, "text/plain; charset=utf-8", "ok"),
                Route::Open311(format) => self.pass(route, request, Passed::Open311(*format)).await,
                _ => self.pass(route, request, Passed::Anything).await,
            };
        };
        match route {
            Route::Municipality(_) => public::document(served, request),
            Route::Pack(_) => public::pack(served, request),
            Route::Session(_) => match host::random() {
                Some(nonce) => {
                    let page = session::page(self.origin, self.own_origin);
                    session::grant(served, &self.edge.keys, page, &nonce, self.now)
                }
                None => refusal::of(Reason::Internal, request.language()),
            },
            Route::Reports(_) => self.report(route, served, None, request).await,
            Route::Join { number, .. } => self.report(route, served, Some(number), request).await,
            Route::Photo { sha256, .. } => self.photo(route, served, sha256, request).await,
            Route::Submission(_) => self.pass(route, request, Passed::Receipt).await,
            Route::Report { .. } | Route::Act { .. } => {
                self.pass(route, request, Passed::Status).await
            }
            Route::Nearby(_) => self.pass(route, request, Passed::Nearby).await,
            Route::Codes(_) | Route::CodesVerify(_) => {
                self.pass(route, request, Passed::Until).await
            }
            Route::Secret { .. } => self.pass(route, request, Passed::Secret).await,
            _ => self.pass(route, request, Passed::Anything).await,
        }
    }

    /// Every step of the screen that needs no ledger; what passes is the upstream's to decide.
    async fn report(
        &self,
        route: &Route,
        served: &Served,
        joins: Option<&str>,
        request: &Request,
    ) -> Response {
        let posted = Posted {
            joins,
            ..self.posted(served, request)
        };
        let (Some(number), Some(proof)) = (host::random(), host::random()) else {
            return refusal::of(Reason::Internal, request.language());
        };
        let randomness = Randomness { number, proof };
        match forward::admit(&posted, host::counter, self.now, &randomness) {
            Ok(counts) => counts.iter().for_each(host::count),
            Err(refused) => return refused,
        }
        self.pass(route, request, Passed::Receipt).await
    }

    /// A photo that could be cleaned is passed on as it came, under the name of what was sent; the
    /// upstream cleans it before it rests anywhere.
    async fn photo(
        &self,
        route: &Route,
        served: &Served,
        sha256: &str,
        request: &Request,
    ) -> Response {
        let ceiling = screen::ceiling(served, &self.sender.address);
        match ceiling.count(host::counter(&ceiling.name), self.now) {
            Ok(count) => host::count(&count),
            Err(wait) => {
                let violation = refusal::retry_after(Reason::LimitCeiling, wait);
                return refusal::response(&[violation], request.language());
            }
        }
        if let Err(violation) = screen::photos::judge(served, sha256, &request.body) {
            return refusal::response(&[violation], request.language());
        }
        self.pass(route, request, Passed::Photo(sha256)).await
    }

    fn posted<'b>(&'b self, served: &'b Served, request: &'b Request) -> Posted<'b> {
        Posted {
            served,
            keys: &self.edge.keys,
            request,
            origin: self.origin,
            own_origin: self.own_origin,
            sender: &self.sender,
            joins: None,
            identity: Identity::Upstream,
            can_work: true,
        }
    }

    async fn pass(&self, route: &Route, request: &Request, expected: Passed<'_>) -> Response {
        let page = route
            .is_guarded()
            .then(|| session::page(self.origin, self.own_origin));
        upstream::pass(self.edge, request, page, &self.sender, self.now, expected).await
    }
}
