//! A photo of a report as staff are given it, through either door. A picture somebody sent is opened as
//! nothing else.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use balagh_shared::reason::Reason;

use crate::refusal::Refusal;
use crate::server::Origin;

/// In a browser's own sandbox, where nothing runs and nothing is fetched.
const SANDBOX: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

/// The photo of this name of a report that the caller has cleared.
///
/// # Errors
/// 404 where the report has no such photo, or has it no more.
pub(crate) async fn shown(
    origin: &Origin,
    number: &str,
    sha256: &str,
) -> Result<Response, Refusal> {
    let failed = |error: &dyn std::fmt::Display| Refusal::failed(Reason::StorageUnavailable, error);
    let photo = origin.store.picture(number, sha256).await;
    let photo = photo.map_err(|error| failed(&error))?;
    let photo = photo.ok_or(Reason::ReportUnknown)?;
    // What it was looked at for when it came in; anything else is bytes.
    let media_type = match photo.media_type.as_str() {
        known @ ("image/jpeg" | "image/png" | "image/webp" | "image/heic" | "image/avif") => known,
        _ => "application/octet-stream",
    };
    let bytes = origin.photos.read(&photo.sha256).await;
    let bytes = bytes.map_err(|error| failed(&error))?;
    let bytes = bytes.ok_or(Reason::ReportUnknown)?;
    let headers = [
        (CONTENT_TYPE, media_type),
        (CONTENT_SECURITY_POLICY, SANDBOX),
        (CONTENT_DISPOSITION, "inline; filename=\"photo\""),
    ];
    Ok((headers, bytes).into_response())
}
