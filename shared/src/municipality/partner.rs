//! Partner portals.

use serde::{Deserialize, Serialize};

use super::Rate;
use crate::report::ReporterType;
use crate::translated::Translated;

/// A partner portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Partner {
    /// Stable name.
    pub id: String,
    /// Its name.
    pub names: Translated,
    /// Web origins (`https://portal.example`) its pages are served from.
    #[serde(default)]
    pub origins: Vec<String>,
    /// SHA-256 of each API key, in lower-case hexadecimal.
    #[serde(default)]
    pub key_hashes: Vec<String>,
    /// The `channel` of reports that come with its key and name none that is known: lower-case
    /// letters, digits and `_`.
    #[serde(default = "partner_channel")]
    pub channel: String,
    /// Who is taken to report through it.
    #[serde(default)]
    pub reporter_type: ReporterType,
    /// What it may do.
    #[serde(default = "usual_scopes")]
    pub scopes: Vec<Scope>,
    /// How many reports it may send with a key.
    #[serde(default = "partner_rate")]
    pub rate: Rate,
}

/// Something a partner may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Show the widget on its pages.
    Embed,
    /// Send reports and photos with its key.
    Report,
    /// Read the status of the reports it sent.
    Status,
    /// Ask what is known near a place.
    Nearby,
}

impl Partner {
    /// Whether it may do this.
    #[must_use]
    pub fn may(&self, what: Scope) -> bool {
        self.scopes.contains(&what)
    }
}

fn partner_channel() -> String {
    "partner".to_owned()
}

fn usual_scopes() -> Vec<Scope> {
    vec![Scope::Embed, Scope::Report]
}

/// A call centre's rush: a hundred at once, then one a second.
fn partner_rate() -> Rate {
    Rate {
        burst: 100,
        every_seconds: 1,
    }
}
