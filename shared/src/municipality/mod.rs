//! The municipality document: one JSON file drives widget, edge and origin.
//!
//! [`Municipality`] is the whole of it, for servers. [`PublicMunicipality`] is what anyone may
//! read, and a type of its own: a field reaches the public by being written there, never by being
//! forgotten here. The rules run on the public one everywhere, so that the phone and the edge
//! decide from the same input.

#[cfg(all(feature = "server", feature = "compile"))]
mod boundaries;
mod calendar;
mod category;
#[cfg(feature = "server")]
pub mod check;
mod policy;
mod public;

use serde::{Deserialize, Serialize};

#[cfg(all(feature = "server", feature = "compile"))]
pub use boundaries::{BoundariesError, compile_boundaries, compile_boundaries_with};
pub use calendar::{Calendar, Due, DueUnit, Holiday, Week};
pub use category::{
    Category, Condition, Danger, Datatype, Group, Kind, PhotoRule, PublicRule, Question, Value,
    VisibleTo,
};
pub use policy::{
    Agency, ContactPolicy, ContactRule, Department, Gazetteer, Help, KindPolicy, PhotoPolicy,
    Place, PlaceKind, PrivacyNotice, TextPolicy, Theme, Tiles, View,
};
pub use public::{PackReference, PublicCategory, PublicDistrict, PublicGroup, PublicMunicipality};

use crate::translated::Translated;

/// The whole document: `www/municipalities/<id>/municipality.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Municipality {
    /// Stable name in URLs: lower-case letters, digits and hyphens.
    pub id: String,
    /// What report numbers start with: 2–4 Crockford symbols.
    pub prefix: String,
    /// The municipality's name.
    pub names: Translated,
    /// Languages offered, the default first.
    pub languages: Vec<String>,
    /// Where its clocks stand.
    pub time_zone: TimeZone,
    /// The number to call when someone is in danger.
    pub emergency: String,
    /// Where help with the form itself is found.
    pub help: Help,
    /// The boundaries.
    pub layers: Layers,
    /// What the map shows first.
    pub view: View,
    /// Raster tiles under the boundaries; none by default, so that nothing calls a third party.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tiles: Option<Tiles>,
    /// The six kinds of contact, in the order they are offered.
    pub kinds: Vec<KindPolicy>,
    /// The category tree: groups of categories.
    pub groups: Vec<Group>,
    /// Who does the work.
    pub departments: Vec<Department>,
    /// The department that gets what nobody else is known to serve.
    pub triage: String,
    /// Other bodies a report can belong to.
    pub agencies: Vec<Agency>,
    /// Working calendars that due times refer to.
    pub calendars: Vec<Calendar>,
    /// What is asked about the reporter.
    pub contact: ContactPolicy,
    /// How many photos, how large.
    pub photos: PhotoPolicy,
    /// How much text.
    #[serde(default)]
    pub text: TextPolicy,
    /// Shown before anything personal is asked.
    pub privacy: PrivacyNotice,
    /// Sites that may embed the widget or post reports.
    pub partners: Vec<Partner>,
    /// Limits of the screen.
    #[serde(default)]
    pub screening: Screening,
    /// Colours and radius.
    #[serde(default)]
    pub theme: Theme,
    /// File of named places, beside the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gazetteer: Option<String>,
    /// Whether dates are also shown in the Umm al-Qura calendar.
    #[serde(default)]
    pub hijri: bool,
}

/// The zone its clocks follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeZone {
    /// IANA name, for display by the browser.
    pub name: String,
    /// Minutes east of UTC. Saudi Arabia and Oman have no daylight saving; a zone with
    /// transitions needs them compiled into the document.
    pub offset_minutes: i32,
}

/// The boundary files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layers {
    /// The municipality's own sub-municipalities: a partition.
    pub districts: Layer,
    /// The areas of agencies next door, to name them to who stands there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub neighbours: Option<Layer>,
}

/// A GeoJSON file and which of its properties mean what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// Path from the document's folder.
    pub path: String,
    /// Property with the feature's id.
    pub id: String,
    /// Property with its name, by language.
    pub names: std::collections::BTreeMap<String, String>,
    /// Property with its parent's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

/// A partner portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
}

/// Limits of the screen. Each allows `burst` at once and one more every `every_seconds`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Screening {
    /// Per sender (keyed hash of an address).
    pub sender: Rate,
    /// Per contact (phone or e-mail).
    pub contact: Rate,
    /// Reports a sender may file before the hard ceiling answers 429, which is there against
    /// floods, not people.
    pub ceiling: Rate,
}

/// A burst and a steady rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// How many at once.
    pub burst: u32,
    /// Seconds until one more is allowed.
    pub every_seconds: u32,
}

impl Default for Screening {
    /// Generous: at Hajj one carrier's address stands for thousands of people.
    fn default() -> Screening {
        Screening {
            sender: Rate {
                burst: 20,
                every_seconds: 30,
            },
            contact: Rate {
                burst: 10,
                every_seconds: 600,
            },
            ceiling: Rate {
                burst: 600,
                every_seconds: 1,
            },
        }
    }
}

impl Municipality {
    /// The category with this code.
    #[must_use]
    pub fn category(&self, code: &str) -> Option<&Category> {
        self.groups
            .iter()
            .flat_map(|group| &group.categories)
            .find(|c| c.code == code)
    }

    /// The calendar with this id.
    #[must_use]
    pub fn calendar(&self, id: &str) -> Option<&Calendar> {
        self.calendars.iter().find(|calendar| calendar.id == id)
    }

    /// The partner that serves its pages from `origin`.
    #[must_use]
    pub fn partner_of_origin(&self, origin: &str) -> Option<&Partner> {
        self.partners
            .iter()
            .find(|partner| partner.origins.iter().any(|o| o == origin))
    }
}
