//! Delivery: everything acknowledged reaches the origin, however often the origin, the network or
//! this process goes away in between.
//!
//! Rows are in the ledger; this loop only carries them. It can be killed at any point: what was
//! sent but not yet noted is sent again, and the origin takes it once, by number.

use std::sync::Arc;
use std::time::Duration;

use balagh_shared::outbox::next_attempt;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::clock;
use super::edge::Edge;
use super::ledger::{Job, LedgerError, Load};
use super::origin::{Origin, OriginError};

/// Jobs carried at the same time.
const AT_ONCE: u32 = 8;
/// How long to wait when the ledger itself does not answer.
const LEDGER_PAUSE: Duration = Duration::from_secs(1);

/// Why a job was not carried.
#[derive(Debug)]
enum Undelivered {
    Origin(OriginError),
    Ledger(LedgerError),
    Photo(object_store::Error),
}

/// Carries jobs until `stop` says otherwise; what is on its way then is finished.
pub(crate) async fn run(edge: Arc<Edge>, origin: Origin, mut stop: watch::Receiver<bool>) {
    let mut origin_was_away = false;
    while !*stop.borrow() {
        let round = match edge.ledger.due(clock::now(), AT_ONCE).await {
            Ok(jobs) => carry(&edge, &origin, jobs).await,
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be read");
                wait(&edge, &mut stop, Some(LEDGER_PAUSE)).await;
                continue;
            }
        };
        if origin_was_away && round.delivered > 0 {
            // The first that arrives after a failure says that the origin is back.
            if let Err(error) = edge.ledger.hasten(clock::now()).await {
                tracing::error!(%error, "the outbox cannot be hastened");
            }
        }
        origin_was_away = round.failed > 0 || (origin_was_away && round.delivered == 0);
        if round.delivered + round.failed > 0 {
            continue;
        }
        let pause = match edge.ledger.next_due().await {
            Ok(None) => None,
            Ok(Some(due)) => {
                let millis = due.millis().saturating_sub(clock::now().millis());
                Some(Duration::from_millis(u64::try_from(millis).unwrap_or(0)))
            }
            Err(_) => Some(LEDGER_PAUSE),
        };
        wait(&edge, &mut stop, pause).await;
    }
}

#[derive(Default)]
struct Round {
    delivered: usize,
    failed: usize,
}

async fn wait(edge: &Edge, stop: &mut watch::Receiver<bool>, pause: Option<Duration>) {
    let timer = async {
        match pause {
            Some(pause) => tokio::time::sleep(pause).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = timer => {}
        () = edge.bell.notified() => {}
        _ = stop.changed() => {}
    }
}

async fn carry(edge: &Arc<Edge>, origin: &Origin, jobs: Vec<Job>) -> Round {
    let mut carried = JoinSet::new();
    for job in jobs {
        let (edge, origin) = (Arc::clone(edge), origin.clone());
        carried.spawn(async move { deliver(&edge, &origin, &job).await });
    }
    let mut round = Round::default();
    while let Some(outcome) = carried.join_next().await {
        if matches!(outcome, Ok(true)) {
            round.delivered += 1;
        } else {
            round.failed += 1;
        }
    }
    round
}

/// Whether the origin has it now.
async fn deliver(edge: &Edge, origin: &Origin, job: &Job) -> bool {
    let attempt = match &job.load {
        Load::Report => report(edge, origin, job).await,
        Load::Photo(sent) => late_photo(edge, origin, job, sent).await,
    };
    edge.metrics.delivery(attempt.is_ok());
    match attempt {
        Ok(()) => {
            tracing::info!(number = job.number, attempts = job.attempts, "delivered");
            true
        }
        Err(undelivered) => {
            postpone(edge, job, &undelivered).await;
            false
        }
    }
}

async fn postpone(edge: &Edge, job: &Job, undelivered: &Undelivered) {
    let why = undelivered.to_string();
    tracing::warn!(
        number = job.number,
        attempts = job.attempts,
        why,
        "not delivered"
    );
    let jitter = clock::random().map_or(0, |[jitter]: [u8; 1]| jitter);
    let due = next_attempt(clock::now(), job.attempts.saturating_add(1), jitter);
    if let Err(error) = edge.ledger.postpone(job, due).await {
        tracing::error!(%error, "the outbox cannot be written");
        // Without its note the row is still due: do not spin on it.
        tokio::time::sleep(LEDGER_PAUSE).await;
    }
}

async fn report(edge: &Edge, origin: &Origin, job: &Job) -> Result<(), Undelivered> {
    let Some(delivery) = edge.ledger.delivery(&job.number).await? else {
        // The body was erased: there is nothing to carry any more.
        return Ok(edge.ledger.delivered(job, &[], clock::now()).await?);
    };
    for photo in &delivery.photos {
        origin
            .photo(photo, edge.photos.read(&photo.sha256).await?)
            .await?;
    }
    origin.report(&delivery).await?;
    edge.ledger
        .delivered(job, &delivery.photos, clock::now())
        .await?;
    Ok(())
}

async fn late_photo(
    edge: &Edge,
    origin: &Origin,
    job: &Job,
    sent: &str,
) -> Result<(), Undelivered> {
    let delivery = edge.ledger.delivery(&job.number).await?;
    let photo = delivery
        .into_iter()
        .flat_map(|it| it.photos)
        .find(|it| it.sent_sha256 == sent);
    if let Some(photo) = photo {
        origin
            .photo(&photo, edge.photos.read(&photo.sha256).await?)
            .await?;
        origin.late_photo(&job.number, &photo).await?;
    }
    edge.ledger.delivered(job, &[], clock::now()).await?;
    Ok(())
}

impl std::fmt::Display for Undelivered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Undelivered::Origin(error) => error.fmt(f),
            Undelivered::Ledger(error) => error.fmt(f),
            Undelivered::Photo(error) => write!(f, "a photo cannot be read: {error}"),
        }
    }
}

impl From<OriginError> for Undelivered {
    fn from(error: OriginError) -> Undelivered {
        Undelivered::Origin(error)
    }
}

impl From<LedgerError> for Undelivered {
    fn from(error: LedgerError) -> Undelivered {
        Undelivered::Ledger(error)
    }
}

impl From<object_store::Error> for Undelivered {
    fn from(error: object_store::Error) -> Undelivered {
        Undelivered::Photo(error)
    }
}
