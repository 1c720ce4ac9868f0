//! Keyrings as operators give them to servers: in variables of the environment.

use std::fmt;

use super::{Keyring, KeyringError};

/// Why a server has no keys to start with. Never shows any of a key's text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeysError {
    /// The operator did not set the variable.
    Missing {
        /// Its name.
        variable: &'static str,
    },
    /// The operator set it to something else than keys.
    Malformed(KeyringError),
}

impl Keyring {
    /// Reads the variable through `lookup`; one of white space counts as not set.
    ///
    /// # Errors
    /// [`KeysError`]: a server that made up its keys could not open tomorrow what it sealed today.
    pub fn read(
        variable: &'static str,
        lookup: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Keyring, KeysError> {
        let text = lookup(variable)
            .filter(|text| !text.trim().is_empty())
            .ok_or(KeysError::Missing { variable })?;
        Keyring::parse(variable, &text).map_err(KeysError::Malformed)
    }
}

impl fmt::Display for KeysError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeysError::Missing { variable } => write!(
                f,
                "the environment variable {variable} is not set: give it id:key, where key is 32 \
                 random bytes or more in base64url, and keep it"
            ),
            KeysError::Malformed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for KeysError {}
