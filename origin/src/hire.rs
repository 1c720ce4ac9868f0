//! `balagh origin staff`: members of staff, and the token or password they work with.

use std::fmt;
use std::path::Path;

use crate::config::{Config, ConfigError};
use crate::municipalities::{MunicipalityError, read_document};
use crate::password::{Kept, PasswordError};
use crate::staff::{Member, Role};
use crate::staff_door::token_hash;
use crate::store::{Store, StoreError};
use crate::sys;

/// Whom to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newcomer {
    /// Their name; one that is there already gets a new token, and the old one ends.
    pub name: String,
    /// What they do.
    pub role: Role,
    /// The municipality; not needed where there is only one.
    pub municipality: Option<String>,
    /// The department, for roles that belong to one.
    pub department: Option<String>,
}

/// Why nobody was added.
#[derive(Debug)]
#[non_exhaustive]
pub enum HireError {
    /// The configuration is missing or wrong.
    Config(ConfigError),
    /// A document cannot be read.
    Municipality(MunicipalityError),
    /// The ledger cannot be opened or written.
    Store(StoreError),
    /// The folder of the data cannot be made, or that of the documents cannot be read.
    Folder(std::io::Error),
    /// The system gives no random bytes.
    Randomness,
    /// The name is empty, too long, or holds what cannot be read.
    Name,
    /// There is no such municipality, or several and none was named.
    Which(Vec<String>),
    /// The role belongs to a department, and there is no such one.
    Department(Vec<String>),
    /// The password is not taken.
    Password(PasswordError),
    /// There is nobody of this name.
    Nobody,
}

/// Longest name, in bytes.
const MOST_NAME_BYTES: usize = 100;

/// Adds a member of staff to the ledger of the origin that the file at `config` describes, whether
/// it runs or not. Gives their token, which is stored nowhere: who loses it is added again.
///
/// # Errors
/// [`HireError`].
pub async fn hire(config: &Path, newcomer: &Newcomer) -> Result<String, HireError> {
    let config = Config::read(config).map_err(HireError::Config)?;
    let token = draw_token()?;
    let store = add(&config, newcomer, &token).await?;
    store.close().await;
    Ok(token)
}

/// The same for somebody who works at the console, with a password of theirs. The token that
/// everybody has is nobody's then.
///
/// # Errors
/// [`HireError`].
pub async fn seat(config: &Path, newcomer: &Newcomer, password: &str) -> Result<(), HireError> {
    let config = Config::read(config).map_err(HireError::Config)?;
    let salt = sys::random().map_err(|_| HireError::Randomness)?;
    let kept = Kept::of(password, &salt).map_err(HireError::Password)?;
    let store = add(&config, newcomer, &draw_token()?).await?;
    let set = store.set_password(newcomer.name.trim(), &kept).await;
    store.close().await;
    set.map_err(HireError::Store)
}

/// Removes a member of staff: their token, their password and their sessions are over.
///
/// # Errors
/// [`HireError`].
pub async fn dismiss(config: &Path, name: &str) -> Result<(), HireError> {
    let config = Config::read(config).map_err(HireError::Config)?;
    let store = open(&config).await?;
    let removed = store.remove_staff(name.trim()).await;
    store.close().await;
    match removed.map_err(HireError::Store)? {
        true => Ok(()),
        false => Err(HireError::Nobody),
    }
}

fn draw_token() -> Result<String, HireError> {
    let drawn: [u8; 32] = sys::random().map_err(|_| HireError::Randomness)?;
    Ok(format!(
        "balagh-staff-{}",
        balagh_shared::canonical::hex(&drawn)
    ))
}

async fn open(config: &Config) -> Result<Store, HireError> {
    std::fs::create_dir_all(&config.data).map_err(HireError::Folder)?;
    let opened = Store::open_shut(&config.place()).await;
    opened.map_err(HireError::Store)
}

async fn add(config: &Config, newcomer: &Newcomer, token: &str) -> Result<Store, HireError> {
    let name = newcomer.name.trim();
    if name.is_empty() || name.len() > MOST_NAME_BYTES || name.contains(char::is_control) {
        return Err(HireError::Name);
    }
    let mut documents = Vec::new();
    for entry in std::fs::read_dir(&config.municipalities).map_err(HireError::Folder)? {
        let entry = entry.map_err(HireError::Folder)?;
        let path = entry.path().join("municipality.json");
        if path.is_file() {
            documents.push(read_document(&path).map_err(HireError::Municipality)?);
        }
    }
    let ids = || documents.iter().map(|it| it.id.clone()).collect();
    let document = match (&newcomer.municipality, documents.as_slice()) {
        (None, [sole]) => sole,
        (None, _) => return Err(HireError::Which(ids())),
        (Some(id), all) => all
            .iter()
            .find(|document| document.id == *id)
            .ok_or_else(|| HireError::Which(ids()))?,
    };
    let departments = || document.departments.iter();
    if newcomer.role.is_of_a_department()
        && !departments().any(|it| Some(&it.code) == newcomer.department.as_ref())
    {
        let codes = departments().map(|it| it.code.clone()).collect();
        return Err(HireError::Department(codes));
    }
    let member = Member {
        name: name.to_owned(),
        municipality: document.id.clone(),
        role: newcomer.role,
        department: newcomer.department.clone(),
    };
    let store = open(config).await?;
    let hash = token_hash(token);
    let added = store.add_staff(&member, &hash, sys::now());
    added.await.map_err(HireError::Store)?;
    Ok(store)
}

impl fmt::Display for HireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HireError::Config(error) => error.fmt(f),
            HireError::Municipality(error) => error.fmt(f),
            HireError::Store(error) => error.fmt(f),
            HireError::Folder(error) => write!(f, "a folder of the configuration: {error}"),
            HireError::Randomness => f.write_str("the system gives no random bytes"),
            HireError::Name => write!(
                f,
                "the name is empty, longer than {MOST_NAME_BYTES} bytes, or holds control characters"
            ),
            HireError::Which(ids) => {
                write!(f, "give --municipality, one of: {}", ids.join(", "))
            }
            HireError::Password(error) => error.fmt(f),
            HireError::Nobody => f.write_str("there is nobody of this name"),
            HireError::Department(codes) => write!(
                f,
                "this role belongs to a department: give --department, one of: {}",
                codes.join(", ")
            ),
        }
    }
}

impl std::error::Error for HireError {}
