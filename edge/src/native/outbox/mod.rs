//! Delivery: everything acknowledged reaches its destinations, however often they, the network or
//! this process go away in between.
//!
//! Rows are in the ledger; a loop a destination only carries them, so that one that fails holds up
//! no other. It can be killed at any point: what was sent but not yet noted is sent again, and the
//! destination takes it once, by number. When something is tried, [`crate::outbox`] decides.
//!
//! | module | idea |
//! | --- | --- |
//! | `bell` | something is to be delivered |
//! | `answer`, `undelivered` | one request and its answer; why it did not arrive, and whose fault that is |
//! | `destination` | who is told of reports, from the configuration |
//! | `origin`, `reporting` | Balagh's own origin, and what it is told of a report |
//! | `open311`, `look_up` | other cities' systems, which do not deduplicate; whether they have it already |
//! | `webhook` | systems of the city that listen |

mod answer;
mod bell;
mod destination;
mod look_up;
mod open311;
mod origin;
mod reporting;
mod undelivered;
mod webhook;

use std::sync::Arc;
use std::time::Duration;

use balagh_shared::delivery::StoredPhoto;
use balagh_world::Tasks;
use tokio::sync::watch;

use super::clock;
use super::edge::Edge;
use super::ledger::{Failure, Job, LedgerError};
use crate::outbox::Ended;
use crate::outbox::breaker::{Admission, Breaker, Change};
use crate::outbox::schedule::{Next, Tried};

pub(crate) use bell::Bell;
pub use destination::DestinationError;
pub(crate) use destination::{Destination, destinations};
pub(crate) use origin::Origin;
pub(crate) use undelivered::Undelivered;

/// Jobs carried to one destination at the same time.
const AT_ONCE: u32 = 8;
/// How long to wait when the ledger itself does not answer.
const LEDGER_PAUSE: Duration = Duration::from_secs(1);
/// The longest wait between two looks, should nobody have rung: another process may share the
/// ledger, and clocks are set.
const LONGEST_LOOK: Duration = Duration::from_secs(60);
/// The same where other edges take reports, who ring no bell here.
const SHARED_LOOK: Duration = Duration::from_millis(500);
/// How often an edge looks whether whoever carries has gone.
const ON_CALL: Duration = Duration::from_secs(2);

/// What arrived with a job.
#[derive(Debug, Default)]
struct Arrived {
    /// The photos that the destination has now.
    photos: Vec<StoredPhoto>,
    /// Those that follow on their own.
    left_behind: Vec<StoredPhoto>,
    /// What the destination calls the report.
    reference: Option<String>,
}

/// Why a job did not arrive, and whether it may have all the same.
#[derive(Debug)]
struct Missed {
    why: Undelivered,
    in_doubt: bool,
}

/// What carrying a job needs to know of the loop.
struct Round<'a> {
    edge: &'a Edge,
    stop: &'a watch::Receiver<bool>,
}

/// Carries jobs to `destination` until `stop` says otherwise; the step that is on its way then is
/// finished.
pub(crate) async fn run(
    edge: Arc<Edge>,
    destination: Arc<Destination>,
    mut stop: watch::Receiver<bool>,
) {
    let mut bell = edge.bell.listen();
    let mut breaker = Breaker::default();
    let duty = format!("outbox/{}", destination.id);
    while !*stop.borrow() {
        match edge.shift.has(&edge.ledger, &duty).await {
            Ok(true) => {}
            Ok(false) => {
                wait(&mut stop, None, ON_CALL).await;
                continue;
            }
            Err(error) => {
                tracing::error!(destination = destination.id, %error, "no duty is given");
                wait(&mut stop, None, LEDGER_PAUSE).await;
                continue;
            }
        }
        let now = clock::now();
        let admission = breaker.admission(now);
        edge.metrics.breaker(&destination.id, breaker.state());
        let most = match admission {
            Admission::All => AT_ONCE,
            Admission::One => 1,
            Admission::Nothing { until } => {
                let millis = until.millis().saturating_sub(now.millis());
                wait(&mut stop, None, duration(millis).min(longest_look(&edge))).await;
                continue;
            }
        };
        let (id, longest) = (&destination.id, destination.schedule.longest_ms());
        let jobs = match edge.ledger.due(id, now, longest, most).await {
            Ok(jobs) => jobs,
            Err(error) => {
                tracing::error!(destination = id, %error, "the outbox cannot be read");
                wait(&mut stop, None, LEDGER_PAUSE).await;
                continue;
            }
        };
        if !jobs.is_empty() {
            let carried = carry(&edge, &destination, &mut breaker, &stop, jobs);
            edge.shift.during(&edge.ledger, &duty, carried).await;
            continue;
        }
        let pause = match edge.ledger.next_due(id).await {
            Ok(None) => LONGEST_LOOK,
            Ok(Some(due)) => duration(due.millis().saturating_sub(clock::now().millis())),
            Err(_) => LEDGER_PAUSE,
        };
        wait(&mut stop, Some(&mut bell), pause.min(longest_look(&edge))).await;
    }
}

/// The longest wait between two looks.
fn longest_look(edge: &Edge) -> Duration {
    if edge.ledger.is_shared() {
        SHARED_LOOK
    } else {
        LONGEST_LOOK
    }
}

/// Waits for `pause`, for the bell where there is one, or to be stopped.
async fn wait(stop: &mut watch::Receiver<bool>, bell: Option<&mut bell::Ear>, pause: Duration) {
    let rung = async {
        match bell {
            Some(bell) => bell.rung().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        // In this order, so that a simulation can be repeated.
        biased;
        () = clock::sleep(pause) => {}
        () = rung => {}
        _ = stop.changed() => {}
    }
}

fn duration(millis: i64) -> Duration {
    Duration::from_millis(u64::try_from(millis).unwrap_or(0))
}

async fn carry(
    edge: &Arc<Edge>,
    destination: &Arc<Destination>,
    breaker: &mut Breaker,
    stop: &watch::Receiver<bool>,
    jobs: Vec<Job>,
) {
    let mut carried = Tasks::new();
    for job in jobs {
        let (edge, destination) = (Arc::clone(edge), Arc::clone(destination));
        let stop = stop.clone();
        carried.spawn(async move { deliver(&edge, &destination, &stop, &job).await });
    }
    while let Some(outcome) = carried.join_next().await {
        match outcome {
            Ok(None) => {}
            Ok(Some(ended)) => heed(edge, &destination.id, breaker, ended).await,
            Err(error) => {
                tracing::error!(destination = destination.id, %error, "a delivery broke off");
                // Its row is still due, and would break off again at once.
                clock::sleep(LEDGER_PAUSE).await;
            }
        }
    }
}

/// Tells the breaker, and does what follows.
async fn heed(edge: &Edge, destination: &str, breaker: &mut Breaker, ended: Ended) {
    match breaker.ended(ended, clock::now(), clock::jitter()) {
        None => {}
        Some(Change::Opened { until }) => {
            tracing::warn!(destination, %until, "the destination is away: left alone");
        }
        Some(Change::Recovered) => {
            tracing::info!(destination, "the destination answers again");
            if let Err(error) = edge.ledger.hasten(destination, clock::now()).await {
                tracing::error!(destination, %error, "the outbox cannot be hastened");
            }
        }
    }
    edge.metrics.breaker(destination, breaker.state());
}

/// Carries a job; after this the destination has it, or its row says what becomes of it. Nothing
/// where nothing was tried.
async fn deliver(
    edge: &Edge,
    destination: &Destination,
    stop: &watch::Receiver<bool>,
    job: &Job,
) -> Option<Ended> {
    let round = Round { edge, stop };
    let noted = match destination.carry(&round, job).await {
        Ok(arrived) => note(edge, destination, job, &arrived).await,
        Err(missed) => Err(missed),
    };
    let ended = match noted {
        Ok(()) => Ended::Taken,
        Err(missed) => {
            let ended = missed.why.ended()?;
            put_off(edge, destination, job, &missed, ended).await;
            ended
        }
    };
    edge.metrics.delivery(&destination.id, ended);
    Some(ended)
}

/// Writes down that a job arrived.
async fn note(
    edge: &Edge,
    destination: &Destination,
    job: &Job,
    arrived: &Arrived,
) -> Result<(), Missed> {
    // It is there; that the ledger may not learn of it is what keeps it in doubt.
    let unnoted = |error: LedgerError| Missed {
        why: error.into(),
        in_doubt: true,
    };
    let now = clock::now();
    let first = Tried {
        attempts: 1,
        refusals: 1,
    };
    if let Next::Again(due) = destination
        .schedule
        .next(first, Ended::Refused, now, clock::jitter())
    {
        edge.ledger
            .follow(job, &arrived.left_behind, now, due)
            .await
            .map_err(unnoted)?;
    }
    edge.ledger
        .delivered(job, &arrived.photos, arrived.reference.as_deref(), now)
        .await
        .map_err(unnoted)?;
    tracing::info!(
        number = job.number,
        destination = destination.id,
        attempts = job.attempts,
        "delivered"
    );
    Ok(())
}

async fn put_off(edge: &Edge, destination: &Destination, job: &Job, missed: &Missed, ended: Ended) {
    let undelivered = &missed.why;
    let (code, now) = (undelivered.code(), clock::now());
    let is_refusal = !matches!(ended, Ended::Failed { .. });
    let tried = Tried {
        attempts: job.attempts.saturating_add(1),
        refusals: job.refusals.saturating_add(u32::from(is_refusal)),
    };
    let next = destination
        .schedule
        .next(tried, ended, now, clock::jitter());
    let (number, destination) = (&job.number, &destination.id);
    match next {
        Next::Again(_) => tracing::warn!(
            number, destination, attempts = tried.attempts, code, %undelivered, "not delivered"
        ),
        Next::Dead => tracing::error!(
            number, destination, attempts = tried.attempts, code, %undelivered,
            "put aside: see `balagh edge outbox list --dead`"
        ),
    }
    let failure = Failure {
        code: &code,
        is_refusal,
        in_doubt: missed.in_doubt,
    };
    if let Err(error) = edge.ledger.failed(job, &failure, next, now).await {
        tracing::error!(%error, "the outbox cannot be written");
        // Without its note the row is still due: do not spin on it.
        clock::sleep(LEDGER_PAUSE).await;
    }
}

impl Round<'_> {
    /// Between two steps: whether there is to be another.
    fn go_on(&self) -> Result<(), Undelivered> {
        if *self.stop.borrow() {
            Err(Undelivered::Stopping)
        } else {
            Ok(())
        }
    }
}

impl Arrived {
    /// The destination has it under a name of its own.
    fn called(reference: String) -> Arrived {
        Arrived {
            reference: Some(reference),
            ..Arrived::default()
        }
    }
}

/// Where a message sent again is taken once, there is never a doubt.
impl From<Undelivered> for Missed {
    fn from(why: Undelivered) -> Missed {
        Missed {
            why,
            in_doubt: false,
        }
    }
}
