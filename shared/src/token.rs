//! Tokens that a client carries and a server signed: sessions, confirmed contacts.
//!
//! `<version>.<kid>.<base64url payload>.<base64url HMAC-SHA256>`, where the signature covers
//! everything before its dot. The payload is JSON of the kind's own, readable by who carries it and
//! writable by nobody.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;

use crate::keyring::{Key, Keyring};

/// A kind of token.
pub(crate) struct Kind {
    /// What it starts with: the kind and its version. Signed with the rest, so that no token is taken
    /// for one of another kind.
    pub(crate) version: &'static str,
    /// Longer than any token of the kind; past it nothing is hashed.
    pub(crate) max_bytes: usize,
}

/// A token that was signed here.
pub(crate) struct Opened<'t> {
    /// The key it was signed with.
    pub(crate) kid: &'t str,
    /// What it says.
    pub(crate) payload: Vec<u8>,
}

/// Why a token is not opened.
pub(crate) enum Unopened {
    /// It was not signed here.
    Malformed,
    /// Its key was retired: for who carries it, it has run out.
    Retired,
}

impl Kind {
    /// Signs `payload` with `key`.
    pub(crate) fn sign(&self, key: &Key, payload: &[u8]) -> String {
        let payload = BASE64.encode(payload);
        let signed = format!("{}.{}.{payload}", self.version, key.kid());
        let signature = BASE64.encode(key.mac(&[signed.as_bytes()]));
        format!("{signed}.{signature}")
    }

    /// Checks the signature, and only then reads what is inside.
    pub(crate) fn open<'t>(
        &self,
        keyring: &Keyring,
        token: &'t str,
    ) -> Result<Opened<'t>, Unopened> {
        let malformed = || Unopened::Malformed;
        if token.len() > self.max_bytes {
            return Err(malformed());
        }
        let (signed, signature) = token.rsplit_once('.').ok_or_else(malformed)?;
        let mut parts = signed.split('.');
        let (Some(version), Some(kid), Some(payload), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(malformed());
        };
        if version != self.version {
            return Err(malformed());
        }
        let key = keyring.key(kid).map_err(|_| Unopened::Retired)?;
        // Room for what the decoder reckons with before it has looked, a byte more than a signature has.
        let mut tag = [0; 33];
        let length = BASE64.decode_slice(signature, &mut tag);
        let tag = length.ok().and_then(|length| tag.get(..length));
        if !tag.is_some_and(|tag| key.verifies(&[signed.as_bytes()], tag)) {
            return Err(malformed());
        }
        let payload = BASE64.decode(payload).map_err(|_| malformed())?;
        Ok(Opened { kid, payload })
    }
}
