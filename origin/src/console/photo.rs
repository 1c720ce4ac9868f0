//! A report's photo, for who may see the report. A picture somebody sent is opened as nothing else.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use balagh_shared::reason::{Reason, Violation};

use super::frame::guarded;
use super::report::looked_at;
use super::{Signed, failure};
use crate::server::Origin;

/// In a browser's own sandbox, where nothing runs and nothing is fetched.
const SANDBOX: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

/// `GET /console/reports/{number}/photos/{sha256}`.
pub(super) async fn show(
    State(origin): State<Arc<Origin>>,
    signed: Signed,
    Path((number, sha256)): Path<(String, String)>,
) -> Response {
    let unknown = || failure::refused(&signed, &Violation::new(Reason::ReportUnknown, ""));
    if let Err(refusal) = looked_at(&origin, &signed, &number, "photo").await {
        return failure::refused(&signed, refusal.violation());
    }
    let photo = match origin.store.picture(&number, &sha256).await {
        Ok(Some(photo)) => photo,
        Ok(None) => return unknown(),
        Err(_) => return failure::failed(&signed),
    };
    // What it was looked at for when it came in; anything else is bytes.
    let media_type = match photo.media_type.as_str() {
        known @ ("image/jpeg" | "image/png" | "image/webp" | "image/heic" | "image/avif") => known,
        _ => "application/octet-stream",
    };
    match origin.photos.read(&photo.sha256).await {
        Ok(Some(bytes)) => {
            let headers = [
                (CONTENT_TYPE, media_type),
                (CONTENT_SECURITY_POLICY, SANDBOX),
                (CONTENT_DISPOSITION, "inline; filename=\"photo\""),
            ];
            guarded((headers, bytes).into_response())
        }
        Ok(None) => unknown(),
        Err(_) => failure::failed(&signed),
    }
}
