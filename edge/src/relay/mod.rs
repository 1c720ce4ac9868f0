//! How an edge function vouches for a request it passes on: the `Balagh-Relay` header.
//!
//! `r2.<kid>.<unix seconds>.<sender hash>.<network hash>.<base64url HMAC-SHA256>` over method, path,
//! time, both hashes and the body's hash, a line each. The receiver counts that sender instead of
//! the function's address, and takes the web origin as judged: the function saw the browser, the
//! receiver did not.

pub mod forward;

use balagh_shared::keyring::Keyring;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use sha2::{Digest, Sha256};

use crate::http::Method;
use crate::sender::Sender;

/// The header's name, in lower case.
pub const HEADER: &str = "balagh-relay";

const VERSION: &str = "r2";
/// Seconds by which the two clocks may differ, the body's way included.
const TOLERANCE_S: i64 = 300;
/// Characters of a hash.
const HASH_LENGTH: usize = 22;

/// What the function vouches for.
#[derive(Debug, Clone, Copy)]
pub struct Relayed<'a> {
    /// Method.
    pub method: Method,
    /// Path, without query.
    pub path: &'a str,
    /// Body, as passed on.
    pub body: &'a [u8],
}

/// The header's value for a request of `sender`, at `now` in seconds since 1970.
#[must_use]
pub fn sign(keyring: &Keyring, relayed: Relayed<'_>, sender: &Sender, now: i64) -> String {
    let key = keyring.current();
    let tag = key.mac(&[message(relayed, now, sender).as_bytes()]);
    format!(
        "{VERSION}.{}.{now}.{}.{}.{}",
        key.kid(),
        sender.address,
        sender.network,
        BASE64.encode(tag)
    )
}

/// The sender, if the header is one that a holder of a relay key made for this request
/// within the last minutes.
#[must_use]
pub fn verify(keyring: &Keyring, relayed: Relayed<'_>, header: &str, now: i64) -> Option<Sender> {
    let mut parts = header.splitn(6, '.');
    let (Some(VERSION), Some(kid), Some(time), Some(address), Some(network), Some(tag)) = (
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
    ) else {
        return None;
    };
    let at: i64 = time.parse().ok()?;
    if at.abs_diff(now) > TOLERANCE_S.unsigned_abs() || !is_hash(address) || !is_hash(network) {
        return None;
    }
    let sender = Sender {
        address: address.to_owned(),
        network: network.to_owned(),
    };
    let tag = BASE64.decode(tag).ok()?;
    let key = keyring.key(kid).ok()?;
    key.verifies(&[message(relayed, at, &sender).as_bytes()], &tag)
        .then_some(sender)
}

fn is_hash(text: &str) -> bool {
    let is_base64url = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    text.len() == HASH_LENGTH && text.bytes().all(is_base64url)
}

fn message(relayed: Relayed<'_>, now: i64, sender: &Sender) -> String {
    let Sender { address, network } = sender;
    let Relayed { method, path, body } = relayed;
    let digest = BASE64.encode(Sha256::digest(body));
    format!(
        "balagh relay v2\n{}\n{path}\n{now}\n{address}\n{network}\n{digest}",
        method.as_str()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::for_tests;

    fn sender() -> Sender {
        Sender {
            address: "A".repeat(HASH_LENGTH),
            network: "N".repeat(HASH_LENGTH),
        }
    }

    const NOW: i64 = 1_795_243_260;

    fn relayed(path: &str) -> Relayed<'_> {
        Relayed {
            method: Method::Post,
            path,
            body: b"{}",
        }
    }

    #[test]
    fn what_was_signed_verifies_and_names_the_sender() {
        let keys = for_tests::screen().relays;
        let header = sign(&keys, relayed("/v1/ep/reports"), &sender(), NOW);
        assert_eq!(
            verify(&keys, relayed("/v1/ep/reports"), &header, NOW + 60),
            Some(sender())
        );
    }

    #[test]
    fn another_path_body_time_or_sender_does_not() {
        let keys = for_tests::screen().relays;
        let header = sign(&keys, relayed("/v1/ep/reports"), &sender(), NOW);
        assert_eq!(verify(&keys, relayed("/v1/ep/session"), &header, NOW), None);
        let other = Relayed {
            body: b"[]",
            ..relayed("/v1/ep/reports")
        };
        assert_eq!(verify(&keys, other, &header, NOW), None);
        assert_eq!(
            verify(&keys, relayed("/v1/ep/reports"), &header, NOW + 301),
            None
        );
        let forged = header.replace("NNNN", "NNNM");
        assert_eq!(verify(&keys, relayed("/v1/ep/reports"), &forged, NOW), None);
        assert_eq!(
            verify(&keys, relayed("/v1/ep/reports"), "r2.test", NOW),
            None
        );
    }
}
