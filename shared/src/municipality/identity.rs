//! Who reporters may say they are, and how that is proved.

use serde::{Deserialize, Serialize};

/// How a reporter may be known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct IdentityPolicy {
    /// What is offered, the usual one first.
    pub methods: Vec<IdentityMethod>,
    /// Calling codes that one-time codes are sent to, without `+`; the municipality's own when
    /// empty. Foreign numbers beyond it get theirs by e-mail.
    pub countries: Vec<String>,
    /// Whose tokens are taken from the page around the widget.
    pub issuers: Vec<Issuer>,
}

/// A way to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum IdentityMethod {
    /// Not at all.
    Anonymous,
    /// A code sent to the phone.
    PhoneCode,
    /// A code sent by e-mail.
    EmailCode,
    /// A token of a page where the reporter has signed in.
    Token,
}

/// A body whose signed tokens say who someone is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// What its tokens carry as `iss`.
    pub iss: String,
    /// Its public keys, here and never fetched: the current one first.
    pub keys: Vec<Jwk>,
}

/// A public key as RFC 7517 writes it. The algorithm is fixed per key, so that a token cannot
/// choose it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Jwk {
    /// Key type: `EC` for ES256, `RSA` for RS256.
    pub kty: String,
    /// The one algorithm it verifies.
    pub alg: Algorithm,
    /// Its name in a token's header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// `sig`, where it is said.
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
    /// Curve of an EC key: `P-256`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crv: Option<String>,
    /// First coordinate of an EC key, 32 bytes in base64url without padding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// Second coordinate of an EC key, 32 bytes in base64url without padding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
    /// Modulus of an RSA key, 256 to 512 bytes in base64url without padding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    /// Exponent of an RSA key, in base64url without padding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub e: Option<String>,
}

/// Signatures that are verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
}

impl Default for IdentityPolicy {
    fn default() -> IdentityPolicy {
        IdentityPolicy {
            methods: vec![IdentityMethod::Anonymous],
            countries: Vec::new(),
            issuers: Vec::new(),
        }
    }
}
