//! A form shown again with what was typed into it: nothing is lost to a session that ended.

use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};

use super::deed::Deed;
use super::fields::Fields;
use super::frame::guarded;
use super::report::{self, Typed};
use super::session::Signed;
use super::{sign_in, taken};
use crate::server::Origin;

/// The form that was sent to `action`, with what was typed.
pub(super) async fn form(
    origin: &Origin,
    signed: &Signed,
    status: StatusCode,
    action: &str,
    fields: &Fields,
) -> Response {
    let of_report = action.strip_prefix("/console/reports/");
    if let Some((number, code)) = of_report.and_then(|rest| rest.split_once('/')) {
        if let Some(deed) = Deed::from_code(code) {
            let typed = Typed {
                deed,
                fields,
                violation: None,
            };
            return report::again(origin, signed, status, number, typed).await;
        }
        return to(&format!("/console/reports/{number}"));
    }
    if action == "/console/new" {
        return taken::again(origin, signed, status, fields).await;
    }
    to(action)
}

/// A page with nothing typed on it.
fn to(page: &str) -> Response {
    let is_page = page != "/console/language";
    let to = sign_in::inside(if is_page { page } else { "" }).to_owned();
    guarded((StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response())
}
