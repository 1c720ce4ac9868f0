//! Tells the edge of every change: from the durable queue, signed, until it has been told.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use balagh_shared::delivery::OriginEvent;
use balagh_shared::signature::{ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, sign};
use tokio::sync::watch;

use crate::keys::Keys;
use crate::municipalities::Municipalities;
use crate::photos::PhotoFiles;
use crate::store::{Due, Store, StoreError};
use crate::{rounds, sys};

/// Statuses told at once: enough to catch up after an outage, few enough not to flood the edge.
const AT_ONCE: u32 = 16;
/// An edge that has not answered by then is taken for away.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long an edge is left alone that was away for all that was told at once: nobody waits for the news
/// of a single report so long that all of them are to knock.
const AWAY: Duration = Duration::from_secs(1);
/// The longest wait between two looks at the queue, should a wake-up have been missed.
const LONGEST: Duration = Duration::from_secs(60);

/// What tells the edge.
#[derive(Clone)]
pub(crate) struct Herald {
    store: Store,
    municipalities: Arc<Municipalities>,
    keys: Keys,
    photos: PhotoFiles,
    client: reqwest::Client,
    /// Where it is, without a slash behind it.
    edge: Arc<str>,
}

/// When there is something to tell again.
enum Next {
    /// After so long, or as soon as something is new.
    At(Duration),
    /// Once the edge may be back.
    Away,
}

/// Why the edge was not told.
enum Untold {
    Store(StoreError),
    /// The event could not be written or signed.
    Message,
    /// The edge could not be reached, or hung up.
    Away,
    /// The edge answered with this status.
    Refused(u16),
}

impl Herald {
    /// For the edge at `edge_url`.
    pub(crate) fn new(
        store: Store,
        municipalities: Arc<Municipalities>,
        keys: Keys,
        photos: PhotoFiles,
        edge_url: &str,
    ) -> Result<Herald, reqwest::Error> {
        // reqwest has no TLS of its own here; whoever installed one before us is welcome.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let edge = edge_url.trim_end_matches('/').into();
        Ok(Herald {
            store,
            municipalities,
            keys,
            photos,
            client,
            edge,
        })
    }

    /// Works until `stop` changes; `wake` changes when there may be something new.
    pub(crate) async fn run(self, mut wake: watch::Receiver<()>, mut stop: watch::Receiver<bool>) {
        loop {
            // Cut short, a round loses nothing: what was not told is still queued.
            let round = tokio::select! {
                _ = stop.changed() => return,
                round = self.round() => round,
            };
            let next = round.unwrap_or_else(|error| {
                tracing::error!(%error, "the status queue cannot be read");
                Next::At(rounds::AFTER_FAILURE)
            });
            let (pause, is_away) = match next {
                Next::At(pause) => (pause, false),
                Next::Away => (AWAY, true),
            };
            tokio::select! {
                // In this order, so that a simulation can be repeated.
                biased;
                _ = stop.changed() => return,
                _ = wake.changed(), if !is_away => {}
                () = sys::sleep(pause) => {}
            }
        }
    }

    /// Tells what is due.
    async fn round(&self) -> Result<Next, StoreError> {
        let mut tasks = sys::Tasks::new();
        for due in self.store.due_statuses(sys::now(), AT_ONCE).await? {
            let herald = self.clone();
            tasks.spawn(async move { herald.settle(due).await });
        }
        let ended = rounds::settled(tasks).await?;
        if !ended.is_empty() && ended.iter().all(|is_away| *is_away) {
            return Ok(Next::Away);
        }
        let next = self.store.next_status().await?;
        Ok(Next::At(rounds::until(next, LONGEST)))
    }

    /// Tries one, and writes down what became of it; gives whether the edge was away.
    async fn settle(&self, due: Due) -> Result<bool, StoreError> {
        match self.tell(&due).await {
            Ok(revision) => {
                self.store.status_told(&due.number, revision).await?;
                Ok(false)
            }
            // A row that cannot be read is put off like any other: at the head of the queue it would
            // keep all the others waiting.
            Err(untold) => {
                tracing::warn!(%untold, attempts = due.attempts, "the edge was not told");
                let (now, jitter) = (sys::now(), sys::jitter());
                self.store.status_failed(&due, now, jitter).await?;
                Ok(matches!(untold, Untold::Away))
            }
        }
    }

    /// Hands over the photos of the work that the edge does not have, before the news that names them:
    /// nobody is shown a picture that is not there.
    async fn hand_over(&self, number: &str) -> Result<(), Untold> {
        let untold = self.store.untold_pictures(number).await;
        for sha256 in untold.map_err(Untold::Store)? {
            let bytes = self.photos.read(&sha256).await;
            let Some(bytes) = bytes.map_err(|_| Untold::Message)? else {
                // It was erased meanwhile: there is nothing to hand over.
                continue;
            };
            let path = format!("/origin/v1/photos/{number}/{sha256}");
            let request = self.client.put(format!("{}{path}", self.edge));
            let id = format!("{number}/{sha256}");
            match self.send(request, &id, bytes.into()).await {
                // An edge without a place for pictures: its pages tell of this one in words.
                Ok(()) | Err(Untold::Refused(404)) => {}
                Err(untold) => return Err(untold),
            }
            let told = self.store.picture_told(number, &sha256).await;
            told.map_err(Untold::Store)?;
        }
        Ok(())
    }

    /// Sends how the report stands now, which may be later than what was queued. Gives the revision
    /// that was told.
    async fn tell(&self, due: &Due) -> Result<u64, Untold> {
        self.hand_over(&due.number).await?;
        let report = self
            .store
            .report(&due.number)
            .await
            .map_err(Untold::Store)?;
        let Some(report) = report else {
            return Err(Untold::Message);
        };
        let status = self.municipalities.status(&report).map_err(Untold::Store)?;
        let is_published = report.life().is_published;
        let is_taken_in = report.taken_in_by().is_some();
        let secret_kid = report.secret_kid.filter(|_| is_taken_in);
        let public_text = report.report.description;
        let public_text = Some(public_text).filter(|text| is_published && !text.is_empty());
        let municipality = report.municipality;
        let revision = status.revision;
        let id = format!("{}:{revision}", status.number);
        let body = serde_json::to_vec(&OriginEvent {
            municipality,
            status,
            public_text,
            secret_kid,
        })
        .map_err(|_| Untold::Message)?;
        let request = self
            .client
            .post(format!("{}/origin/v1/events", self.edge))
            .header("content-type", "application/json");
        self.send(request, &id, body).await?;
        Ok(revision)
    }

    /// Sends a request with this body, signed as `id`.
    async fn send(
        &self,
        request: reqwest::RequestBuilder,
        id: &str,
        body: Vec<u8>,
    ) -> Result<(), Untold> {
        let headers = sign(&self.keys.webhooks, id, sys::now().seconds(), &body)
            .map_err(|_| Untold::Message)?;
        let request = request
            .header(ID_HEADER, headers.id)
            .header(TIMESTAMP_HEADER, headers.timestamp)
            .header(SIGNATURE_HEADER, headers.signature)
            .body(body);
        let answer = sys::send(request).await.map_err(|_| Untold::Away)?;
        // No other success is the edge's own: a portal or a proxy spoke for it, and it knows nothing.
        match answer.status().as_u16() {
            204 => Ok(()),
            status => Err(Untold::Refused(status)),
        }
    }
}

impl fmt::Display for Untold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Untold::Store(error) => error.fmt(f),
            Untold::Message => f.write_str("the event could not be written or signed"),
            Untold::Away => f.write_str("the edge cannot be reached"),
            Untold::Refused(status) => write!(f, "the edge answered {status}"),
        }
    }
}
