//! Photos: which are here when a report comes, and what a file must be to be kept.

use balagh_shared::canonical::hex;
use balagh_shared::delivery::StoredPhoto;
use balagh_shared::photo::{self, Cleaned, Limits, PhotoError};
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::report::Report;
use balagh_shared::rules::is_sha256;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Reads;
use crate::http::route::PHOTO_BYTES;
use crate::http::{Response, refusal};
use crate::served::Served;

/// A photo fit to be kept, and what to call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    /// How it is named at rest and in deliveries.
    pub stored: StoredPhoto,
    /// The file without metadata.
    pub bytes: Vec<u8>,
}

/// Most bytes of one photo here.
#[must_use]
pub fn byte_limit(served: &Served) -> usize {
    usize::try_from(served.document().photos.bytes)
        .unwrap_or(PHOTO_BYTES)
        .min(PHOTO_BYTES)
}

/// Judges a photo's file, sent under the name `sha256`, and cleans it of everything but the
/// picture.
///
/// # Errors
/// Why that photo is refused; its report never is.
pub fn judge(served: &Served, sha256: &str, bytes: &[u8]) -> Result<Fit, Violation> {
    if !is_sha256(sha256) || hex(&Sha256::digest(bytes)) != sha256 {
        return Err(Violation::new(Reason::PhotoHash, ""));
    }
    let limits = Limits {
        max_bytes: byte_limit(served),
        ..Limits::default()
    };
    let cleaned = photo::clean(bytes, &limits).map_err(|error| match error {
        PhotoError::TooLarge => refusal::too_large(Reason::PhotoTooLarge, limits.max_bytes),
        error => Violation::new(
            Reason::from_code(error.code()).unwrap_or(Reason::PhotoBroken),
            "",
        ),
    })?;
    let Cleaned {
        bytes,
        media_type,
        width,
        height,
    } = cleaned;
    let stored = StoredPhoto {
        sha256: hex(&Sha256::digest(&bytes)),
        sent_sha256: sha256.to_owned(),
        media_type: media_type.as_str().to_owned(),
        bytes: bytes.len() as u64,
        width,
        height,
    };
    Ok(Fit { stored, bytes })
}

/// What is answered: the photo by the name it was sent under.
#[derive(Serialize)]
struct Kept<'a> {
    sha256: &'a str,
    bytes: u64,
    width: u32,
    height: u32,
}

/// The answer to a photo that is kept: 201 where it is now, 200 where it was before.
#[must_use]
pub fn kept(status: u16, photo: &StoredPhoto) -> Response {
    let StoredPhoto {
        sent_sha256,
        bytes,
        width,
        height,
        ..
    } = photo;
    let kept = Kept {
        sha256: sent_sha256,
        bytes: *bytes,
        width: *width,
        height: *height,
    };
    Response::private_json(status, &kept)
}

/// Those of a report's photos that are held, in the report's order. The others may follow after
/// the receipt: a photo never stops a report.
pub(super) fn held(report: &Report, reads: &Reads) -> Vec<StoredPhoto> {
    report
        .photos
        .iter()
        .filter_map(|sent| reads.photos.iter().find(|photo| photo.sent_sha256 == *sent))
        .cloned()
        .collect()
}
