//! Several who ask for the same kind of thing at the same time: the first comer leads, and does for all
//! that wait what it came for; the others are carried.
//!
//! There is no task beside those who ask and no pause to wait for company: while one group is under
//! way, the next one gathers.
//!
//! Who leads may be ended in the middle, as when a client hangs up. What others asked for goes back
//! to the head of the queue then, and whoever leads next does it again.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// Most of one group: what follows waits no longer than it takes.
const MOST: usize = 128;

/// Those that wait for whoever leads.
pub(crate) struct Crowd<T> {
    waiting: Mutex<VecDeque<T>>,
    /// Who leads holds it.
    lead: tokio::sync::Mutex<()>,
}

/// One of them.
pub(crate) trait Waits: Send {
    /// Whether anybody still waits for it.
    fn is_awaited(&self) -> bool;
}

/// While a group is led; boxed, so that whoever waits is of a plain type.
pub(crate) type Leading<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// How a group is led.
pub(crate) trait Leads<T>: Sync {
    /// Does what all of a group asked for, and takes out of it whom it has told so. Those that it
    /// leaves are asked for again.
    fn lead<'a>(&'a self, group: &'a mut VecDeque<T>) -> Leading<'a>;
}

/// A group under way; back in the queue where its leader is ended.
struct Led<'a, T> {
    crowd: &'a Crowd<T>,
    group: VecDeque<T>,
}

impl<T: Waits> Crowd<T> {
    /// Waits with `one` until `answer` is there, and leads where nobody does; nothing where whoever
    /// led gave it up.
    pub(crate) async fn join<A>(
        &self,
        one: T,
        mut answer: oneshot::Receiver<A>,
        leader: &impl Leads<T>,
    ) -> Option<A> {
        self.gathering().push_back(one);
        let led = balagh_world::others(async {
            tokio::select! {
                biased;
                answered = &mut answer => Err(answered.ok()),
                lead = self.lead.lock() => Ok(lead),
            }
        });
        let _lead = match led.await {
            Ok(lead) => lead,
            Err(answered) => return answered,
        };
        loop {
            match answer.try_recv() {
                Ok(answered) => return Some(answered),
                Err(oneshot::error::TryRecvError::Closed) => return None,
                Err(oneshot::error::TryRecvError::Empty) => {
                    let mut led = self.next();
                    leader.lead(&mut led.group).await;
                }
            }
        }
    }

    /// The first that wait, in their order. What nobody waits for any more is not begun.
    fn next(&self) -> Led<'_, T> {
        let mut waiting = self.gathering();
        waiting.retain(Waits::is_awaited);
        let count = waiting.len().min(MOST);
        let rest = waiting.split_off(count);
        let group = std::mem::replace(&mut *waiting, rest);
        Led { crowd: self, group }
    }
}

impl<T> Crowd<T> {
    fn gathering(&self) -> MutexGuard<'_, VecDeque<T>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Drop for Led<'_, T> {
    fn drop(&mut self) {
        if !self.group.is_empty() {
            let mut waiting = self.crowd.gathering();
            self.group.append(&mut waiting);
            std::mem::swap(&mut *waiting, &mut self.group);
        }
    }
}

impl<T> Default for Crowd<T> {
    fn default() -> Crowd<T> {
        Crowd {
            waiting: Mutex::default(),
            lead: tokio::sync::Mutex::default(),
        }
    }
}
