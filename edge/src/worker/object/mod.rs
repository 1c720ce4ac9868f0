//! The object that keeps a municipality: what it answers, and what its alarms do.
//!
//! It is reached through the function alone, whose requests vouch for their sender as they would
//! towards a native edge. It screens them once more, now with what it keeps, and writes the decision in
//! the same go.
//!
//! | module | idea |
//! | --- | --- |
//! | `storage` | the object's storage as a database, and its alarm |
//! | `bucket` | files of photos |
//! | `codes` | one-time codes, and lost tracking codes |
//! | `decide` | a report: looked up, screened and written in one transaction |
//! | `answer` | everything else that is asked of the object |
//! | `origin` | a message to the origin and its answer |
//! | `pages` | the form, tracking, and what waits for a person, as pages |
//! | `alarm` | what waits is carried, what is overdue erased |
//!
//! *Architecture invariant:* between what is read for a decision and what it writes nothing waits.

mod alarm;
mod answer;
mod bucket;
mod codes;
mod decide;
mod origin;
mod pages;
mod storage;

use std::cell::Cell;
use std::rc::Rc;

use balagh_shared::reason::{Reason, Violation};
use balagh_shared::time::Timestamp;
use wasm_bindgen::prelude::*;

use super::behind;
use super::configured::{self, Configured};
use super::host;
use super::message::Arrived;
use super::tasks::Unread;
use crate::durable::StoreError;
use crate::guesses::Guesses;
use crate::http::cors::WebOrigin;
use crate::http::route::DRAINED_BYTES;
use crate::http::{Request, Response, Route, refusal};
use crate::relay::{self, Relayed};
use crate::screen::envelope;
use crate::sender::Sender;
use crate::served::Served;

pub(super) use bucket::{Bucket, file_name};
use storage::Storage;

/// Answers a request that the function handed over. `storage` is the object's.
///
/// # Errors
/// Only when the runtime itself fails to build a response, or `configure` was not called.
#[wasm_bindgen]
pub async fn keep(asked: JsValue, storage: Storage) -> Result<JsValue, JsValue> {
    let edge = edge()?;
    let Arrived { mut request, .. } = Arrived::read(&edge.io, &asked, &edge.read);
    let language = request.language();
    let read = match Route::parse(&request.path) {
        None => Err(Reason::RouteUnknown),
        // Of a photo only its row comes here.
        Some(route) => {
            let limit = behind::body_limit(&route, &request);
            // Of a form that was too long the function hands over what came, and a byte more.
            let most = limit + usize::from(behind::is_kept(&route, &request));
            match edge.io.read_body(&asked, most, DRAINED_BYTES).await {
                Ok(bytes) => {
                    request.body = bytes;
                    Ok(route)
                }
                Err(Unread::TooLarge) => Err(envelope::over_limit(&route, limit).code),
                Err(Unread::Incomplete) => Err(Reason::RequestIncomplete),
            }
        }
    };
    let response = match read {
        Ok(route) => answered(Rc::clone(&edge), storage, &route, &request).await,
        Err(reason) => refusal::of(reason, language),
    };
    edge.io.response(&response)
}

/// Carries what waits, erases what is overdue, and sets the next alarm.
///
/// # Errors
/// The storage would not, or `configure` was not called. The caller sets the next alarm then.
#[wasm_bindgen]
pub async fn alarm(storage: Storage) -> Result<(), JsValue> {
    let edge = edge()?;
    let said = |error: StoreError| JsValue::from_str(&error.to_string());
    storage.prepare().map_err(said)?;
    let municipality = storage.keeper(&edge, |keeper| keeper.municipality());
    let Some(municipality) = municipality.map_err(said)? else {
        // Nothing was ever kept here.
        return Ok(());
    };
    alarm::ring(Rc::new(Object::new(edge, storage, municipality)))
        .await
        .map_err(said)
}

fn edge() -> Result<Rc<Configured>, JsValue> {
    configured::current().ok_or_else(|| JsValue::from_str("configure was not called"))
}

/// An object with everything it works with.
struct Object {
    edge: Rc<Configured>,
    storage: Storage,
    municipality: String,
    /// Questions asked of the origin and the bucket since it was called.
    asked: Cell<u32>,
}

impl Object {
    fn new(edge: Rc<Configured>, storage: Storage, municipality: String) -> Object {
        Object {
            edge,
            storage,
            municipality,
            asked: Cell::new(0),
        }
    }

    /// Counts a question.
    fn ask(&self) {
        self.asked.set(self.asked.get().saturating_add(1));
    }
}

/// A request that the function vouches for.
struct Asked<'a> {
    served: &'a Served,
    request: &'a Request,
    sender: Sender,
    origin: WebOrigin,
    now: Timestamp,
    /// Whether the sender's device can be asked for work; a page without scripts cannot.
    can_work: bool,
}

async fn answered(
    edge: Rc<Configured>,
    storage: Storage,
    route: &Route,
    request: &Request,
) -> Response {
    let refuse = |reason| refusal::of(reason, request.language());
    let now = host::now();
    let Request {
        method, path, body, ..
    } = request;
    let relayed = Relayed {
        method: *method,
        path,
        body,
    };
    let vouched = request.headers.get(relay::HEADER);
    let sender =
        vouched.and_then(|header| relay::verify(&edge.keys.relays, relayed, header, now.seconds()));
    let Some(sender) = sender else {
        return refuse(Reason::SignatureInvalid);
    };
    let municipality = match answer::about(&edge, route, request) {
        Ok(municipality) => municipality,
        Err(refused) => return refused,
    };
    let known = Rc::clone(&edge);
    let Some(served) = known.municipality(&municipality) else {
        return refuse(Reason::MunicipalityUnknown);
    };
    let own = storage
        .prepare()
        .and_then(|()| storage.keeper(&edge, |keeper| keeper.belong_to(&municipality)));
    if let Err(error) = own {
        return unavailable(&error, request);
    }
    let address = Guesses::is_one(route, *method).then(|| sender.address.clone());
    if let Some(address) = &address
        && let Err(over) = edge.guesses.admit(address, now)
    {
        return refuse_with(&[over], request);
    }
    let object = Object::new(Rc::clone(&edge), storage, municipality);
    let asked = Asked {
        served,
        request,
        sender,
        // The function judged the page.
        origin: WebOrigin::of(&request.headers, |_| true),
        now,
        can_work: true,
    };
    let response = object.answer(route, &asked).await;
    if let Some(address) = &address {
        edge.guesses.answered(address, response.status, now);
    }
    response
}

/// The storage would not: nothing is acknowledged, and the client comes back.
fn unavailable(error: &StoreError, request: &Request) -> Response {
    host::complain(&error.to_string());
    refusal::of(Reason::StorageUnavailable, request.language())
}

fn refuse_with(violations: &[Violation], request: &Request) -> Response {
    refusal::response(violations, request.language())
}
