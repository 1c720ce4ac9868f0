//! What Balagh's origin is told, word by word, and what its answers mean. Each message has an id of its
//! own and is signed under it, so that one sent again is taken once.

use balagh_shared::delivery::{Delivery, Outcome, Review, StoredPhoto};
use balagh_shared::keyring::Keyring;
use balagh_shared::problem::Problem;
use balagh_shared::reason::Violation;
use balagh_shared::signature::{
    self, ID_HEADER, SIGNATURE_HEADER, SignatureError, TIMESTAMP_HEADER,
};
use balagh_shared::status::{PublicStatus, ReporterAction};
use serde::Deserialize;

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

/// What came back.
#[derive(Debug, Clone, Copy)]
pub struct Heard<'a> {
    /// HTTP status.
    pub status: u16,
    /// `Retry-After` in milliseconds, where it is a number of seconds.
    pub wait_ms: Option<i64>,
    /// The body.
    pub body: &'a [u8],
}

/// Why an answer is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It says success, but not in the origin's own words: a portal or a proxy spoke for it.
    Stranger,
    /// Another status than success.
    Answered {
        /// HTTP status.
        status: u16,
        /// How long it asked to be left alone, in milliseconds.
        wait_ms: Option<i64>,
    },
    /// The origin is there and will not, for these reasons.
    Declined(Vec<Violation>),
}

/// Whose fault a status is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The destination's: nothing else would get through either.
    Destination,
    /// This message's: the next one may well get through.
    Message,
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

    /// `POST /edge/v1/reports/{number}/review`: what a person at the edge said of a held report.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn review(number: &str, outcome: Outcome) -> Result<Message, serde_json::Error> {
        let review = Review {
            number: number.to_owned(),
            outcome,
        };
        let path = format!("/edge/v1/reports/{number}/review");
        let body = serde_json::to_vec(&review)?;
        Ok(posted(path, number, format!("{number}/review"), body))
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

/// Whether an answer names what was sent. A portal or a maintenance page says 200 to anything, and what
/// is believed to be there is erased here.
///
/// # Errors
/// Why the origin does not have it.
pub fn taken(about: &str, heard: Heard<'_>) -> Result<(), Refusal> {
    succeeded(heard)?;
    match serde_json::from_slice(heard.body) {
        Ok(Taken { number }) if number == about => Ok(()),
        _ => Err(Refusal::Stranger),
    }
}

/// How a report stands after what its reporter did.
///
/// # Errors
/// Why that is not known.
pub fn acted(about: &str, heard: Heard<'_>) -> Result<PublicStatus, Refusal> {
    succeeded(heard)?;
    match serde_json::from_slice::<PublicStatus>(heard.body) {
        Ok(status) if status.number == about => Ok(status),
        _ => Err(Refusal::Stranger),
    }
}

/// Success, or why the origin will not, in its own words where they are ours.
fn succeeded(heard: Heard<'_>) -> Result<(), Refusal> {
    let Heard {
        status,
        wait_ms,
        body,
    } = heard;
    if (200..300).contains(&status) {
        return Ok(());
    }
    if matches!(status, 409 | 422)
        && let Ok(problem) = serde_json::from_slice::<Problem>(body)
        && problem.status == status
        && !problem.violations.is_empty()
    {
        let violations = problem.violations.into_iter().map(|it| it.violation);
        return Err(Refusal::Declined(violations.collect()));
    }
    Err(Refusal::Answered { status, wait_ms })
}

/// What `Retry-After` asks for, in milliseconds; nothing where it is no number of seconds.
#[must_use]
pub fn wait_ms(retry_after: &str) -> Option<i64> {
    let seconds = retry_after.trim().parse::<i64>().ok()?;
    Some(seconds.saturating_mul(1000))
}

impl Fault {
    /// Whose fault a status is where nothing else is known of the destination: what it does not like
    /// about us is not about the message, and neither is what it asks patience for.
    #[must_use]
    pub fn of(status: u16) -> Fault {
        match status {
            401 | 403 | 405 | 407 | 408 | 425 | 429 => Fault::Destination,
            400..500 => Fault::Message,
            _ => Fault::Destination,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Message {
        posted("/edge/v1/reports".into(), "EP-1", "EP-1".into(), Vec::new())
    }

    fn heard(status: u16, body: &str) -> Heard<'_> {
        Heard {
            status,
            wait_ms: None,
            body: body.as_bytes(),
        }
    }

    #[test]
    fn only_an_answer_that_names_what_was_sent_is_believed() {
        let told = |status, body| taken(&message().about, heard(status, body));
        assert_eq!(told(201, r#"{"number":"EP-1"}"#), Ok(()));
        assert_eq!(told(200, r#"{"number":"EP-2"}"#), Err(Refusal::Stranger));
        assert_eq!(told(200, "<p>Please log in</p>"), Err(Refusal::Stranger));
        let away = Refusal::Answered {
            status: 503,
            wait_ms: None,
        };
        assert_eq!(told(503, ""), Err(away));
    }

    #[test]
    fn a_destination_may_ask_for_seconds_and_for_nothing_else() {
        assert_eq!(wait_ms(" 90 "), Some(90_000));
        assert_eq!(wait_ms("Wed, 21 Oct 2015 07:28:00 GMT"), None);
    }
}
