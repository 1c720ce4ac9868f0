//! The six kinds of contact, and what each asks for.

use serde::{Deserialize, Serialize};

use crate::translated::Translated;

/// The six kinds of contact.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Something is wrong at a place.
    #[default]
    Report,
    /// The municipality itself did something wrong.
    Complaint,
    /// An idea.
    Suggestion,
    /// A question about a procedure.
    InformationRequest,
    /// A service is wanted at a place.
    ServiceRequest,
    /// Thanks.
    Thanks,
}

/// Whether something is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// Never.
    None,
    /// Offered.
    Optional,
    /// Needed.
    Required,
}

/// What a kind of contact asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asks {
    /// Where it is.
    pub place: Ask,
    /// Photos; a category's own rule goes before it.
    pub photos: Ask,
    /// The citizen's own words.
    pub description: Ask,
    /// How to reach the reporter; where it is needed, categories that may be reported anonymously
    /// still go without.
    pub contact: Ask,
}

/// One of the six kinds as this municipality offers it.
///
/// What it leaves open is as [`Kind::asks`] has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct KindPolicy {
    /// Which.
    pub kind: Kind,
    /// Its label.
    pub names: Translated,
    /// Whether a place is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Ask>,
    /// Whether photos are asked for; a category's own rule goes before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photos: Option<Ask>,
    /// Whether a description is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Ask>,
    /// Whether a contact is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Ask>,
}

impl Kind {
    /// What this kind asks for where the document does not say: only reports and services have a
    /// place, and nobody illustrates a question or thanks.
    #[must_use]
    pub const fn asks(self) -> Asks {
        let (place, photos) = match self {
            Kind::Report | Kind::ServiceRequest => (Ask::Required, Ask::Optional),
            Kind::Complaint | Kind::Suggestion => (Ask::None, Ask::Optional),
            Kind::InformationRequest | Kind::Thanks => (Ask::None, Ask::None),
        };
        Asks {
            place,
            photos,
            description: Ask::Required,
            contact: Ask::Optional,
        }
    }

    /// The code on the wire and the stem of its words.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Kind::Report => "report",
            Kind::Complaint => "complaint",
            Kind::Suggestion => "suggestion",
            Kind::InformationRequest => "information_request",
            Kind::ServiceRequest => "service_request",
            Kind::Thanks => "thanks",
        }
    }
}

impl KindPolicy {
    /// What this kind asks for here.
    #[must_use]
    pub fn asks(&self) -> Asks {
        let by_kind = self.kind.asks();
        Asks {
            place: self.place.unwrap_or(by_kind.place),
            photos: self.photos.unwrap_or(by_kind.photos),
            description: self.description.unwrap_or(by_kind.description),
            contact: self.contact.unwrap_or(by_kind.contact),
        }
    }
}
