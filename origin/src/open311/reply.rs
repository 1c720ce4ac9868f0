//! Answers and refusals, in the format asked for, for whoever asks: what anyone may read, any page
//! may read.

use std::fmt::Display;

use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, CONTENT_TYPE, RETRY_AFTER, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use balagh_shared::open311::{Answer, Fault, Format, encode};
use balagh_shared::problem::sentence;
use balagh_shared::reason::Violation;

use super::asked::Asked;

/// What a request comes to.
pub(super) type Reply<T> = Result<T, Refused>;

/// A refusal as GeoReport has it: 400, 403 or 404 for what the sender can mend, and 503 where
/// something of ours failed. For that the specification has 400, too, which would blame the sender;
/// 503 is what makes clients try again.
#[derive(Debug, Clone)]
pub(super) struct Refused {
    status: StatusCode,
    faults: Vec<Fault>,
}

pub(super) fn bad_request(description: impl Display) -> Refused {
    refused(StatusCode::BAD_REQUEST, description)
}

pub(super) fn not_found(description: impl Display) -> Refused {
    refused(StatusCode::NOT_FOUND, description)
}

pub(super) fn forbidden(description: impl Display) -> Refused {
    refused(StatusCode::FORBIDDEN, description)
}

/// Something of ours failed: the log says what, the answer does not.
pub(super) fn broken(error: impl Display) -> Refused {
    tracing::error!(%error, "failed");
    let description = "the report could not be read or stored; try again";
    refused(StatusCode::SERVICE_UNAVAILABLE, description)
}

/// Everything there is to mend, a fault each.
pub(super) fn against_the_rules(violations: &[Violation], language: &str) -> Refused {
    let told = |violation: &Violation| Fault {
        code: StatusCode::BAD_REQUEST.as_u16(),
        description: format!(
            "{}: {}",
            violation.code.code(),
            sentence(violation, language)
        ),
    };
    Refused {
        status: StatusCode::BAD_REQUEST,
        faults: violations.iter().map(told).collect(),
    }
}

fn refused(status: StatusCode, description: impl Display) -> Refused {
    Refused {
        status,
        faults: vec![Fault {
            code: status.as_u16(),
            description: description.to_string(),
        }],
    }
}

impl Asked {
    /// The answer.
    pub(super) fn reply<T: Answer>(&self, reply: Reply<T>) -> Response {
        self.reply_with(StatusCode::OK, reply)
    }

    /// Nothing but a refusal.
    pub(super) fn refuse(&self, refused: Refused) -> Response {
        self.reply::<Vec<Fault>>(Err(refused))
    }

    /// The answer, with the status that is not 200 where it is none to refuse.
    pub(super) fn reply_with<T: Answer>(&self, status: StatusCode, reply: Reply<T>) -> Response {
        let format = self.format();
        match reply {
            Ok(answer) => written(status, format, &answer),
            Err(Refused { status, faults }) => {
                let mut response = written(status, format, &faults);
                if status == StatusCode::SERVICE_UNAVAILABLE {
                    let wait = HeaderValue::from_static("5");
                    response.headers_mut().insert(RETRY_AFTER, wait);
                }
                response
            }
        }
    }

    /// What a browser is told before it lets a page post.
    pub(super) fn preflight(&self) -> Response {
        let mut response = StatusCode::NO_CONTENT.into_response();
        let headers = response.headers_mut();
        let fixed = HeaderValue::from_static;
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, fixed("*"));
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, fixed("GET, HEAD, POST"));
        headers.insert(
            ACCESS_CONTROL_ALLOW_HEADERS,
            fixed("content-type, accept-language"),
        );
        headers.insert(ACCESS_CONTROL_MAX_AGE, fixed("7200"));
        response
    }
}

fn written<T: Answer>(status: StatusCode, format: Format, answer: &T) -> Response {
    let body = match encode(format, answer) {
        Ok(body) => body,
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    let mut response = (status, [(CONTENT_TYPE, format.media_type())], body).into_response();
    let headers = response.headers_mut();
    let fixed = HeaderValue::from_static;
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, fixed("*"));
    headers.insert(VARY, fixed("Accept-Language"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, fixed("nosniff"));
    response
}
