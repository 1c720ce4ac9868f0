//! A form of ours that came back.
//!
//! Nothing else is let in: the browser must not say that another site sent it, its session must
//! hold, and it must carry the word that only a page of that session could write. Where the session
//! is over, the door is shown with everything that was typed, and after it the form again.

use std::sync::Arc;

use axum::extract::{FromRequest, Request};
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use bytes::Bytes;

use super::fields::Fields;
use super::session::{self, Asked, Signed};
use super::{failure, resume, sign_in, upload};
use crate::server::Origin;

/// A form of somebody who is signed in.
pub(super) struct Sent {
    pub(super) signed: Signed,
    pub(super) fields: Fields,
    /// The file that was chosen, where the form has a field for one.
    pub(super) file: Option<Bytes>,
}

impl FromRequest<Arc<Origin>> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, origin: &Arc<Origin>) -> Result<Sent, Response> {
        let Open {
            asked,
            parts,
            fields,
            file,
        } = Open::read(request, origin).await?;
        let action = asked.path.split('?').next().unwrap_or_default().to_owned();
        let signed = session::signed(origin, &parts, &asked)
            .await
            .map_err(|failed| failed.outside(asked.language))?;
        let Some(signed) = signed else {
            return Err(sign_in::page_keeping(&asked, &action, &fields));
        };
        if signed.is_word(&action, fields.text("word")) {
            return Ok(Sent {
                signed,
                fields,
                file,
            });
        }
        // Another session's, such as that of the tab before: whoever sits there looks again, and
        // presses again.
        Err(resume::form(origin, &signed, StatusCode::FORBIDDEN, &action, &fields).await)
    }
}

/// A form of anybody's, from a page of ours.
pub(super) struct Open {
    pub(super) asked: Asked,
    pub(super) parts: axum::http::request::Parts,
    pub(super) fields: Fields,
    file: Option<Bytes>,
}

impl Open {
    async fn read(request: Request, origin: &Arc<Origin>) -> Result<Open, Response> {
        let (parts, body) = request.into_parts();
        let asked = Asked::of(&parts);
        if !is_ours(&parts.headers) {
            return Err(failure::foreign(asked.language));
        }
        let body = Bytes::from_request(Request::from_parts(parts.clone(), body), origin)
            .await
            .map_err(|_| failure::too_much(asked.language))?;
        let (fields, file) = match upload::boundary(&parts.headers) {
            Some(boundary) => upload::read(boundary, body).await,
            None => (Fields::parse(&body), None),
        };
        Ok(Open {
            asked,
            parts,
            fields,
            file,
        })
    }
}

impl FromRequest<Arc<Origin>> for Open {
    type Rejection = Response;

    async fn from_request(request: Request, origin: &Arc<Origin>) -> Result<Open, Response> {
        Open::read(request, origin).await
    }
}

/// Whether the browser does not say that another site sent it. Old ones say nothing: for them there
/// are the cookie's `SameSite` and the form's word.
fn is_ours(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text(ORIGIN.as_str()) else {
        return true;
    };
    let host = origin.split_once("://").map(|(_, host)| host);
    host.is_some() && host == text(HOST.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(headers: &[(&'static str, &str)], expected: bool) {
        let map = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        assert_eq!(is_ours(&map), expected, "{headers:?}");
    }

    #[test]
    fn what_another_site_sends_is_told_by_the_browser() {
        let host = ("host", "console.example.gov");
        check(&[host, ("sec-fetch-site", "same-origin")], true);
        check(&[host, ("sec-fetch-site", "cross-site")], false);
        check(&[host, ("sec-fetch-site", "same-site")], false);
        check(&[host, ("origin", "https://console.example.gov")], true);
        check(&[host, ("origin", "https://evil.example")], false);
        check(&[host, ("origin", "null")], false);
        check(&[host], true);
    }
}
