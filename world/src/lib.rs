//! What a server does not decide: what time it is, chance, when it goes on, and who answers.
//!
//! Edge and origin ask for these here and nowhere else. Each is the system's own, unless the thread
//! [entered](enter) a [`World`]: then that one answers, and the very code that is shipped runs in a
//! simulation, which can be repeated to the letter. Outside of one, asking costs a look at a
//! thread's variable.
//!
//! *Architecture invariant:* nothing is decided here.

mod tasks;
mod waits;

use std::cell::RefCell;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use balagh_shared::time::Timestamp;

pub use tasks::Tasks;
use waits::Mark;
pub use waits::Waits;

/// A world other than the system's.
pub trait World: Send + Sync {
    /// What the clock of who asks says.
    fn now(&self) -> Timestamp;
    /// Fills `bytes` by chance.
    fn random(&self, bytes: &mut [u8]);
    /// Done when `wait` has passed.
    fn sleep(&self, wait: Duration) -> Later<()>;
    /// Done when it is the turn of who asks, who is about to do `what` to its storage.
    fn turn(&self, what: &'static str) -> Later<std::io::Result<()>>;
    /// What somebody answers; an error where nobody does.
    fn send(&self, request: reqwest::Request) -> Later<Result<reqwest::Response, reqwest::Error>>;
    /// Whether [`Tasks`] run one after the other, so that a run can be repeated to the letter; else
    /// they run on the threads there are, which are to be in this world too.
    fn takes_turns(&self) -> bool {
        true
    }
}

/// Something that a [`World`] brings about.
pub struct Later<T> {
    future: Pin<Box<dyn Future<Output = T> + Send>>,
    mark: Mark,
}

/// The system gives no random bytes: nothing may be minted or sealed.
#[derive(Debug, Clone, Copy)]
pub struct NoRandomness;

thread_local! {
    static CURRENT: RefCell<Option<Arc<dyn World>>> = const { RefCell::new(None) };
}

/// Now, by the machine's clock.
#[must_use]
pub fn now() -> Timestamp {
    if let Some(world) = current() {
        return world.now();
    }
    timestamp(SystemTime::now())
}

/// A time of the system's, of a file for one, as ours.
#[must_use]
pub fn timestamp(at: SystemTime) -> Timestamp {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Random bytes from the system.
///
/// # Errors
/// When it has none to give: whoever asked cannot go on.
pub fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    match current() {
        Some(world) => world.random(&mut bytes),
        None => getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?,
    }
    Ok(bytes)
}

/// What spreads repeated attempts in time; without chance they come together, which is no reason not
/// to repeat.
#[must_use]
pub fn jitter() -> u8 {
    random::<1>().map_or(0, |[byte]| byte)
}

/// Waits.
pub async fn sleep(wait: Duration) {
    match current() {
        Some(world) => world.sleep(wait).await,
        None => tokio::time::sleep(wait).await,
    }
}

/// Waits for what another task of the same process does.
///
/// A simulation has to be told: it would else take the task for one that a database keeps waiting,
/// and let nobody else go on before it does.
pub async fn others<T>(wait: impl Future<Output = T>) -> T {
    let mut wait = pin!(wait);
    let mut mark = Mark::default();
    poll_fn(|context| {
        let polled = wait.as_mut().poll(context);
        if polled.is_pending() {
            mark.set();
        } else {
            mark.clear();
        }
        polled
    })
    .await
}

/// Waits for its turn before it does `what` to its storage: at once, but in a simulation, in which
/// others may go first, the process may end here, and the disk may be full.
///
/// # Errors
/// What the disk said.
pub async fn turn(what: &'static str) -> std::io::Result<()> {
    match current() {
        Some(world) => world.turn(what).await,
        None => Ok(()),
    }
}

/// Sends a request.
///
/// # Errors
/// When nobody answers it.
pub async fn send(request: reqwest::RequestBuilder) -> Result<reqwest::Response, reqwest::Error> {
    match current() {
        Some(world) => world.send(request.build()?).await,
        None => request.send().await,
    }
}

/// Is in `world`, on this thread, while `poll` runs; what that comes to wait for of the world is
/// counted in `waits`.
pub fn enter<T>(world: Arc<dyn World>, waits: &Waits, poll: impl FnOnce() -> T) -> T {
    CURRENT.with_borrow_mut(|current| *current = Some(world));
    let polled = waits.count(poll);
    CURRENT.with_borrow_mut(|current| *current = None);
    polled
}

/// Is in `world`, on this thread, from now on: for one that lets tasks run on threads of their own,
/// at the same time.
pub fn settle(world: Arc<dyn World>) {
    CURRENT.with_borrow_mut(|current| *current = Some(world));
}

fn current() -> Option<Arc<dyn World>> {
    CURRENT.with_borrow(Clone::clone)
}

impl<T> Later<T> {
    /// Done when `future` is.
    pub fn new(future: impl Future<Output = T> + Send + 'static) -> Later<T> {
        Later {
            future: Box::pin(future),
            mark: Mark::default(),
        }
    }
}

impl<T> Future for Later<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let polled = self.future.as_mut().poll(context);
        if polled.is_pending() {
            self.mark.set();
        } else {
            self.mark.clear();
        }
        polled
    }
}

impl<T> fmt::Debug for Later<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Later")
    }
}

impl fmt::Display for NoRandomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the system gives no random bytes")
    }
}

impl std::error::Error for NoRandomness {}
