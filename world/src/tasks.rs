//! Tasks that are waited for together.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use tokio::task::{JoinError, JoinSet};

use crate::current;
use crate::waits::{Mark, Waits};

/// Tasks of one round: at the same time on the system's threads; in a [`World`](crate::World) that
/// takes turns one after the other, each as far as it gets, in the order they were begun.
pub struct Tasks<T> {
    real: JoinSet<T>,
    simulated: Vec<Simulated<T>>,
    /// Whose turn it is among the simulated.
    next: usize,
}

struct Simulated<T> {
    future: Pin<Box<dyn Future<Output = T> + Send>>,
    waits: Waits,
}

impl<T: Send + 'static> Tasks<T> {
    /// None yet.
    #[must_use]
    pub fn new() -> Tasks<T> {
        Tasks {
            real: JoinSet::new(),
            simulated: Vec::new(),
            next: 0,
        }
    }

    /// Begins one.
    pub fn spawn(&mut self, task: impl Future<Output = T> + Send + 'static) {
        if current().is_some_and(|world| world.takes_turns()) {
            self.simulated.push(Simulated {
                future: Box::pin(task),
                waits: Waits::default(),
            });
        } else {
            self.real.spawn(task);
        }
    }

    /// What the next one that ends comes to; nothing once all have ended.
    pub async fn join_next(&mut self) -> Option<Result<T, JoinError>> {
        if self.simulated.is_empty() {
            return self.real.join_next().await;
        }
        let mut mark = Mark::default();
        poll_fn(|context| {
            mark.clear();
            while let Some(task) = self.simulated.get_mut(self.next) {
                let Simulated { future, waits } = task;
                let polled = waits.count(|| future.as_mut().poll(context));
                if let Poll::Ready(done) = polled {
                    drop(self.simulated.remove(self.next));
                    return Poll::Ready(Some(Ok(done)));
                }
                // One that waits for a database comes first again: were others to go on meanwhile,
                // the database's thread would decide in which order.
                if !waits.any() {
                    return Poll::Pending;
                }
                self.next += 1;
            }
            self.next = 0;
            mark.set();
            Poll::Pending
        })
        .await
    }
}

impl<T: Send + 'static> Default for Tasks<T> {
    fn default() -> Tasks<T> {
        Tasks::new()
    }
}

impl<T> fmt::Debug for Tasks<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tasks").finish_non_exhaustive()
    }
}
