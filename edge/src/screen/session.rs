//! Does a form of ours, or a partner, send it?

use balagh_shared::reason::Reason;
use balagh_shared::session::{LIFETIME_S, Session};
use balagh_shared::time::Timestamp;
use serde::Serialize;

use super::{Posted, Reads};
use crate::http::cors::WebOrigin;
use crate::http::{Request, Response};
use crate::keys::ScreenKeys;
use crate::served::Served;

/// Who sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// A form that fetched a session.
    Form {
        /// What is spent with the report.
        nonce: [u8; 16],
        /// From when the session is over, in seconds since 1970.
        expires_at: i64,
        /// The partner on whose page the form stands, if it is not the edge's own.
        partner: Option<String>,
    },
    /// A partner's program.
    Partner(String),
}

impl Caller {
    /// What is spent with the report.
    #[must_use]
    pub fn nonce(&self) -> Option<[u8; 16]> {
        match self {
            Caller::Form { nonce, .. } => Some(*nonce),
            Caller::Partner(_) => None,
        }
    }

    /// The partner it came through.
    #[must_use]
    pub fn partner(&self) -> Option<&str> {
        match self {
            Caller::Form { partner, .. } => partner.as_deref(),
            Caller::Partner(id) => Some(id),
        }
    }
}

/// A new session, as it is answered.
#[derive(Debug, Serialize)]
struct Granted {
    token: String,
    expires_at: Timestamp,
}

/// `POST /v1/{municipality}/session`: 201 with a token for the page that asks.
#[must_use]
pub fn grant(
    served: &Served,
    keys: &ScreenKeys,
    page: &str,
    nonce: &[u8; 16],
    now: Timestamp,
) -> Response {
    let token = Session::mint(&keys.sessions, served.id(), page, nonce, now.seconds());
    let expires_at = now.plus_millis(LIFETIME_S * 1000);
    Response::private_json(201, &Granted { token, expires_at })
}

/// The web origin that sessions are bound to; a request that does not say where it comes from is
/// one of the edge's own pages, or no page at all.
#[must_use]
pub fn page<'a>(origin: &'a WebOrigin, own_origin: &'a str) -> &'a str {
    match origin {
        WebOrigin::Admitted(origin) => origin,
        WebOrigin::Unsaid | WebOrigin::Foreign => own_origin,
    }
}

/// The partner whose API key the request carries; nothing where it carries none.
pub(crate) fn partner<'s>(
    served: &'s Served,
    request: &Request,
) -> Option<Result<&'s str, Reason>> {
    let key = request.authorization("bearer")?;
    Some(served.partner_of_key(key).ok_or(Reason::PartnerUnknown))
}

/// Who sends a request, by its headers alone.
///
/// # Errors
/// Why nobody known does.
pub fn identify(posted: &Posted<'_>, now: Timestamp) -> Result<Caller, Reason> {
    let Posted {
        served,
        keys,
        request,
        origin,
        own_origin,
        ..
    } = *posted;
    if let Some(partner) = partner(served, request) {
        return partner.map(|id| Caller::Partner(id.to_owned()));
    }
    let token = request.headers.get("balagh-session");
    let page = page(origin, own_origin);
    let session = Session::verify(&keys.sessions, token, served.id(), page, now.seconds())
        .map_err(|error| Reason::from_code(error.code()).unwrap_or(Reason::SessionMalformed))?;
    Ok(Caller::Form {
        nonce: session.nonce,
        expires_at: session.expires_at,
        partner: served
            .document()
            .partner_of_origin(page)
            .map(|partner| partner.id.clone()),
    })
}

pub(super) fn admit<'a>(
    caller: &'a Result<Caller, Reason>,
    reads: &Reads,
) -> Result<&'a Caller, Reason> {
    let caller = caller.as_ref().map_err(|reason| *reason)?;
    if reads.nonce_spent {
        return Err(Reason::SessionExpired);
    }
    Ok(caller)
}
