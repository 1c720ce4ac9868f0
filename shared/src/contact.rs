//! The token of a contact that a one-time code has confirmed: `Balagh-Contact`.
//!
//! `c1.<kid>.<base64url {m,by,h,exp}>.<base64url HMAC-SHA256>`, where the signature covers everything
//! before its dot. It says that whoever holds it had a phone or a mailbox in their hands within the
//! last 30 days, and holds of the contact itself only a keyed hash: who finds one learns no number.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};

use crate::keyring::{Key, Keyring};
use crate::rules::{EmailAddress, PhoneNumber};
use crate::token::{Kind, Opened, Unopened};

/// The header it travels in.
pub const HEADER: &str = "Balagh-Contact";

/// How long a confirmation is good for, in seconds: 30 days.
pub const LIFETIME_S: i64 = 30 * 24 * 60 * 60;

/// By what a contact was confirmed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A text message.
    #[default]
    Phone,
    /// A letter.
    Email,
}

/// A phone or an e-mail address in the one way it is written down.
///
/// `{:?}` tells which of the two it is and no more. By default nobody's: a phone without a number.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reached {
    channel: Channel,
    value: String,
}

/// A token whose signature, end and municipality have been checked.
///
/// ```
/// use balagh_shared::contact::{Confirmed, Reached};
/// use balagh_shared::keyring::Keyring;
/// use balagh_shared::rules::email;
/// let keys = Keyring::parse("KEYS", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")?;
/// let amal = Reached::by_email(&email("Amal@example.org").unwrap());
/// let token = Confirmed::mint(&keys, "eastern-province", &amal, 1_795_243_260);
/// let confirmed = Confirmed::verify(&keys, &token, "eastern-province", 1_795_243_261).unwrap();
/// assert!(confirmed.is_of(&keys, &amal));
/// # Ok::<(), balagh_shared::keyring::KeyringError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
    /// The id of the municipality it was confirmed for.
    pub municipality: String,
    /// By what.
    pub channel: Channel,
    /// From when it is no longer good, in seconds since 1970.
    pub expires_at: i64,
    kid: String,
    hash: [u8; HASH],
}

/// Why a token is not good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContactError {
    /// The client sent something this edge did not sign.
    Malformed,
    /// The client kept it for more than 30 days, or long enough for its key to be retired.
    Expired,
    /// The client used it for another municipality.
    Foreign,
}

/// A municipality's id fits in.
const KIND: Kind = Kind {
    version: "c1",
    max_bytes: 1024,
};
/// Bytes of the contact's keyed hash.
const HASH: usize = 16;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    m: String,
    by: Channel,
    h: String,
    exp: i64,
}

impl Reached {
    /// A phone.
    #[must_use]
    pub fn by_phone(phone: &PhoneNumber) -> Reached {
        Reached {
            channel: Channel::Phone,
            value: phone.as_str().to_owned(),
        }
    }

    /// A mailbox. No provider of today tells names apart by their case.
    #[must_use]
    pub fn by_email(address: &EmailAddress) -> Reached {
        Reached {
            channel: Channel::Email,
            value: address.as_str().to_lowercase(),
        }
    }

    /// By what it is reached.
    #[must_use]
    pub fn channel(&self) -> Channel {
        self.channel
    }

    /// The number in E.164, or the address in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.value
    }
}

impl Confirmed {
    /// A new token, signed with the current key. `now` in seconds since 1970.
    #[must_use]
    pub fn mint(keyring: &Keyring, municipality: &str, contact: &Reached, now: i64) -> String {
        let key = keyring.current();
        let payload = Payload {
            m: municipality.to_owned(),
            by: contact.channel,
            h: BASE64.encode(hash(key, municipality, contact)),
            exp: now.saturating_add(LIFETIME_S),
        };
        // Text and integers: writing them as JSON cannot fail, and an empty payload opens nothing.
        KIND.sign(key, &serde_json::to_vec(&payload).unwrap_or_default())
    }

    /// Checks what came in the header, the signature before anything inside is read.
    ///
    /// # Errors
    /// [`ContactError`], the first that applies in the order malformed, expired, foreign.
    pub fn verify(
        keyring: &Keyring,
        token: &str,
        municipality: &str,
        now: i64,
    ) -> Result<Confirmed, ContactError> {
        let malformed = ContactError::Malformed;
        let Opened { kid, payload } =
            KIND.open(keyring, token)
                .map_err(|unopened| match unopened {
                    Unopened::Malformed => malformed,
                    Unopened::Retired => ContactError::Expired,
                })?;
        let Payload { m, by, h, exp } = serde_json::from_slice(&payload).map_err(|_| malformed)?;
        if now >= exp {
            return Err(ContactError::Expired);
        }
        if m != municipality {
            return Err(ContactError::Foreign);
        }
        let hash = BASE64.decode(h).map_err(|_| malformed)?;
        Ok(Confirmed {
            municipality: m,
            channel: by,
            expires_at: exp,
            kid: kid.to_owned(),
            hash: hash.try_into().map_err(|_| malformed)?,
        })
    }

    /// Whether it was `contact` that was confirmed; after the same work where it was not.
    #[must_use]
    pub fn is_of(&self, keyring: &Keyring, contact: &Reached) -> bool {
        let Ok(key) = keyring.key(&self.kid) else {
            return false;
        };
        let other = hash(key, &self.municipality, contact);
        let differs = self
            .hash
            .iter()
            .zip(other)
            .fold(0, |differs, (own, other)| differs | (own ^ other));
        differs == 0
    }
}

/// The channel and the municipality hold no zero byte, so that no two contacts give the same bytes.
fn hash(key: &Key, municipality: &str, contact: &Reached) -> [u8; HASH] {
    let channel: &[u8] = match contact.channel {
        Channel::Phone => b"phone",
        Channel::Email => b"email",
    };
    let mac = key.mac(&[
        b"balagh contact v1\0",
        channel,
        b"\0",
        municipality.as_bytes(),
        b"\0",
        contact.value.as_bytes(),
    ]);
    mac.first_chunk().copied().unwrap_or_default()
}

/// Personal data never reaches a log through `{:?}`.
impl fmt::Debug for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reached({:?}, …)", self.channel)
    }
}

impl fmt::Display for ContactError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ContactError::Malformed => "the contact's token was not signed here",
            ContactError::Expired => "the contact's token has run out",
            ContactError::Foreign => "the contact's token belongs to another municipality",
        })
    }
}

impl std::error::Error for ContactError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keyring;
    use proptest::prelude::*;

    const M: &str = "eastern-province";
    const NOW: i64 = 1_795_243_260;

    fn reached(address: &str) -> Reached {
        Reached::by_email(&crate::rules::email(address).unwrap())
    }

    fn token() -> String {
        Confirmed::mint(&keyring::for_tests(), M, &reached("amal@example.org"), NOW)
    }

    #[track_caller]
    fn check(token: &str, municipality: &str, now: i64, expected: Result<(), ContactError>) {
        let verified = Confirmed::verify(&keyring::for_tests(), token, municipality, now);
        assert_eq!(verified.map(drop), expected, "{token}");
    }

    #[test]
    fn a_token_is_good_for_thirty_days_and_for_its_municipality() {
        check(&token(), M, NOW, Ok(()));
        check(&token(), M, NOW + LIFETIME_S - 1, Ok(()));
        check(&token(), M, NOW + LIFETIME_S, Err(ContactError::Expired));
        check(&token(), "holy-capital", NOW, Err(ContactError::Foreign));
    }

    #[test]
    fn it_is_of_its_contact_and_of_no_other_and_tells_neither() {
        let keys = keyring::for_tests();
        let confirmed = Confirmed::verify(&keys, &token(), M, NOW).unwrap();
        assert!(confirmed.is_of(&keys, &reached("Amal@EXAMPLE.org")));
        assert!(!confirmed.is_of(&keys, &reached("amal@example.com")));
        // The same letters by another way are another contact.
        let other = Reached {
            channel: Channel::Phone,
            ..reached("amal@example.org")
        };
        assert!(!confirmed.is_of(&keys, &other));
        let payload = token().split('.').nth(2).unwrap().to_owned();
        let payload = String::from_utf8(BASE64.decode(payload).unwrap()).unwrap();
        assert!(!payload.contains("amal"), "{payload}");
    }

    #[test]
    fn a_spliced_or_renamed_token_is_not_ours() {
        let (one, two) = (
            token(),
            Confirmed::mint(&keyring::for_tests(), M, &reached("b@example.org"), NOW),
        );
        let part = |token: &str, at: usize| token.split('.').nth(at).unwrap().to_owned();
        let spliced = format!("c1.{}.{}.{}", part(&one, 1), part(&two, 2), part(&one, 3));
        check(&spliced, M, NOW, Err(ContactError::Malformed));
        // A session's version says what it was signed as.
        check(
            &one.replacen("c1", "b1", 1),
            M,
            NOW,
            Err(ContactError::Malformed),
        );
        check("", M, NOW, Err(ContactError::Malformed));
        check(&"c".repeat(9000), M, NOW, Err(ContactError::Malformed));
        let retired = one.replacen(&format!(".{}.", part(&one, 1)), ".gone.", 1);
        check(&retired, M, NOW, Err(ContactError::Expired));
    }

    proptest! {
        #[test]
        fn no_change_of_a_byte_leaves_it_good(at in 0_usize..120, to in 33_u8..127) {
            let whole = token();
            let mut bytes = whole.clone().into_bytes();
            let at = at % bytes.len();
            bytes[at] = to;
            let changed = String::from_utf8(bytes).unwrap();
            prop_assume!(changed != whole);
            prop_assert!(Confirmed::verify(&keyring::for_tests(), &changed, M, NOW).is_err());
        }

        #[test]
        fn no_header_makes_it_panic(header in ".{0,300}") {
            prop_assert!(Confirmed::verify(&keyring::for_tests(), &header, M, NOW).is_err());
        }
    }
}
