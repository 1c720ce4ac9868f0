//! What reporters do with their reports, through the edge: `/edge/v1/reports/{number}/…`, signed.
//! The edge has checked the tracking code; the body is the reporter's.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use balagh_shared::action::{Close, FollowUp, Rate, Reopen};
use balagh_shared::reason::Reason;

use crate::desk::{self, Asked};
use crate::edge_contract::parse;
use crate::lifecycle::step::Step;
use crate::refusal::{self, Refusal};
use crate::server::Origin;
use crate::signed::Signed;

/// Most bytes of what a reporter writes: a thousand characters of any kind.
const MOST_BYTES: usize = 64 * 1024;

pub(crate) fn routes() -> Router<Arc<Origin>> {
    Router::new().route(
        "/edge/v1/reports/{number}/{action}",
        post(act).layer(DefaultBodyLimit::max(MOST_BYTES)),
    )
}

async fn act(
    State(origin): State<Arc<Origin>>,
    Path((number, action)): Path<(String, String)>,
    signed: Signed,
) -> Result<Response, Refusal> {
    signed.about(&format!("{number}/{action}"))?;
    let body = &signed.body;
    let step = match action.as_str() {
        "follow-up" => {
            let FollowUp { note } = parse(body)?;
            Step::FollowUp { note }
        }
        "close" => {
            let Close {} = parse(body)?;
            Step::Agree
        }
        "reopen" => {
            let Reopen { note } = parse(body)?;
            Step::Reopen { note }
        }
        "rate" => {
            let Rate {
                quality,
                speed,
                service,
                comment,
            } = parse(body)?;
            Step::Rate {
                marks: [quality, speed, service],
                comment,
            }
        }
        _ => return Err(Reason::RouteUnknown.into()),
    };
    let asked = Asked {
        number: &number,
        revision: None,
        staff: None,
    };
    let report = desk::take(&origin, asked, &step).await?;
    let status = origin.municipalities.status(&report);
    let status = status.map_err(|error| Refusal::failed(Reason::Internal, error))?;
    Ok(refusal::json(StatusCode::OK, &status))
}
