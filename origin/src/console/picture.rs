//! A photo of the work, added to a report: cleaned as citizens' are, and told to its reporter.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use balagh_shared::canonical::hex;
use balagh_shared::delivery::StoredPhoto;
use balagh_shared::photo::{self, Limits, PhotoError};
use balagh_shared::reason::{Reason, Violation};
use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::Signed;
use super::deed::Deed;
use super::fields::Fields;
use super::form::Sent;
use super::report;
use crate::clearance;
use crate::edge_contract::MOST_PHOTO_BYTES;
use crate::lifecycle::step::Step;
use crate::refusal::Refusal;
use crate::server::Origin;

/// `POST /console/reports/{number}/picture`.
pub(super) async fn add(
    State(origin): State<Arc<Origin>>,
    Path(number): Path<String>,
    Sent {
        signed,
        fields,
        file,
    }: Sent,
) -> Response {
    let done = attempt(&origin, &signed, &number, &fields, file).await;
    report::answered(&origin, &signed, &number, (Deed::Picture, &fields), done).await
}

async fn attempt(
    origin: &Origin,
    signed: &Signed,
    number: &str,
    fields: &Fields,
    file: Option<Bytes>,
) -> Result<(), Refusal> {
    let member = &signed.member;
    let sent = file.ok_or_else(|| Violation::new(Reason::PhotoEmpty, "/photo"))?;
    let (photo, bytes) = cleaned(&sent)?;
    let step = Step::Picture {
        photo,
        is_public: fields.some("public").is_some(),
        note: fields.some("note").map(str::to_owned),
    };
    let revision = fields.text("revision").parse().unwrap_or(0);
    // Nothing is kept of what would not be taken: no row would ever name it.
    let report = clearance::seen(origin, member, number).await?;
    let is_taken = report.revision == revision && clearance::may(member, &step, report.log.state());
    if let (true, Step::Picture { photo, .. }) = (is_taken, &step) {
        let kept = origin.photos.put(&photo.sha256, bytes).await;
        kept.map_err(|error| Refusal::failed(Reason::StorageUnavailable, error))?;
    }
    let seen = (number, revision);
    let acted = clearance::act(origin, member, seen, Deed::Picture.code(), &step).await;
    acted.map(drop)
}

/// The picture without anything else that was in its file.
fn cleaned(sent: &[u8]) -> Result<(StoredPhoto, Bytes), Violation> {
    let limits = Limits {
        max_bytes: MOST_PHOTO_BYTES,
        ..Limits::default()
    };
    let cleaned = photo::clean(sent, &limits).map_err(|error| match error {
        PhotoError::TooLarge => Violation::new(Reason::PhotoTooLarge, "/photo")
            .with("max", MOST_PHOTO_BYTES / (1024 * 1024)),
        error => {
            let reason = Reason::from_code(error.code()).unwrap_or(Reason::PhotoBroken);
            Violation::new(reason, "/photo")
        }
    })?;
    let photo = StoredPhoto {
        sha256: hex(&Sha256::digest(&cleaned.bytes)),
        sent_sha256: hex(&Sha256::digest(sent)),
        media_type: cleaned.media_type.as_str().to_owned(),
        bytes: cleaned.bytes.len() as u64,
        width: cleaned.width,
        height: cleaned.height,
    };
    Ok((photo, cleaned.bytes.into()))
}
