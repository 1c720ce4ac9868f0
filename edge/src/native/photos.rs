//! A photo is put: cleaned, made durable, then named in the ledger.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use balagh_shared::reason::Reason;
use balagh_shared::time::{DAY_MS, Timestamp};
use bytes::Bytes;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::{ObjectStore, ObjectStoreExt as _, RetryConfig, path::Path as Key};
use tokio::sync::Mutex;

use super::clock;
use super::config::BucketConfig;
use super::edge::{Answer, Asked, Edge};
use super::ledger::{Ledger, LedgerError};
use super::reports::unavailable;
use crate::http::refusal;
use crate::screen::photos::{Fit, kept};
use crate::screen::{self, Effect};
use crate::served::Served;

/// Where the files are, under the SHA-256 of their cleaned bytes.
#[derive(Clone)]
pub(crate) struct PhotoStore {
    files: Arc<dyn ObjectStore>,
    /// What all names begin with.
    prefix: Key,
    /// When a probe last wrote.
    probed: Arc<Mutex<Option<Timestamp>>>,
}

/// How long a photo waits for a report to name it, in milliseconds: a phone that lost its network
/// between the two has two days to find it again.
const ORPHAN_MS: i64 = 2 * DAY_MS;

/// The variables that say who may write to the bucket.
pub(crate) const BUCKET_KEYS: [&str; 2] = ["BALAGH_PHOTOS_KEY_ID", "BALAGH_PHOTOS_SECRET"];

/// How often, and how long, a store that does not answer is asked again before whoever sends the photo
/// is told to come back.
const RETRIES: usize = 2;
const PATIENCE: Duration = Duration::from_secs(10);

impl PhotoStore {
    /// Files in `folder`, each on disk before a write returns.
    pub(crate) fn in_folder(folder: &Path) -> Result<PhotoStore, object_store::Error> {
        let files = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(PhotoStore {
            files: Arc::new(files),
            prefix: Key::default(),
            probed: Arc::default(),
        })
    }

    /// Objects in a bucket, whose store answers once it keeps them. `variable` reads the environment,
    /// in which stands who may.
    pub(crate) fn in_bucket(
        config: &BucketConfig,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<PhotoStore, object_store::Error> {
        let [key_id, secret] = BUCKET_KEYS.map(|name| variable(name).unwrap_or_default());
        let mut store = AmazonS3Builder::new()
            .with_bucket_name(&config.bucket)
            .with_region(&config.region)
            .with_access_key_id(key_id)
            .with_secret_access_key(secret)
            .with_retry(RetryConfig {
                max_retries: RETRIES,
                retry_timeout: PATIENCE,
                ..RetryConfig::default()
            });
        if let Some(endpoint) = &config.endpoint {
            let is_plain = endpoint.starts_with("http://");
            store = store.with_endpoint(endpoint).with_allow_http(is_plain);
        }
        Ok(PhotoStore {
            files: Arc::new(store.build()?),
            prefix: Key::from(config.prefix.as_str()),
            probed: Arc::default(),
        })
    }

    fn key(&self, name: &str) -> Key {
        self.prefix.clone().join(name)
    }

    async fn put(&self, sha256: &str, bytes: Bytes) -> Result<(), object_store::Error> {
        self.files
            .put(&self.key(sha256), bytes.into())
            .await
            .map(drop)
    }

    async fn has(&self, sha256: &str) -> Result<bool, object_store::Error> {
        match self.files.head(&self.key(sha256)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Makes a photo durable, file and then row; `count` is the sender's ceiling, counted with it.
    async fn keep(
        &self,
        ledger: &Ledger,
        municipality: &str,
        fit: Fit,
        count: &Effect,
        now: Timestamp,
    ) -> Result<(), Unkept> {
        let (stored, bytes) = (&fit.stored, Bytes::from(fit.bytes));
        self.put(&stored.sha256, bytes.clone()).await?;
        ledger.keep_photo(municipality, stored, count, now).await?;
        // From now on nobody removes it. Another edge, or another task, may have done so just before,
        // when the same file of an older photo was to go.
        if !self.has(&stored.sha256).await? {
            self.put(&stored.sha256, bytes).await?;
        }
        Ok(())
    }

    /// Makes a photo of a report's work durable: its file, then its row.
    pub(crate) async fn keep_of_team(
        &self,
        ledger: &Ledger,
        number: &str,
        (sha256, media_type): (&str, &str),
        bytes: Bytes,
    ) -> Result<(), Unkept> {
        self.put(sha256, bytes.clone()).await?;
        let now = clock::now();
        ledger
            .keep_team_photo(number, sha256, media_type, now)
            .await?;
        // As for any other photo.
        if !self.has(sha256).await? {
            self.put(sha256, bytes).await?;
        }
        Ok(())
    }

    /// The file of a cleaned photo.
    pub(crate) async fn read(&self, sha256: &str) -> Result<Bytes, object_store::Error> {
        self.files.get(&self.key(sha256)).await?.bytes().await
    }

    /// Whether a file can be written, as `now` found it or a moment ago.
    pub(crate) async fn probe(&self, now: Timestamp) -> Result<(), object_store::Error> {
        let mut last = self.probed.lock().await;
        if last.is_some_and(|last| last.millis().abs_diff(now.millis()) < 1000) {
            return Ok(());
        }
        // No photo has this name; the sweep removes it two days after the last probe.
        self.put("probe", Bytes::from_static(&[0])).await?;
        *last = Some(now);
        Ok(())
    }

    /// Removes what no report names two days after it came: rows, then files that no row names,
    /// also those of a process that ended between file and row.
    pub(crate) async fn sweep(&self, ledger: &Ledger, now: Timestamp) -> Result<(), Unkept> {
        let old = now.plus_millis(-ORPHAN_MS);
        ledger.forget_orphans(old).await?;
        ledger.forget_unnamed_team_photos(old).await?;
        let within = Some(&self.prefix).filter(|prefix| !prefix.as_ref().is_empty());
        for file in self.files.list_with_delimiter(within).await?.objects {
            if file.last_modified.timestamp_millis() >= old.millis() {
                continue;
            }
            if let Some(name) = file.location.filename() {
                self.remove(ledger, name).await?;
            }
        }
        Ok(())
    }

    /// Removes a file, unless a row names it by now.
    pub(crate) async fn remove(&self, ledger: &Ledger, sha256: &str) -> Result<(), Unkept> {
        let removed = ledger
            .unless_named(sha256, async { self.files.delete(&self.key(sha256)).await })
            .await?;
        match removed {
            None | Some(Ok(()) | Err(object_store::Error::NotFound { .. })) => Ok(()),
            Some(Err(error)) => Err(error.into()),
        }
    }
}

/// Why a photo is not kept, or its file still there that nobody needs.
#[derive(Debug)]
pub(crate) enum Unkept {
    Ledger(LedgerError),
    File(object_store::Error),
}

impl std::fmt::Display for Unkept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Unkept::Ledger(error) => error.fmt(f),
            Unkept::File(error) => write!(f, "a photo's file: {error}"),
        }
    }
}

impl From<LedgerError> for Unkept {
    fn from(error: LedgerError) -> Unkept {
        Unkept::Ledger(error)
    }
}

impl From<object_store::Error> for Unkept {
    fn from(error: object_store::Error) -> Unkept {
        Unkept::File(error)
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
        Ok(Some(photo)) => {
            return match edge.ledger.renew_photo(served.id(), sha256, now).await {
                Ok(()) => kept(200, &photo).into(),
                Err(error) => unavailable(&error, asked.language),
            };
        }
        Ok(None) => {}
        Err(error) => return unavailable(&error, asked.language),
    }
    let ceiling = screen::ceiling(served, &asked.sender.address);
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
    let stored = fit.stored.clone();
    let done = edge
        .photos
        .keep(&edge.ledger, served.id(), fit, &count, now);
    match done.await {
        Ok(()) => {
            edge.bell.ring();
            kept(201, &stored).into()
        }
        Err(error) => {
            tracing::error!(%error, "a photo cannot be stored");
            Answer::refuse_for(Reason::StorageUnavailable, asked.language)
        }
    }
}

#[cfg(test)]
mod tests {
    use balagh_shared::delivery::StoredPhoto;

    use super::*;
    use crate::keys::for_tests;
    use crate::native::folder::Folder;

    #[tokio::test]
    async fn a_photo_that_no_report_names_goes_after_two_days_and_its_file_with_it() {
        let folder = Folder::new("orphans");
        std::fs::create_dir_all(folder.join("photos")).unwrap();
        let ledger = Ledger::open(&Ledger::in_folder(&folder), for_tests::ledger().seals)
            .await
            .unwrap();
        let photos = PhotoStore::in_folder(&folder.join("photos")).unwrap();
        let now = clock::now();
        let count = Effect::Count {
            subject: "ceiling/test".to_owned(),
            tat: now.millis(),
            step_ms: 1,
            beyond: i64::MAX,
        };
        let names = ["aa", "bb"].map(|half| half.repeat(32));
        for name in &names {
            photos.put(name, vec![1, 2, 3].into()).await.unwrap();
        }
        // The second has a file and no row, as a process leaves it that ends between the two.
        let [name, _] = &names;
        let photo = StoredPhoto {
            sha256: name.clone(),
            sent_sha256: name.clone(),
            media_type: "image/jpeg".to_owned(),
            bytes: 3,
            width: 1,
            height: 1,
        };
        ledger.keep_photo("ep", &photo, &count, now).await.unwrap();

        let hours = |hours: i64| now.plus_millis(hours * 3_600_000);
        photos.sweep(&ledger, hours(47)).await.unwrap();
        for name in &names {
            assert!(photos.read(name).await.is_ok(), "{name}");
        }
        // Sent again a day later, it has two more days.
        ledger.renew_photo("ep", name, hours(40)).await.unwrap();
        photos.sweep(&ledger, hours(50)).await.unwrap();
        let held = [0, 1].map(|index| folder.join("photos").join(&names[index]).exists());
        assert_eq!(held, [true, false]);
        photos.sweep(&ledger, hours(90)).await.unwrap();
        assert!(ledger.photo("ep", name).await.unwrap().is_none());
        assert!(photos.read(name).await.is_err());
    }
}
