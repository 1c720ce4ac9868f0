//! The municipalities served here, from their folders.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use balagh_shared::categorise::{Categorisers, WordsError};
use balagh_shared::district::compile::Compiled;
use balagh_shared::district::{Pack, PackError};
use balagh_shared::municipality::{
    BoundariesError, Municipality, PublicMunicipality, compile_boundaries,
};
use balagh_shared::status::PublicStatus;
use balagh_shared::time::Timestamp;

use crate::lifecycle::policy::Policy;
use crate::store::{StoreError, StoredReport};
use crate::sys;

/// A municipality with what it decides by.
#[derive(Debug)]
pub struct Served {
    /// The whole document.
    pub document: Municipality,
    /// The part of it that the rules run on.
    pub public: PublicMunicipality,
    /// Its boundaries.
    pub pack: Pack,
    /// What texts are about.
    pub categorisers: Categorisers,
    /// When the document's file was last written.
    pub changed_at: Timestamp,
}

/// All municipalities served here, by id.
#[derive(Debug)]
pub struct Municipalities(BTreeMap<String, Served>);

/// Why a municipality cannot be served.
#[derive(Debug)]
#[non_exhaustive]
pub enum MunicipalityError {
    /// A file or folder cannot be read.
    Read {
        /// Which.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The document is not what its schema says.
    Document {
        /// Which.
        path: PathBuf,
        /// What and where, by line and column.
        error: serde_json::Error,
    },
    /// Its boundary files do not make a pack.
    Boundaries {
        /// The document.
        path: PathBuf,
        /// What is wrong with which file.
        error: BoundariesError<std::io::Error>,
    },
    /// A compiled pack cannot be opened.
    Pack {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        error: PackError,
    },
    /// The document's words cannot be compiled.
    Words {
        /// Of which document.
        path: PathBuf,
        /// Why.
        error: WordsError,
    },
    /// No folder holds a `municipality.json`.
    None {
        /// Where they were looked for.
        folder: PathBuf,
    },
    /// Two documents have the same id, or numbers that begin with the same prefix.
    Twice {
        /// The second of them.
        path: PathBuf,
        /// The id or prefix.
        what: String,
    },
}

/// Reads a document.
///
/// # Errors
/// [`MunicipalityError::Read`] or [`MunicipalityError::Document`].
pub fn read_document(path: &Path) -> Result<Municipality, MunicipalityError> {
    let text = read(path)?;
    serde_json::from_str(&text).map_err(|error| MunicipalityError::Document {
        path: path.to_owned(),
        error,
    })
}

/// Compiles the boundaries of the document at `path` from the files beside it.
///
/// # Errors
/// [`MunicipalityError::Boundaries`].
pub fn compile_pack(path: &Path, document: &Municipality) -> Result<Compiled, MunicipalityError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    compile_boundaries(document, |file| std::fs::read_to_string(folder.join(file))).map_err(
        |error| MunicipalityError::Boundaries {
            path: path.to_owned(),
            error,
        },
    )
}

/// Opens a compiled pack.
///
/// # Errors
/// [`MunicipalityError::Read`] or [`MunicipalityError::Pack`].
pub fn open_pack(path: &Path) -> Result<Pack, MunicipalityError> {
    let bytes = std::fs::read(path).map_err(|error| MunicipalityError::Read {
        path: path.to_owned(),
        error,
    })?;
    Pack::open(&bytes).map_err(|error| MunicipalityError::Pack {
        path: path.to_owned(),
        error,
    })
}

impl Served {
    /// The municipality of the document at `path`, with the compiled pack at `pack` or, without
    /// one, with its boundary files compiled now.
    ///
    /// # Errors
    /// [`MunicipalityError`], whatever stands in the way first.
    pub fn load(path: &Path, pack: Option<&Path>) -> Result<Served, MunicipalityError> {
        let document = read_document(path)?;
        let pack = match pack {
            Some(pack) => open_pack(pack)?,
            None => {
                let compiled = compile_pack(path, &document)?;
                Pack::open(&compiled.pack).map_err(|error| MunicipalityError::Pack {
                    path: path.to_owned(),
                    error,
                })?
            }
        };
        let public = PublicMunicipality::of(&document, &pack);
        let categorisers =
            Categorisers::of(&document).map_err(|error| MunicipalityError::Words {
                path: path.to_owned(),
                error,
            })?;
        Ok(Served {
            document,
            public,
            pack,
            categorisers,
            changed_at: changed_at(path),
        })
    }
}

impl Municipalities {
    /// Loads every `<folder>/<name>/municipality.json`, each with `<packs>/<name>.pack` where that
    /// exists.
    ///
    /// # Errors
    /// [`MunicipalityError`], for the first that cannot be served: a server that starts without
    /// one of its municipalities would turn its citizens away.
    pub fn load(folder: &Path, packs: Option<&Path>) -> Result<Municipalities, MunicipalityError> {
        let unreadable = |error| MunicipalityError::Read {
            path: folder.to_owned(),
            error,
        };
        let mut folders = std::fs::read_dir(folder)
            .and_then(|entries| entries.collect::<Result<Vec<_>, _>>())
            .map_err(unreadable)?;
        folders.sort_by_key(std::fs::DirEntry::file_name);

        let mut served: BTreeMap<String, Served> = BTreeMap::new();
        for entry in folders {
            let path = entry.path().join("municipality.json");
            if !path.is_file() {
                continue;
            }
            let pack = packs
                .map(|packs| packs.join(format!("{}.pack", entry.file_name().to_string_lossy())));
            let one = Served::load(&path, pack.as_deref().filter(|pack| pack.is_file()))?;
            let prefix = &one.document.prefix;
            if served
                .values()
                .any(|other| other.document.prefix == *prefix)
            {
                return Err(MunicipalityError::Twice {
                    path,
                    what: prefix.clone(),
                });
            }
            let id = one.document.id.clone();
            if served.insert(id.clone(), one).is_some() {
                return Err(MunicipalityError::Twice { path, what: id });
            }
        }
        if served.is_empty() {
            return Err(MunicipalityError::None {
                folder: folder.to_owned(),
            });
        }
        Ok(Municipalities(served))
    }

    /// The municipality with this id.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&Served> {
        self.0.get(id)
    }

    /// What the document of `municipality` says about the life of a report of this category.
    ///
    /// # Errors
    /// [`StoreError::Undocumented`] where there is no such municipality.
    pub fn policy(&self, municipality: &str, category: &str) -> Result<Policy<'_>, StoreError> {
        let served = self.by_id(municipality);
        let served = served.ok_or_else(|| StoreError::Undocumented(municipality.to_owned()))?;
        Ok(Policy::of(&served.document, category))
    }

    /// How a report stands, for its reporter.
    ///
    /// # Errors
    /// [`StoreError::Undocumented`], as [`Municipalities::policy`].
    pub fn status(&self, report: &StoredReport) -> Result<PublicStatus, StoreError> {
        let StoredReport {
            municipality,
            head,
            log,
            revision,
            ..
        } = report;
        let policy = self.policy(municipality, &head.category)?;
        Ok(report.life().public_status(head, log, *revision, &policy))
    }

    /// The only municipality, where there is only one.
    #[must_use]
    pub fn sole(&self) -> Option<&Served> {
        self.0.values().next().filter(|_| self.0.len() == 1)
    }

    /// All of them, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Served> {
        self.0.values()
    }
}

/// When a file was last written; 1970 where the system does not tell.
fn changed_at(path: &Path) -> Timestamp {
    let written = std::fs::metadata(path).and_then(|about| about.modified());
    written.map_or(Timestamp::from_millis(0), sys::timestamp)
}

fn read(path: &Path) -> Result<String, MunicipalityError> {
    std::fs::read_to_string(path).map_err(|error| MunicipalityError::Read {
        path: path.to_owned(),
        error,
    })
}

impl fmt::Display for MunicipalityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MunicipalityError::Read { path, error } => {
                write!(f, "cannot read {}: {error}", path.display())
            }
            MunicipalityError::Document { path, error } => {
                write!(
                    f,
                    "{}: not a municipality document: {error}",
                    path.display()
                )
            }
            MunicipalityError::Boundaries { path, error } => {
                write!(f, "the boundaries of {}: {error}", path.display())
            }
            MunicipalityError::Words { path, error } => write!(f, "{}: {error}", path.display()),
            MunicipalityError::Pack { path, error } => {
                write!(
                    f,
                    "{}: {error}; compile it again with `balagh pack`",
                    path.display()
                )
            }
            MunicipalityError::None { folder } => {
                write!(
                    f,
                    "there is no <id>/municipality.json in {}",
                    folder.display()
                )
            }
            MunicipalityError::Twice { path, what } => {
                write!(
                    f,
                    "{}: {what:?} is already taken by another municipality",
                    path.display()
                )
            }
        }
    }
}

impl std::error::Error for MunicipalityError {}
