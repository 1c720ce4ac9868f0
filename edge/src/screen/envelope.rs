//! Is it a request of the right shape, from a page that may send it?

use balagh_shared::canonical;
use balagh_shared::key::IdempotencyKey;
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::report::Report;

use super::key::{Scope, Slot};
use super::{Posted, join, session};
use crate::http::cors::WebOrigin;
use crate::http::{Method, Request, Route, refusal};

/// A report out of its envelope.
#[derive(Debug, Clone, PartialEq)]
pub struct Envelope {
    /// What it says.
    pub report: Report,
    /// What is remembered of it; nothing where there is no ledger to do so.
    pub remembered: Option<Remembered>,
    /// The number of the report that it is joined to.
    pub joins: Option<String>,
}

/// What outlives a report, so that it is known when it comes again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Remembered {
    /// Where its key is remembered.
    pub slot: Slot,
    /// Which report it is.
    pub fingerprint: [u8; 32],
}

/// The header of the idempotency key, in lower case.
pub const KEY_HEADER: &str = "idempotency-key";

/// What can be said of any request before its body is read.
///
/// # Errors
/// Why it is refused: its method, its page's web origin, or the length it announces.
pub fn door(route: &Route, request: &Request, origin: &WebOrigin) -> Result<(), Violation> {
    if !route.methods().contains(&request.method) {
        return Err(Violation::new(Reason::RequestMethod, ""));
    }
    // A foreign page may link to a form; it may not fill it in and send it from a visitor's network.
    let is_lent = route.is_guarded() || route.is_form() && request.method == Method::Post;
    if is_lent && *origin == WebOrigin::Foreign {
        return Err(Violation::new(Reason::OriginForeign, ""));
    }
    let announced = request
        .headers
        .get("content-length")
        .and_then(|text| text.parse().ok());
    // What fits of a form with photos is kept, and its page says what did not.
    let is_kept = matches!(route, Route::ReportPage(_)) && request.is_multipart();
    if !is_kept && announced.is_some_and(|bytes: u64| bytes > route.body_limit() as u64) {
        return Err(over_limit(route, route.body_limit()));
    }
    Ok(())
}

/// A body that is, or says it is, longer than `limit` bytes.
#[must_use]
pub fn over_limit(route: &Route, limit: usize) -> Violation {
    let reason = match route {
        Route::Photo { .. } => Reason::PhotoTooLarge,
        _ => Reason::RequestTooLarge,
    };
    refusal::too_large(reason, limit)
}

/// Reads the idempotency key.
///
/// # Errors
/// [`Reason::KeyMissing`] where there is none, or something else in its place.
pub fn key(request: &Request) -> Result<IdempotencyKey, Reason> {
    request
        .headers
        .get(KEY_HEADER)
        .and_then(|text| IdempotencyKey::parse(text).ok())
        .ok_or(Reason::KeyMissing)
}

/// Opens a report's envelope; reckons what is remembered of it, where there is a ledger to do so.
pub(super) fn open(posted: &Posted<'_>, has_ledger: bool) -> Result<Envelope, Vec<Violation>> {
    let request = posted.request;
    let refuse = |reason| vec![Violation::new(reason, "")];
    if !request.is_of_type("application/json") {
        return Err(refuse(Reason::RequestType));
    }
    let key = key(request).map_err(refuse)?;
    let report: Report =
        serde_json::from_slice(&request.body).map_err(|_| refuse(Reason::RequestMalformed))?;
    let joins = join::number(posted);
    let remembered = has_ledger
        .then(|| remembered(posted, &key, &report, joins.as_deref()))
        .transpose()
        .map_err(|_| refuse(Reason::RequestMalformed))?;
    Ok(Envelope {
        report,
        remembered,
        joins,
    })
}

fn remembered(
    posted: &Posted<'_>,
    key: &IdempotencyKey,
    report: &Report,
    joins: Option<&str>,
) -> Result<Remembered, serde_json::Error> {
    let Posted {
        served, request, ..
    } = posted;
    let fingerprint = canonical::fingerprint(report)?;
    let fingerprint = match joins {
        Some(joins) => join::fingerprint(fingerprint, joins),
        None => fingerprint,
    };
    let scope = match session::partner(served, request) {
        Some(Ok(partner)) => Scope::Partner(partner),
        // A stranger's key is refused a step later; nothing is ever stored under its slot.
        Some(Err(_)) | None => Scope::Public,
    };
    Ok(Remembered {
        slot: Slot::of(served.id(), scope, key),
        fingerprint,
    })
}
