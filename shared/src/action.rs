//! What a reporter sends about a report they made: the bodies of
//! `POST /v1/{municipality}/reports/{number}/…`, each with the tracking code.

use serde::{Deserialize, Serialize};

/// Most characters of what a reporter writes with an action: a paragraph, not another report.
pub const MOST_CHARACTERS: u32 = 1_000;

/// `…/follow-up`: they feel ignored.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FollowUp {
    /// What they add.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// `…/close`: they agree that it is done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Close {}

/// `…/reopen`: they do not.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Reopen {
    /// What is still wrong.
    pub note: String,
}

/// `…/rate`: how it went, each from 1 (badly) to 5.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// How well it was done.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 5)))]
    pub quality: u8,
    /// How soon.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 5)))]
    pub speed: u8,
    /// How the people were.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 5)))]
    pub service: u8,
    /// What they add.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// What people write never reaches a log through `{:?}`.
macro_rules! hidden {
    ($($name:ident),*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}

hidden!(FollowUp, Reopen, Rate);
