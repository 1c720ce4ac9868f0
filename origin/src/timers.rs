//! The clock that escalates and closes reports: when nobody does anything, something happens.
//!
//! What is to happen stands in the ledger, written by the transactions that made it due; the
//! scheduler here only knows when to look. A job takes effect in the transaction that removes it, so
//! that neither a restart nor a second process makes it happen twice.

use std::sync::Arc;
use std::time::Duration;

use balagh_shared::keyring::Keyring;
use balagh_shared::scheduler::{Command, Event, Job, Scheduler};
use tokio::sync::{mpsc, watch};

use crate::desk;
use crate::lifecycle::step::Step;
use crate::lifecycle::timer::Timer;
use crate::municipalities::Municipalities;
use crate::store::{Store, StoreError};
use crate::{rounds, sys};

/// The longest wait between two looks at the clock, which may have been set meanwhile.
const LONGEST: Duration = Duration::from_secs(60);
/// Reports whose timers are looked up at once.
const AT_ONCE: usize = 64;

/// What lets timers take effect.
pub(crate) struct Timers {
    pub(crate) store: Store,
    pub(crate) municipalities: Arc<Municipalities>,
    pub(crate) codes: Keyring,
    /// Changed when somebody is to be told.
    pub(crate) wake: watch::Sender<()>,
}

impl Timers {
    /// Works until `stop` changes; `changed` names reports whose timers may be others now.
    pub(crate) async fn run(
        self,
        mut changed: mpsc::UnboundedReceiver<String>,
        mut stop: watch::Receiver<bool>,
    ) {
        let mut scheduler = loop {
            match self.store.jobs().await {
                Ok(jobs) => break Scheduler::restored(jobs),
                Err(error) => {
                    tracing::error!(%error, "the timers cannot be read");
                    tokio::select! {
                        _ = stop.changed() => return,
                        () = sys::sleep(rounds::AFTER_FAILURE) => {}
                    }
                }
            }
        };
        let mut events = vec![Event::Woke { now: sys::now() }];
        let mut numbers = Vec::new();
        loop {
            let mut wake = None;
            while let Some(event) = events.pop() {
                for command in scheduler.on(event) {
                    match command {
                        // What is wanted was written by the transaction that wants it; only what
                        // failed is put off from here.
                        Command::Put(job) if job.attempts > 0 => self.put_off(&job).await,
                        Command::Put(_) | Command::Remove { .. } => {}
                        Command::Fire(job) => self.fire(&job, &mut events).await,
                        Command::Wake { at } => wake = Some(at),
                    }
                }
            }
            let pause = rounds::until(wake, LONGEST);
            tokio::select! {
                // In this order, so that a simulation can be repeated.
                biased;
                _ = stop.changed() => return,
                count = changed.recv_many(&mut numbers, AT_ONCE) => match count {
                    0 => return,
                    _ => self.set(&std::mem::take(&mut numbers), &mut events).await,
                },
                () = sys::sleep(pause) => {}
            }
            events.push(Event::Woke { now: sys::now() });
        }
    }

    /// Tells the scheduler of some reports' timers as they stand in the ledger. What is no longer there
    /// fires in vain.
    async fn set(&self, numbers: &[String], events: &mut Vec<Event>) {
        match self.store.jobs_of_all(numbers).await {
            Ok(jobs) => {
                for Job { id, due, token, .. } in jobs {
                    // Told last in, first out: its old setting goes, whatever its time was.
                    events.push(Event::Set {
                        id: id.clone(),
                        due,
                        token,
                    });
                    events.push(Event::Withdraw { id });
                }
            }
            Err(error) => tracing::error!(%error, "reports' timers cannot be read"),
        }
    }

    async fn fire(&self, job: &Job, events: &mut Vec<Event>) {
        let (id, token) = (job.id.clone(), job.token);
        let fired = match self.take_effect(job).await {
            Ok(()) => Event::Fired { id, token },
            Err(error) => {
                tracing::error!(%error, attempts = job.attempts, "a timer could not take effect");
                let jitter = sys::jitter();
                let now = sys::now();
                Event::Failed {
                    id,
                    token,
                    now,
                    jitter,
                }
            }
        };
        // What is next of the same report was made due by the same transaction.
        if let Some((number, _)) = Timer::parse(&job.id) {
            self.set(&[number.to_owned()], events).await;
        }
        events.push(fired);
    }

    async fn take_effect(&self, job: &Job) -> Result<(), StoreError> {
        let (now, documents) = (sys::now(), &*self.municipalities);
        self.store
            .fire(job, documents, now, |report, timer| {
                desk::decide(
                    &Step::Timer(timer),
                    None,
                    report,
                    documents,
                    &self.codes,
                    now,
                )
            })
            .await?;
        self.wake.send_replace(());
        Ok(())
    }

    async fn put_off(&self, job: &Job) {
        if let Err(error) = self.store.put_off(job).await {
            tracing::error!(%error, "a timer cannot be put off");
        }
    }
}
