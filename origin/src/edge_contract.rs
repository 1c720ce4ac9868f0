//! The door of the edge, `/edge/v1`: every request signed, every one safe to repeat.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{post, put};
use balagh_shared::canonical::hex;
use balagh_shared::delivery::{Delivery, Outcome, Review, StoredPhoto};
use balagh_shared::number::ReportNumber;
use balagh_shared::photo::{self, Limits, PhotoError};
use balagh_shared::reason::Reason;
use balagh_shared::rules::is_sha256;
use balagh_shared::status::State as Life;
use serde::de::DeserializeOwned;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::desk::{self, Asked};
use crate::intake;
use crate::lifecycle::step::Step;
use crate::refusal::{self, Refusal};
use crate::server::Origin;
use crate::signed::Signed;
use crate::store::{Inserted, StoreError};
use crate::sys;

/// Most bytes of a photo: what the edge takes, which cleaning never adds to.
pub(crate) const MOST_PHOTO_BYTES: usize = 8 * 1024 * 1024;
/// Most bytes of a delivery: the longest texts in the widest script, several times over.
const MOST_DELIVERY_BYTES: usize = 256 * 1024;
/// Most bytes of what names a photo.
const MOST_PHOTO_NAME_BYTES: usize = 4 * 1024;

pub(crate) fn routes() -> Router<Arc<Origin>> {
    Router::new()
        .route(
            "/edge/v1/photos/{sha256}",
            put(put_photo).layer(DefaultBodyLimit::max(MOST_PHOTO_BYTES)),
        )
        .route(
            "/edge/v1/reports",
            post(post_report).layer(DefaultBodyLimit::max(MOST_DELIVERY_BYTES)),
        )
        .route(
            "/edge/v1/reports/{number}/photos",
            post(post_report_photo).layer(DefaultBodyLimit::max(MOST_PHOTO_NAME_BYTES)),
        )
        .route(
            "/edge/v1/reports/{number}/review",
            post(post_review).layer(DefaultBodyLimit::max(MOST_PHOTO_NAME_BYTES)),
        )
}

/// Keeps a cleaned photo under the hash of its bytes: 201, or 200 when it is known.
async fn put_photo(
    State(origin): State<Arc<Origin>>,
    Path(sha256): Path<String>,
    signed: Signed,
) -> Result<Response, Refusal> {
    signed.about(&sha256)?;
    if !is_sha256(&sha256) || hex(&Sha256::digest(&signed.body)) != sha256 {
        return Err(Reason::PhotoHash.into());
    }
    // The edge has cleaned it; that it has is looked at here again, because what is stored here is
    // what people will open.
    let limits = Limits {
        max_bytes: MOST_PHOTO_BYTES,
        ..Limits::default()
    };
    photo::inspect(&signed.body, &limits).map_err(photo_reason)?;
    if photo::contains_metadata(&signed.body) {
        return Err(Reason::PhotoBroken.into());
    }
    let is_new = origin
        .photos
        .put(&sha256, signed.body)
        .await
        .map_err(unwritten)?;
    Ok(refusal::json(done(is_new), &json!({ "sha256": sha256 })))
}

/// Puts a delivery into the ledger: 201, or 200 when it is known. Where a photo that it names is not
/// here, 409 once it is stored: the edge sends both again, and the photo is attached then.
async fn post_report(
    State(origin): State<Arc<Origin>>,
    signed: Signed,
) -> Result<Response, Refusal> {
    let delivery: Delivery = parse(&signed.body)?;
    signed.about(&delivery.number)?;
    let served = origin
        .municipalities
        .by_id(&delivery.municipality)
        .ok_or(Reason::MunicipalityUnknown)?;
    let number = ReportNumber::parse(&delivery.number).map_err(|_| Reason::NumberInvalid)?;
    if number.as_str() != delivery.number || number.prefix() != served.document.prefix {
        return Err(Reason::NumberInvalid.into());
    }

    let photos = delivery.photos.clone();
    let held = held(&origin, &photos).await?;
    let now = sys::now();
    let new = intake::delivered(delivery, number, held, served, &origin.keys, now)
        .map_err(|error| Refusal::failed(Reason::Internal, error))?;
    let inserted = origin.store.insert(&new, &origin.municipalities, now);
    let is_new = match inserted.await.map_err(unwritten)? {
        Inserted::New => true,
        Inserted::Known => false,
        Inserted::Conflict => return Err(Reason::NumberReused.into()),
    };
    origin.has_changed(new.number.as_str());
    still_held(&origin, &photos).await?;
    Ok(refusal::json(
        done(is_new),
        &json!({ "number": new.number.as_str() }),
    ))
}

/// Attaches a photo that arrived after its report: 200, however often.
async fn post_report_photo(
    State(origin): State<Arc<Origin>>,
    Path(number): Path<String>,
    signed: Signed,
) -> Result<Response, Refusal> {
    let photo: StoredPhoto = parse(&signed.body)?;
    signed.about(&format!("{number}/{}", photo.sha256))?;
    if !holds(&origin, &photo).await? {
        return Err(Reason::PhotoMissing.into());
    }
    let documents = &origin.municipalities;
    let attached = origin
        .store
        .attach_photo(&number, &photo, documents, sys::now());
    match attached.await {
        Ok(()) => {
            origin.has_changed(&number);
            still_held(&origin, std::slice::from_ref(&photo)).await?;
            Ok(refusal::json(StatusCode::OK, &json!({ "number": number })))
        }
        Err(StoreError::Unknown) => Err(Reason::ReportUnknown.into()),
        Err(error) => Err(unwritten(error)),
    }
}

/// Takes what a person at the edge said of a report that its screen held: 200, however often. Once
/// anybody here has looked at it, or it follows another one, there is nothing left to say.
async fn post_review(
    State(origin): State<Arc<Origin>>,
    Path(number): Path<String>,
    signed: Signed,
) -> Result<Response, Refusal> {
    let review: Review = parse(&signed.body)?;
    signed.about(&format!("{number}/review"))?;
    if review.number != number {
        return Err(Reason::NumberInvalid.into());
    }
    let report = origin.store.report(&number).await.map_err(unwritten)?;
    let report = report.ok_or(Reason::ReportUnknown)?;
    let is_waiting = report.log.state() == Some(Life::Received) && report.life().joins.is_none();
    if is_waiting {
        let step = match (review.outcome, report.head.agency.clone()) {
            (Outcome::Release, None) => Step::Assign { department: None },
            (Outcome::Release, Some(agency)) => Step::Transfer {
                agency,
                reference: None,
                note: None,
            },
            (Outcome::Spam, _) => Step::Reject {
                note: not_taken(&report.report.lang).to_owned(),
            },
        };
        let asked = Asked {
            number: &number,
            revision: Some(report.revision),
            staff: None,
        };
        desk::take(&origin, asked, &step).await?;
    }
    Ok(refusal::json(StatusCode::OK, &json!({ "number": number })))
}

/// What the sender of spam reads where its report is tracked.
fn not_taken(language: &str) -> &'static str {
    match language {
        "ar" => "لم يُقبل هذا البلاغ بعد مراجعته.",
        _ => "This report was looked at and not taken.",
    }
}

/// Those of a report's photos whose bytes are here.
async fn held(origin: &Origin, photos: &[StoredPhoto]) -> Result<Vec<StoredPhoto>, Refusal> {
    let mut held = Vec::new();
    for photo in photos {
        if holds(origin, photo).await? {
            held.push(photo.clone());
        }
    }
    Ok(held)
}

/// Looks once more, now that the ledger names them: what was erased of another report may have taken
/// the same file with it before that, and never does from now on.
async fn still_held(origin: &Origin, photos: &[StoredPhoto]) -> Result<(), Refusal> {
    match held(origin, photos).await?.len() == photos.len() {
        true => Ok(()),
        false => Err(Reason::PhotoMissing.into()),
    }
}

/// Whether a photo's bytes are here.
async fn holds(origin: &Origin, photo: &StoredPhoto) -> Result<bool, Refusal> {
    if !is_sha256(&photo.sha256) {
        return Err(Reason::PhotoHash.into());
    }
    origin.photos.holds(&photo.sha256).await.map_err(unwritten)
}

pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| {
        // Where, never what: the parser quotes the citizen's words.
        tracing::warn!(
            line = error.line(),
            column = error.column(),
            "a body cannot be read"
        );
        Reason::RequestMalformed.into()
    })
}

fn photo_reason(error: PhotoError) -> Reason {
    Reason::from_code(error.code()).unwrap_or(Reason::PhotoBroken)
}

fn unwritten(error: impl std::fmt::Display) -> Refusal {
    Refusal::failed(Reason::StorageUnavailable, error)
}

fn done(is_new: bool) -> StatusCode {
    if is_new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    }
}
