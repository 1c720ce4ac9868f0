//! Pages that say why there is no other.

use std::fmt::Display;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use balagh_shared::problem::sentence;
use balagh_shared::reason::{Reason, Violation};
use maud::{Markup, html};

use super::Signed;
use super::frame::{framed, guarded, outside};
use super::words::Language;

/// Something of ours failed. The log says what, the page does not.
#[derive(Debug)]
pub(super) struct Failed;

impl Failed {
    pub(super) fn of(error: impl Display) -> Failed {
        tracing::error!(code = Reason::StorageUnavailable.code(), %error, "failed");
        Failed
    }

    /// For who is not signed in.
    pub(super) fn outside(self, language: Language) -> Response {
        let door = &language.words().door;
        let body = html! { p { (door.failed_body) } };
        let status = StatusCode::SERVICE_UNAVAILABLE;
        outside(status, language, door.failed, &Markup::default(), body)
    }
}

/// A page of its own for what cannot be answered: what it is called, and what to do.
fn page(status: StatusCode, signed: &Signed, title: &str, said: &str) -> Response {
    let body = html! {
        div.card.narrow {
            p { (said) }
            p { a.button.quiet href="/console/queue" { (signed.words().door.back) } }
        }
    };
    framed(status, signed, title, body)
}

/// Why something was refused, as a page.
pub(crate) fn refused(signed: &Signed, violation: &Violation) -> Response {
    let door = &signed.words().door;
    match violation.code {
        Reason::ReportUnknown | Reason::RouteUnknown => page(
            StatusCode::NOT_FOUND,
            signed,
            door.missing,
            door.missing_body,
        ),
        Reason::StaffForbidden => page(
            StatusCode::FORBIDDEN,
            signed,
            door.forbidden,
            door.forbidden_body,
        ),
        Reason::StorageUnavailable | Reason::Internal => failed(signed),
        code => {
            let said = sentence(violation, signed.language.code());
            let status = StatusCode::from_u16(code.status());
            let status = status.unwrap_or(StatusCode::BAD_REQUEST);
            page(status, signed, door.failed, &said)
        }
    }
}

/// Something of ours failed, for who is signed in.
pub(crate) fn failed(signed: &Signed) -> Response {
    let door = &signed.words().door;
    page(
        StatusCode::SERVICE_UNAVAILABLE,
        signed,
        door.failed,
        door.failed_body,
    )
}

/// It was not a page of ours that sent it.
pub(super) fn foreign(language: Language) -> Response {
    let door = &language.words().door;
    let body = html! { p { (door.foreign_body) } };
    outside(
        StatusCode::FORBIDDEN,
        language,
        door.foreign,
        &Markup::default(),
        body,
    )
}

/// More than any form of ours holds.
pub(super) fn too_much(language: Language) -> Response {
    let door = &language.words().door;
    let body = html! { p { (door.too_much_body) } };
    outside(
        StatusCode::PAYLOAD_TOO_LARGE,
        language,
        door.too_much,
        &Markup::default(),
        body,
    )
}

/// Any address of the console's that there is nothing at.
pub(super) async fn missing(signed: Signed) -> Response {
    guarded(refused(&signed, &Violation::new(Reason::RouteUnknown, "")).into_response())
}
