//! One-time codes on the wire: what is asked, and what is answered.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// `POST /v1/{municipality}/codes`: where a code is to go. Exactly one of the two.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CodeRequest {
    /// A phone number as people write it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// An e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// The answer, 202: the gateway or mail server has the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CodeSent {
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// From when the form offers to send another.
    pub resend_at: Timestamp,
}

/// `POST /v1/{municipality}/codes/verify`: the code that came. Exactly one of phone and e-mail.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CodeTyped {
    /// The phone number it was sent to, in any way of writing it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The e-mail address it was sent to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Six digits of any script; spaces and dashes between them do not count.
    pub code: String,
}

/// The answer, 200: what says that the contact was confirmed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ContactGranted {
    /// For the header `Balagh-Contact`.
    pub token: String,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// `POST /v1/{municipality}/reports/{number}/secret`, 200: the tracking code again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SecretFound {
    /// As on the receipt.
    pub secret: String,
}

macro_rules! hidden {
    ($($name:ident),*) => {$(
        /// Contacts, codes and tokens never reach a log through `{:?}`.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}

hidden!(CodeRequest, CodeTyped, ContactGranted, SecretFound);
