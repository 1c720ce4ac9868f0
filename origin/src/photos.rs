//! Photo files: `<data>/photos/<sha256>`, durable before a row names them.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::{ObjectStoreExt, path::Path as Key};

/// Where photo files are kept, each under the SHA-256 of its bytes.
#[derive(Debug, Clone)]
pub(crate) struct PhotoFiles(Arc<LocalFileSystem>);

/// Why a file was not kept or found.
#[derive(Debug)]
pub(crate) enum PhotoFilesError {
    /// The folder cannot be made.
    Folder(std::io::Error),
    /// The store did not.
    Store(object_store::Error),
}

impl PhotoFiles {
    /// Opens the folder, makes it if it is not there.
    pub(crate) fn open(folder: &Path) -> Result<PhotoFiles, PhotoFilesError> {
        std::fs::create_dir_all(folder).map_err(PhotoFilesError::Folder)?;
        let files = LocalFileSystem::new_with_prefix(folder).map_err(PhotoFilesError::Store)?;
        // Off by default, and without it an acknowledged photo may be gone after a power cut.
        Ok(PhotoFiles(Arc::new(files.with_fsync(true))))
    }

    /// Keeps `bytes` under `sha256`, their hash. Gives whether they are new.
    pub(crate) async fn put(&self, sha256: &str, bytes: Bytes) -> Result<bool, PhotoFilesError> {
        if self.holds(sha256).await? {
            return Ok(false);
        }
        // Written beside and renamed, so two writers of one photo cannot meet in the middle.
        self.0
            .put(&Key::from(sha256), bytes.into())
            .await
            .map_err(PhotoFilesError::Store)?;
        Ok(true)
    }

    /// The file under `sha256`, if there is one.
    pub(crate) async fn read(&self, sha256: &str) -> Result<Option<Bytes>, PhotoFilesError> {
        let found = match self.0.get(&Key::from(sha256)).await {
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

    /// Whether there is a file under `sha256`.
    pub(crate) async fn holds(&self, sha256: &str) -> Result<bool, PhotoFilesError> {
        match self.0.head(&Key::from(sha256)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(PhotoFilesError::Store(error)),
        }
    }
}

impl fmt::Display for PhotoFilesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PhotoFilesError::Folder(error) => write!(f, "the photo folder: {error}"),
            PhotoFilesError::Store(error) => write!(f, "the photo folder: {error}"),
        }
    }
}

impl std::error::Error for PhotoFilesError {}
