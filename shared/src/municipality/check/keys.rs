//! Public keys of identity issuers.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::municipality::{Algorithm, Jwk};

type Wrong = (&'static str, &'static str, String, &'static str);

/// What is wrong with a key, if anything: field, code, message, what to write instead. The key
/// itself is not shown.
pub(super) fn wrong(key: &Jwk) -> Option<Wrong> {
    if key.usage.as_deref().is_some_and(|usage| usage != "sig") {
        let message = "the key is not for signatures".to_owned();
        return Some(("/use", "key.use", message, "write sig, or leave it out"));
    }
    match key.alg {
        Algorithm::Es256 => curve(key),
        Algorithm::Rs256 => rsa(key),
    }
}

fn curve(key: &Jwk) -> Option<Wrong> {
    if key.kty != "EC" {
        let message = format!("ES256 needs a key of type EC, not {:?}", key.kty);
        return Some(("/kty", "key.type", message, "write EC, or RS256 as alg"));
    }
    if key.crv.as_deref() != Some("P-256") {
        let message = "ES256 is ECDSA on P-256".to_owned();
        return Some(("/crv", "key.curve", message, "write P-256"));
    }
    for (field, coordinate) in [("/x", &key.x), ("/y", &key.y)] {
        if bytes(coordinate.as_deref()) != Some(32) {
            let message = "a coordinate of P-256 has 32 bytes".to_owned();
            let instead = "write 43 characters of base64url without padding";
            return Some((field, "key.bytes", message, instead));
        }
    }
    (key.n.is_some() || key.e.is_some()).then(|| {
        let message = "n and e belong to RSA keys".to_owned();
        ("", "key.type", message, "leave them out")
    })
}

fn rsa(key: &Jwk) -> Option<Wrong> {
    if key.kty != "RSA" {
        let message = format!("RS256 needs a key of type RSA, not {:?}", key.kty);
        return Some(("/kty", "key.type", message, "write RSA, or ES256 as alg"));
    }
    // 2,048 to 4,096 bits: less is broken, more is only slow (NIST SP 800-131A).
    if !bytes(key.n.as_deref()).is_some_and(|length| (256..=512).contains(&length)) {
        let message = "a modulus has 256 to 512 bytes".to_owned();
        let instead = "write a key of 2048 to 4096 bits in base64url without padding";
        return Some(("/n", "key.bytes", message, instead));
    }
    if !bytes(key.e.as_deref()).is_some_and(|length| (1..=4).contains(&length)) {
        let message = "an exponent has 1 to 4 bytes".to_owned();
        return Some(("/e", "key.bytes", message, "write AQAB for 65537"));
    }
    (key.crv.is_some() || key.x.is_some() || key.y.is_some()).then(|| {
        let message = "crv, x and y belong to EC keys".to_owned();
        ("", "key.type", message, "leave them out")
    })
}

fn bytes(text: Option<&str>) -> Option<usize> {
    URL_SAFE_NO_PAD.decode(text?).ok().map(|bytes| bytes.len())
}
