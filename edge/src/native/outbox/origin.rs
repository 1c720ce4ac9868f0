//! The origin as the edge talks to it: signed, with a time limit, believing only its own answers.

use std::time::Duration;

use balagh_shared::delivery::{Delivery, StoredPhoto};
use balagh_shared::keyring::Keyring;
use balagh_shared::status::{PublicStatus, ReporterAction};

use super::answer::{Answer, client};
use super::undelivered::{Fault, Undelivered};
use crate::http::Method;
use crate::keys::LedgerKeys;
use crate::native::clock;
use crate::native::config::Config;
use crate::native::figures::Question;
use crate::native::ledger::Label;
use crate::outbox::wire::{self, Heard, Message};

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

    /// Sends a photo's file.
    pub(crate) async fn photo(
        &self,
        photo: &StoredPhoto,
        bytes: bytes::Bytes,
    ) -> Result<(), Undelivered> {
        self.tell(Message::photo(photo, bytes.into())).await
    }

    /// Sends a report.
    pub(crate) async fn report(&self, delivery: &Delivery) -> Result<(), Undelivered> {
        self.tell(Message::report(delivery)?).await
    }

    /// Sends what a reporter does. `body` is theirs.
    pub(crate) async fn act(
        &self,
        number: &str,
        action: ReporterAction,
        body: Vec<u8>,
    ) -> Result<PublicStatus, Undelivered> {
        let message = Message::act(number, action, body);
        let about = message.about.clone();
        let answer = self.send(message, Some(AT_ONCE)).await?;
        Ok(wire::acted(&about, heard(&answer))?)
    }

    /// Names a photo that came after its report.
    pub(crate) async fn late_photo(
        &self,
        number: &str,
        photo: &StoredPhoto,
    ) -> Result<(), Undelivered> {
        self.tell(Message::late_photo(number, photo)?).await
    }

    /// Sends what a person at the edge said of a held report.
    pub(crate) async fn review(&self, number: &str, label: Label) -> Result<(), Undelivered> {
        self.tell(Message::review(number, label.outcome())?).await
    }

    /// Open data, as anybody may read them: unsigned.
    pub(crate) async fn figures(&self, question: &Question) -> Result<Vec<u8>, Undelivered> {
        let request = self.client.get(format!("{}{}", self.url, question.path()));
        let answer = Answer::to(request.timeout(AT_ONCE), MOST).await?;
        if answer.is_success() {
            Ok(answer.body)
        } else {
            Err(answer.refusal(Fault::of(answer.status)))
        }
    }

    async fn tell(&self, message: Message) -> Result<(), Undelivered> {
        let about = message.about.clone();
        let answer = self.send(message, None).await?;
        Ok(wire::taken(&about, heard(&answer))?)
    }

    /// Sends a message; `patience` where its answer is waited for by a person.
    async fn send(
        &self,
        message: Message,
        patience: Option<Duration>,
    ) -> Result<Answer, Undelivered> {
        let fields = message.fields(&self.keys, clock::now().seconds())?;
        let url = format!("{}{}", self.url, message.path);
        let mut request = match message.method {
            Method::Put => self.client.put(url),
            _ => self.client.post(url),
        };
        for (name, value) in fields {
            request = request.header(name, value);
        }
        if let Some(patience) = patience {
            request = request.timeout(patience);
        }
        Answer::to(request.body(message.body), MOST).await
    }
}

fn heard(answer: &Answer) -> Heard<'_> {
    Heard {
        status: answer.status,
        wait_ms: answer.wait_ms,
        body: &answer.body,
    }
}
