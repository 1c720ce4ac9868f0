//! Signed requests between edge and origin, and webhooks to systems of the city: Standard
//! Webhooks 1.0, its symmetric scheme (HMAC-SHA256 over `id.timestamp.body`, base64).
//!
//! The scheme has no place for a key's id. So a sender signs with every key of its keyring, and a
//! receiver tries every key of its own: either side may be the first to learn of a new one.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::keyring::Keyring;

/// The header of the message's id, which is also the receiver's key for deduplication.
pub const ID_HEADER: &str = "webhook-id";
/// The header of the time of sending, in seconds since 1970.
pub const TIMESTAMP_HEADER: &str = "webhook-timestamp";
/// The header of the signatures, `v1,<base64>` each, spaces between them.
pub const SIGNATURE_HEADER: &str = "webhook-signature";

/// How far the timestamp may be from the receiver's clock, in seconds, where nothing else was
/// agreed.
pub const TOLERANCE_S: i64 = 5 * 60;

/// The three headers of a signed message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHeaders {
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`.
    pub timestamp: String,
    /// `webhook-signature`.
    pub signature: String,
}

/// The three headers as they arrived.
#[derive(Debug, Clone, Copy)]
pub struct ReceivedHeaders<'a> {
    /// `webhook-id`.
    pub id: Option<&'a str>,
    /// `webhook-timestamp`.
    pub timestamp: Option<&'a str>,
    /// `webhook-signature`.
    pub signature: Option<&'a str>,
}

/// Why a message is not to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureError {
    /// The peer left out one of the three headers.
    Missing,
    /// The peer's id or timestamp cannot be read.
    Malformed,
    /// The peer's timestamp is too far from now: a message sent again, or a wrong clock.
    Stale,
    /// The peer signed with no key of this keyring, or something was changed on the way.
    Mismatch,
}

/// Signs `body`. `timestamp` in seconds since 1970; the same `id` for every attempt at the same
/// message.
///
/// # Errors
/// [`SignatureError::Malformed`] for an id that is empty, longer than 256 bytes, not visible ASCII,
/// or holds a full stop, which the scheme uses as its separator.
pub fn sign(
    keyring: &Keyring,
    id: &str,
    timestamp: i64,
    body: &[u8],
) -> Result<SignedHeaders, SignatureError> {
    if !is_id(id) {
        return Err(SignatureError::Malformed);
    }
    let timestamp = timestamp.to_string();
    let signed = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body];
    let signatures: Vec<String> = keyring
        .keys()
        .map(|key| format!("v1,{}", BASE64.encode(key.mac(&signed))))
        .collect();
    Ok(SignedHeaders {
        id: id.to_owned(),
        timestamp,
        signature: signatures.join(" "),
    })
}

/// Checks a received message. `now` and `tolerance` in seconds.
///
/// # Errors
/// [`SignatureError`], the first that applies. Signatures of other versions are passed over.
pub fn verify(
    keyring: &Keyring,
    headers: ReceivedHeaders<'_>,
    body: &[u8],
    now: i64,
    tolerance: i64,
) -> Result<(), SignatureError> {
    let (Some(id), Some(timestamp), Some(signature)) =
        (headers.id, headers.timestamp, headers.signature)
    else {
        return Err(SignatureError::Missing);
    };
    // Only the one way of writing a number: the text is signed, not its value.
    let time: i64 = timestamp.parse().map_err(|_| SignatureError::Malformed)?;
    if !is_id(id) || time.to_string() != timestamp {
        return Err(SignatureError::Malformed);
    }
    if time.abs_diff(now) > tolerance.max(0).unsigned_abs() {
        return Err(SignatureError::Stale);
    }
    let signed = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body];
    // The body is hashed once a key, whatever the number of signatures offered.
    let tags: Vec<Vec<u8>> = signature
        .split(' ')
        .filter_map(|one| one.strip_prefix("v1,"))
        .take(MAX_SIGNATURES)
        .filter_map(|tag| BASE64.decode(tag).ok())
        .filter(|tag| tag.len() == 32)
        .collect();
    let verified = keyring.keys().any(|key| key.verifies_any(&signed, &tags));
    if verified {
        Ok(())
    } else {
        Err(SignatureError::Mismatch)
    }
}

impl SignatureError {
    /// The code of the refusal: one for all, so that a peer learns nothing by trying. Which of
    /// them it was belongs in the log.
    #[must_use]
    pub fn code(self) -> &'static str {
        "signature.invalid"
    }
}

/// Signatures looked at in one message; a rotation needs two.
const MAX_SIGNATURES: usize = 8;

fn is_id(id: &str) -> bool {
    (1..=256).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic() && b != b'.')
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SignatureError::Missing => {
                "webhook-id, webhook-timestamp or webhook-signature is missing"
            }
            SignatureError::Malformed => "webhook-id or webhook-timestamp cannot be read",
            SignatureError::Stale => "webhook-timestamp is too far from this server's clock",
            SignatureError::Mismatch => "no signature fits a key of this server",
        })
    }
}

impl std::error::Error for SignatureError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keyring;

    const NOW: i64 = 1_795_243_260;
    const BODY: &[u8] = br#"{"number":"EP-0W3GE-1R70W-9"}"#;

    fn received(headers: &SignedHeaders) -> ReceivedHeaders<'_> {
        ReceivedHeaders {
            id: Some(&headers.id),
            timestamp: Some(&headers.timestamp),
            signature: Some(&headers.signature),
        }
    }

    fn signed() -> SignedHeaders {
        sign(&keyring::for_tests(), "msg_1", NOW, BODY).unwrap()
    }

    #[track_caller]
    fn check(change: impl Fn(&mut SignedHeaders), now: i64, expected: Result<(), SignatureError>) {
        let mut headers = signed();
        change(&mut headers);
        let verified = verify(
            &keyring::for_tests(),
            received(&headers),
            BODY,
            now,
            TOLERANCE_S,
        );
        assert_eq!(verified, expected, "{headers:?}");
    }

    #[test]
    fn the_example_of_the_specification_verifies() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let keyring = Keyring::of_webhook_secrets("TEST_SECRETS", secret).unwrap();
        let headers = sign(
            &keyring,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(headers.unwrap().signature, expected);
    }

    #[test]
    fn a_message_is_believed_within_the_tolerance_only() {
        check(|_| (), NOW, Ok(()));
        check(|_| (), NOW + 300, Ok(()));
        check(|_| (), NOW - 300, Ok(()));
        check(|_| (), NOW + 301, Err(SignatureError::Stale));
        check(|_| (), NOW - 301, Err(SignatureError::Stale));
        check(|_| (), i64::MIN, Err(SignatureError::Stale));
    }

    #[test]
    fn a_change_of_anything_signed_is_found() {
        let mismatch = Err(SignatureError::Mismatch);
        check(|h| h.id.push('x'), NOW, mismatch);
        check(|h| h.timestamp = (NOW + 1).to_string(), NOW, mismatch);
        check(
            |h| h.signature = h.signature.replace("v1,", "v1a,"),
            NOW,
            mismatch,
        );
        check(|h| h.signature.clear(), NOW, mismatch);
        check(|h| h.signature = "v1,AAAA".to_owned(), NOW, mismatch);
        let headers = signed();
        let verified = verify(
            &keyring::for_tests(),
            received(&headers),
            b"{}",
            NOW,
            TOLERANCE_S,
        );
        assert_eq!(verified, mismatch);
    }

    #[test]
    fn what_cannot_be_read_is_malformed_and_what_is_left_out_missing() {
        let malformed = Err(SignatureError::Malformed);
        check(|h| h.id.clear(), NOW, malformed);
        check(|h| h.id.push_str(".1"), NOW, malformed);
        check(|h| h.timestamp.insert(0, '+'), NOW, malformed);
        check(|h| h.timestamp.push_str(".0"), NOW, malformed);
        let headers = signed();
        let verified = verify(
            &keyring::for_tests(),
            ReceivedHeaders {
                signature: None,
                ..received(&headers)
            },
            BODY,
            NOW,
            TOLERANCE_S,
        );
        assert_eq!(verified, Err(SignatureError::Missing));
        assert_eq!(
            sign(&keyring::for_tests(), "a.b", NOW, BODY),
            Err(SignatureError::Malformed)
        );
    }

    #[test]
    fn either_side_of_a_rotation_may_be_first() {
        let (a, b) = ("A".repeat(43), "c".repeat(43) + "=");
        let ring = |text: String| Keyring::parse("TEST_KEYS", &text).unwrap();
        let (old, both, new) = (
            ring(format!("b:{b}")),
            ring(format!("a:{a},b:{b}")),
            ring(format!("a:{a}")),
        );
        let passes = |sender: &Keyring, receiver: &Keyring| {
            let headers = sign(sender, "msg_1", NOW, BODY).unwrap();
            verify(receiver, received(&headers), BODY, NOW, TOLERANCE_S).is_ok()
        };
        assert!(passes(&both, &old) && passes(&old, &both));
        assert!(passes(&both, &new) && passes(&new, &both));
        assert!(!passes(&old, &new));
    }
}
