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

#[cfg(test)]
mod tests {
    use super::*;

    const CLAIMS: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

    /// A key and a signature of RFC 7515, appendix A.
    fn example(algorithm: Algorithm) -> (Jwk, String, Vec<u8>) {
        let (key, header, signature) = match algorithm {
            Algorithm::Rs256 => (
                r#"{"kty":"RSA","alg":"RS256","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}"#,
                "eyJhbGciOiJSUzI1NiJ9",
                "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
            ),
            Algorithm::Es256 => (
                r#"{"kty":"EC","alg":"ES256","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
                "eyJhbGciOiJFUzI1NiJ9",
                "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
            ),
        };
        (
            serde_json::from_str(key).unwrap(),
            format!("{header}.{CLAIMS}"),
            BASE64.decode(signature).unwrap(),
        )
    }

    #[test]
    fn the_standards_own_examples_verify_and_no_change_of_them_does() {
        for algorithm in [Algorithm::Es256, Algorithm::Rs256] {
            let (key, signed, signature) = example(algorithm);
            assert!(verifies(&key, signed.as_bytes(), &signature));
            let mut changed = signature.clone();
            changed[17] ^= 1;
            assert!(!verifies(&key, signed.as_bytes(), &changed));
            assert!(!verifies(&key, &signed.as_bytes()[1..], &signature));
            for cut in [0, 1, signature.len() - 1] {
                assert!(!verifies(&key, signed.as_bytes(), &signature[..cut]));
            }
            // All zero: what CVE-2022-21449 took for good.
            assert!(!verifies(&key, signed.as_bytes(), &[0; 64]));
        }
    }

    #[test]
    fn a_key_without_its_parts_or_off_its_curve_verifies_nothing() {
        let (key, signed, signature) = example(Algorithm::Es256);
        for broken in [
            Jwk {
                x: None,
                ..key.clone()
            },
            Jwk {
                x: key.y.clone(),
                ..key.clone()
            },
            Jwk {
                alg: Algorithm::Rs256,
                ..key.clone()
            },
        ] {
            assert!(!verifies(&broken, signed.as_bytes(), &signature));
        }
    }
}
