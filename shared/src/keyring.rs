//! Keys of the servers, and their rotation by id.
//!
//! Everything a server signs or seals names the key it used by its kid, so that a new key is put
//! in front, everything new uses it, and the old one stays readable until what it made has run
//! out. Each purpose (sessions, secrets, contacts, an origin) is meant to have a keyring of its
//! own. Should an operator give two of them the same keys, messages still cannot be taken for one
//! another: each module begins its messages in a way the others never do.

mod environment;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD_INDIFFERENT as BASE64};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

pub use environment::KeysError;

/// One or more keys, each with its id; the first is the current one.
#[derive(Clone)]
pub struct Keyring {
    current: Key,
    older: Vec<Key>,
}

/// A key with its id. It is kept as the state of an HMAC-SHA256, ready to use and without the
/// key's bytes; keys for other algorithms are derived from it.
#[derive(Clone)]
pub struct Key {
    kid: String,
    hmac: Hmac<Sha256>,
}

/// The named key is not in the keyring: it was retired, or the name is made up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownKey;

/// Why a variable's text is not a keyring. Names the variable and the entry (counted from 1),
/// never any of its text: an operator who forgets the id pastes the key where the id belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyringError {
    /// The environment variable.
    pub variable: String,
    /// Which of its entries, counted from 1.
    pub entry: usize,
    /// What is wrong with it.
    pub fault: KeyringFault,
}

/// What is wrong with an entry of a keyring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyringFault {
    /// Nothing there.
    Empty,
    /// No colon between id and key.
    Shape,
    /// The id is not 1–16 characters of `A–Z a–z 0–9 _ -`.
    Kid,
    /// The id was used by an entry before.
    Duplicate,
    /// The key is not base64url.
    Encoding,
    /// The key has fewer than 32 bytes.
    Short,
    /// The secret is not `whsec_` and base64 of 24 to 64 bytes.
    Secret,
}

/// The fewest bytes a key has: as many as the hash gives.
pub const MIN_KEY_BYTES: usize = 32;

/// How many bytes the secret of a webhook has, by Standard Webhooks.
const WEBHOOK_SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

impl Keyring {
    /// Reads `kid1:base64url,kid2:base64url`, as it stands in the environment variable `variable`
    /// (whose name is used in errors only). The first key is the current one.
    ///
    /// # Errors
    /// [`KeyringError`], for the first entry that is wrong.
    pub fn parse(variable: &str, text: &str) -> Result<Keyring, KeyringError> {
        let mut keys: Vec<Key> = Vec::new();
        for (index, entry) in text.split(',').enumerate() {
            let key = Key::parse(entry.trim())
                .and_then(|key| {
                    let known = keys.iter().any(|other| other.kid == key.kid);
                    if known {
                        Err(KeyringFault::Duplicate)
                    } else {
                        Ok(key)
                    }
                })
                .map_err(|fault| KeyringError {
                    variable: variable.to_owned(),
                    entry: index + 1,
                    fault,
                })?;
            keys.push(key);
        }
        Keyring::of(variable, keys)
    }

    /// Reads secrets as Standard Webhooks writes them, `whsec_` and base64 of 24 to 64 bytes each,
    /// spaces or commas between them, as they stand in the environment variable `variable`. Whoever
    /// receives may have any of them: a message is signed with all.
    ///
    /// # Errors
    /// [`KeyringError`], for the first entry that is wrong.
    pub fn of_webhook_secrets(variable: &str, text: &str) -> Result<Keyring, KeyringError> {
        let mut keys = Vec::new();
        let entries = text.split([',', ' ']).filter(|entry| !entry.is_empty());
        for (index, entry) in entries.enumerate() {
            let entry = Key::of_webhook_secret(index, entry).map_err(|fault| KeyringError {
                variable: variable.to_owned(),
                entry: index + 1,
                fault,
            })?;
            keys.push(entry);
        }
        Keyring::of(variable, keys)
    }

    /// The one key that was drawn for one thing alone, under the id `kid`: what it sealed is gone with
    /// it.
    #[must_use]
    pub fn drawn(kid: &str, key: &[u8; MIN_KEY_BYTES]) -> Keyring {
        // HMAC fills a shorter key up to its block with zeros.
        let mut block = [0; 64];
        if let Some(begin) = block.first_chunk_mut() {
            *begin = *key;
        }
        Keyring {
            current: Key {
                kid: kid.to_owned(),
                hmac: Hmac::new(&block.into()),
            },
            older: Vec::new(),
        }
    }

    fn of(variable: &str, keys: Vec<Key>) -> Result<Keyring, KeyringError> {
        let mut keys = keys.into_iter();
        let current = keys.next().ok_or_else(|| KeyringError {
            variable: variable.to_owned(),
            entry: 1,
            fault: KeyringFault::Empty,
        })?;
        Ok(Keyring {
            current,
            older: keys.collect(),
        })
    }

    /// The key everything new is made with.
    #[must_use]
    pub fn current(&self) -> &Key {
        &self.current
    }

    /// The key of that id.
    ///
    /// # Errors
    /// [`UnknownKey`] when there is none.
    pub fn key(&self, kid: &str) -> Result<&Key, UnknownKey> {
        self.keys().find(|key| key.kid == kid).ok_or(UnknownKey)
    }

    /// All keys, the current one first.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.current).chain(&self.older)
    }
}

impl Key {
    fn parse(entry: &str) -> Result<Key, KeyringFault> {
        if entry.is_empty() {
            return Err(KeyringFault::Empty);
        }
        let (kid, key) = entry.split_once(':').ok_or(KeyringFault::Shape)?;
        if !is_kid(kid) {
            return Err(KeyringFault::Kid);
        }
        let key = BASE64.decode(key).map_err(|_| KeyringFault::Encoding)?;
        if key.len() < MIN_KEY_BYTES {
            return Err(KeyringFault::Short);
        }
        // HMAC takes keys of any length; were it to refuse one, it would be for its length.
        let hmac = Hmac::new_from_slice(&key).map_err(|_| KeyringFault::Short)?;
        Ok(Key {
            kid: kid.to_owned(),
            hmac,
        })
    }

    fn of_webhook_secret(index: usize, entry: &str) -> Result<Key, KeyringFault> {
        let secret = entry.strip_prefix("whsec_").ok_or(KeyringFault::Secret)?;
        let secret = STANDARD.decode(secret).map_err(|_| KeyringFault::Secret)?;
        if !WEBHOOK_SECRET_BYTES.contains(&secret.len()) {
            return Err(KeyringFault::Secret);
        }
        let hmac = Hmac::new_from_slice(&secret).map_err(|_| KeyringFault::Secret)?;
        Ok(Key {
            kid: format!("whsec{}", index + 1),
            hmac,
        })
    }

    /// The key's id: 1–16 characters of `A–Z a–z 0–9 _ -`. It is public.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// HMAC-SHA256 over the parts, one after the other **without separators**: a caller makes sure
    /// that no two messages it means to tell apart give the same bytes.
    #[must_use]
    pub fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.fed(parts).finalize().into_bytes().into()
    }

    /// Whether `tag` is the whole HMAC-SHA256 over the parts, compared in constant time.
    #[must_use]
    pub fn verifies(&self, parts: &[&[u8]], tag: &[u8]) -> bool {
        self.fed(parts).verify_slice(tag).is_ok()
    }

    /// Whether any of `tags` is the HMAC-SHA256 over the parts; the parts are hashed once.
    pub(crate) fn verifies_any(&self, parts: &[&[u8]], tags: &[Vec<u8>]) -> bool {
        let hmac = self.fed(parts);
        tags.iter()
            .any(|tag| hmac.clone().verify_slice(tag).is_ok())
    }

    fn fed(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        parts
            .iter()
            .fold(self.hmac.clone(), |hmac, part| hmac.chain_update(part))
    }
}

/// Whether a text can be a key's id: it goes between the dots of tokens and the commas of a list.
pub(crate) fn is_kid(text: &str) -> bool {
    (1..=16).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys()).finish()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({}, …)", self.kid)
    }
}

impl fmt::Display for UnknownKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no key of that id in the keyring")
    }
}

impl std::error::Error for UnknownKey {}

impl fmt::Display for KeyringError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, entry {}: {}", self.variable, self.entry, self.fault)
    }
}

impl fmt::Display for KeyringFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            KeyringFault::Empty => "nothing there; write id:key, with a key of 32 bytes or more",
            KeyringFault::Shape => "no colon; write id:key",
            KeyringFault::Kid => "the id is not 1 to 16 of the characters A–Z a–z 0–9 _ -",
            KeyringFault::Duplicate => "the id was used before; each key needs its own",
            KeyringFault::Encoding => "the key is not base64url",
            KeyringFault::Short => "the key has fewer than 32 bytes",
            KeyringFault::Secret => "not whsec_ and base64 of 24 to 64 bytes",
        })
    }
}

impl std::error::Error for KeyringError {}

/// Two keys for the tests of this crate, `b` older than `a`.
#[cfg(test)]
pub(crate) fn for_tests() -> Keyring {
    Keyring::parse(
        "TEST_KEYS",
        &format!("a:{},b:{}", "A".repeat(43), "c".repeat(43) + "="),
    )
    .unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    const B: &str = "Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA";

    #[test]
    fn secrets_of_webhooks_are_read_in_their_own_spelling_and_never_repeated() {
        let secret = format!("whsec_{}", STANDARD.encode([7; 24]));
        let both = format!("{secret}, {secret} ");
        let keyring = Keyring::of_webhook_secrets("S", &both).unwrap();
        assert_eq!(keyring.keys().count(), 2);
        let short = format!("whsec_{}", STANDARD.encode([7; 23]));
        for (text, entry, fault) in [
            ("", 1, KeyringFault::Empty),
            (short.as_str(), 1, KeyringFault::Secret),
            (&secret[6..], 1, KeyringFault::Secret),
            (&format!("{secret} whsec_!"), 2, KeyringFault::Secret),
        ] {
            let error = Keyring::of_webhook_secrets("S", text).unwrap_err();
            assert_eq!((error.entry, error.fault), (entry, fault), "{text}");
        }
    }

    #[track_caller]
    fn check(text: &str, entry: usize, fault: KeyringFault) {
        let error = Keyring::parse("BALAGH_KEYS", text).unwrap_err();
        assert_eq!((error.entry, error.fault), (entry, fault), "{text}");
        assert!(error.to_string().starts_with("BALAGH_KEYS, entry "));
    }

    #[test]
    fn the_first_key_is_current_and_the_others_are_found_by_id() {
        let keyring = Keyring::parse("BALAGH_KEYS", &format!("2026-11:{A}, 2026-05:{B}=")).unwrap();
        assert_eq!(keyring.current().kid(), "2026-11");
        assert_eq!(keyring.key("2026-05").map(Key::kid), Ok("2026-05"));
        assert_eq!(keyring.key("2025-11").map(Key::kid), Err(UnknownKey));
        assert_ne!(
            keyring.current().mac(&[b"x"]),
            keyring.key("2026-05").unwrap().mac(&[b"x"])
        );
    }

    #[test]
    fn a_keyring_that_is_not_one_is_refused_by_entry() {
        check("", 1, KeyringFault::Empty);
        check(&format!("a:{A},"), 2, KeyringFault::Empty);
        check(A, 1, KeyringFault::Shape);
        check(&format!("{A}:a"), 1, KeyringFault::Kid);
        check(&format!(":{A}"), 1, KeyringFault::Kid);
        check(&format!("a.b:{A}"), 1, KeyringFault::Kid);
        check(&format!("a:{A},a:{B}"), 2, KeyringFault::Duplicate);
        check(&format!("a:{A},b:not base64"), 2, KeyringFault::Encoding);
        check(
            "a:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg",
            1,
            KeyringFault::Short,
        );
    }

    #[test]
    fn a_drawn_key_is_the_same_key_as_one_that_was_read() {
        let bytes: [u8; 32] = BASE64.decode(A).unwrap().try_into().unwrap();
        let read = Keyring::parse("BALAGH_KEYS", &format!("a:{A}")).unwrap();
        let drawn = Keyring::drawn("a", &bytes);
        assert_eq!(drawn.current().mac(&[b"x"]), read.current().mac(&[b"x"]));
    }

    #[test]
    fn neither_debug_nor_errors_show_a_key() {
        let keyring = Keyring::parse("BALAGH_KEYS", &format!("a:{A},b:{B}")).unwrap();
        assert_eq!(format!("{keyring:?}"), "[Key(a, …), Key(b, …)]");
        for text in [
            A.to_owned(),
            format!("{A}:a"),
            format!("a:{A},a:{B}"),
            format!("a:{A}!"),
        ] {
            let error = Keyring::parse("BALAGH_KEYS", &text).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(
                !shown.contains(&A[..8]) && !shown.contains(&B[..8]),
                "{shown}"
            );
        }
    }

    #[test]
    fn the_mac_is_hmac_sha256() {
        // RFC 4231, test case 6: a key of 131 bytes 0xAA.
        let key = BASE64.encode([0xAA; 131]);
        let keyring = Keyring::parse("BALAGH_KEYS", &format!("a:{key}")).unwrap();
        let parts: [&[u8]; 2] = [
            b"Test Using Larger Than Block-Size Key",
            b" - Hash Key First",
        ];
        let tag = [
            0x60, 0xE4, 0x31, 0x59, 0x1E, 0xE0, 0xB6, 0x7F, 0x0D, 0x8A, 0x26, 0xAA, 0xCB, 0xF5,
            0xB7, 0x7F, 0x8E, 0x0B, 0xC6, 0x21, 0x37, 0x28, 0xC5, 0x14, 0x05, 0x46, 0x04, 0x0F,
            0x0E, 0xE3, 0x7F, 0x54,
        ];
        assert_eq!(keyring.current().mac(&parts), tag);
        assert!(keyring.current().verifies(&parts, &tag));
        assert!(!keyring.current().verifies(&parts, &tag[..31]));
        assert!(!keyring.current().verifies(&parts, &[0; 32]));
    }
}
