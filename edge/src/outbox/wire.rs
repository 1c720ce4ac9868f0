//! What Balagh's origin is told, word by word, and what its answers mean. Each message has an id of its
//! own and is signed under it, so that one sent again is taken once.

use balagh_shared::delivery::{Delivery, StoredPhoto};
use balagh_shared::keyring::Keyring;
use balagh_shared::problem::Problem;
use balagh_shared::reason::Violation;
use balagh_shared::signature::{
    self, ID_HEADER, SIGNATURE_HEADER, SignatureError, TIMESTAMP_HEADER,
};
use balagh_shared::status::{PublicStatus, ReporterAction};
use serde::Deserialize;

use super::Ended;
use crate::http::Method;

const JSON: &str = "application/json";

/// A message to the origin, without its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Method.
    pub method: Method,
    /// Path at the origin.
    pub path: String,
    /// What the message is known by.
    pub id: String,
    /// Of the body.
    pub media_type: String,
    /// The body.
    pub body: Vec<u8>,
    /// What an answer has to name, so that it is believed.
    pub about: String,
}

/// Why a message did not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unheard {
    /// It could not be reached, did not answer in time, or broke off.
    Away,
    /// It answered success, but not in its own words: a portal or a proxy spoke for it.
    Stranger,
    /// It answered with another status than success.
    Answered {
        /// HTTP status.
        status: u16,
        /// How long it asked to be left alone, in milliseconds.
        wait_ms: Option<i64>,
    },
    /// It is there and will not, for these reasons.
    Declined(Vec<Violation>),
    /// The message could not be read, written or signed here.
    Unread(&'static str),
}

/// What the origin says that it has.
#[derive(Deserialize)]
struct Taken {
    #[serde(alias = "sha256")]
    number: String,
}

impl Message {
    /// `PUT /edge/v1/photos/{sha256}`: a file.
    #[must_use]
    pub fn photo(photo: &StoredPhoto, bytes: Vec<u8>) -> Message {
        Message {
            method: Method::Put,
            path: format!("/edge/v1/photos/{}", photo.sha256),
            id: photo.sha256.clone(),
            media_type: photo.media_type.clone(),
            body: bytes,
            about: photo.sha256.clone(),
        }
    }

    /// `POST /edge/v1/reports`: a report with its photos that are there.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn report(delivery: &Delivery) -> Result<Message, serde_json::Error> {
        let number = &delivery.number;
        let body = serde_json::to_vec(delivery)?;
        Ok(posted(
            "/edge/v1/reports".to_owned(),
            number,
            number.clone(),
            body,
        ))
    }

    /// `POST /edge/v1/reports/{number}/photos`: a photo that came after its report.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn late_photo(number: &str, photo: &StoredPhoto) -> Result<Message, serde_json::Error> {
        let path = format!("/edge/v1/reports/{number}/photos");
        // One id a message: the report's own is the number alone.
        let id = format!("{number}/{}", photo.sha256);
        Ok(posted(path, number, id, serde_json::to_vec(photo)?))
    }

    /// `POST /edge/v1/reports/{number}/{action}`: what a reporter does. `body` is theirs.
    #[must_use]
    pub fn act(number: &str, action: ReporterAction, body: Vec<u8>) -> Message {
        let action = match action {
            ReporterAction::FollowUp => "follow-up",
            ReporterAction::Close => "close",
            ReporterAction::Reopen => "reopen",
            ReporterAction::Rate => "rate",
        };
        let path = format!("/edge/v1/reports/{number}/{action}");
        posted(path, number, format!("{number}/{action}"), body)
    }

    /// The header fields that it travels with, signed with the current key at `now`, in seconds since
    /// 1970.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn fields(
        &self,
        keys: &Keyring,
        now: i64,
    ) -> Result<[(&'static str, String); 4], SignatureError> {
        let signed = signature::sign(keys, &self.id, now, &self.body)?;
        Ok([
            (ID_HEADER, signed.id),
            (TIMESTAMP_HEADER, signed.timestamp),
            (SIGNATURE_HEADER, signed.signature),
            ("content-type", self.media_type.clone()),
        ])
    }
}

fn posted(path: String, number: &str, id: String, body: Vec<u8>) -> Message {
    Message {
        method: Method::Post,
        path,
        id,
        media_type: JSON.to_owned(),
        body,
        about: number.to_owned(),
    }
}

/// Whether the answer says that the origin has what it was told. A portal or a maintenance page says
/// 200 to anything, and what is believed to be there is erased here. `retry_after`: the field, as it
/// came.
///
/// # Errors
/// Why it does not.
pub fn taken(
    message: &Message,
    status: u16,
    retry_after: Option<&str>,
    body: &[u8],
) -> Result<(), Unheard> {
    if !(200..300).contains(&status) {
        return Err(refusal(status, retry_after, body));
    }
    match serde_json::from_slice(body) {
        Ok(Taken { number }) if number == message.about => Ok(()),
        _ => Err(Unheard::Stranger),
    }
}

/// How a report stands after what its reporter did.
///
/// # Errors
/// Why that is not known.
pub fn acted(
    message: &Message,
    status: u16,
    retry_after: Option<&str>,
    body: &[u8],
) -> Result<PublicStatus, Unheard> {
    if !(200..300).contains(&status) {
        return Err(refusal(status, retry_after, body));
    }
    match serde_json::from_slice::<PublicStatus>(body) {
        Ok(status) if status.number == message.about => Ok(status),
        _ => Err(Unheard::Stranger),
    }
}

/// Why the origin will not, in its own words where they are ours.
fn refusal(status: u16, retry_after: Option<&str>, body: &[u8]) -> Unheard {
    if matches!(status, 409 | 422)
        && let Ok(problem) = serde_json::from_slice::<Problem>(body)
        && problem.status == status
        && !problem.violations.is_empty()
    {
        let violations = problem.violations.into_iter().map(|it| it.violation);
        return Unheard::Declined(violations.collect());
    }
    let seconds = retry_after.and_then(|text| text.trim().parse::<i64>().ok());
    Unheard::Answered {
        status,
        wait_ms: seconds.map(|seconds| seconds.saturating_mul(1000)),
    }
}

impl Unheard {
    /// What schedule and breaker are told.
    #[must_use]
    pub fn ended(&self) -> Ended {
        match self {
            Unheard::Away | Unheard::Stranger => Ended::Failed { wait_ms: None },
            // What it does not like about us is not about the message, and neither is what it asks
            // patience for.
            Unheard::Answered {
                status: 401 | 403 | 405 | 407 | 408 | 425 | 429,
                wait_ms,
            } => Ended::Failed { wait_ms: *wait_ms },
            Unheard::Answered {
                status: 400..500, ..
            }
            | Unheard::Declined(_) => Ended::Refused,
            Unheard::Answered { wait_ms, .. } => Ended::Failed { wait_ms: *wait_ms },
            Unheard::Unread(_) => Ended::Unread,
        }
    }

    /// Whether the origin gave no answer of its own: it is away, or a proxy or portal spoke for it.
    #[must_use]
    pub fn is_away(&self) -> bool {
        matches!(
            self,
            Unheard::Away
                | Unheard::Stranger
                | Unheard::Answered {
                    status: 502..=504,
                    ..
                }
        )
    }

    /// The stable code that operators see.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Unheard::Away => "unreachable".to_owned(),
            Unheard::Stranger => "stranger".to_owned(),
            Unheard::Answered { status, .. } => format!("http.{status}"),
            Unheard::Declined(violations) => match violations.first() {
                Some(violation) => format!("declined.{}", violation.code.code()),
                None => "declined".to_owned(),
            },
            Unheard::Unread(what) => (*what).to_owned(),
        }
    }
}

impl From<SignatureError> for Unheard {
    fn from(_: SignatureError) -> Unheard {
        Unheard::Unread("unsigned")
    }
}

impl From<serde_json::Error> for Unheard {
    fn from(_: serde_json::Error) -> Unheard {
        Unheard::Unread("unwritten")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Message {
        posted("/edge/v1/reports".into(), "EP-1", "EP-1".into(), Vec::new())
    }

    #[track_caller]
    fn check(status: u16, body: &str, expected: Result<(), &str>) {
        let heard = taken(&message(), status, None, body.as_bytes());
        assert_eq!(
            heard.map_err(|why| why.code()),
            expected.map_err(str::to_owned)
        );
    }

    #[test]
    fn only_an_answer_that_names_what_was_sent_is_believed() {
        check(201, r#"{"number":"EP-1"}"#, Ok(()));
        check(200, r#"{"number":"EP-2"}"#, Err("stranger"));
        check(200, "<p>Please log in</p>", Err("stranger"));
        check(503, "", Err("http.503"));
    }

    #[test]
    fn whose_fault_an_answer_is_decides_what_follows() {
        let ended = |status, retry| refusal(status, retry, b"").ended();
        assert_eq!(ended(404, None), Ended::Refused);
        assert_eq!(ended(401, None), Ended::Failed { wait_ms: None });
        let asked = Ended::Failed {
            wait_ms: Some(90_000),
        };
        assert_eq!(ended(503, Some("90")), asked);
        assert_eq!(ended(503, Some("soon")), Ended::Failed { wait_ms: None });
    }
}
