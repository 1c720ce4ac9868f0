//! Delivery: everything acknowledged reaches the origin, however often the origin, the network or
//! this process goes away in between.
//!
//! Rows are in the ledger; this loop only carries them. It can be killed at any point: what was
//! sent but not yet noted is sent again, and the origin takes it once, by number.

use std::sync::Arc;
use std::time::Duration;

use balagh_shared::delivery::StoredPhoto;
use balagh_shared::outbox::next_attempt;
use balagh_shared::time::Timestamp;
use balagh_world::Tasks;
use tokio::sync::watch;

use super::clock;
use super::edge::Edge;
use super::ledger::{Job, LedgerError, Load};
use super::origin::{Origin, OriginError};

/// Jobs carried at the same time.
const AT_ONCE: u32 = 8;
/// How long to wait when the ledger itself does not answer.
const LEDGER_PAUSE: Duration = Duration::from_secs(1);

/// The longest wait between two looks, should nobody have rung: another process may share the
/// ledger, and clocks are set.
const LONGEST_LOOK: Duration = Duration::from_secs(60);

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
                wait(&edge, &mut stop, LEDGER_PAUSE).await;
                continue;
            }
        };
        if origin_was_away && round.delivered > 0 {
            // The first that arrives after a failure says that the origin is back.
            if let Err(error) = edge.ledger.hasten(clock::now()).await {
                tracing::error!(%error, "the outbox cannot be hastened");
            }
        }
        // Only silence counts: a message that the origin refuses says nothing about the others, and
        // must not make all that wait due at once again and again.
        origin_was_away = round.away > 0 || (origin_was_away && round.delivered == 0);
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
        let pause = pause.map_or(LONGEST_LOOK, |pause| pause.min(LONGEST_LOOK));
        wait(&edge, &mut stop, pause).await;
    }
}

/// What became of the jobs of a round.
#[derive(Default)]
struct Round {
    delivered: usize,
    failed: usize,
    /// Of the failed ones: the origin gave no answer of its own.
    away: usize,
}

async fn wait(edge: &Edge, stop: &mut watch::Receiver<bool>, pause: Duration) {
    tokio::select! {
        () = clock::sleep(pause) => {}
        () = edge.bell.notified() => {}
        _ = stop.changed() => {}
    }
}

async fn carry(edge: &Arc<Edge>, origin: &Origin, jobs: Vec<Job>) -> Round {
    let mut carried = Tasks::new();
    for job in jobs {
        let (edge, origin) = (Arc::clone(edge), origin.clone());
        carried.spawn(async move { deliver(&edge, &origin, &job).await });
    }
    let mut round = Round::default();
    while let Some(outcome) = carried.join_next().await {
        match outcome {
            Ok(Ok(())) => round.delivered += 1,
            Ok(Err(undelivered)) => {
                round.failed += 1;
                round.away += usize::from(undelivered.is_away());
            }
            Err(error) => {
                tracing::error!(%error, "a delivery broke off");
                round.failed += 1;
                // Its row is still due, and would break off again at once.
                clock::sleep(LEDGER_PAUSE).await;
            }
        }
    }
    round
}

/// Carries a job; after this the origin has it, or its row says when it is tried again.
async fn deliver(edge: &Edge, origin: &Origin, job: &Job) -> Result<(), Undelivered> {
    let attempt = match &job.load {
        Load::Report => report(edge, origin, job).await,
        Load::Photo(sent) => late_photo(edge, origin, job, sent).await,
        Load::Review => review(edge, origin, job).await,
    };
    edge.metrics.delivery(attempt.is_ok());
    match &attempt {
        Ok(()) => tracing::info!(number = job.number, attempts = job.attempts, "delivered"),
        Err(undelivered) => postpone(edge, job, undelivered).await,
    }
    attempt
}

async fn postpone(edge: &Edge, job: &Job, undelivered: &Undelivered) {
    let why = undelivered.to_string();
    tracing::warn!(
        number = job.number,
        attempts = job.attempts,
        why,
        "not delivered"
    );
    let due = later(job.attempts.saturating_add(1));
    if let Err(error) = edge.ledger.postpone(job, due).await {
        tracing::error!(%error, "the outbox cannot be written");
        // Without its note the row is still due: do not spin on it.
        clock::sleep(LEDGER_PAUSE).await;
    }
}

/// When a job is tried again after so many failures.
fn later(attempts: u32) -> Timestamp {
    let jitter = clock::random().map_or(0, |[jitter]: [u8; 1]| jitter);
    next_attempt(clock::now(), attempts, jitter)
}

async fn report(edge: &Edge, origin: &Origin, job: &Job) -> Result<(), Undelivered> {
    let Some(mut delivery) = edge.ledger.delivery(&job.number).await? else {
        // The body was erased: there is nothing to carry any more.
        return Ok(edge.ledger.delivered(job, &[], clock::now()).await?);
    };
    let mut left_behind = Vec::new();
    for photo in std::mem::take(&mut delivery.photos) {
        match carry_photo(edge, origin, &photo).await {
            Ok(()) => delivery.photos.push(photo),
            Err(undelivered) if undelivered.is_away() => return Err(undelivered),
            // A photo never keeps its report back: it goes on trying by itself.
            Err(undelivered) => {
                let why = undelivered.to_string();
                tracing::warn!(number = job.number, why, "a photo stays behind its report");
                left_behind.push(photo);
            }
        }
    }
    origin.report(&delivery).await?;
    edge.ledger
        .follow(&job.number, &left_behind, clock::now(), later(1))
        .await?;
    edge.ledger
        .delivered(job, &delivery.photos, clock::now())
        .await?;
    Ok(())
}

async fn carry_photo(edge: &Edge, origin: &Origin, photo: &StoredPhoto) -> Result<(), Undelivered> {
    let bytes = edge.photos.read(&photo.sha256).await?;
    Ok(origin.photo(photo, bytes).await?)
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
        carry_photo(edge, origin, &photo).await?;
        origin.late_photo(&job.number, &photo).await?;
    }
    edge.ledger.delivered(job, &[], clock::now()).await?;
    Ok(())
}

async fn review(edge: &Edge, origin: &Origin, job: &Job) -> Result<(), Undelivered> {
    let screening = edge.ledger.screening(&job.number).await?;
    if let Some(label) = screening.and_then(|it| it.label) {
        origin.review(&job.number, label).await?;
    }
    edge.ledger.delivered(job, &[], clock::now()).await?;
    Ok(())
}

impl Undelivered {
    /// Whether the origin itself was not there, so that nothing else will reach it either.
    fn is_away(&self) -> bool {
        matches!(self, Undelivered::Origin(error) if error.is_away())
    }
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
