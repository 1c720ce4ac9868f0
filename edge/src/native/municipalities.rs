//! Municipalities from files: `<folder>/<id>/municipality.json`, its boundaries and its gazetteer.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use balagh_shared::municipality::{BoundariesError, Municipality, compile_boundaries};

use crate::served::{Served, ServedError};

/// Why a municipality cannot be loaded.
#[derive(Debug)]
#[non_exhaustive]
pub enum LoadError {
    /// A file or folder cannot be read.
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The document is not one.
    Document {
        /// Which.
        path: PathBuf,
        /// Why.
        error: serde_json::Error,
    },
    /// The boundaries cannot be compiled.
    Compile {
        /// The document they belong to.
        path: PathBuf,
        /// Why.
        error: BoundariesError<std::io::Error>,
    },
    /// The parts do not fit together.
    Served {
        /// The document.
        path: PathBuf,
        /// Why.
        error: ServedError,
    },
    /// The folder's name is not the document's id, or no folder holds a document.
    Folder {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        what: &'static str,
    },
}

/// Loads every municipality under `folder`, by id. Packs come from `packs` where they are there,
/// else from GeoJSON.
///
/// # Errors
/// [`LoadError`], for the first file that cannot be used.
pub fn load_all(
    folder: &Path,
    packs: Option<&Path>,
) -> Result<BTreeMap<String, Served>, LoadError> {
    let read = |error| LoadError::Read {
        path: folder.to_owned(),
        error,
    };
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(read)? {
        let path = entry.map_err(read)?.path().join("municipality.json");
        if path.is_file() {
            let served = load(&path, packs)?;
            all.insert(served.id().to_owned(), served);
        }
    }
    if all.is_empty() {
        let what = "there is no <id>/municipality.json in it";
        return Err(LoadError::Folder {
            path: folder.to_owned(),
            what,
        });
    }
    Ok(all)
}

/// Loads the municipality of one document.
///
/// # Errors
/// [`LoadError`].
pub fn load(path: &Path, packs: Option<&Path>) -> Result<Served, LoadError> {
    let text = read(path)?;
    let document = document(path, &text)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    if folder
        .file_name()
        .is_some_and(|name| name != document.id.as_str())
    {
        let what = "the folder's name is not the id of the document in it";
        return Err(LoadError::Folder {
            path: folder.to_owned(),
            what,
        });
    }
    let compiled = packs.map(|packs| packs.join(format!("{}.pack", document.id)));
    let pack = match compiled.filter(|pack| pack.is_file()) {
        Some(pack) => {
            std::fs::read(&pack).map_err(|error| LoadError::Read { path: pack, error })?
        }
        None => compile(path, &document)?,
    };
    let gazetteer = document
        .gazetteer
        .as_ref()
        .map(|name| read(&folder.join(name)))
        .transpose()?;
    Served::open(&text, pack, gazetteer.as_deref()).map_err(|error| LoadError::Served {
        path: path.to_owned(),
        error,
    })
}

/// Compiles the boundaries that a document at `path` names into a pack, as bytes.
fn compile(path: &Path, document: &Municipality) -> Result<Vec<u8>, LoadError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let read = |file: &str| std::fs::read_to_string(folder.join(file));
    let compiled = compile_boundaries(document, read).map_err(|error| match error {
        BoundariesError::Read { path, error } => LoadError::Read {
            path: folder.join(path),
            error,
        },
        error => LoadError::Compile {
            path: path.to_owned(),
            error,
        },
    })?;
    Ok(compiled.pack)
}

fn read(path: &Path) -> Result<String, LoadError> {
    std::fs::read_to_string(path).map_err(|error| LoadError::Read {
        path: path.to_owned(),
        error,
    })
}

fn document(path: &Path, text: &str) -> Result<Municipality, LoadError> {
    serde_json::from_str(text).map_err(|error| LoadError::Document {
        path: path.to_owned(),
        error,
    })
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::Read { path, error } => write!(f, "cannot read {}: {error}", path.display()),
            LoadError::Document { path, error } => write!(f, "{}: {error}", path.display()),
            LoadError::Compile { path, error } => {
                write!(f, "the boundaries of {}: {error}", path.display())
            }
            LoadError::Served { path, error } => write!(f, "{}: {error}", path.display()),
            LoadError::Folder { path, what } => write!(f, "{}: {what}", path.display()),
        }
    }
}

impl std::error::Error for LoadError {}
