//! The session a widget fetches just before it sends: `Balagh-Session`.
//!
//! `b1.<kid>.<base64url {m,o,iat,exp,n}>.<base64url HMAC-SHA256>`, where the signature covers
//! everything before its dot. A session says that this edge gave this web origin a form for this
//! municipality within the last 24 hours; it names nobody. Its nonce is spent in the transaction
//! that stores the report.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::Deserialize;
use serde_json::Value;

use crate::keyring::Keyring;
use crate::token::{Kind, Opened, Unopened};

/// The header it travels in.
pub const HEADER: &str = "Balagh-Session";

/// How long a session is good for, in seconds: a day.
pub const LIFETIME_S: i64 = 24 * 60 * 60;

/// A session whose signature, time, municipality and web origin have been checked.
///
/// ```
/// use balagh_shared::{keyring::Keyring, session::{Session, SessionError}};
/// let keys = Keyring::parse("KEYS", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")?;
/// let (place, page, now) = ("eastern-province", "https://www.example.gov", 1_795_243_260);
/// let token = Session::mint(&keys, place, page, &[7; 16], now);
/// assert!(Session::verify(&keys, Some(&token), place, page, now + 60).is_ok());
/// let later = Session::verify(&keys, Some(&token), place, page, now + 86_400);
/// assert_eq!(later, Err(SessionError::Expired));
/// # Ok::<(), balagh_shared::keyring::KeyringError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The id of the municipality it was fetched for.
    pub municipality: String,
    /// The web origin of the page it was fetched from, as in the `Origin` header.
    pub origin: String,
    /// When it was minted, in seconds since 1970. A young session is a spam feature, never a
    /// reason to refuse.
    pub issued_at: i64,
    /// From when it is no longer good, in seconds since 1970.
    pub expires_at: i64,
    /// What is spent when a report is stored with it.
    pub nonce: [u8; 16],
}

/// Why a session is not good. All are answered with 401, and the widget renews.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionError {
    /// The client sent none.
    Missing,
    /// The client sent something this edge did not sign.
    Malformed,
    /// The client kept it for more than a day, or long enough for its key to be retired.
    Expired,
    /// The client used it for another municipality or from another web origin.
    Foreign,
}

impl Session {
    /// A new session, signed with the current key. `now` in seconds since 1970.
    #[must_use]
    pub fn mint(
        keyring: &Keyring,
        municipality: &str,
        origin: &str,
        nonce: &[u8; 16],
        now: i64,
    ) -> String {
        let payload: serde_json::Map<String, Value> = [
            ("m", Value::from(municipality)),
            ("o", Value::from(origin)),
            ("iat", Value::from(now)),
            ("exp", Value::from(now.saturating_add(LIFETIME_S))),
            ("n", Value::from(BASE64.encode(nonce))),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        KIND.sign(
            keyring.current(),
            Value::Object(payload).to_string().as_bytes(),
        )
    }

    /// Checks what came in the header, the signature before anything inside is read.
    ///
    /// # Errors
    /// [`SessionError`], the first that applies in the order malformed, expired, foreign.
    pub fn verify(
        keyring: &Keyring,
        token: Option<&str>,
        municipality: &str,
        origin: &str,
        now: i64,
    ) -> Result<Session, SessionError> {
        let token = token
            .filter(|token| !token.is_empty())
            .ok_or(SessionError::Missing)?;
        let session = open(keyring, token)?;
        if now >= session.expires_at {
            return Err(SessionError::Expired);
        }
        if session.municipality != municipality || session.origin != origin {
            return Err(SessionError::Foreign);
        }
        Ok(session)
    }
}

impl SessionError {
    /// The code of the refusal.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            SessionError::Missing => "session.missing",
            SessionError::Malformed => "session.malformed",
            SessionError::Expired => "session.expired",
            SessionError::Foreign => "session.foreign",
        }
    }
}

/// A municipality's id and a web origin fit in.
const KIND: Kind = Kind {
    version: "b1",
    max_bytes: 2048,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload<'p> {
    #[serde(borrow)]
    m: Cow<'p, str>,
    #[serde(borrow)]
    o: Cow<'p, str>,
    iat: i64,
    exp: i64,
    #[serde(borrow)]
    n: Cow<'p, str>,
}

fn open(keyring: &Keyring, token: &str) -> Result<Session, SessionError> {
    let malformed = SessionError::Malformed;
    let Opened { payload, .. } = KIND
        .open(keyring, token)
        .map_err(|unopened| match unopened {
            Unopened::Malformed => malformed,
            Unopened::Retired => SessionError::Expired,
        })?;
    let payload: Payload<'_> = serde_json::from_slice(&payload).map_err(|_| malformed)?;
    // Room for what the decoder reckons with before it has looked: three bytes for every four characters.
    let mut nonce = [0; 18];
    let length = BASE64.decode_slice(payload.n.as_bytes(), &mut nonce);
    let nonce = length.ok().and_then(|length| nonce.get(..length));
    let nonce = nonce.and_then(|nonce| nonce.try_into().ok());
    Ok(Session {
        municipality: payload.m.into_owned(),
        origin: payload.o.into_owned(),
        issued_at: payload.iat,
        expires_at: payload.exp,
        nonce: nonce.ok_or(malformed)?,
    })
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SessionError::Missing => "no session was sent",
            SessionError::Malformed => "the session was not signed here",
            SessionError::Expired => "the session has run out",
            SessionError::Foreign => "the session belongs to another municipality or web origin",
        })
    }
}

impl std::error::Error for SessionError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keyring;
    use proptest::prelude::*;

    const M: &str = "eastern-province";
    const O: &str = "https://www.example.gov";
    const NOW: i64 = 1_795_243_260;
    const NONCE: [u8; 16] = *b"sixteen bytes ok";

    fn token() -> String {
        Session::mint(&keyring::for_tests(), M, O, &NONCE, NOW)
    }

    #[track_caller]
    fn check(
        token: &str,
        municipality: &str,
        origin: &str,
        now: i64,
        expected: Result<(), SessionError>,
    ) {
        let verified = Session::verify(
            &keyring::for_tests(),
            Some(token),
            municipality,
            origin,
            now,
        );
        assert_eq!(verified.map(|_| ()), expected, "{token}");
    }

    #[test]
    fn a_session_says_what_it_was_minted_with() {
        let session = Session::verify(&keyring::for_tests(), Some(&token()), M, O, NOW + 60);
        let expected = Session {
            municipality: M.to_owned(),
            origin: O.to_owned(),
            issued_at: NOW,
            expires_at: NOW + LIFETIME_S,
            nonce: NONCE,
        };
        assert_eq!(session, Ok(expected));
    }

    #[test]
    fn a_session_is_good_for_a_day_in_its_own_place_only() {
        check(&token(), M, O, NOW + LIFETIME_S - 1, Ok(()));
        check(&token(), M, O, NOW + LIFETIME_S, Err(SessionError::Expired));
        check(&token(), "holy-capital", O, NOW, Err(SessionError::Foreign));
        check(
            &token(),
            M,
            "https://other.example",
            NOW,
            Err(SessionError::Foreign),
        );
    }

    #[test]
    fn a_session_of_an_older_key_is_good_and_of_a_retired_one_has_expired() {
        let older = keyring::for_tests();
        let b = "c".repeat(43) + "=";
        let only_b = Keyring::parse("TEST_KEYS", &format!("b:{b}")).unwrap();
        let token = Session::mint(&only_b, M, O, &NONCE, NOW);
        assert!(Session::verify(&older, Some(&token), M, O, NOW).is_ok());
        let current = Session::mint(&older, M, O, &NONCE, NOW);
        let verified = Session::verify(&only_b, Some(&current), M, O, NOW);
        assert_eq!(verified, Err(SessionError::Expired));
    }

    #[test]
    fn what_was_not_signed_here_is_refused() {
        let keyring = keyring::for_tests();
        for none in [None, Some("")] {
            let verified = Session::verify(&keyring, none, M, O, NOW);
            assert_eq!(verified, Err(SessionError::Missing));
        }
        let token = token();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        for wrong in [
            "b1".to_owned(),
            "b1.a..".to_owned(),
            "....".to_owned(),
            token.replacen("b1", "b2", 1),
            format!("{signed}."),
            format!("{signed}.{}", &signature[1..]),
            format!("{token}="),
            format!("{token}.{signature}"),
            format!("b1.a.{}", "A".repeat(KIND.max_bytes)),
        ] {
            check(&wrong, M, O, NOW, Err(SessionError::Malformed));
        }
    }

    #[test]
    fn a_signed_payload_that_is_no_session_is_refused() {
        let keyring = keyring::for_tests();
        let payload = BASE64.encode(br#"{"m":"eastern-province"}"#);
        let signed = format!("b1.a.{payload}");
        let signature = BASE64.encode(keyring.current().mac(&[signed.as_bytes()]));
        check(
            &format!("{signed}.{signature}"),
            M,
            O,
            NOW,
            Err(SessionError::Malformed),
        );
    }

    proptest! {
        #[test]
        fn no_changed_character_passes(at in 0_usize..240, with in "[A-Za-z0-9_.-]") {
            let token = token();
            let at = at % token.len();
            let mut wrong = token.clone();
            wrong.replace_range(at..=at, &with);
            let verified = Session::verify(&keyring::for_tests(), Some(&wrong), M, O, NOW);
            prop_assert_eq!(verified.is_ok(), wrong == token);
        }

        #[test]
        fn no_text_panics(token in "(b1\\.a\\.)?\\PC{0,60}") {
            let _ = Session::verify(&keyring::for_tests(), Some(&token), M, O, NOW);
        }
    }
}
