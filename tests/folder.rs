//! A folder of a test's own, which goes with the test.
//!
//! Suites take this file in by its path, as they do `skipped.rs`.

use std::io::ErrorKind;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// An empty folder that nobody else has, erased at the end.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// A new one; `of` names whose, for a person who finds what a killed test left behind.
    pub(crate) fn new(of: &str) -> Folder {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        loop {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let name = format!("balagh-{of}-{}-{count}", std::process::id());
            let path = std::env::temp_dir().join(name);
            match std::fs::create_dir(&path) {
                Ok(()) => return Folder(path),
                // Whoever left it had this process' number once.
                Err(error) => assert_eq!(error.kind(), ErrorKind::AlreadyExists, "{error}"),
            }
        }
    }
}

impl Deref for Folder {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}
