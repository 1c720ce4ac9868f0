//! What a citizen sends.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// A report on the wire, `POST /v1/{municipality}/reports`. Unknown fields are refused: a
/// misspelt one would otherwise be a citizen's word lost.
///
/// Text is kept as typed. Credentials and the idempotency key travel in headers, outside of the
/// fingerprint.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Category code of the municipality's tree.
    pub category: String,
    /// The citizen's own words.
    pub description: String,
    /// Language of the form it was written in.
    pub lang: String,
    /// Where it is; kinds that need no place send none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Checksum of the boundary pack it was decided with, lower-case hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pack: Option<String>,
    /// Answers to the category's questions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Answer>,
    /// SHA-256 of each photo as the client sends it, lower-case hexadecimal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<String>,
    /// How to reach the reporter; anonymous when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
    /// Whether other agencies may be given the contact.
    #[serde(default)]
    pub share_contact: bool,
    /// When it was seen, by the reporter's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_at: Option<Timestamp>,
    /// The declaration that the data is true.
    pub declared: bool,
    /// Who reports.
    #[serde(default)]
    pub reporter_type: ReporterType,
    /// The way it came in, such as `widget`, `whatsapp` or `call_centre`.
    pub channel: String,
    /// The partner's own number for it, echoed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner_reference: Option<String>,
    /// A trial: never dispatched, never counted.
    #[serde(default)]
    pub test: bool,
}

/// The ways that reports are known to come in. A partner's document may name another for it.
pub const CHANNELS: [&str; 7] = [
    "widget", "web_form", "open311", "whatsapp", "phone", "email", "counter",
];

/// Where it is: at least `at`, `district` or `candidates`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Point>,
    /// How the point, or the district, was given.
    pub source: PlaceSource,
    /// The sub-municipality the citizen confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
    /// The sub-municipalities offered, when the citizen does not know: sent undecided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<String>,
    /// The place in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landmark: Option<String>,
    /// The number on a lamp post, container or sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset: Option<String>,
}

/// A point, in degrees (WGS 84).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Longitude, degrees east, −180 to 180.
    pub lon: f64,
    /// Latitude, degrees north, −90 to 90.
    pub lat: f64,
    /// Radius in metres within which the point is believed to lie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy_m: Option<f64>,
}

/// How a place was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PlaceSource {
    /// Set on the map.
    Map,
    /// The device's position.
    Device,
    /// A photo's position, with consent.
    Photo,
    /// An Open Location Code.
    PlusCode,
    /// A Saudi short national address.
    NationalAddress,
    /// Typed coordinates.
    Coordinates,
    /// An asset's number.
    Asset,
    /// Chosen from a list, without the map.
    List,
}

/// An answer to a question of the category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The question's code.
    pub question: String,
    /// What was chosen or typed; several only where the question allows it.
    pub values: Vec<String>,
}

/// How to reach the reporter.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Phone number: E.164, or local as people write it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// What citizens type may hold anything about anybody: it never reaches a log through `{:?}`.
impl std::fmt::Debug for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Report({}, {}, …)", self.category, self.channel)
    }
}

/// Personal data never reaches a log through `{:?}`.
impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Contact(…)")
    }
}

/// Who reports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReporterType {
    /// A person.
    #[default]
    Person,
    /// Another agency.
    Agency,
    /// A partner's own staff.
    Partner,
}
