//! The edge function: the same screen as one wasm, on every runtime with the standard `Request`
//! and `Response`.
//!
//! It holds no ledger. It screens, passes on what may pass to an in-country upstream under the
//! same key, and acknowledges only with the upstream's receipt: citizens' data does not rest where
//! the function runs, and it can neither derive a tracking code nor open a contact.
//!
//! With the feature `durable` it is another wasm, whose upstream is a Durable Object of its own: the
//! object screens once more, with what it keeps, and delivers to the origin by alarms.
//!
//! | module | idea |
//! | --- | --- |
//! | `configured` | documents and keys, parsed once an instance |
//! | `io` | requests, answers and other servers, in as few steps over the border as there can be |
//! | `message` | a request as it arrives |
//! | `behind` | where what was screened goes: a native edge, or an object (two bodies, by the feature) |
//! | `upstream` | the way there and back |
//! | `object` | the object: what it answers, and what its alarms do |
//! | `host` | clock, randomness and counters of the runtime |
//!
//! *Architecture invariant:* no decision state is kept in wasm memory: after a trap it is thrown
//! away.

#[cfg_attr(feature = "durable", path = "behind/object.rs")]
#[cfg_attr(not(feature = "durable"), path = "behind/native.rs")]
mod behind;
mod configured;
mod host;
mod io;
mod message;
#[cfg(feature = "durable")]
mod object;
mod upstream;

use balagh_shared::reason::{Reason, Violation};
use balagh_shared::time::Timestamp;
use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::http::cors::{self, WebOrigin};
use crate::http::route::DRAINED_BYTES;
use crate::http::{Request, Response, Route, refusal};
use crate::open311;
use crate::public;
use crate::relay::forward::{self, Passed};
use crate::screen::{self, Identity, Posted, Randomness, envelope, session};
use crate::sender::Sender;
use crate::served::Served;
use configured::Configured;
use io::Unread;
use message::Arrived;
#[cfg(feature = "durable")]
pub use object::{alarm, keep};

/// Prepares this instance, once: `options` is
/// `{publicUrl?: string, keys: {BALAGH_…_KEYS: string}, municipalities: [{document: string, pack:
/// Uint8Array, phonePack?: Uint8Array, words: string}], io: object}` and what `behind` reads. `io` is the
/// runtime, as `instance.mjs` hands it over. `publicUrl` is the
/// function's address as pages know it, where requests do not show it: behind a proxy that ends TLS.
/// `words` are the checksums of the upstream's words files, as JSON.
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
    arrived: JsValue,
    address: Option<String>,
    kept: Option<Array>,
) -> Result<JsValue, JsValue> {
    let edge =
        configured::current().ok_or_else(|| JsValue::from_str("configure was not called"))?;
    let Arrived {
        mut request,
        own_origin,
    } = Arrived::read(&edge.io, &arrived, &edge.read);
    let own_origin = edge.public_origin.as_ref().unwrap_or(&own_origin);
    let Some(route) = Route::parse(&request.path) else {
        let unknown = refusal::of(Reason::RouteUnknown, request.language());
        return edge.io.response(&unknown);
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
                // Read to its end, within reason; what becomes of it changes nothing.
                drop(edge.io.read_body(&arrived, 0, DRAINED_BYTES, None).await);
                Err(violation)
            }
            Ok(limit) => match body(&edge, &arrived, limit, kept.as_ref()).await {
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
    edge.io.response(&cors::mark(&route, &origin, response))
}

async fn body(
    edge: &Configured,
    arrived: &JsValue,
    limit: usize,
    kept: Option<&Array>,
) -> Result<Vec<u8>, Unread> {
    edge.io.read_body(arrived, limit, DRAINED_BYTES, kept).await
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
        if let Some(reason) = behind::refused(route) {
            return Err(Violation::new(reason, ""));
        }
        match (route, served) {
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
                Route::Open311(format) => self.find(route, request, Passed::Open311(*format)).await,
                Route::OriginEvents | Route::OriginPhoto { .. } => {
                    self.find(route, request, Passed::News).await
                }
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

    /// A photo that could be cleaned is passed on under the name of what was sent.
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
        match screen::photos::judge(served, sha256, &request.body) {
            Err(violation) => refusal::response(&[violation], request.language()),
            Ok(fit) => match self.edge.behind.photo(served, request, fit).await {
                Ok(request) => self.pass(route, &request, Passed::Photo(sha256)).await,
                Err(reason) => refusal::of(reason, request.language()),
            },
        }
    }

    /// What does not name its municipality in its path, to wherever that is.
    async fn find(&self, route: &Route, request: &Request, expected: Passed<'_>) -> Response {
        let edge = self.edge;
        match edge.behind.owner(edge, route, request, self.now).await {
            Ok((municipality, request)) => self.send(municipality, None, &request, expected).await,
            Err(refused) => refused,
        }
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
        self.send(route.municipality(), page, request, expected)
            .await
    }

    async fn send(
        &self,
        municipality: Option<&str>,
        page: Option<&str>,
        request: &Request,
        expected: Passed<'_>,
    ) -> Response {
        let (edge, sender, now) = (self.edge, &self.sender, self.now);
        upstream::pass(edge, municipality, request, page, sender, now, expected).await
    }
}
