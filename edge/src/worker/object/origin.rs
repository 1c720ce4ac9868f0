//! A message to the origin and its answer: signed, with a time limit, read no further than it may reach.

use balagh_shared::signature::SignatureError;
use balagh_shared::status::PublicStatus;

use super::super::host;
use super::super::tasks::Outgoing;
use super::Object;
use crate::http::{Headers, Response};
use crate::outbox::Ended;
use crate::outbox::wire::{self, Fault, Heard, Message, Refusal};

/// How long one delivery may take, in milliseconds, body included.
const PATIENCE_MS: u32 = 30_000;
/// The same while a person waits for the answer.
const AT_ONCE_MS: u32 = 10_000;
/// Most bytes of an answer: how a report stands, with all its events.
const MOST: u32 = 1024 * 1024;

/// Why a message did not arrive.
#[derive(Debug)]
pub(super) enum Unheard {
    /// The origin could not be reached, did not answer in time, or broke off.
    Away,
    /// It is there, or somebody speaks for it.
    Refused(Refusal),
    /// The message could not be read, written or signed here; a code of what could not.
    Unread(&'static str),
}

impl Object {
    /// Delivers a message.
    ///
    /// # Errors
    /// Why the origin does not have it.
    pub(super) async fn tell(&self, message: &Message) -> Result<(), Unheard> {
        let answer = self.send(message, PATIENCE_MS).await?;
        Ok(wire::taken(&message.about, heard(&answer))?)
    }

    /// Delivers what a reporter does, for whose answer they wait.
    ///
    /// # Errors
    /// Why the origin does not have it.
    pub(super) async fn act_at_once(&self, message: &Message) -> Result<PublicStatus, Unheard> {
        let answer = self.send(message, AT_ONCE_MS).await?;
        Ok(wire::acted(&message.about, heard(&answer))?)
    }

    async fn send(&self, message: &Message, patience_ms: u32) -> Result<Response, Unheard> {
        self.ask();
        let now = host::now().seconds();
        let mut fields = Headers::default();
        for (name, value) in message.fields(&self.edge.behind.secrets.webhooks, now)? {
            fields.add(name, value);
        }
        let outgoing = Outgoing {
            url: &format!("{}{}", self.edge.behind.origin, message.path),
            method: message.method,
            fields,
            body: &message.body,
            patience_ms,
            most: MOST,
        };
        let sent = self.edge.io.fetch(outgoing, &self.edge.answered).await;
        // What the runtime says about a failed connection helps nobody who reads the log.
        sent.map_err(|_| Unheard::Away)
    }
}

fn heard(answer: &Response) -> Heard<'_> {
    Heard {
        status: answer.status,
        wait_ms: answer.headers.get("retry-after").and_then(wire::wait_ms),
        body: &answer.body,
    }
}

impl Unheard {
    /// What schedule and breaker are told.
    pub(super) fn ended(&self) -> Ended {
        match self {
            Unheard::Away | Unheard::Refused(Refusal::Stranger) => Ended::Failed { wait_ms: None },
            Unheard::Refused(Refusal::Declined(_)) => Ended::Refused,
            Unheard::Refused(Refusal::Answered { status, wait_ms }) => match Fault::of(*status) {
                Fault::Destination => Ended::Failed { wait_ms: *wait_ms },
                Fault::Message => Ended::Refused,
            },
            Unheard::Unread(_) => Ended::Unread,
        }
    }

    /// Whether the origin gave no answer of its own: it is away, or a proxy or portal spoke for it.
    pub(super) fn is_away(&self) -> bool {
        matches!(
            self,
            Unheard::Away
                | Unheard::Refused(
                    Refusal::Stranger
                        | Refusal::Answered {
                            status: 502..=504,
                            ..
                        }
                )
        )
    }

    /// The stable code that operators see.
    pub(super) fn code(&self) -> String {
        match self {
            Unheard::Away => "unreachable".to_owned(),
            Unheard::Refused(Refusal::Stranger) => "stranger".to_owned(),
            Unheard::Refused(Refusal::Answered { status, .. }) => format!("http.{status}"),
            Unheard::Refused(Refusal::Declined(violations)) => match violations.first() {
                Some(violation) => format!("declined.{}", violation.code.code()),
                None => "declined".to_owned(),
            },
            Unheard::Unread(what) => (*what).to_owned(),
        }
    }
}

impl From<Refusal> for Unheard {
    fn from(refusal: Refusal) -> Unheard {
        Unheard::Refused(refusal)
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
