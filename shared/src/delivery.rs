//! What passes between edge and origin.

use serde::{Deserialize, Serialize};

use crate::contact::Channel;
use crate::reason::Reason;
use crate::report::Report;
use crate::routing::Route;
use crate::status::PublicStatus;
use crate::time::Timestamp;

/// An accepted report on its way to the origin, `POST /edge/v1/reports`, signed. Its number is the
/// key: delivering it again changes nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// The municipality's id.
    pub municipality: String,
    /// The number the edge minted.
    pub number: String,
    /// Which key the tracking code was derived with.
    pub secret_kid: String,
    /// When the edge had it on disk.
    pub received_at: Timestamp,
    /// What the screen decided.
    pub verdict: Verdict,
    /// Why, and what it noticed: marks, never refusals.
    pub reasons: Vec<Reason>,
    /// Where it goes.
    pub route: Route,
    /// The partner it came through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<String>,
    /// The number of the report of the same problem that its reporter joined it to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joins: Option<String>,
    /// Who reports, as far as it was shown; absent where nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<Confirmation>,
    /// The report as sent.
    pub report: Report,
    /// An address of a picture, as an Open311 client gave it: stored, never fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_url: Option<String>,
    /// Its photos that the edge holds, cleaned. A photo that arrives later is delivered later.
    pub photos: Vec<StoredPhoto>,
}

/// What was shown of who reports. Two reports of one person have one `identity`, and the confirmed
/// contact of one is its own: whoever keeps one view of a customer joins by these, and by no contact
/// that was only typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// Which of the report's contacts a one-time code has confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Channel>,
    /// A keyed hash of who the page around the form says that reports: its issuer and its name for
    /// them, `i1.<kid>.<base64url>`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
}

/// What the screen can decide of a report that is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// On to the department.
    Accept,
    /// Kept and delivered, marked, for a person to look at.
    Quarantine,
    /// Another agency's; delivered with the transfer.
    Redirect,
}

/// A photo without its metadata, at rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredPhoto {
    /// SHA-256 of the cleaned bytes, lower-case hexadecimal: its name in every store.
    pub sha256: String,
    /// SHA-256 of the bytes as the client sent them: the name in the report.
    pub sent_sha256: String,
    /// `image/jpeg`, `image/png` or `image/webp`.
    pub media_type: String,
    /// Length in bytes.
    pub bytes: u64,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// What a person at the edge said of a report that the screen held, `POST
/// /edge/v1/reports/{number}/review`, signed. It follows the report it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// The report's number.
    pub number: String,
    /// What follows.
    pub outcome: Outcome,
}

/// What follows from a look at a held report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Somebody means it: it goes on as if it had been accepted.
    Release,
    /// Nobody does: it is not taken.
    Spam,
}

/// News from the origin to the edge, `POST /origin/v1/events`, signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OriginEvent {
    /// The municipality's id.
    pub municipality: String,
    /// How the report stands now.
    pub status: PublicStatus,
    /// Its words, once a person has made them public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_text: Option<String>,
    /// Which key its tracking code is derived with, of a report that came in at the municipality: no
    /// edge has seen it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_kid: Option<String>,
}
