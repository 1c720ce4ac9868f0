//! Tasks that are waited for together.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use tokio::task::{JoinError, JoinSet};

use crate::{WAITS, current};

/// Tasks of one round: at the same time on the system's threads; in a [`World`](crate::World) that
/// takes turns one after the other, each as far as it gets, in the order they were begun.
pub struct Tasks<T> {
    real: JoinSet<T>,
    simulated: Vec<Pin<Box<dyn Future<Output = T> + Send>>>,
    /// Whose turn it is among the simulated.
    next: usize,
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
            self.simulated.push(Box::pin(task));
        } else {
            self.real.spawn(task);
        }
    }

    /// What the next one that ends comes to; nothing once all have ended.
    pub async fn join_next(&mut self) -> Option<Result<T, JoinError>> {
        if self.simulated.is_empty() {
            return self.real.join_next().await;
        }
        poll_fn(|context| {
            while let Some(task) = self.simulated.get_mut(self.next) {
                WAITS.set(false);
                if let Poll::Ready(done) = task.as_mut().poll(context) {
                    drop(self.simulated.remove(self.next));
                    return Poll::Ready(Some(Ok(done)));
                }
                // One that waits for a database comes first again: were others to go on meanwhile,
                // the database's thread would decide in which order.
                if !WAITS.get() {
                    return Poll::Pending;
                }
                self.next += 1;
            }
            self.next = 0;
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
