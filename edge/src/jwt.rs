//! The identity that the page around the form gives: `Balagh-Identity`, a JSON Web Token.
//!
//! Pure: it is taken apart, the keys that may have signed it are chosen out of the municipality's
//! document, and what it claims is judged. Between the two the shell verifies the signature. What a
//! token says of itself chooses nothing but the key's name: its algorithm must be the one that the
//! key has in the document, and nothing is ever fetched.

use balagh_shared::municipality::{Algorithm, Issuer, Jwk};
use balagh_shared::reason::Reason;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Number;
use sha2::{Digest, Sha256};

/// The header, in lower case.
pub const HEADER: &str = "balagh-identity";

/// Most bytes of a token: an RSA key of 4096 bits signs with 683 characters, and claims of a page
/// have a few hundred.
const LONGEST: usize = 4096;
/// Most bytes of an issuer's name for somebody, and of a token's own.
const LONGEST_NAME: usize = 255;
/// The longest that a token may still be good for, in seconds.
const LONGEST_LIFE_S: i64 = 10 * 60;
/// Seconds by which the issuer's clock may differ.
const SKEW_S: i64 = 30;

/// A token, taken apart: nothing in it is believed yet.
#[derive(Clone)]
pub struct Presented<'a> {
    signed: &'a str,
    signature: Vec<u8>,
    algorithm: Algorithm,
    kid: Option<String>,
    claims: Claims,
}

/// Who an issuer says that reports, verified. `{:?}` tells nobody's name.
#[derive(Clone, PartialEq, Eq)]
pub struct Outside {
    /// The issuer.
    pub issuer: String,
    /// Its name for the reporter.
    pub subject: String,
    /// What is spent with the report.
    pub nonce: [u8; 16],
    /// Until when that is remembered, in seconds since 1970.
    pub forget_at: i64,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    typ: Option<String>,
    /// Extensions that a reader must understand (RFC 7515, 4.1.11): we understand none.
    #[serde(default)]
    crit: Option<IgnoredAny>,
}

#[derive(Clone, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: Number,
    jti: String,
    #[serde(default)]
    iat: Option<Number>,
    #[serde(default)]
    nbf: Option<Number>,
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl<'a> Presented<'a> {
    /// Takes a token apart.
    ///
    /// # Errors
    /// [`Reason::IdentityInvalid`] for everything that is no token of the kind that is taken here.
    pub fn parse(token: &'a str) -> Result<Presented<'a>, Reason> {
        read(token).ok_or(Reason::IdentityInvalid)
    }

    /// The keys that may have signed it: the issuer's, of the token's algorithm, and of its name
    /// where both have one.
    pub fn keys<'d>(&self, issuers: &'d [Issuer]) -> impl Iterator<Item = &'d Jwk> {
        let issuer = issuers.iter().find(|issuer| issuer.iss == self.claims.iss);
        let keys = issuer.map(|issuer| issuer.keys.as_slice());
        let is_meant = |key: &&Jwk| {
            let same_name = match (&key.kid, &self.kid) {
                (Some(own), Some(named)) => own == named,
                _ => true,
            };
            key.alg == self.algorithm && same_name
        };
        keys.unwrap_or_default().iter().filter(is_meant)
    }

    /// What the signature is over.
    #[must_use]
    pub fn signed(&self) -> &[u8] {
        self.signed.as_bytes()
    }

    /// The signature.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// Judges what it claims. Only to be asked of a token whose signature was verified; `now` in
    /// seconds since 1970.
    ///
    /// # Errors
    /// [`Reason::IdentityExpired`] once it is over, [`Reason::IdentityInvalid`] where it is for
    /// somebody else, not yet good, or good for too long.
    pub fn judge(&self, municipality: &str, now: i64) -> Result<Outside, Reason> {
        let Claims {
            iss,
            sub,
            aud,
            exp,
            jti,
            iat,
            nbf,
        } = &self.claims;
        let invalid = Reason::IdentityInvalid;
        let is_name = |name: &str| (1..=LONGEST_NAME).contains(&name.len());
        let is_meant = match aud {
            Audience::One(one) => one == municipality,
            Audience::Several(several) => several.iter().any(|one| one == municipality),
        };
        if !is_meant || !is_name(sub) || !is_name(jti) {
            return Err(invalid);
        }
        let expires_at = seconds(exp).ok_or(invalid)?;
        let begins = [iat, nbf].into_iter().flatten();
        for begin in begins {
            if seconds(begin).ok_or(invalid)? > now.saturating_add(SKEW_S) {
                return Err(invalid);
            }
        }
        if expires_at > now.saturating_add(LONGEST_LIFE_S + SKEW_S) {
            return Err(invalid);
        }
        let forget_at = expires_at.saturating_add(SKEW_S);
        if now >= forget_at {
            return Err(Reason::IdentityExpired);
        }
        Ok(Outside {
            issuer: iss.clone(),
            subject: sub.clone(),
            nonce: nonce(municipality, iss, jti),
            forget_at,
        })
    }
}

fn read(token: &str) -> Option<Presented<'_>> {
    if token.len() > LONGEST {
        return None;
    }
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    // The alphabet has no dot: a token of more parts ends here.
    let header: Header = serde_json::from_slice(&BASE64.decode(header).ok()?).ok()?;
    let claims: Claims = serde_json::from_slice(&BASE64.decode(claims).ok()?).ok()?;
    let is_token = header.typ.is_none_or(|typ| typ.eq_ignore_ascii_case("JWT"));
    if header.crit.is_some() || !is_token {
        return None;
    }
    Some(Presented {
        signed,
        signature: BASE64.decode(signature).ok()?,
        algorithm: match header.alg.as_str() {
            "ES256" => Algorithm::Es256,
            "RS256" => Algorithm::Rs256,
            _ => return None,
        },
        kid: header.kid,
        claims,
    })
}

/// A NumericDate (RFC 7519): seconds, which some libraries write with a fraction.
fn seconds(number: &Number) -> Option<i64> {
    number.as_i64().or_else(|| {
        let seconds = number.as_f64()?.floor();
        // Far beyond any date, and exact in a double.
        (0.0..4e12).contains(&seconds).then_some(seconds as i64)
    })
}

/// What stands for a token in the list of the spent: neither issuer nor municipality has a line break
/// before its end that another pair could imitate, because each is hashed with its length.
fn nonce(municipality: &str, issuer: &str, jti: &str) -> [u8; 16] {
    let mut hash = Sha256::new_with_prefix(b"balagh jti v1\0");
    for part in [municipality, issuer, jti] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let hash: [u8; 32] = hash.finalize().into();
    hash.first_chunk().copied().unwrap_or_default()
}

impl std::fmt::Debug for Outside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Outside({}, …)", self.issuer)
    }
}

impl std::fmt::Debug for Presented<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Presented(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    const NOW: i64 = 1_795_243_260;
    const HERE: &str = "eastern-province";

    fn token(header: &Value, claims: &Value) -> String {
        let part = |value: &Value| BASE64.encode(value.to_string());
        format!(
            "{}.{}.{}",
            part(header),
            part(claims),
            BASE64.encode([7; 64])
        )
    }

    fn claims() -> Value {
        json!({"iss": "https://id.example", "sub": "7", "aud": HERE, "exp": NOW + 300, "jti": "j"})
    }

    fn header() -> Value {
        json!({"alg": "ES256", "typ": "JWT", "kid": "k1"})
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut Value), expected: Result<(), Reason>) {
        let mut changed = claims();
        change(&mut changed);
        let token = token(&header(), &changed);
        let judged = Presented::parse(&token).and_then(|it| it.judge(HERE, NOW));
        assert_eq!(judged.map(drop), expected, "{changed}");
    }

    #[test]
    fn a_token_is_good_for_its_municipality_and_its_few_minutes() {
        let (expired, invalid) = (Err(Reason::IdentityExpired), Err(Reason::IdentityInvalid));
        check(|_| {}, Ok(()));
        check(|it| it["aud"] = json!(["other", HERE]), Ok(()));
        check(|it| it["exp"] = json!((NOW + 300) as f64 + 0.5), Ok(()));
        check(|it| it["exp"] = json!(NOW - SKEW_S + 1), Ok(()));
        check(|it| it["exp"] = json!(NOW - SKEW_S), expired);
        check(
            |it| it["exp"] = json!(NOW + LONGEST_LIFE_S + SKEW_S),
            Ok(()),
        );
        check(
            |it| it["exp"] = json!(NOW + LONGEST_LIFE_S + SKEW_S + 1),
            invalid,
        );
        check(|it| it["exp"] = json!(i64::MAX), invalid);
        check(|it| it["exp"] = json!(1e300), invalid);
        check(|it| it["exp"] = json!(-1.5), invalid);
        check(|it| it["exp"] = json!("soon"), invalid);
        check(|it| it["nbf"] = json!(NOW + SKEW_S), Ok(()));
        check(|it| it["nbf"] = json!(NOW + SKEW_S + 1), invalid);
        check(|it| it["iat"] = json!(NOW + 3600), invalid);
        check(|it| it["aud"] = json!("holy-capital"), invalid);
        check(|it| it["aud"] = json!([]), invalid);
        check(|it| it["sub"] = json!(""), invalid);
        check(|it| it["jti"] = json!("j".repeat(256)), invalid);
        check(
            |it| drop(it.as_object_mut().unwrap().remove("jti")),
            invalid,
        );
    }

    #[test]
    fn what_a_header_says_of_itself_chooses_no_key() {
        let key = |alg: &str, kid: Option<&str>| -> Jwk {
            serde_json::from_value(json!({"kty": "EC", "alg": alg, "kid": kid})).unwrap()
        };
        let issuers = [Issuer {
            iss: "https://id.example".into(),
            keys: vec![
                key("ES256", Some("k1")),
                key("RS256", Some("k1")),
                key("ES256", None),
            ],
        }];
        let keys = |header: Value, claims: &Value| {
            let token = token(&header, claims);
            Presented::parse(&token).map(|it| it.keys(&issuers).count())
        };
        assert_eq!(keys(header(), &claims()), Ok(2));
        assert_eq!(keys(json!({"alg": "ES256"}), &claims()), Ok(2));
        assert_eq!(keys(json!({"alg": "RS256", "kid": "k1"}), &claims()), Ok(1));
        assert_eq!(keys(json!({"alg": "ES256", "kid": "k2"}), &claims()), Ok(1));
        let mut foreign = claims();
        foreign["iss"] = json!("https://evil.example");
        assert_eq!(keys(header(), &foreign), Ok(0));
        for bad in [
            json!({"alg": "none"}),
            json!({"alg": "HS256", "kid": "k1"}),
            json!({"alg": "es256"}),
            json!({"kid": "k1"}),
            json!({"alg": "ES256", "crit": []}),
            json!({"alg": "ES256", "typ": "at+jwt"}),
            json!([]),
        ] {
            assert_eq!(keys(bad, &claims()), Err(Reason::IdentityInvalid));
        }
    }

    #[test]
    fn a_header_that_says_two_things_says_nothing() {
        let twice = BASE64.encode(r#"{"alg":"none","alg":"ES256"}"#);
        let token = token(&header(), &claims());
        let (_, rest) = token.split_once('.').unwrap();
        let refused = Presented::parse(&format!("{twice}.{rest}")).map(drop);
        assert_eq!(refused, Err(Reason::IdentityInvalid));
    }

    #[test]
    fn a_token_is_spent_by_its_name_issuer_and_municipality() {
        let names = [
            ("m", "i", "j"),
            ("m", "ij", ""),
            ("mi", "", "j"),
            ("m", "i", "k"),
        ];
        let nonces: std::collections::BTreeSet<[u8; 16]> =
            names.iter().map(|(m, i, j)| nonce(m, i, j)).collect();
        assert_eq!(nonces.len(), names.len());
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic(token in "[A-Za-z0-9_.-]{0,300}|.{0,100}") {
            prop_assert!(Presented::parse(&token).is_err());
        }

        #[test]
        fn no_claims_make_it_panic(exp: f64, iat: i64, now: i64, sub in ".{0,300}") {
            let claims = json!({"iss": "i", "sub": sub, "aud": "m", "exp": exp, "iat": iat, "jti": "j"});
            let token = token(&header(), &claims);
            drop(Presented::parse(&token).map(|it| it.judge("m", now)));
        }
    }
}
