//! The origin's keys, from the environment.

use balagh_shared::keyring::{Keyring, KeysError};

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

impl Keys {
    /// Reads the variables through `lookup`.
    ///
    /// # Errors
    /// [`KeysError`], for the first variable that is missing or malformed.
    pub fn read(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Keys, KeysError> {
        let keyring = |variable| Keyring::read(variable, lookup);
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
