//! Systems of the city that listen by Standard Webhooks: one signed message a report, under its
//! number, which is also their key for deduplication.

use balagh_shared::delivery::{Confirmation, Delivery, StoredPhoto, Verdict};
use balagh_shared::keyring::Keyring;
use balagh_shared::reason::Reason;
use balagh_shared::report::Report;
use balagh_shared::routing::Route;
use balagh_shared::signature::{self, ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER};
use balagh_shared::time::Timestamp;
use serde::Serialize;

use super::answer::{Answer, client};
use super::undelivered::{Fault, Undelivered};
use super::{Arrived, Round};
use crate::native::clock;
use crate::native::config::DestinationConfig;
use crate::native::ledger::Job;

/// The one kind of message there is.
const RECEIVED: &str = "report.received";
/// Bytes of an answer that are read; what it says does not matter.
const MOST: usize = 64 * 1024;

/// One endpoint.
#[derive(Debug)]
pub(crate) struct Webhook {
    client: reqwest::Client,
    url: String,
    secrets: Keyring,
    with_contact: bool,
}

/// The message, in the shape that Standard Webhooks recommends.
#[derive(Serialize)]
struct Message<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    timestamp: Timestamp,
    data: Received<'a>,
}

/// What the origin is told, less what is between it and the edge.
#[derive(Serialize)]
struct Received<'a> {
    municipality: &'a str,
    number: &'a str,
    received_at: Timestamp,
    verdict: Verdict,
    reasons: &'a [Reason],
    route: &'a Route,
    #[serde(skip_serializing_if = "Option::is_none")]
    partner: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    joins: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed: Option<&'a Confirmation>,
    report: &'a Report,
    photos: &'a [StoredPhoto],
}

impl Webhook {
    pub(super) fn new(
        config: &DestinationConfig,
        secrets: Keyring,
    ) -> Result<Webhook, reqwest::Error> {
        Ok(Webhook {
            client: client()?,
            url: config.url.clone(),
            secrets,
            with_contact: config.with_contact,
        })
    }

    pub(super) async fn carry(&self, round: &Round<'_>, job: &Job) -> Result<Arrived, Undelivered> {
        let Some(mut delivery) = round.edge.ledger.delivery(&job.number).await? else {
            return Ok(Arrived::default());
        };
        if !self.with_contact {
            delivery.report.contact = None;
            delivery.confirmed = None;
        }
        self.send(&delivery).await?;
        Ok(Arrived::default())
    }

    async fn send(&self, delivery: &Delivery) -> Result<(), Undelivered> {
        let body = serde_json::to_vec(&message(delivery))?;
        let (id, now) = (&delivery.number, clock::now().seconds());
        let signed = signature::sign(&self.secrets, id, now, &body)?;
        let request = self
            .client
            .post(&self.url)
            .header(ID_HEADER, signed.id)
            .header(TIMESTAMP_HEADER, signed.timestamp)
            .header(SIGNATURE_HEADER, signed.signature)
            .header("content-type", "application/json")
            .body(body);
        let answer = Answer::to(request, MOST).await?;
        match answer.status {
            200..300 => Ok(()),
            410 => Err(Undelivered::Gone),
            // The address is all there is: where nothing is found, nothing will be.
            404 => Err(answer.refusal(Fault::Destination)),
            status => Err(answer.refusal(Fault::of(status))),
        }
    }
}

fn message(delivery: &Delivery) -> Message<'_> {
    Message {
        kind: RECEIVED,
        timestamp: delivery.received_at,
        data: Received {
            municipality: &delivery.municipality,
            number: &delivery.number,
            received_at: delivery.received_at,
            verdict: delivery.verdict,
            reasons: &delivery.reasons,
            route: &delivery.route,
            partner: delivery.partner.as_deref(),
            joins: delivery.joins.as_deref(),
            confirmed: delivery.confirmed.as_ref(),
            report: &delivery.report,
            photos: &delivery.photos,
        },
    }
}
