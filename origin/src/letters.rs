//! `balagh origin notifications`: messages that were given up, listed and queued anew.

use std::fmt;
use std::path::Path;

use crate::config::{Config, ConfigError};
use crate::store::{DeadLetter, Store, StoreError};
use crate::sys;

/// Why nothing was listed or replayed.
#[derive(Debug)]
#[non_exhaustive]
pub enum LettersError {
    /// The configuration is missing or wrong.
    Config(ConfigError),
    /// The ledger cannot be opened, read or written.
    Store(StoreError),
    /// No message with this id was given up.
    Unknown(i64),
}

/// Which of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// All.
    All,
    /// Those with these ids.
    These(Vec<i64>),
}

/// The messages that the origin of the file at `config` gave up, whether it runs or not.
///
/// # Errors
/// [`LettersError`].
pub async fn list(config: &Path) -> Result<Vec<DeadLetter>, LettersError> {
    let store = open(config).await?;
    let letters = store.dead_letters().await;
    store.close().await;
    letters.map_err(LettersError::Store)
}

/// Queues them anew, as news of today; gives how many. An origin that runs sends them within seconds.
///
/// # Errors
/// [`LettersError`]; those before it are queued.
pub async fn replay(config: &Path, which: &Which) -> Result<usize, LettersError> {
    let store = open(config).await?;
    let replayed = replay_in(&store, which).await;
    store.close().await;
    replayed
}

async fn replay_in(store: &Store, which: &Which) -> Result<usize, LettersError> {
    let ids = match which {
        Which::These(ids) => ids.clone(),
        Which::All => {
            let all = store.dead_letters().await.map_err(LettersError::Store)?;
            all.iter().map(|letter| letter.id).collect()
        }
    };
    for id in &ids {
        let found = store.replay(*id, sys::now()).await;
        if !found.map_err(LettersError::Store)? {
            return Err(LettersError::Unknown(*id));
        }
    }
    Ok(ids.len())
}

async fn open(config: &Path) -> Result<Store, LettersError> {
    let config = Config::read(config).map_err(LettersError::Config)?;
    let store = Store::open_shut(&config.place()).await;
    store.map_err(LettersError::Store)
}

impl fmt::Display for LettersError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LettersError::Config(error) => error.fmt(f),
            LettersError::Store(error) => error.fmt(f),
            LettersError::Unknown(id) => {
                write!(
                    f,
                    "no message with the id {id} was given up; list them first"
                )
            }
        }
    }
}

impl std::error::Error for LettersError {}
