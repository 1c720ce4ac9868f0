//! Personal data at rest: sealed fields, blind indexes to join by, and sender hashes to count by.
//!
//! A field is sealed with XChaCha20-Poly1305 under a key derived from the keyring, bound by its
//! associated data to the row and column it belongs to: moved elsewhere, it no longer opens.
//! Nonces are 24 random bytes, long enough to draw without keeping count.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};

use crate::keyring::{Key, Keyring, is_kid};

/// A sealed field as it is stored: `s1.<kid>.<base64url of nonce ‖ ciphertext ‖ tag>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed(String);

/// A value's keyed fingerprint as it is stored beside the sealed value:
/// `i1.<kid>.<base64url of 16 bytes>`. Equal values of the same kind under the same key have
/// equal indexes; without the key nothing can be tried out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlindIndex(String);

/// A sender's address or network prefix for a day: 22 characters of base64url (16 bytes).
/// Counters are kept under it; the address itself is never stored.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SenderHash(String);

/// Why a field could not be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SealError {
    /// The field is longer than [`MAX_PLAINTEXT_BYTES`].
    TooLong,
    /// The stored text is not a sealed field.
    Malformed,
    /// The key it was sealed with is not in the keyring.
    UnknownKey,
    /// The stored bytes or the associated data are not those of the sealing: it was changed,
    /// moved to another row, or sealed with another key of the same id.
    Broken,
}

/// The longest field that is sealed: a name, a phone, an address, a description.
pub const MAX_PLAINTEXT_BYTES: usize = 64 * 1024;

/// Seals a field with the current key.
///
/// `aad` says where the field belongs, such as `EP-7K3M9-QX2RT-D/phone`; the same bytes open it.
/// `nonce` is drawn at random for every call.
///
/// # Errors
/// [`SealError::TooLong`].
pub fn seal(
    keyring: &Keyring,
    nonce: &[u8; 24],
    aad: &[u8],
    plaintext: &[u8],
) -> Result<Sealed, SealError> {
    if plaintext.len() > MAX_PLAINTEXT_BYTES {
        return Err(SealError::TooLong);
    }
    let bytes = seal_bytes(keyring, nonce, aad, plaintext)?;
    Ok(Sealed(format!(
        "{SEALED}.{}.{}",
        keyring.current().kid(),
        BASE64.encode(bytes)
    )))
}

/// Seals something of any length, such as a photo, with the current key: `nonce ‖ ciphertext ‖ tag`.
/// Which key that was is the caller's to remember.
///
/// # Errors
/// [`SealError::TooLong`], past what the cipher can seal at once.
pub fn seal_bytes(
    keyring: &Keyring,
    nonce: &[u8; 24],
    aad: &[u8],
    plaintext: &[u8],
) -> Result<Vec<u8>, SealError> {
    let ciphertext = cipher(keyring.current())
        .encrypt(
            &XNonce::from(*nonce),
            Payload {
                msg: plaintext,
                aad,
            },
        )
        .map_err(|_| SealError::TooLong)?;
    Ok([nonce.as_slice(), &ciphertext].concat())
}

/// Opens what [`seal_bytes`] sealed with the keyring's current key.
///
/// # Errors
/// [`SealError::Malformed`] or [`SealError::Broken`].
pub fn open_bytes(keyring: &Keyring, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
    opened(keyring.current(), aad, sealed)
}

/// Opens a field.
///
/// # Errors
/// [`SealError::UnknownKey`] or [`SealError::Broken`].
pub fn open(keyring: &Keyring, aad: &[u8], sealed: &Sealed) -> Result<Vec<u8>, SealError> {
    let (kid, bytes) = sealed.parts().ok_or(SealError::Malformed)?;
    let key = keyring.key(kid).map_err(|_| SealError::UnknownKey)?;
    let bytes = BASE64.decode(bytes).map_err(|_| SealError::Malformed)?;
    opened(key, aad, &bytes)
}

fn opened(key: &Key, aad: &[u8], bytes: &[u8]) -> Result<Vec<u8>, SealError> {
    let (nonce, ciphertext) = bytes
        .split_first_chunk::<24>()
        .ok_or(SealError::Malformed)?;
    cipher(key)
        .decrypt(
            &XNonce::from(*nonce),
            Payload {
                msg: ciphertext,
                aad,
            },
        )
        .map_err(|_| SealError::Broken)
}

/// The index of a value under the current key: what is stored.
///
/// `kind` keeps equal texts of different kinds apart (`phone`, `email`); `value` is normalised by
/// the caller, so that one phone has one index.
#[must_use]
pub fn blind_index(keyring: &Keyring, kind: &str, value: &str) -> BlindIndex {
    index_under(keyring.current(), kind, value)
}

/// The index of a value under every key, the current one first: what is searched for while rows
/// made with an older key remain.
#[must_use]
pub fn blind_indexes(keyring: &Keyring, kind: &str, value: &str) -> Vec<BlindIndex> {
    keyring
        .keys()
        .map(|key| index_under(key, kind, value))
        .collect()
}

/// What a sender is counted under on one day. `day` in days since 1970-01-01 in UTC; `address` is
/// the address's bytes (4 or 16) or those of its network prefix. The next day's hash of the same
/// address is another one, so days cannot be joined.
#[must_use]
pub fn sender_hash(keyring: &Keyring, day: i64, address: &[u8]) -> SenderHash {
    let mac = keyring
        .current()
        .mac(&[b"balagh sender v1\0", &day.to_be_bytes(), address]);
    SenderHash(half(&mac))
}

impl Sealed {
    /// Reads a stored field, without opening it.
    ///
    /// # Errors
    /// [`SealError::Malformed`].
    pub fn parse(text: &str) -> Result<Sealed, SealError> {
        let sealed = Sealed(text.to_owned());
        let well_formed = sealed.parts().is_some_and(|(kid, bytes)| {
            is_kid(kid)
                && BASE64
                    .decode(bytes)
                    .is_ok_and(|bytes| bytes.len() >= 24 + 16)
        });
        if well_formed {
            Ok(sealed)
        } else {
            Err(SealError::Malformed)
        }
    }

    /// The field as it is stored. It shows the length of what is in it and nothing else.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id of the key it was sealed with: what is not the current one wants sealing again.
    #[must_use]
    pub fn kid(&self) -> &str {
        self.parts().map_or("", |(kid, _)| kid)
    }

    fn parts(&self) -> Option<(&str, &str)> {
        self.0
            .strip_prefix(SEALED)?
            .strip_prefix('.')?
            .split_once('.')
    }
}

impl BlindIndex {
    /// The index as it is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl SenderHash {
    /// The hash as counters are kept under it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same, for whoever keeps it.
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }
}

const SEALED: &str = "s1";

fn cipher(key: &Key) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&key.mac(&[b"balagh seal v1\0"]).into())
}

fn index_under(key: &Key, kind: &str, value: &str) -> BlindIndex {
    // With the kind's length in front, no kind and value can be cut differently.
    let length = (kind.len() as u64).to_be_bytes();
    let parts = [
        b"balagh index v1\0",
        length.as_slice(),
        kind.as_bytes(),
        value.as_bytes(),
    ];
    BlindIndex(format!("i1.{}.{}", key.kid(), half(&key.mac(&parts))))
}

/// The first 16 bytes of a MAC: with a keyed function 128 bits are enough never to meet by chance.
fn half(mac: &[u8; 32]) -> String {
    BASE64.encode(mac.first_chunk::<16>().unwrap_or(&[0; 16]))
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SealError::TooLong => "the field is too long to be sealed",
            SealError::Malformed => "the stored text is not a sealed field",
            SealError::UnknownKey => "the field's key is not in the keyring",
            SealError::Broken => "the field was changed, moved, or sealed with another key",
        })
    }
}

impl std::error::Error for SealError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keyring;
    use proptest::prelude::*;

    const AAD: &[u8] = b"EP-0W3GE-1R70W-9/phone";
    const NONCE: [u8; 24] = [9; 24];

    fn sealed() -> Sealed {
        seal(&keyring::for_tests(), &NONCE, AAD, b"+966500000000").unwrap()
    }

    #[track_caller]
    fn check(text: &str, aad: &[u8], expected: Result<&[u8], SealError>) {
        let opened =
            Sealed::parse(text).and_then(|sealed| open(&keyring::for_tests(), aad, &sealed));
        assert_eq!(opened.as_deref().map_err(|e| *e), expected, "{text}");
    }

    #[test]
    fn a_field_opens_in_its_own_row_only() {
        let sealed = sealed();
        assert_eq!(sealed.kid(), "a");
        assert!(sealed.as_str().starts_with("s1.a."));
        check(sealed.as_str(), AAD, Ok(b"+966500000000"));
        check(
            sealed.as_str(),
            b"EP-0W3GE-1R70W-9/name",
            Err(SealError::Broken),
        );
        check(sealed.as_str(), b"", Err(SealError::Broken));
    }

    #[test]
    fn a_field_of_an_older_key_opens_and_of_a_retired_one_does_not() {
        let only_b = Keyring::parse("TEST_KEYS", &format!("b:{}=", "c".repeat(43))).unwrap();
        let old = seal(&only_b, &NONCE, AAD, b"x").unwrap();
        check(old.as_str(), AAD, Ok(b"x"));
        assert_eq!(open(&only_b, AAD, &sealed()), Err(SealError::UnknownKey));
        let renamed = old.as_str().replace("s1.b.", "s1.a.");
        check(&renamed, AAD, Err(SealError::Broken));
    }

    #[test]
    fn what_is_not_a_sealed_field_is_refused() {
        for text in [
            "",
            "s1",
            "s1.a",
            "s1.a.",
            "s1.a.AAAA",
            "s2.a.AAAA",
            "s1..AAAA",
            "s1.a.!",
        ] {
            check(text, AAD, Err(SealError::Malformed));
        }
        let long = vec![b'x'; MAX_PLAINTEXT_BYTES + 1];
        let refused = seal(&keyring::for_tests(), &NONCE, AAD, &long);
        assert_eq!(refused, Err(SealError::TooLong));
    }

    #[test]
    fn one_value_has_one_index_per_kind_and_key() {
        let keyring = keyring::for_tests();
        let index = blind_index(&keyring, "phone", "+966500000000");
        assert!(index.as_str().starts_with("i1.a."));
        assert_eq!(index, blind_index(&keyring, "phone", "+966500000000"));
        assert_ne!(index, blind_index(&keyring, "phone", "+966500000001"));
        assert_ne!(index, blind_index(&keyring, "email", "+966500000000"));
        assert_ne!(
            blind_index(&keyring, "ab", "c"),
            blind_index(&keyring, "a", "bc")
        );
        let all = blind_indexes(&keyring, "phone", "+966500000000");
        assert_eq!((all.len(), all.first()), (2, Some(&index)));
        assert!(all[1].as_str().starts_with("i1.b."));
    }

    #[test]
    fn a_sender_is_another_one_every_day() {
        let keyring = keyring::for_tests();
        let hash = sender_hash(&keyring, 20_778, &[192, 0, 2, 1]);
        assert_eq!(hash.as_str().len(), 22);
        assert_eq!(hash, sender_hash(&keyring, 20_778, &[192, 0, 2, 1]));
        assert_ne!(hash, sender_hash(&keyring, 20_779, &[192, 0, 2, 1]));
        assert_ne!(hash, sender_hash(&keyring, 20_778, &[192, 0, 2, 2]));
        assert_ne!(hash, sender_hash(&keyring, 20_778, &[192, 0, 2]));
    }

    proptest! {
        #[test]
        fn whatever_is_sealed_opens_and_no_flipped_bit_does(
            nonce: [u8; 24],
            plaintext: Vec<u8>,
            aad: Vec<u8>,
            flip: prop::sample::Index,
        ) {
            let keyring = keyring::for_tests();
            let sealed = seal(&keyring, &nonce, &aad, &plaintext).unwrap();
            prop_assert_eq!(&Sealed::parse(sealed.as_str()).unwrap(), &sealed);
            prop_assert_eq!(open(&keyring, &aad, &sealed), Ok(plaintext));

            let mut bytes = BASE64.decode(&sealed.as_str()[5..]).unwrap();
            let bit = flip.index(bytes.len() * 8);
            bytes[bit / 8] ^= 1 << (bit % 8);
            let flipped = Sealed::parse(&format!("s1.a.{}", BASE64.encode(bytes))).unwrap();
            prop_assert_eq!(open(&keyring, &aad, &flipped), Err(SealError::Broken));
        }

        #[test]
        fn no_text_panics(text in "(s1\\.a\\.)?\\PC{0,60}") {
            let _ = Sealed::parse(&text);
        }
    }
}
