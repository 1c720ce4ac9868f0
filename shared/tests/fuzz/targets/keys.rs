//! Everything that is signed or sealed.

use std::sync::LazyLock;

use balagh_shared::contact::{Confirmed, Reached};
use balagh_shared::keyring::Keyring;
use balagh_shared::rules::email;
use balagh_shared::seal::{self, Sealed};
use balagh_shared::session::{Session, SessionError};
use balagh_shared::signature::{self, ReceivedHeaders, TOLERANCE_S};

use super::text;

const NOW: i64 = 1_795_243_260;

static KEYS: LazyLock<Keyring> = LazyLock::new(|| {
    let keys = "a:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8,b:Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA";
    Keyring::parse("KEYS", keys).unwrap()
});

/// `text` with one byte exchanged, as `bytes` say; still text.
fn forged(text: &str, bytes: &[u8]) -> Option<String> {
    let (&[high, low, other], _) = bytes.split_first_chunk::<3>()?;
    let mut forged = text.as_bytes().to_vec();
    let at = usize::from(u16::from_be_bytes([high, low])) % forged.len();
    *forged.get_mut(at)? = other;
    String::from_utf8(forged).ok()
}

/// A session's token: only what was minted here is believed, to the byte.
pub(crate) fn session(bytes: &[u8]) {
    let (m, origin) = ("test-town", "https://www.example.gov");
    let minted = Session::mint(&KEYS, m, origin, &[7; 16], NOW);
    let verify = |token: &str| Session::verify(&KEYS, Some(token), m, origin, NOW + 60);
    assert!(verify(&minted).is_ok());
    for token in [text(bytes).into_owned()]
        .into_iter()
        .chain(forged(&minted, bytes))
    {
        match verify(&token) {
            Ok(_) => assert_eq!(token, minted, "a forged session"),
            Err(error) => {
                assert_eq!(token.is_empty(), error == SessionError::Missing);
                assert!(balagh_shared::reason::Reason::from_code(error.code()).is_some());
            }
        }
    }
}

/// A contact's token: only what was minted here is believed, to the byte, and only of its contact.
pub(crate) fn confirmed(bytes: &[u8]) {
    let m = "test-town";
    let amal = Reached::by_email(&email("amal@example.org").unwrap());
    let minted = Confirmed::mint(&KEYS, m, &amal, NOW);
    let verify = |token: &str| Confirmed::verify(&KEYS, token, m, NOW + 60);
    assert!(verify(&minted).unwrap().is_of(&KEYS, &amal));
    assert!(!verify(&minted).unwrap().is_of(&KEYS, &Reached::default()));
    for token in [text(bytes).into_owned()]
        .into_iter()
        .chain(forged(&minted, bytes))
    {
        assert!(verify(&token).is_err() || token == minted, "a forged token");
    }
}

/// The three headers of a signed message and its body, a line each.
pub(crate) fn signature(bytes: &[u8]) {
    let mut lines = bytes.splitn(4, |byte| *byte == b'\n');
    let mut line = || lines.next().map(|line| text(line).into_owned());
    let (id, timestamp, signature, body) = (line(), line(), line(), line().unwrap_or_default());
    let received = ReceivedHeaders {
        id: id.as_deref(),
        timestamp: timestamp.as_deref(),
        signature: signature.as_deref(),
    };
    let verified = signature::verify(&KEYS, received, body.as_bytes(), NOW, TOLERANCE_S);
    assert!(verified.is_err(), "a forged signature");
    if let Some(id) = &id
        && let Ok(signed) = signature::sign(&KEYS, id, NOW, body.as_bytes())
    {
        let sent = ReceivedHeaders {
            id: Some(&signed.id),
            timestamp: Some(&signed.timestamp),
            signature: Some(&signed.signature),
        };
        assert_eq!(
            signature::verify(&KEYS, sent, body.as_bytes(), NOW, TOLERANCE_S),
            Ok(())
        );
    }
}

/// A keyring as it stands in an environment: what is read signs, and never shows itself.
pub(crate) fn keyring(bytes: &[u8]) {
    let typed = text(bytes);
    match Keyring::parse("KEYS", &typed) {
        Ok(keys) => {
            let key = keys.current();
            let tag = key.mac(&[b"message"]);
            assert!(key.verifies(&[b"message"], &tag) && !key.verifies(&[b"Message"], &tag));
            let shown = format!("{keys:?}");
            let secret = typed.split(',').filter_map(|entry| entry.split_once(':'));
            assert!(
                secret
                    .into_iter()
                    .all(|(_, key)| !shown.contains(key.trim()))
            );
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// A sealed field: opened only as what was sealed, where it was sealed.
pub(crate) fn seal(bytes: &[u8]) {
    if let Ok(stored) = Sealed::parse(&text(bytes)) {
        let _ = stored.kid();
        assert!(
            seal::open(&KEYS, b"elsewhere", &stored).is_err(),
            "a forged seal"
        );
    }
    if let Ok(sealed) = seal::seal(&KEYS, &[9; 24], b"row", bytes) {
        assert_eq!(seal::open(&KEYS, b"row", &sealed).as_deref(), Ok(bytes));
        assert!(seal::open(&KEYS, b"another row", &sealed).is_err());
        assert_eq!(Sealed::parse(sealed.as_str()).as_ref(), Ok(&sealed));
        if let Some(forged) = forged(sealed.as_str(), bytes)
            && forged != sealed.as_str()
            && let Ok(forged) = Sealed::parse(&forged)
        {
            assert!(seal::open(&KEYS, b"row", &forged).is_err(), "a forged seal");
        }
    } else {
        assert!(bytes.len() > seal::MAX_PLAINTEXT_BYTES);
    }
}
