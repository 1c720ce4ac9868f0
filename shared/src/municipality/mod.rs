//! The municipality document: one JSON file drives widget, edge and origin.
//!
//! [`Municipality`] is the whole of it, for servers. [`PublicMunicipality`] is what anyone may
//! read, and a type of its own: a field reaches the public by being written there, never by being
//! forgotten here. The rules run on the public one everywhere, so that the phone and the edge
//! decide from the same input.

mod announcement;
#[cfg(all(feature = "server", feature = "compile"))]
mod boundaries;
mod calendar;
mod category;
#[cfg(feature = "server")]
pub mod check;
mod closing;
mod identity;
mod kind;
#[cfg(feature = "server")]
mod language;
mod partner;
mod policy;
mod public;
mod quiet;
mod screening;
mod templates;
mod zone;

use serde::{Deserialize, Serialize};

pub use announcement::Announcement;
#[cfg(all(feature = "server", feature = "compile"))]
pub use boundaries::{BoundariesError, compile_boundaries, compile_boundaries_with};
#[cfg(feature = "server")]
use calendar::clock;
pub use calendar::{Calendar, Due, DueUnit, Holiday, Week};
pub use category::{
    Category, Condition, Danger, Datatype, Group, PhotoRule, Priority, Procedure, PublicRule,
    Question, Value, VisibleTo,
};
pub use closing::{Closing, ClosingBy, EscalationLevel};
pub use identity::{Algorithm, IdentityMethod, IdentityPolicy, Issuer, Jwk};
pub use kind::{Ask, Asks, Kind, KindPolicy};
pub use partner::{Partner, Scope};
pub use policy::{
    Agency, ContactPolicy, ContactRule, Department, Gazetteer, Help, PhotoPolicy, Place, PlaceKind,
    PrivacyNotice, TextPolicy, Theme, Tiles, View,
};
pub use public::{
    PackReference, PublicCategory, PublicDistrict, PublicGroup, PublicIdentity, PublicMunicipality,
    WordsReference,
};
pub use quiet::QuietHours;
pub use screening::{Nearby, ProofBounds, Rate, Retention, Screening, ShadowStep, Spam};
pub use templates::Templates;
pub use zone::{TimeZone, Transition};

use crate::translated::Translated;

/// The whole document: `www/municipalities/<id>/municipality.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// What everybody is told for a while.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub announcements: Vec<Announcement>,
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
    /// How a reporter may be known.
    #[serde(default)]
    pub identity: IdentityPolicy,
    /// How many photos, how large.
    pub photos: PhotoPolicy,
    /// How much text.
    #[serde(default)]
    pub text: TextPolicy,
    /// Shown before anything personal is asked.
    pub privacy: PrivacyNotice,
    /// How a report that is done is agreed to be done.
    #[serde(default)]
    pub closing: Closing,
    /// Who hears of a report past due, level by level until it is closed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub escalation: Vec<EscalationLevel>,
    /// What reporters are told by message.
    #[serde(default)]
    pub templates: Templates,
    /// When reporters get no text message; none where they may get one at any hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet_hours: Option<QuietHours>,
    /// Sites that may embed the widget or post reports.
    pub partners: Vec<Partner>,
    /// Limits and thresholds of the screen.
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

/// The boundary files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

impl Municipality {
    /// What a citizen is told before anything personal is asked, with who is responsible. One who is
    /// named nowhere else is the municipality, by the one name that all screens have it under.
    #[must_use]
    pub fn notice(&self) -> PrivacyNotice {
        let mut notice = self.privacy.clone();
        if notice.controller.is_empty() {
            notice.controller.clone_from(&self.names);
        }
        notice
    }

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

    /// The partner that serves its pages from `origin` and may embed the widget there.
    #[must_use]
    pub fn partner_of_origin(&self, origin: &str) -> Option<&Partner> {
        self.partners.iter().find(|partner| {
            partner.may(Scope::Embed) && partner.origins.iter().any(|one| one == origin)
        })
    }
}
