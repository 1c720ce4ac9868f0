//! The origin's keys, from the environment.

use std::fmt;

use balagh_shared::keyring::{Keyring, KeyringError};

/// What the origin signs, verifies and seals with.
#[derive(Debug, Clone)]
pub struct Keys {
    /// `BALAGH_WEBHOOK_KEYS`: what passes between edge and origin.
    pub webhooks: Keyring,
    /// `BALAGH_SEAL_KEYS`: the master keys, under which the key of every report is sealed.
    pub seals: Keyring,
    /// `BALAGH_PERSON_KEYS`: fingerprints of confirmed contacts, which join the reports of one person.
    pub persons: Keyring,
    /// `BALAGH_CLOSING_KEYS`: derives closing codes, which the edge shows with the same keys.
    pub closing: Keyring,
    /// `BALAGH_NUMBER_KEYS`: derives the tracking codes of what staff take in, which the edge checks
    /// with the same keys. Without them such a report has a number and no code.
    pub numbers: Option<Keyring>,
}

/// Why there are no keys to start with. Never shows any of a key's text.
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

impl Keys {
    /// Reads the variables through `lookup`.
    ///
    /// # Errors
    /// [`KeysError`], for the first variable that is missing or malformed: a server that made up
    /// its keys could not open tomorrow what it sealed today.
    pub fn read(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Keys, KeysError> {
        let keyring = |variable: &'static str| {
            let text = lookup(variable)
                .filter(|text| !text.trim().is_empty())
                .ok_or(KeysError::Missing { variable })?;
            Keyring::parse(variable, &text).map_err(KeysError::Malformed)
        };
        Ok(Keys {
            webhooks: keyring("BALAGH_WEBHOOK_KEYS")?,
            seals: keyring("BALAGH_SEAL_KEYS")?,
            persons: keyring("BALAGH_PERSON_KEYS")?,
            closing: keyring("BALAGH_CLOSING_KEYS")?,
            numbers: match keyring("BALAGH_NUMBER_KEYS") {
                Err(KeysError::Missing { .. }) => None,
                keys => Some(keys?),
            },
        })
    }
}

impl fmt::Display for KeysError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeysError::Missing { variable } => write!(
                f,
                "{variable} is not set: give it as kid:base64url of at least 32 random bytes, and \
                 keep it"
            ),
            KeysError::Malformed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for KeysError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_one_of_its_keys_the_origin_has_none() {
        let key = format!("a:{}", "A".repeat(43));
        for missing in [
            "BALAGH_WEBHOOK_KEYS",
            "BALAGH_SEAL_KEYS",
            "BALAGH_PERSON_KEYS",
            "BALAGH_CLOSING_KEYS",
        ] {
            let refused = Keys::read(&|name| (name != missing).then(|| key.clone()));
            assert_eq!(
                refused.unwrap_err(),
                KeysError::Missing { variable: missing }
            );
        }
        let malformed = Keys::read(&|_| Some("pasted without its id".to_owned())).unwrap_err();
        assert!(!malformed.to_string().contains("pasted"));
    }
}
