//! A photo is put: cleaned, made durable, then named in the ledger.

use std::path::Path;
use std::sync::Arc;

use balagh_shared::delivery::StoredPhoto;
use balagh_shared::reason::Reason;
use object_store::local::LocalFileSystem;
use object_store::{ObjectStore, ObjectStoreExt as _, path::Path as Key};
use serde::Serialize;

use super::clock;
use super::edge::{Answer, Asked, Edge};
use super::reports::unavailable;
use crate::http::{Response, refusal};
use crate::screen;
use crate::served::Served;

/// Where the files are, under the SHA-256 of their cleaned bytes.
#[derive(Clone)]
pub(crate) struct PhotoStore(Arc<dyn ObjectStore>);

/// What is answered: the photo by the name it was sent under.
#[derive(Serialize)]
struct Kept<'a> {
    sha256: &'a str,
    bytes: u64,
    width: u32,
    height: u32,
}

impl PhotoStore {
    /// Files in `folder`, each on disk before a write returns.
    pub(crate) fn open(folder: &Path) -> Result<PhotoStore, object_store::Error> {
        let files = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(PhotoStore(Arc::new(files)))
    }

    async fn put(&self, sha256: &str, bytes: Vec<u8>) -> Result<(), object_store::Error> {
        self.0.put(&Key::from(sha256), bytes.into()).await.map(drop)
    }

    /// The file of a cleaned photo.
    pub(crate) async fn read(&self, sha256: &str) -> Result<bytes::Bytes, object_store::Error> {
        self.0.get(&Key::from(sha256)).await?.bytes().await
    }
}

/// `PUT /v1/{municipality}/photos/{sha256}`. The session was checked before the body was read, and
/// is not spent: a report has several photos.
pub(crate) async fn receive(
    edge: &Edge,
    served: &Served,
    sha256: &str,
    asked: Asked<'_>,
) -> Answer {
    let now = clock::now();
    match edge.ledger.photo(served.id(), sha256).await {
        Ok(Some(photo)) => return kept(200, &photo).into(),
        Ok(None) => {}
        Err(error) => return unavailable(&error, asked.language),
    }
    let ceiling = screen::ceiling(served, asked.sender);
    let tat = match edge.ledger.counter(&ceiling.name).await {
        Ok(tat) => tat,
        Err(error) => return unavailable(&error, asked.language),
    };
    let count = match ceiling.count(tat, now) {
        Ok(count) => count,
        Err(wait) => {
            let violation = refusal::retry_after(Reason::LimitCeiling, wait);
            return Answer::refuse(&[violation], asked.language);
        }
    };
    let fit = match screen::photos::judge(served, sha256, &asked.request.body) {
        Ok(fit) => fit,
        Err(violation) => return Answer::refuse(&[violation], asked.language),
    };
    if let Err(error) = edge.photos.put(&fit.stored.sha256, fit.bytes).await {
        tracing::error!(%error, "a photo cannot be stored");
        return Answer::refuse_for(Reason::StorageUnavailable, asked.language);
    }
    match edge
        .ledger
        .keep_photo(served.id(), &fit.stored, &count, now)
        .await
    {
        Ok(()) => {
            edge.bell.notify_one();
            kept(201, &fit.stored).into()
        }
        Err(error) => unavailable(&error, asked.language),
    }
}

fn kept(status: u16, photo: &StoredPhoto) -> Response {
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
