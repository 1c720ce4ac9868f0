//! What a municipality decides about contacts, photos, words, looks and places.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::translated::Translated;

/// Where help with the form is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Help {
    /// A number to call.
    pub phone: String,
}

/// What the map shows first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct View {
    /// Longitude, latitude, in degrees.
    pub center: [f64; 2],
    /// Web-map zoom level.
    pub zoom: f64,
}

/// Raster tiles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Tiles {
    /// Address with `{z}`, `{x}` and `{y}`.
    pub url: String,
    /// Whom the map credits.
    pub attribution: String,
}

/// Who does the work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Department {
    /// Stable code.
    pub code: String,
    /// Its name.
    pub names: Translated,
    /// The districts that have this department; all of them when absent. Elsewhere its work goes
    /// to triage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub districts: Option<Vec<String>>,
    /// Where it reads its mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// Another body that reports can belong to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Agency {
    /// Stable id.
    pub id: String,
    /// Its name.
    pub names: Translated,
    /// How a citizen reaches it.
    pub contact: String,
    /// Its area's id in the layer of neighbours, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
}

/// What is asked about the reporter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ContactPolicy {
    /// Whether a phone number is asked for.
    pub phone: ContactRule,
    /// The calling code that local numbers get, without `+`.
    pub calling_code: String,
    /// The digit a local number starts with instead.
    pub trunk: String,
    /// Digits of a mobile number after the trunk digit.
    pub digits: u8,
}

/// Whether something is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ContactRule {
    /// Never.
    None,
    /// Offered.
    Optional,
    /// Needed, except for categories that may be reported anonymously.
    Required,
}

/// How many photos, how large.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PhotoPolicy {
    /// Most photos of one report.
    pub count: u8,
    /// Most bytes of one photo.
    pub bytes: u32,
}

/// How much text, in characters as people count them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct TextPolicy {
    /// Least characters of a description.
    pub min: u32,
    /// Most characters of a description.
    pub max: u32,
}

impl Default for TextPolicy {
    fn default() -> TextPolicy {
        TextPolicy { min: 3, max: 4000 }
    }
}

/// What a citizen is told before anything personal is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PrivacyNotice {
    /// Who is responsible. Absent in a document it is the municipality, by the name it has there; the
    /// public document always says it.
    #[serde(default, skip_serializing_if = "Translated::is_empty")]
    pub controller: Translated,
    /// What for.
    pub purpose: Translated,
    /// By what right.
    pub basis: Translated,
    /// Who else sees it.
    pub recipients: Translated,
    /// For how long.
    pub retention: Translated,
    /// Whom to ask.
    pub contact: String,
}

/// Colours and radius; what the widget's tokens already say when absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Theme(pub BTreeMap<String, String>);

/// Named places, searched without a geocoder.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Gazetteer(pub Vec<Place>);

/// A named place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Stable id.
    pub id: String,
    /// Longitude, latitude, in degrees.
    pub at: [f64; 2],
    /// What it is.
    pub kind: PlaceKind,
    /// Its name.
    pub names: Translated,
}

/// What a named place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    /// A neighbourhood.
    District,
    /// A town.
    Town,
    /// A street.
    Street,
    /// Anything else people know.
    Landmark,
}
