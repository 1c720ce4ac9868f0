//! A message to the origin and its answer: signed, with a time limit, read no further than it may reach.

use super::super::host;
use super::super::io::Outgoing;
use super::Object;
use crate::http::{Headers, Response};
use crate::outbox::wire::{self, Message, Unheard};

/// How long one delivery may take, in milliseconds, body included.
const PATIENCE_MS: u32 = 30_000;
/// The same while a person waits for the answer.
const AT_ONCE_MS: u32 = 10_000;
/// Most bytes of an answer: how a report stands, with all its events.
const MOST: u32 = 1024 * 1024;

impl Object {
    /// Delivers a message.
    ///
    /// # Errors
    /// Why the origin does not have it.
    pub(super) async fn tell(&self, message: &Message) -> Result<(), Unheard> {
        let heard = self.send(message, PATIENCE_MS).await?;
        let retry_after = heard.headers.get("retry-after");
        wire::taken(message, heard.status, retry_after, &heard.body)
    }

    /// Sends a message for whose answer somebody waits.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) async fn tell_at_once(&self, message: &Message) -> Result<Response, Unheard> {
        self.send(message, AT_ONCE_MS).await
    }

    async fn send(&self, message: &Message, patience_ms: u32) -> Result<Response, Unheard> {
        let now = host::now().seconds();
        let mut fields = Headers::default();
        for (name, value) in message.fields(&self.edge.behind.secrets.webhooks, now)? {
            fields.add(name, value);
        }
        let outgoing = Outgoing {
            municipality: None,
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
