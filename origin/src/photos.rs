//! Photo files: `<data>/photos/<sha256>`, durable before a row names them, each sealed under a key of
//! its own, since two reports may name one photo. The name is the hash of what is in it.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use balagh_shared::time::Timestamp;
use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::{ObjectStoreExt, path::Path as Key};

use crate::store::{Held, StoreError, Vault};

/// Where photo files are kept, each under the SHA-256 of its bytes.
#[derive(Debug, Clone)]
pub(crate) struct PhotoFiles {
    files: Arc<LocalFileSystem>,
    vault: Vault,
}

/// What a sealed file begins with, before the id of its key; no photo begins so.
const SEALED: &[u8; 8] = b"balagh\x00\x01";

/// Why a file was not kept or found.
#[derive(Debug)]
pub(crate) enum PhotoFilesError {
    /// The folder cannot be made.
    Folder(std::io::Error),
    /// The store did not.
    Store(object_store::Error),
    /// It could not be sealed or opened.
    Key(StoreError),
}

impl PhotoFiles {
    /// Opens the folder, makes it if it is not there.
    pub(crate) fn open(folder: &Path, vault: Vault) -> Result<PhotoFiles, PhotoFilesError> {
        std::fs::create_dir_all(folder).map_err(PhotoFilesError::Folder)?;
        let files = LocalFileSystem::new_with_prefix(folder).map_err(PhotoFilesError::Store)?;
        // Off by default, and without it an acknowledged photo may be gone after a power cut.
        let files = Arc::new(files.with_fsync(true));
        Ok(PhotoFiles { files, vault })
    }

    /// Keeps `bytes` under `sha256`, their hash. Gives whether they are new.
    pub(crate) async fn put(&self, sha256: &str, bytes: Bytes) -> Result<bool, PhotoFilesError> {
        if self.holds(sha256).await? {
            return Ok(false);
        }
        let (id, key) = self.vault.draw().await.map_err(PhotoFilesError::Key)?;
        let sealed = key
            .seal_bytes(sha256, &bytes)
            .map_err(PhotoFilesError::Key)?;
        let file = [SEALED.as_slice(), &id.to_be_bytes(), &sealed].concat();
        // Written beside and renamed, so two writers of one photo cannot meet in the middle.
        self.files
            .put(&Key::from(sha256), file.into())
            .await
            .map_err(PhotoFilesError::Store)?;
        Ok(true)
    }

    /// The photo under `sha256`, if there is one that can be read.
    pub(crate) async fn read(&self, sha256: &str) -> Result<Option<Bytes>, PhotoFilesError> {
        let Some(file) = self.file(sha256).await? else {
            return Ok(None);
        };
        // As a version before keys stored it.
        let Some((id, sealed)) = parts(&file) else {
            return Ok(Some(file));
        };
        match self.vault.held(id).await.map_err(PhotoFilesError::Key)? {
            Held::Key(key) => {
                let opened = key.open_bytes(sha256, sealed);
                Ok(Some(opened.map_err(PhotoFilesError::Key)?.into()))
            }
            Held::Destroyed => Ok(None),
            Held::Locked | Held::Missing => Err(PhotoFilesError::Key(StoreError::Locked)),
        }
    }

    /// Destroys the photo under `sha256`: its key, then its file.
    pub(crate) async fn destroy(
        &self,
        sha256: &str,
        now: Timestamp,
    ) -> Result<(), PhotoFilesError> {
        let Some(file) = self.file(sha256).await? else {
            return Ok(());
        };
        if let Some((id, _)) = parts(&file) {
            let destroyed = self.vault.destroy(id, now).await;
            destroyed.map_err(PhotoFilesError::Key)?;
        }
        match self.files.delete(&Key::from(sha256)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(PhotoFilesError::Store(error)),
        }
    }

    async fn file(&self, sha256: &str) -> Result<Option<Bytes>, PhotoFilesError> {
        let found = match self.files.get(&Key::from(sha256)).await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(PhotoFilesError::Store(error)),
        };
        found
            .bytes()
            .await
            .map(Some)
            .map_err(PhotoFilesError::Store)
    }

    /// Whether there is a photo under `sha256`. A file whose key is destroyed is none, though a crash or
    /// a restored folder left it there: the same photo may come again, and has to be kept then.
    pub(crate) async fn holds(&self, sha256: &str) -> Result<bool, PhotoFilesError> {
        let Some(file) = self.file(sha256).await? else {
            return Ok(false);
        };
        let Some((id, _)) = parts(&file) else {
            return Ok(true);
        };
        let held = self.vault.held(id).await.map_err(PhotoFilesError::Key)?;
        Ok(!matches!(held, Held::Destroyed))
    }
}

/// The id of the key that a file is sealed with, and what is sealed; nothing of one that is in clear.
fn parts(file: &[u8]) -> Option<(i64, &[u8])> {
    let (id, sealed) = file.strip_prefix(SEALED)?.split_first_chunk()?;
    Some((i64::from_be_bytes(*id), sealed))
}

impl fmt::Display for PhotoFilesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PhotoFilesError::Folder(error) => write!(f, "the photo folder: {error}"),
            PhotoFilesError::Store(error) => write!(f, "the photo folder: {error}"),
            PhotoFilesError::Key(error) => write!(f, "a photo's key: {error}"),
        }
    }
}

impl std::error::Error for PhotoFilesError {}

#[cfg(test)]
mod tests {
    use balagh_shared::keyring::Keyring;

    use super::*;
    use crate::config::Place;
    use crate::folder::Folder;

    #[tokio::test]
    async fn a_photo_whose_key_is_destroyed_is_kept_when_it_comes_again() {
        let folder = Folder::new("photos");
        let masters = Keyring::parse("TEST", &format!("1:{}", "A".repeat(43))).unwrap();
        let vault = Vault::open(&Place::Memory, masters).await.unwrap();
        let photos = PhotoFiles::open(&folder, vault.clone()).unwrap();
        let (name, bytes) = ("aa".repeat(32), Bytes::from_static(b"a photo"));
        assert!(photos.put(&name, bytes.clone()).await.unwrap());
        assert!(!photos.put(&name, bytes.clone()).await.unwrap());
        let file = photos.file(&name).await.unwrap().unwrap();
        let (key, _) = parts(&file).unwrap();
        // The process ends between the key and the file.
        let now = Timestamp::from_millis(1_795_000_000_000);
        vault.destroy(key, now).await.unwrap();
        assert!(!photos.holds(&name).await.unwrap());
        assert!(photos.put(&name, bytes.clone()).await.unwrap());
        assert_eq!(photos.read(&name).await.unwrap(), Some(bytes));
    }
}
