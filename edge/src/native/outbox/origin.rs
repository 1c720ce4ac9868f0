//! The origin as the edge talks to it: signed, with a time limit, believing only its own answers.

use std::time::Duration;

use balagh_shared::delivery::{Delivery, Outcome, Review, StoredPhoto};
use balagh_shared::keyring::Keyring;
use balagh_shared::problem::Problem;
use balagh_shared::signature::{self, ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER};
use balagh_shared::status::{PublicStatus, ReporterAction};
use serde::Deserialize;

use super::answer::{Answer, client};
use super::undelivered::{Fault, Undelivered};
use crate::keys::LedgerKeys;
use crate::native::clock;
use crate::native::config::Config;
use crate::native::figures::Question;
use crate::native::ledger::Label;

/// How long a request may take while a person waits for the answer.
const AT_ONCE: Duration = Duration::from_secs(10);
/// Most bytes of an answer: how a report stands, with all its events.
const MOST: usize = 1024 * 1024;

/// The origin's edge door.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    client: reqwest::Client,
    url: String,
    keys: Keyring,
}

/// What the origin says that it has.
#[derive(Deserialize)]
struct Taken {
    #[serde(alias = "sha256")]
    number: String,
}

impl Origin {
    /// The origin of the configuration; nothing where it names none.
    pub(crate) fn of(
        config: &Config,
        secrets: &LedgerKeys,
    ) -> Result<Option<Origin>, reqwest::Error> {
        let Some(origin) = &config.origin else {
            return Ok(None);
        };
        Ok(Some(Origin {
            client: client()?,
            url: origin.url.trim_end_matches('/').to_owned(),
            keys: secrets.webhooks.clone(),
        }))
    }

    /// `PUT /edge/v1/photos/{sha256}`.
    pub(crate) async fn photo(
        &self,
        photo: &StoredPhoto,
        bytes: bytes::Bytes,
    ) -> Result<(), Undelivered> {
        let path = format!("/edge/v1/photos/{}", photo.sha256);
        let request = self.client.put(self.address(&path));
        let answer = self
            .send(request, &photo.sha256, &photo.media_type, bytes)
            .await?;
        taken(&answer, &photo.sha256)
    }

    /// `POST /edge/v1/reports`.
    pub(crate) async fn report(&self, delivery: &Delivery) -> Result<(), Undelivered> {
        let body = serde_json::to_vec(delivery)?;
        let request = self.client.post(self.address("/edge/v1/reports"));
        let answer = self
            .send(request, &delivery.number, JSON, body.into())
            .await?;
        taken(&answer, &delivery.number)
    }

    /// `POST /edge/v1/reports/{number}/{action}`: what a reporter does. `body` is theirs.
    pub(crate) async fn act(
        &self,
        number: &str,
        action: ReporterAction,
        body: Vec<u8>,
    ) -> Result<PublicStatus, Undelivered> {
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
            serde_json::from_slice(&answer).map_err(|_| Undelivered::Stranger)?;
        if status.number == number {
            Ok(status)
        } else {
            Err(Undelivered::Stranger)
        }
    }

    /// `POST /edge/v1/reports/{number}/photos`: a photo that came after its report.
    pub(crate) async fn late_photo(
        &self,
        number: &str,
        photo: &StoredPhoto,
    ) -> Result<(), Undelivered> {
        let body = serde_json::to_vec(photo)?;
        let path = format!("/edge/v1/reports/{number}/photos");
        let request = self.client.post(self.address(&path));
        // One id a message: the report's own is the number alone.
        let id = format!("{number}/{}", photo.sha256);
        taken(&self.send(request, &id, JSON, body.into()).await?, number)
    }

    /// `POST /edge/v1/reports/{number}/review`: what a person at the edge said of a held report.
    pub(crate) async fn review(&self, number: &str, label: Label) -> Result<(), Undelivered> {
        let review = Review {
            number: number.to_owned(),
            outcome: match label {
                Label::Honest => Outcome::Release,
                Label::Spam => Outcome::Spam,
            },
        };
        let body = serde_json::to_vec(&review)?;
        let path = format!("/edge/v1/reports/{number}/review");
        let request = self.client.post(self.address(&path));
        let id = format!("{number}/review");
        taken(&self.send(request, &id, JSON, body.into()).await?, number)
    }

    /// Open data, as anybody may read them: unsigned.
    pub(crate) async fn figures(&self, question: &Question) -> Result<Vec<u8>, Undelivered> {
        let request = self.client.get(self.address(&question.path()));
        let answer = Answer::to(request.timeout(AT_ONCE), MOST).await?;
        if answer.is_success() {
            Ok(answer.body)
        } else {
            Err(answer.refusal(Fault::of(answer.status)))
        }
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
    ) -> Result<Vec<u8>, Undelivered> {
        let signed = signature::sign(&self.keys, id, clock::now().seconds(), &body)?;
        let request = request
            .header(ID_HEADER, signed.id)
            .header(TIMESTAMP_HEADER, signed.timestamp)
            .header(SIGNATURE_HEADER, signed.signature)
            .header("content-type", media_type)
            .body(body);
        let answer = Answer::to(request, MOST).await?;
        if answer.is_success() {
            Ok(answer.body)
        } else {
            Err(refusal(&answer))
        }
    }
}

/// Whether the answer names what was sent. A portal or a maintenance page says 200 to anything, and
/// what is believed to be there is erased here.
fn taken(answer: &[u8], sent: &str) -> Result<(), Undelivered> {
    match serde_json::from_slice(answer) {
        Ok(Taken { number }) if number == sent => Ok(()),
        _ => Err(Undelivered::Stranger),
    }
}

/// Why the origin will not, in its own words where they are ours.
fn refusal(answer: &Answer) -> Undelivered {
    if matches!(answer.status, 409 | 422)
        && let Ok(problem) = serde_json::from_slice::<Problem>(&answer.body)
        && problem.status == answer.status
        && !problem.violations.is_empty()
    {
        let violations = problem.violations.into_iter().map(|it| it.violation);
        return Undelivered::Declined(violations.collect());
    }
    answer.refusal(Fault::of(answer.status))
}

const JSON: &str = "application/json";
