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
use crate::person::eraser;
use crate::refusal::Refusal;
use crate::server::Origin;
use crate::sys;

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
    let sha256 = photo.sha256.clone();
    let step = Step::Picture {
        photo,
        is_public: fields.some("public").is_some(),
        note: fields.some("note").map(str::to_owned),
    };
    let revision = fields.text("revision").parse().unwrap_or(0);
    // Nothing is kept of what would not be taken.
    let report = clearance::seen(origin, member, number).await?;
    let is_taken = report.revision == revision && clearance::may(member, &step, report.log.state());
    let kept = Some((sha256.as_str(), bytes)).filter(|_| is_taken);
    if let Some((sha256, bytes)) = &kept {
        // Before it is there: should it be refused after all, or the process end, no row names it, and
        // the eraser takes it away.
        let doubted = origin.store.doubt_photo(sha256).await;
        doubted.map_err(|error| unkept(&error))?;
        let put = origin.photos.put(sha256, bytes.clone()).await;
        put.map_err(|error| unkept(&error))?;
    }
    let seen = (number, revision);
    let acted = clearance::act(origin, member, seen, Deed::Picture.code(), &step).await;
    if let Some((sha256, bytes)) = kept {
        match &acted {
            // The eraser may have come between the file and its row; never after that.
            Ok(_) => {
                let put = origin.photos.put(sha256, bytes).await;
                put.map_err(|error| unkept(&error))?;
            }
            Err(_) => {
                let (photos, now) = (&origin.photos, sys::now());
                if let Err(error) = eraser::shred(&origin.store, photos, now).await {
                    tracing::warn!(%error, "a refused picture waits for the eraser's next round");
                }
            }
        }
    }
    acted.map(drop)
}

fn unkept(error: &dyn std::fmt::Display) -> Refusal {
    Refusal::failed(Reason::StorageUnavailable, error)
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
