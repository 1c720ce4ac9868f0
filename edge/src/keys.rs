//! The keyrings, and what each is for. A server without its keys refuses to start: a key made up
//! at the start would turn every receipt of yesterday into a stranger's.

use balagh_shared::keyring::{Keyring, KeysError};

/// What the screen needs, in both builds.
#[derive(Debug, Clone)]
pub struct ScreenKeys {
    /// `BALAGH_SESSION_KEYS`: signs the sessions of forms.
    pub sessions: Keyring,
    /// `BALAGH_SENDER_KEYS`: hashes addresses and contacts for the counters.
    pub senders: Keyring,
    /// `BALAGH_RELAY_KEYS`: an edge function vouches for what it passes on.
    pub relays: Keyring,
}

/// What only the holder of a ledger needs: an edge function abroad can neither derive a tracking
/// code nor open a contact.
#[derive(Debug, Clone)]
pub struct LedgerKeys {
    /// `BALAGH_NUMBER_KEYS`: derives the tracking code of a number.
    pub numbers: Keyring,
    /// `BALAGH_WEBHOOK_KEYS`: signs what passes between edge and origin.
    pub webhooks: Keyring,
    /// `BALAGH_SEAL_KEYS`: seals contacts at rest.
    pub seals: Keyring,
    /// `BALAGH_CLOSING_KEYS`: derives the closing codes that reporters are shown; the origin has the
    /// same.
    pub closing: Keyring,
    /// `BALAGH_CONTACT_KEYS`: signs the tokens of confirmed contacts, and hashes what codes are sent to.
    pub contacts: Keyring,
}

impl ScreenKeys {
    /// Reads the variables through `lookup`.
    ///
    /// # Errors
    /// [`KeysError`], for the first variable that is missing or malformed.
    pub fn read(lookup: &dyn Fn(&str) -> Option<String>) -> Result<ScreenKeys, KeysError> {
        Ok(ScreenKeys {
            sessions: Keyring::read("BALAGH_SESSION_KEYS", lookup)?,
            senders: Keyring::read("BALAGH_SENDER_KEYS", lookup)?,
            relays: Keyring::read("BALAGH_RELAY_KEYS", lookup)?,
        })
    }
}

impl LedgerKeys {
    /// Reads the variables through `lookup`.
    ///
    /// # Errors
    /// [`KeysError`], for the first variable that is missing or malformed.
    pub fn read(lookup: &dyn Fn(&str) -> Option<String>) -> Result<LedgerKeys, KeysError> {
        Ok(LedgerKeys {
            numbers: Keyring::read("BALAGH_NUMBER_KEYS", lookup)?,
            webhooks: Keyring::read("BALAGH_WEBHOOK_KEYS", lookup)?,
            seals: Keyring::read("BALAGH_SEAL_KEYS", lookup)?,
            closing: Keyring::read("BALAGH_CLOSING_KEYS", lookup)?,
            contacts: Keyring::read("BALAGH_CONTACT_KEYS", lookup)?,
        })
    }
}

#[cfg(test)]
pub(crate) mod for_tests {
    use super::*;

    /// The same key for every purpose: it is the purpose that is told apart.
    pub(crate) fn lookup(_: &str) -> Option<String> {
        Some(format!("test:{}", "A".repeat(43)))
    }

    pub(crate) fn screen() -> ScreenKeys {
        ScreenKeys::read(&lookup).unwrap()
    }

    pub(crate) fn ledger() -> LedgerKeys {
        LedgerKeys::read(&lookup).unwrap()
    }

    #[test]
    fn a_missing_variable_is_named_with_what_to_put_there() {
        let error = ScreenKeys::read(&|name| lookup(name).filter(|_| name != "BALAGH_RELAY_KEYS"));
        let said = error.unwrap_err().to_string();
        assert!(
            said.contains("BALAGH_RELAY_KEYS") && said.contains("base64url"),
            "{said}"
        );
    }
}
