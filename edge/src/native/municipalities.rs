//! Municipalities from files: `<folder>/<id>/municipality.json`, its boundaries and its gazetteer.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use balagh_shared::district::PHONE_BOUND_M;
use balagh_shared::district::compile::Options;
use balagh_shared::municipality::{BoundariesError, Municipality, compile_boundaries_with};

use crate::served::{PackFiles, Served, ServedError};

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

/// Loads every municipality under `folder`, by id. Packs come from `packs` where they are there
/// (`<id>.pack`, and `<id>-phone.pack` for phones, which may be absent), else from GeoJSON.
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
    let packs = match compiled.filter(|pack| pack.is_file()) {
        Some(full) => {
            let phone = full.with_file_name(format!("{}-phone.pack", document.id));
            PackFiles {
                full: bytes(full)?,
                phone: phone.is_file().then(|| bytes(phone)).transpose()?,
            }
        }
        None => PackFiles {
            full: compile(path, &document, 0.0)?,
            phone: Some(compile(path, &document, PHONE_BOUND_M)?),
        },
    };
    let gazetteer = document
        .gazetteer
        .as_ref()
        .map(|name| read(&folder.join(name)))
        .transpose()?;
    Served::open(&text, packs, gazetteer.as_deref()).map_err(|error| LoadError::Served {
        path: path.to_owned(),
        error,
    })
}

/// Compiles the boundaries that a document at `path` names into a pack, as bytes; its borders lie at
/// most `simplify_m` metres from where they are.
fn compile(path: &Path, document: &Municipality, simplify_m: f64) -> Result<Vec<u8>, LoadError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let read = |file: &str| std::fs::read_to_string(folder.join(file));
    let mut options = Options::default();
    options.simplify_m = simplify_m;
    let compiled =
        compile_boundaries_with(document, options, read).map_err(|error| match error {
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

fn bytes(path: PathBuf) -> Result<Vec<u8>, LoadError> {
    std::fs::read(&path).map_err(|error| LoadError::Read { path, error })
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
