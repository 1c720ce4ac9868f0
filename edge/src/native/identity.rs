//! The signature of an outside identity, verified with a key out of the municipality's document.

use balagh_shared::municipality::{Algorithm, Jwk};
use balagh_shared::reason::Reason;
use balagh_shared::time::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};

use crate::http::Request;
use crate::jwt::{HEADER, Outside, Presented};
use crate::served::Served;

/// Who the page around the form says that reports; nothing where it says nothing.
pub(crate) fn outside(
    served: &Served,
    request: &Request,
    now: Timestamp,
) -> Option<Result<Outside, Reason>> {
    let token = request.headers.get(HEADER)?;
    Some(believed(served, token, now))
}

fn believed(served: &Served, token: &str, now: Timestamp) -> Result<Outside, Reason> {
    let presented = Presented::parse(token)?;
    let mut keys = presented.keys(&served.document().identity.issuers);
    if keys.any(|key| verifies(key, presented.signed(), presented.signature())) {
        presented.judge(served.id(), now.seconds())
    } else {
        Err(Reason::IdentityInvalid)
    }
}

/// Whether `signature` over `signed` is `key`'s, by the one algorithm the key has.
fn verifies(key: &Jwk, signed: &[u8], signature: &[u8]) -> bool {
    let part = |part: &Option<String>| BASE64.decode(part.as_deref()?).ok();
    match key.alg {
        Algorithm::Es256 => {
            let (Some(x), Some(y)) = (part(&key.x), part(&key.y)) else {
                return false;
            };
            // SEC 1, 2.3.3: a point that is not compressed.
            let point = [&[4], x.as_slice(), &y].concat();
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                .verify(signed, signature)
                .is_ok()
        }
        Algorithm::Rs256 => {
            let (Some(n), Some(e)) = (part(&key.n), part(&key.e)) else {
                return false;
            };
            RsaPublicKeyComponents { n, e }
                .verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature)
                .is_ok()
        }
    }
}
