//! The origin as the edge talks to it: signed, with a time limit, believing only its own answers.

use std::fmt;
use std::time::Duration;

use balagh_shared::delivery::{Delivery, Outcome, Review, StoredPhoto};
use balagh_shared::keyring::Keyring;
use balagh_shared::problem::Problem;
use balagh_shared::reason::Violation;
use balagh_shared::signature::{
    self, ID_HEADER, SIGNATURE_HEADER, SignatureError, TIMESTAMP_HEADER,
};
use balagh_shared::status::{PublicStatus, ReporterAction};
use serde::Deserialize;

use super::clock;
use super::ledger::Label;

/// How long one request may take, body included.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long it may take while a person waits for the answer.
const AT_ONCE: Duration = Duration::from_secs(10);
/// How long the origin may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// The origin's edge door.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    client: reqwest::Client,
    url: String,
    keys: Keyring,
}

/// Why the origin does not have it.
#[derive(Debug)]
#[non_exhaustive]
pub(crate) enum OriginError {
    /// It could not be reached, or did not answer in time.
    Away(reqwest::Error),
    /// It answered with another status than success.
    Refused(u16),
    /// It is there and will not, for these reasons.
    Declined(Vec<Violation>),
    /// It answered success, but not in the origin's words: a portal or a proxy spoke for it.
    Stranger,
    /// The message cannot be signed.
    Sign(SignatureError),
    /// The message cannot be written.
    Write(serde_json::Error),
}

#[derive(Deserialize)]
struct Taken {
    number: String,
}

impl Origin {
    pub(crate) fn new(url: &str, keys: Keyring) -> Result<Origin, reqwest::Error> {
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Origin {
            client,
            url: url.trim_end_matches('/').to_owned(),
            keys,
        })
    }

    /// `PUT /edge/v1/photos/{sha256}`.
    pub(crate) async fn photo(
        &self,
        photo: &StoredPhoto,
        bytes: bytes::Bytes,
    ) -> Result<(), OriginError> {
        let path = format!("/edge/v1/photos/{}", photo.sha256);
        let request = self.client.put(self.address(&path));
        self.send(request, &photo.sha256, &photo.media_type, bytes)
            .await
            .map(drop)
    }

    /// `POST /edge/v1/reports`.
    pub(crate) async fn report(&self, delivery: &Delivery) -> Result<(), OriginError> {
        let body = serde_json::to_vec(delivery).map_err(OriginError::Write)?;
        let request = self.client.post(self.address("/edge/v1/reports"));
        let answer = self
            .send(request, &delivery.number, JSON, body.into())
            .await?;
        let taken: Taken = serde_json::from_slice(&answer).map_err(|_| OriginError::Stranger)?;
        if taken.number == delivery.number {
            Ok(())
        } else {
            Err(OriginError::Stranger)
        }
    }

    /// `POST /edge/v1/reports/{number}/{action}`: what a reporter does. `body` is theirs.
    pub(crate) async fn act(
        &self,
        number: &str,
        action: ReporterAction,
        body: Vec<u8>,
    ) -> Result<PublicStatus, OriginError> {
        let action = match action {
            ReporterAction::FollowUp => "follow-up",
            ReporterAction::Close => "close",
            ReporterAction::Reopen => "reopen",
            ReporterAction::Rate => "rate",
        };
        let path = format!("/edge/v1/reports/{number}/{action}");
        let request = self.client.post(self.address(&path)).timeout(AT_ONCE);
        let id = format!("{number}/{action}");
        let answer = self.send(request, &id, JSON, body.into()).await?;
        let status: PublicStatus =
            serde_json::from_slice(&answer).map_err(|_| OriginError::Stranger)?;
        if status.number == number {
            Ok(status)
        } else {
            Err(OriginError::Stranger)
        }
    }

    /// `POST /edge/v1/reports/{number}/photos`: a photo that came after its report.
    pub(crate) async fn late_photo(
        &self,
        number: &str,
        photo: &StoredPhoto,
    ) -> Result<(), OriginError> {
        let body = serde_json::to_vec(photo).map_err(OriginError::Write)?;
        let path = format!("/edge/v1/reports/{number}/photos");
        let request = self.client.post(self.address(&path));
        // One id a message: the report's own is the number alone.
        let id = format!("{number}/{}", photo.sha256);
        self.send(request, &id, JSON, body.into()).await.map(drop)
    }

    /// `POST /edge/v1/reports/{number}/review`: what a person at the edge said of a held report.
    pub(crate) async fn review(&self, number: &str, label: Label) -> Result<(), OriginError> {
        let review = Review {
            number: number.to_owned(),
            outcome: match label {
                Label::Honest => Outcome::Release,
                Label::Spam => Outcome::Spam,
            },
        };
        let body = serde_json::to_vec(&review).map_err(OriginError::Write)?;
        let path = format!("/edge/v1/reports/{number}/review");
        let request = self.client.post(self.address(&path));
        let id = format!("{number}/review");
        self.send(request, &id, JSON, body.into()).await.map(drop)
    }

    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    async fn send(
        &self,
        request: reqwest::RequestBuilder,
        id: &str,
        media_type: &str,
        body: bytes::Bytes,
    ) -> Result<bytes::Bytes, OriginError> {
        let signed = signature::sign(&self.keys, id, clock::now().seconds(), &body)
            .map_err(OriginError::Sign)?;
        let request = request
            .header(ID_HEADER, signed.id)
            .header(TIMESTAMP_HEADER, signed.timestamp)
            .header(SIGNATURE_HEADER, signed.signature)
            .header("content-type", media_type)
            .body(body);
        let response = balagh_world::send(request)
            .await
            .map_err(OriginError::Away)?;
        let status = response.status().as_u16();
        if matches!(status, 409 | 422) {
            return Err(declined(
                status,
                &response.bytes().await.unwrap_or_default(),
            ));
        }
        if !response.status().is_success() {
            return Err(OriginError::Refused(status));
        }
        response.bytes().await.map_err(OriginError::Away)
    }
}

/// Why the origin will not, in its own words where they are ours.
fn declined(status: u16, body: &[u8]) -> OriginError {
    match serde_json::from_slice::<Problem>(body) {
        Ok(problem) if problem.status == status && !problem.violations.is_empty() => {
            let violations = problem.violations.into_iter().map(|it| it.violation);
            OriginError::Declined(violations.collect())
        }
        _ => OriginError::Refused(status),
    }
}

impl OriginError {
    /// Whether the origin gave no answer of its own: it is away, or a proxy or portal spoke for it.
    pub(crate) fn is_away(&self) -> bool {
        matches!(
            self,
            OriginError::Away(_) | OriginError::Stranger | OriginError::Refused(502..=504)
        )
    }
}

const JSON: &str = "application/json";

impl fmt::Display for OriginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OriginError::Away(error) => {
                // The client's own words end at the address; why is further down.
                write!(f, "the origin cannot be reached: {error}")?;
                let mut cause = std::error::Error::source(error);
                while let Some(error) = cause {
                    write!(f, ": {error}")?;
                    cause = error.source();
                }
                Ok(())
            }
            OriginError::Refused(status) => write!(f, "the origin answered {status}"),
            OriginError::Declined(violations) => {
                let code = violations.first().map_or("", |it| it.code.code());
                write!(f, "the origin declined: {code}")
            }
            OriginError::Stranger => f.write_str("something else answered for the origin"),
            OriginError::Sign(error) => write!(f, "the message cannot be signed: {error}"),
            OriginError::Write(error) => write!(f, "the message cannot be written: {error}"),
        }
    }
}

impl std::error::Error for OriginError {}
