//! Open311 GeoReport v2: its types, and what they mean in ours.
//!
//! Written after the specification's JSON by the convention that Spark set and most clients
//! expect: bare arrays, ids as strings, every field present, absent values `null`.

mod form;
mod intake;
#[cfg(feature = "server")]
pub mod outgoing;

use serde::Serialize;

use crate::municipality::{Category, Group};
use crate::status::State;
use crate::time::Timestamp;

pub use form::{FormError, MAX_FIELDS, NewRequest};
pub use intake::report_of;

/// A kind of request that can be made: `GET services`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Service {
    /// Our category code.
    pub service_code: String,
    /// Its label.
    pub service_name: String,
    /// A sentence about it.
    pub description: Option<String>,
    /// Whether it asks questions, which a service definition tells.
    pub metadata: bool,
    /// When the request's number is known.
    #[serde(rename = "type")]
    pub kind: ServiceType,
    /// Words a citizen would use for it, separated by commas.
    pub keywords: Option<String>,
    /// The heading it stands under.
    pub group: Option<String>,
}

/// When a request's number is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ServiceType {
    /// At once: the only one of Open311's three that is ours.
    Realtime,
}

/// A request as the public may see it: `GET requests/{service_request_id}`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "each field means what GeoReport v2 says of it")]
pub struct Request {
    pub service_request_id: String,
    pub status: Status,
    pub status_notes: Option<String>,
    pub service_name: Option<String>,
    pub service_code: String,
    pub description: Option<String>,
    pub agency_responsible: Option<String>,
    pub service_notice: Option<String>,
    pub requested_datetime: Timestamp,
    pub updated_datetime: Option<Timestamp>,
    pub expected_datetime: Option<Timestamp>,
    pub address: Option<String>,
    pub address_id: Option<String>,
    pub zipcode: Option<String>,
    /// Degrees, WGS 84.
    pub lat: Option<f64>,
    /// Degrees, WGS 84.
    pub long: Option<f64>,
    pub media_url: Option<String>,
}

/// Open311's two states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Something is still to be done.
    Open,
    /// Nothing is.
    Closed,
}

/// The answer to `POST requests`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Created {
    /// The report's number.
    pub service_request_id: String,
    /// What to expect.
    pub service_notice: Option<String>,
    /// The caller's account; accounts are not kept.
    pub account_id: Option<String>,
}

/// A refusal; a response holds an array of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// HTTP status: of GeoReport's own 400, 403 and 404.
    pub code: u16,
    /// Why, for people.
    pub description: String,
}

impl Service {
    /// What `category` of `group` is called in `language`.
    #[must_use]
    pub fn of(group: &Group, category: &Category, language: &str) -> Service {
        let keywords = category
            .keywords
            .get(language)
            .filter(|words| !words.is_empty());
        Service {
            service_code: category.code.clone(),
            service_name: category.names.in_language(language).to_owned(),
            description: category
                .notice
                .as_ref()
                .map(|n| n.in_language(language).to_owned()),
            metadata: !category.questions.is_empty(),
            kind: ServiceType::Realtime,
            keywords: keywords.map(|words| words.join(",")),
            group: Some(group.names.in_language(language).to_owned()),
        }
    }
}

impl Status {
    /// Closed is what nobody works on any more. What is reported done but not agreed is still
    /// open: the reporter may send it back.
    #[must_use]
    pub fn of(state: State) -> Status {
        match state {
            State::Closed | State::Rejected => Status::Closed,
            State::Received
            | State::Screened
            | State::Assigned
            | State::InProgress
            | State::WaitingForReporter
            | State::Transferred
            | State::Resolved
            | State::Reopened => Status::Open,
        }
    }
}
