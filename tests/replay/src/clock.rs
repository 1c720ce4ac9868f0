//! The time that edge and origin live by: set by who tells the story, and standing still between.
//! What waits for a time to come waits for it to be set. All else of their world is the system's.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use balagh_shared::time::Timestamp;
use balagh_world::{Later, World};
use reqwest::{Client, Request, Response};
use tokio::runtime::Runtime;
use tokio::sync::Notify;

static NOW: AtomicI64 = AtomicI64::new(0);
/// Told whenever it is set.
static SET: Notify = Notify::const_new();

/// The system's world at another time.
struct Replayed {
    client: OnceLock<Client>,
}

/// A runtime whose threads all live by this clock, as the one that calls this does from now on.
#[must_use]
pub fn runtime(at: Timestamp) -> Runtime {
    set(at);
    let world = Arc::new(Replayed {
        client: OnceLock::new(),
    });
    let settle = move || balagh_world::settle(Arc::<Replayed>::clone(&world));
    settle();
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .on_thread_start(settle)
        .build()
        .unwrap()
}

/// Sets it.
pub fn set(at: Timestamp) {
    NOW.store(at.millis(), Ordering::SeqCst);
    SET.notify_waiters();
}

/// Moves it on: whoever tries again after a pause has waited it out.
pub fn pass(wait: Duration) {
    set(now().plus_millis(i64::try_from(wait.as_millis()).unwrap()));
}

async fn until(at: Timestamp) {
    loop {
        let set = SET.notified();
        let mut set = std::pin::pin!(set);
        // Before the look, so that nothing falls between the two.
        set.as_mut().enable();
        if now() >= at {
            return;
        }
        set.await;
    }
}

/// What it shows.
#[must_use]
pub fn now() -> Timestamp {
    Timestamp::from_millis(NOW.load(Ordering::SeqCst))
}

impl World for Replayed {
    fn now(&self) -> Timestamp {
        now()
    }

    fn random(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).unwrap();
    }

    fn sleep(&self, wait: Duration) -> Later<()> {
        let wait = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        Later::new(until(now().plus_millis(wait)))
    }

    fn turn(&self, _: &'static str) -> Later<std::io::Result<()>> {
        Later::new(std::future::ready(Ok(())))
    }

    fn send(&self, request: Request) -> Later<Result<Response, reqwest::Error>> {
        let client = self.client.get_or_init(Client::new).clone();
        Later::new(async move { client.execute(request).await })
    }

    fn takes_turns(&self) -> bool {
        false
    }
}
