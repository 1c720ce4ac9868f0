//! Refusals of the edge contract and of everything that is not Open311: problem details.

use std::fmt::Display;

use axum::extract::Request;
use axum::extract::rejection::BytesRejection;
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, RETRY_AFTER, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use balagh_shared::problem::{MEDIA_TYPE, Problem, negotiate};
use balagh_shared::reason::{Reason, Violation};
use serde::Serialize;

/// Why a request is refused. It becomes a body in the language asked for in [`render`].
#[derive(Debug, Clone)]
pub(crate) struct Refusal(Violation);

impl Refusal {
    pub(crate) fn new(reason: Reason) -> Refusal {
        Refusal(Violation::new(reason, ""))
    }

    /// Something of ours failed: the log says what, the answer does not.
    pub(crate) fn failed(reason: Reason, error: impl Display) -> Refusal {
        tracing::error!(code = reason.code(), %error, "failed");
        Refusal::new(reason)
    }

    pub(crate) fn violation(&self) -> &Violation {
        &self.0
    }

    pub(crate) fn reason(&self) -> Reason {
        self.0.code
    }
}

impl From<Violation> for Refusal {
    fn from(violation: Violation) -> Refusal {
        Refusal(violation)
    }
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Refusal {
        Refusal::new(reason)
    }
}

impl From<BytesRejection> for Refusal {
    fn from(rejection: BytesRejection) -> Refusal {
        match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => {
                let most = crate::edge_contract::MOST_PHOTO_BYTES >> 20;
                Refusal(Violation::new(Reason::RequestTooLarge, "").with("max", most))
            }
            _ => Refusal::new(Reason::RequestMalformed),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = status(self.0.code.status()).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Puts a refusal into the words of the request's language.
pub(crate) async fn render(request: Request, next: Next) -> Response {
    let language = language(request.headers());
    let response = next.run(request).await;
    let Some(Refusal(violation)) = response.extensions().get::<Refusal>().cloned() else {
        return response;
    };
    let problem = Problem::of(&[violation], language);
    let mut rendered = json(status(problem.status), &problem);
    rendered.extensions_mut().insert(Refusal::new(problem.code));
    let headers = rendered.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    headers.insert(VARY, HeaderValue::from_static("Accept-Language"));
    if problem.status == 503 {
        headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
    }
    rendered
}

/// The language of ours that a request prefers.
pub(crate) fn language(headers: &HeaderMap) -> &'static str {
    negotiate(
        headers
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok()),
    )
}

/// A body of JSON.
pub(crate) fn json<T: Serialize>(status: StatusCode, body: &T) -> Response {
    match serde_json::to_vec(body) {
        Ok(body) => (status, [(CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
