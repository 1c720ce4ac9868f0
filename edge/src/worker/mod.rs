//! The edge function: the same screen as one wasm, on every runtime with the standard `Request`
//! and `Response`.
//!
//! It holds no ledger. It screens, passes on what may pass to an in-country upstream under the
//! same key, and acknowledges only with the upstream's receipt: citizens' data does not rest where
//! the function runs, and it can neither derive a tracking code nor open a contact.
//!
//! It waits for nothing: JavaScript (`instance.mjs`) reads the body, asks the upstream, and comes back
//! with the answer. Each step is a call that begins with the request's head and leaves nothing behind, so
//! that one may be taken by another instance than the step before it.
//!
//! With the feature `durable` it is another wasm, whose upstream is a Durable Object of its own: the
//! object screens once more, with what it keeps, and delivers to the origin by alarms.
//!
//! | module | idea |
//! | --- | --- |
//! | `configured` | documents and keys, parsed once an instance |
//! | `io` | what is decided, handed to the runtime in as few steps over the border as there can be |
//! | `message` | a request as it arrives |
//! | `behind` | where what was screened goes: a native edge, or an object (two bodies, by the feature) |
//! | `upstream` | the way there and back |
//! | `object` | the object: what it answers, and what its alarms do |
//! | `tasks` | the runtime as an object waits for it |
//! | `host` | clock, randomness and log of the runtime |
//!
//! *Architecture invariant:* no decision state is kept in wasm memory: after a trap it is thrown
//! away.

#[cfg_attr(feature = "durable", path = "behind/object.rs")]
#[cfg_attr(not(feature = "durable"), path = "behind/native.rs")]
mod behind;
mod configured;
pub(crate) mod host;
mod io;
mod message;
#[cfg(feature = "durable")]
mod object;
#[cfg(feature = "durable")]
mod tasks;
mod upstream;

use std::rc::Rc;

use balagh_shared::reason::{Reason, Violation};
use balagh_shared::time::Timestamp;
use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::http::cors::{self, WebOrigin};
use crate::http::{Request, Response, Route, refusal};
use crate::open311;
use crate::public;
use crate::relay::forward;
use crate::screen::{self, Effect, Identity, Posted, Randomness, envelope, session};
use crate::sender::{Counted as _, Sender, Unasked};
use crate::served::Served;
use configured::Configured;
use io::Handed;
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
/// Gives the names of the header fields that mean something: those that are read of a request, those that
/// go on as they came, and those that come back with an answer.
///
/// # Errors
/// A sentence about what is missing or malformed.
#[wasm_bindgen]
pub fn configure(options: &JsValue) -> Result<Array, JsValue> {
    host::tell_of_panics();
    configured::set(Configured::read(options).map_err(|error| JsValue::from_str(&error))?);
    Ok(Array::of3(
        &io::names(read()),
        &io::names(
            read().filter(|name| forward::is_passed_on(name) || behind::PASSED.contains(name)),
        ),
        &io::names(
            forward::ANSWERED
                .into_iter()
                .chain(behind::ANSWERED.iter().copied()),
        ),
    ))
}

/// The most bytes that the body of a request is read to, by its head; of what is refused whatever it
/// brings, none.
///
/// # Errors
/// Only when [`configure`] was not called.
#[wasm_bindgen]
pub fn limit(head: &str) -> Result<u32, JsValue> {
    let edge = edge()?;
    let arrived = Arrived::of(head);
    let limit = Route::parse(&arrived.request.path).and_then(|route| {
        Asked::of(&edge, &arrived, &route)
            .admit(&arrived.request)
            .ok()
    });
    Ok(limit.map_or(0, |bytes| u32::try_from(bytes).unwrap_or(u32::MAX)))
}

/// How much of a body is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Came {
    /// All of it.
    Whole,
    /// It is longer than its limit.
    TooLong,
    /// Whoever sent it broke off.
    CutShort,
}

impl Came {
    /// As `instance.mjs` writes it.
    fn of(written: u8) -> Came {
        match written {
            0 => Came::Whole,
            1 => Came::TooLong,
            _ => Came::CutShort,
        }
    }
}

/// What becomes of a request: a `Response`, or what is to be passed on, whose answer [`conclude`] takes.
/// `head` as `message` reads it; `came` says how much of the body is here: 0 for all, 1 where it is too long,
/// 2 where it was cut short.
///
/// # Errors
/// Only when the runtime itself fails to build a response, or [`configure`] was not called.
#[wasm_bindgen]
pub fn handle(head: &str, body: Vec<u8>, came: u8) -> Result<JsValue, JsValue> {
    let edge = edge()?;
    let mut arrived = Arrived::of(head);
    arrived.request.body = body;
    let request = &arrived.request;
    let Some(route) = Route::parse(&request.path) else {
        return edge
            .io
            .response(&refusal::of(Reason::RouteUnknown, request.language()));
    };
    let asked = Asked::of(&edge, &arrived, &route);
    let mut url = String::new();
    match asked.decide(request, Came::of(came)) {
        Decided::Answer(response) => asked.answered(request, response),
        Decided::Pass(handed) => {
            let passing = asked.send(route.municipality(), &mut url, request, handed);
            Ok(edge.io.pass(passing))
        }
        Decided::Find(municipality, handed) => {
            let passing = asked.send(municipality, &mut url, request, handed);
            Ok(edge.io.pass(passing))
        }
    }
}

/// What the answer to a request that was passed on becomes: a `Response`. `head` is the request's;
/// `status`, `fields` (a line each) and `body` are the answer's, or what stands for none.
///
/// # Errors
/// As [`handle`].
#[wasm_bindgen]
pub fn conclude(head: &str, status: u16, fields: &str, body: Vec<u8>) -> Result<JsValue, JsValue> {
    let edge = edge()?;
    let arrived = Arrived::of(head);
    let Some(route) = Route::parse(&arrived.request.path) else {
        return Err(JsValue::from_str("an answer to what was not asked"));
    };
    let asked = Asked::of(&edge, &arrived, &route);
    let answer = Response {
        status,
        headers: io::fields(fields.split('\n')),
        body,
    };
    asked.answered(&arrived.request, asked.heard(&arrived.request, answer))
}

/// The header fields that mean something in a request.
fn read() -> impl Iterator<Item = &'static str> {
    forward::READ
        .into_iter()
        .chain(behind::READ.iter().copied())
}

fn edge() -> Result<Rc<Configured>, JsValue> {
    configured::current().ok_or_else(|| JsValue::from_str("configure was not called"))
}

/// What becomes of a request.
enum Decided<'a> {
    Answer(Response),
    /// It is passed on, with what goes instead of what came.
    Pass(Handed),
    /// The same to a municipality that its path does not name.
    Find(Option<&'a str>, Handed),
}

/// A request with what the shell found out about it.
struct Asked<'a> {
    edge: &'a Configured,
    route: &'a Route,
    served: Option<&'a Served>,
    origin: WebOrigin,
    own_origin: &'a str,
    /// Reckoned where it is asked for: what is read by everybody counts nobody.
    sender: Unasked<'a>,
    now: Timestamp,
}

impl<'a> Asked<'a> {
    fn of(edge: &'a Configured, arrived: &'a Arrived, route: &'a Route) -> Asked<'a> {
        let own_origin = edge.public_origin.as_ref().unwrap_or(&arrived.own_origin);
        let served = route.municipality().and_then(|id| edge.municipality(id));
        let origin = WebOrigin::of(&arrived.request.headers, |origin| {
            origin == own_origin.as_str()
                || served.is_some_and(|served| served.is_partner_origin(origin))
        });
        let now = host::now();
        Asked {
            edge,
            route,
            served,
            origin,
            own_origin,
            sender: Unasked::at(&edge.keys.senders, arrived.address, now),
            now,
        }
    }

    fn sender(&self) -> &Sender {
        self.sender.sender()
    }

    /// What can be said before the body is read: the most it may have.
    fn admit(&self, request: &Request) -> Result<usize, Violation> {
        let route = self.route;
        envelope::door(route, request, &self.origin)?;
        if let Some(reason) = behind::refused(route) {
            return Err(Violation::new(reason, ""));
        }
        let Some(served) = self.served else {
            return match route.municipality() {
                Some(_) => Err(Violation::new(Reason::MunicipalityUnknown, "")),
                None => Ok(behind::body_limit(route, request)),
            };
        };
        let limit = match route {
            // What costs a message is passed on only from who could send a report.
            Route::Codes(_) | Route::CodesVerify(_) => route.body_limit(),
            Route::Photo { .. } => screen::photos::byte_limit(served),
            _ => return Ok(behind::body_limit(route, request)),
        };
        session::identify(&self.posted(served, request), self.now)
            .map(|_| limit)
            .map_err(|reason| Violation::new(reason, ""))
    }

    fn decide(&self, request: &Request, came: Came) -> Decided<'a> {
        if cors::is_preflight(request.method) {
            return Decided::Answer(cors::preflight(self.route, &self.origin, request));
        }
        let read = self.admit(request).and_then(|limit| match came {
            Came::Whole if request.body.len() <= limit => Ok(()),
            Came::TooLong if behind::is_kept(self.route, request) => Ok(()),
            Came::Whole | Came::TooLong => Err(envelope::over_limit(self.route, limit)),
            Came::CutShort => Err(Violation::new(Reason::RequestIncomplete, "")),
        });
        match read {
            Err(violation) => Decided::Answer(refusal::response(&[violation], request.language())),
            Ok(()) => self.answer(request),
        }
    }

    fn answer(&self, request: &Request) -> Decided<'a> {
        let refuse = |reason| Decided::Answer(refusal::of(reason, request.language()));
        let on = || Decided::Pass(Handed::default());
        let Some(served) = self.served else {
            return match self.route {
                Route::Health => {
                    Decided::Answer(Response::new(200, "text/plain; charset=utf-8", "ok"))
                }
                Route::Open311(_)
                | Route::OriginEvents
                | Route::OriginPhoto { .. }
                | Route::Quarantine => {
                    let (edge, now) = (self.edge, self.now);
                    match edge.behind.owner(edge, self.route, request, now) {
                        Ok((municipality, handed)) => Decided::Find(municipality, handed),
                        Err(refused) => Decided::Answer(refused),
                    }
                }
                route => behind::page(self.edge, route, request).map_or_else(on, Decided::Answer),
            };
        };
        match self.route {
            Route::Municipality(_) => Decided::Answer(public::document(served, request)),
            Route::Pack(_) => Decided::Answer(public::pack(served, request)),
            Route::Session(_) => match host::random() {
                Some(nonce) => {
                    let page = session::page(&self.origin, self.own_origin);
                    let keys = &self.edge.keys;
                    Decided::Answer(session::grant(served, keys, page, &nonce, self.now))
                }
                None => refuse(Reason::Internal),
            },
            Route::Reports(_) => self.report(served, None, request),
            Route::Join { number, .. } => self.report(served, Some(number), request),
            Route::Photo { sha256, .. } => self.photo(served, sha256, request),
            _ => on(),
        }
    }

    /// Every step of the screen that needs no ledger; what passes is the upstream's to decide.
    fn report(&self, served: &Served, joins: Option<&str>, request: &Request) -> Decided<'a> {
        let posted = Posted {
            joins,
            ..self.posted(served, request)
        };
        let Some(proof) = host::random() else {
            return Decided::Answer(refusal::of(Reason::Internal, request.language()));
        };
        let randomness = Randomness {
            // Numbers are the ledger's to give.
            number: [0; 8],
            proof,
        };
        let known = |names: &[&str]| self.edge.io.states(names).into_iter().map(state).collect();
        match forward::admit(&posted, known, self.now, &randomness) {
            Ok(counts) => {
                self.count(&counts);
                Decided::Pass(Handed::default())
            }
            Err(refused) => Decided::Answer(refused),
        }
    }

    /// A photo that could be cleaned is passed on under the name of what was sent.
    fn photo(&self, served: &Served, sha256: &str, request: &Request) -> Decided<'a> {
        let ceiling = screen::ceiling(served, &self.sender().address);
        let states = self.edge.io.states(&[&ceiling.name]);
        let known = states.first().copied().and_then(state);
        match ceiling.count(known, self.now) {
            Ok(count) => self.count(&[count]),
            Err(wait) => {
                let violation = refusal::retry_after(Reason::LimitCeiling, wait);
                let language = request.language();
                return Decided::Answer(refusal::response(&[violation], language));
            }
        }
        let handed = screen::photos::judge(served, sha256, &request.body)
            .and_then(|fit| behind::photo(served, fit));
        match handed {
            Ok(handed) => Decided::Pass(handed),
            Err(violation) => Decided::Answer(refusal::response(&[violation], request.language())),
        }
    }

    /// Keeps what was counted in this isolate, and not in wasm memory: a trap does not forget it. It only
    /// holds a flood off this isolate; the upstream counts for all.
    fn count(&self, effects: &[Effect]) {
        let counted = effects.iter().filter_map(|effect| match effect {
            Effect::Count { subject, tat, .. } => Some((subject.as_str(), *tat as f64)),
            _ => None,
        });
        let (names, states): (Vec<&str>, Vec<f64>) = counted.unzip();
        self.edge.io.keep_states(&names, &states);
    }

    fn posted<'b>(&'b self, served: &'b Served, request: &'b Request) -> Posted<'b> {
        Posted {
            served,
            keys: &self.edge.keys,
            request,
            origin: &self.origin,
            own_origin: self.own_origin,
            sender: &self.sender,
            joins: None,
            identity: Identity::Upstream,
            can_work: true,
        }
    }

    /// An answer as the page may read it.
    fn answered(&self, request: &Request, response: Response) -> Result<JsValue, JsValue> {
        let response = if self.route.is_form() {
            behind::for_people(self.route, self.served, request, response)
        } else {
            open311::in_its_form(self.route, response)
        };
        let marked = cors::mark(self.route, &self.origin, response);
        self.edge.io.response(&marked)
    }
}

/// A counter's state, in milliseconds since 1970; nothing for what is not a number.
fn state(tat: f64) -> Option<i64> {
    (!tat.is_nan()).then_some(tat as i64)
}
