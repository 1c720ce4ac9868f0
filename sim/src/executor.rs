//! Polls one task at a time, and only when something happened to it: nothing is left to the threads
//! of the machine.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use balagh_world::{Waits, World};

use crate::hub::{Hub, Who, Work};
use crate::place::Place;

/// How long a task may wait for something real before something is wrong with the simulation.
const STUCK: Duration = Duration::from_secs(60);

/// The tasks of a run.
pub(crate) struct Executor {
    hub: Hub,
    client: reqwest::Client,
    tasks: BTreeMap<u64, Task>,
    count: u64,
}

struct Task {
    work: Work,
    place: Arc<Place>,
    alarm: Arc<Alarm>,
    waits: Waits,
}

/// Rings when another task did something that this one waits for.
#[derive(Default)]
struct Alarm {
    rang: AtomicBool,
    outer: Mutex<Option<Waker>>,
}

impl Wake for Alarm {
    fn wake(self: Arc<Alarm>) {
        self.rang.store(true, Ordering::SeqCst);
        let outer = self.outer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waker) = &*outer {
            waker.wake_by_ref();
        }
    }
}

impl Executor {
    pub(crate) fn new(hub: &Hub, client: reqwest::Client) -> Executor {
        Executor {
            hub: hub.clone(),
            client,
            tasks: BTreeMap::new(),
            count: 0,
        }
    }

    /// Ends all tasks of `who`, wherever they are.
    pub(crate) fn kill(&mut self, who: Who) {
        self.tasks.retain(|_, task| task.work.who != who);
        self.hub.lock().forget(who);
    }

    /// Polls `task`, if it is still there, and then whatever that began or woke.
    ///
    /// # Errors
    /// When a task waits for something that nobody will bring about.
    pub(crate) async fn settle(&mut self, task: Option<u64>) -> Result<(), String> {
        if let Some(task) = task {
            self.poll(task).await?;
        }
        loop {
            let spawned = std::mem::take(&mut self.hub.lock().spawned);
            let begun = !spawned.is_empty();
            for work in spawned {
                self.count += 1;
                let place = Arc::new(Place {
                    hub: self.hub.clone(),
                    who: work.who,
                    client: self.client.clone(),
                });
                let alarm = Arc::default();
                let waits = Waits::default();
                let task = Task {
                    work,
                    place,
                    alarm,
                    waits,
                };
                self.tasks.insert(self.count, task);
                self.poll(self.count).await?;
            }
            let rang = |task: &Task| task.alarm.rang.load(Ordering::SeqCst);
            let woken = self.tasks.iter().find(|(_, task)| rang(task));
            match woken.map(|(id, _)| *id) {
                Some(id) => self.poll(id).await?,
                None if !begun => return Ok(()),
                None => {}
            }
        }
    }

    async fn poll(&mut self, id: u64) -> Result<(), String> {
        let Some(task) = self.tasks.get_mut(&id) else {
            return Ok(());
        };
        let who = task.work.who;
        let hub = &self.hub;
        let waker = Waker::from(Arc::clone(&task.alarm));
        let polled = poll_fn(|outer| {
            *task
                .alarm
                .outer
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = Some(outer.waker().clone());
            task.alarm.rang.store(false, Ordering::SeqCst);
            hub.lock().current = id;
            let world = Arc::clone(&task.place) as Arc<dyn World>;
            let (future, waits) = (&mut task.work.future, &task.waits);
            let mut context = Context::from_waker(&waker);
            match balagh_world::enter(world, waits, || future.as_mut().poll(&mut context)) {
                Poll::Ready(()) => Poll::Ready(true),
                Poll::Pending if waits.any() => Poll::Ready(false),
                // A database's thread is at work: nothing else happens before it is done.
                Poll::Pending => Poll::Pending,
            }
        });
        let done = tokio::time::timeout(STUCK, polled)
            .await
            .map_err(|_| format!("{who} waits for what is not simulated"))?;
        if done {
            self.tasks.remove(&id);
        }
        Ok(())
    }
}
