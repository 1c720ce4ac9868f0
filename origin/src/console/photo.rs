//! A report's photo, for who may see the report.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;

use super::frame::guarded;
use super::report::looked_at;
use super::{Signed, failure};
use crate::picture;
use crate::server::Origin;

/// `GET /console/reports/{number}/photos/{sha256}`.
pub(super) async fn show(
    State(origin): State<Arc<Origin>>,
    signed: Signed,
    Path((number, sha256)): Path<(String, String)>,
) -> Response {
    let shown = match looked_at(&origin, &signed, &number, "photo").await {
        Ok(_) => picture::shown(&origin, &number, &sha256).await,
        Err(refusal) => Err(refusal),
    };
    match shown {
        Ok(photo) => guarded(photo),
        Err(refusal) => failure::refused(&signed, refusal.violation()),
    }
}
