//! What figures are broken down by.

use balagh_shared::categorise::UNSURE;
use balagh_shared::municipality::{Kind, Municipality};
use serde::{Deserialize, Serialize};

use super::fact::Fact;
use crate::municipalities::Served;

/// What figures are broken down by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// The six kinds of contact.
    Kind,
    /// What it is about.
    Category,
    /// Where.
    District,
    /// Who has it.
    Department,
    /// How it came.
    Channel,
    /// Through whom.
    Partner,
    /// Who reported.
    ReporterType,
}

impl Dimension {
    /// All of them, in the order they are shown.
    pub const ALL: [Dimension; 7] = [
        Dimension::Kind,
        Dimension::Category,
        Dimension::District,
        Dimension::Department,
        Dimension::Channel,
        Dimension::Partner,
        Dimension::ReporterType,
    ];

    /// Its code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Dimension::Kind => "kind",
            Dimension::Category => "category",
            Dimension::District => "district",
            Dimension::Department => "department",
            Dimension::Channel => "channel",
            Dimension::Partner => "partner",
            Dimension::ReporterType => "reporter_type",
        }
    }

    /// The dimension with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Dimension> {
        Dimension::ALL.into_iter().find(|it| it.code() == code)
    }

    /// The value a report has of it. Kinds are not stored: they are the category's, as the document
    /// has it now, see [`kind`].
    pub(super) fn of(self, fact: &Fact) -> Option<&str> {
        match self {
            Dimension::Kind => None,
            Dimension::Category => Some(&fact.category),
            Dimension::District => Some(&fact.district),
            Dimension::Department => Some(&fact.department),
            Dimension::Channel => Some(&fact.channel),
            Dimension::Partner => Some(&fact.partner),
            Dimension::ReporterType => Some(&fact.reporter_type),
        }
    }
}

/// The code of the kind that a category is of; empty for what is of none: who sent it did not know,
/// or the document has no such category any more.
#[must_use]
pub(super) fn kind(document: &Municipality, category: &str) -> &'static str {
    match document.category(category) {
        Some(known) if known.code != UNSURE => code(known.kind),
        _ => "",
    }
}

/// The code of a kind, as the document has it.
#[must_use]
pub(super) fn code(kind: Kind) -> &'static str {
    match kind {
        Kind::Report => "report",
        Kind::Complaint => "complaint",
        Kind::Suggestion => "suggestion",
        Kind::InformationRequest => "information_request",
        Kind::ServiceRequest => "service_request",
        Kind::Thanks => "thanks",
    }
}

/// What a value of a dimension is called in a language; the value itself where the document has no
/// name for it.
#[must_use]
pub(super) fn name<'a>(
    dimension: Dimension,
    value: &'a str,
    served: &'a Served,
    language: &str,
) -> &'a str {
    let document = &served.document;
    let names = match dimension {
        Dimension::Kind => {
            let mut kinds = document.kinds.iter();
            kinds.find(|it| code(it.kind) == value).map(|it| &it.names)
        }
        Dimension::Category => document.category(value).map(|it| &it.names),
        Dimension::District => {
            let mut districts = served.public.districts.iter();
            districts.find(|it| it.id == value).map(|it| &it.names)
        }
        Dimension::Department => {
            let mut departments = document.departments.iter();
            departments.find(|it| it.code == value).map(|it| &it.names)
        }
        Dimension::Partner => {
            let mut partners = document.partners.iter();
            partners.find(|it| it.id == value).map(|it| &it.names)
        }
        Dimension::Channel | Dimension::ReporterType => None,
    };
    names.map_or(value, |names| names.in_language(language))
}
