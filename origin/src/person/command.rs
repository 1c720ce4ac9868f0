//! `balagh origin person`: what somebody asks for of what is kept of them, and the keys it is kept
//! under.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use balagh_shared::keyring::KeysError;
use balagh_shared::municipality::Municipality;

use super::eraser::{self, Unerased};
use super::export::{Export, export};
use super::index::Sought;
use crate::config::{Config, ConfigError};
use crate::keys::Keys;
use crate::municipalities::{Municipalities, MunicipalityError};
use crate::photos::{PhotoFiles, PhotoFilesError};
use crate::staff::{Member, Role};
use crate::store::{Erasure, Locked, Resealed, Store, StoreError, Vault};
use crate::sys;

/// Keys sealed anew at once.
const AT_ONCE: u32 = 500;
/// Who stands in the audit for whoever has the machine.
const OPERATOR: &str = "(operator)";

/// Whom it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// Whoever has this phone number or e-mail address, confirmed, today.
    Contact(String),
    /// Whoever sent the report with this number, and no other report.
    Number(String),
}

/// Which person of which municipality, and what for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The municipality's id; not needed where the origin serves only one.
    pub municipality: Option<String>,
    /// Whom.
    pub whom: Whom,
    /// What for: it stands in the audit.
    pub why: String,
}

/// What an erasure came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Erased {
    /// Reports whose personal data is gone.
    pub done: usize,
    /// Reports that somebody still works on: theirs goes once they are over.
    pub later: usize,
    /// Reports whose was gone before.
    pub known: usize,
}

/// Why it was not done.
#[derive(Debug)]
#[non_exhaustive]
pub enum PersonError {
    /// The configuration is missing or wrong.
    Config(ConfigError),
    /// Keys are missing or wrong.
    Keys(KeysError),
    /// A municipality's document cannot be read.
    Municipality(MunicipalityError),
    /// The ledger or the keys cannot be opened, read or written.
    Store(StoreError),
    /// The photos cannot be.
    Photos(String),
    /// There is no such municipality, or several and none was named.
    Which(Vec<String>),
    /// The contact is neither a phone number nor an e-mail address.
    Contact,
    /// There is nothing of anybody with this contact or number.
    Nobody,
}

/// An origin's data, open beside it or without it.
struct Desk {
    store: Store,
    photos: PhotoFiles,
    keys: Keys,
    documents: Municipalities,
}

/// Everything that is held on somebody.
///
/// # Errors
/// [`PersonError`].
pub async fn export_person(config: &Path, asked: &Asked) -> Result<Export, PersonError> {
    let desk = Desk::open(config).await?;
    let exported = async {
        let (id, numbers) = desk.find(asked, "export").await?;
        let exported = export(&desk.store, &desk.keys, &id, &numbers, sys::now());
        exported.await.map_err(PersonError::Store)
    };
    let exported = exported.await;
    desk.store.close().await;
    exported
}

/// Erases what is somebody's in all of their reports that are over, and asks for the others'. An
/// origin that runs need not be stopped.
///
/// # Errors
/// [`PersonError`]; what was erased until then is.
pub async fn erase_person(config: &Path, asked: &Asked) -> Result<Erased, PersonError> {
    let desk = Desk::open(config).await?;
    let erased = async {
        let (_, numbers) = desk.find(asked, "erase").await?;
        let mut erased = Erased::default();
        for number in &numbers {
            let done = desk
                .store
                .erase(number, Some(OPERATOR), &desk.documents, sys::now());
            match done.await.map_err(PersonError::Store)? {
                Erasure::Done => erased.done += 1,
                Erasure::Later => erased.later += 1,
                Erasure::Known => erased.known += 1,
            }
        }
        eraser::shred(&desk.store, &desk.photos, sys::now()).await?;
        desk.store.fold().await.map_err(PersonError::Store)?;
        Ok(erased)
    };
    let erased = erased.await;
    desk.store.close().await;
    erased
}

/// Seals every key anew under the current master key; gives what became of them, and what could not be
/// for want of its master key. An origin that runs does the same by itself within the hour.
///
/// # Errors
/// [`PersonError`].
pub async fn reseal(config: &Path) -> Result<(Resealed, Vec<Locked>), PersonError> {
    let (store, _, _) = open(config).await?;
    let resealed = async {
        let resealed = store.vault().reseal(AT_ONCE, Duration::ZERO).await?;
        Ok((resealed, store.vault().locked().await?))
    };
    let resealed = resealed.await;
    store.close().await;
    resealed.map_err(PersonError::Store)
}

/// The master keys that are missing, each with the numbers of the reports that cannot be read without
/// it.
///
/// # Errors
/// [`PersonError`].
pub async fn unreadable(config: &Path) -> Result<Vec<(Locked, Vec<String>)>, PersonError> {
    let (store, _, _) = open(config).await?;
    let listed = async {
        let mut all = Vec::new();
        for locked in store.vault().locked().await? {
            let (mut numbers, mut after) = (Vec::new(), i64::MIN);
            while let (some, Some(last)) = store.unreadable(&locked.kid, after).await? {
                numbers.extend(some);
                after = last;
            }
            all.push((locked, numbers));
        }
        Ok(all)
    };
    let listed = listed.await;
    store.close().await;
    listed.map_err(PersonError::Store)
}

async fn open(config: &Path) -> Result<(Store, Keys, Config), PersonError> {
    let config = Config::read(config).map_err(PersonError::Config)?;
    let keys = Keys::read(&|name| std::env::var(name).ok()).map_err(PersonError::Keys)?;
    let vault = Vault::open(&config.keys(), keys.seals.clone()).await;
    let store = Store::open(&config.place(), vault.map_err(PersonError::Store)?).await;
    Ok((store.map_err(PersonError::Store)?, keys, config))
}

impl Desk {
    async fn open(config: &Path) -> Result<Desk, PersonError> {
        let (store, keys, config) = open(config).await?;
        let documents = Municipalities::load(&config.municipalities, config.packs.as_deref())
            .map_err(PersonError::Municipality)?;
        let photos = PhotoFiles::open(&config.data.join("photos"), store.vault().clone())?;
        Ok(Desk {
            store,
            photos,
            keys,
            documents,
        })
    }

    /// The municipality's id and the numbers of whoever is asked for, once it is written down that
    /// somebody did.
    async fn find(
        &self,
        asked: &Asked,
        action: &str,
    ) -> Result<(String, Vec<String>), PersonError> {
        let document = self.document(asked.municipality.as_deref())?;
        let (object, numbers) = match &asked.whom {
            Whom::Contact(typed) => {
                let sought = Sought::parse(document, typed).ok_or(PersonError::Contact)?;
                let prints = sought.fingerprints(&self.keys.persons, &document.id);
                let found = self.store.reports_of(&prints, sys::now()).await;
                ("person", found.map_err(PersonError::Store)?)
            }
            Whom::Number(number) => {
                let report = self
                    .store
                    .report(number)
                    .await
                    .map_err(PersonError::Store)?;
                let own = report.filter(|report| report.municipality == document.id);
                (
                    number.as_str(),
                    own.map(|report| report.head.number).into_iter().collect(),
                )
            }
        };
        let operator = Member {
            name: OPERATOR.to_owned(),
            municipality: document.id.clone(),
            role: Role::Administrator,
            department: None,
        };
        let (objects, why) = ([object.to_owned()], asked.why.trim());
        let audited = (self.store).audit_why(&operator, &objects, action, why, sys::now());
        audited.await.map_err(PersonError::Store)?;
        match numbers.is_empty() {
            true => Err(PersonError::Nobody),
            false => Ok((document.id.clone(), numbers)),
        }
    }

    fn document(&self, id: Option<&str>) -> Result<&Municipality, PersonError> {
        let mut all = self.documents.iter();
        let found = match id {
            Some(id) => all.find(|served| served.document.id == id),
            None => all.next().filter(|_| all.next().is_none()),
        };
        let ids = || self.documents.iter().map(|it| it.document.id.clone());
        found
            .map(|served| &served.document)
            .ok_or_else(|| PersonError::Which(ids().collect()))
    }
}

impl From<PhotoFilesError> for PersonError {
    fn from(error: PhotoFilesError) -> PersonError {
        PersonError::Photos(error.to_string())
    }
}

impl From<Unerased> for PersonError {
    fn from(error: Unerased) -> PersonError {
        match error {
            Unerased::Store(error) => PersonError::Store(error),
            Unerased::Photos(error) => error.into(),
        }
    }
}

impl fmt::Display for PersonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PersonError::Config(error) => error.fmt(f),
            PersonError::Keys(error) => error.fmt(f),
            PersonError::Municipality(error) => error.fmt(f),
            PersonError::Store(error) => error.fmt(f),
            PersonError::Photos(error) => f.write_str(error),
            PersonError::Which(ids) => {
                write!(f, "give --municipality, one of: {}", ids.join(", "))
            }
            PersonError::Contact => f.write_str(
                "the contact is neither a phone number nor an e-mail address of this municipality",
            ),
            PersonError::Nobody => f.write_str(
                "nothing is found: a contact that was never confirmed joins nothing, so give the \
                 --number of each report",
            ),
        }
    }
}

impl std::error::Error for PersonError {}
