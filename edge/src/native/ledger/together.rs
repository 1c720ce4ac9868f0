//! Group commit: what waits for the disk at the same time goes there together: decisions about
//! reports, and what became of deliveries.
//!
//! A commit is one `fsync`, however much it holds. Whoever finds nobody writing leads: it writes all
//! that waits in one transaction, so that nothing but what cannot be is refused, and tells everybody
//! once all of it is on disk. There is no task beside the requests and no pause to wait for company:
//! while one group is on its way to the disk, the next one gathers.

use std::mem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use balagh_shared::time::Timestamp;
use tokio::sync::oneshot;

use balagh_database::{Connection, Savepoint, Write as Transaction};

use super::decisions::Decided;
use super::deliveries::Outcome;
use super::{Ledger, LedgerError};
use crate::ledger::statements;
use crate::screen::Effect;

/// Most writes of one group: what follows waits no longer than they take.
const MOST: usize = 128;

/// The group that gathers.
#[derive(Debug, Default)]
pub(super) struct Together {
    waiting: Mutex<Vec<Waiting>>,
    /// Who leads holds it.
    lead: tokio::sync::Mutex<()>,
    groups: AtomicU64,
    writes: AtomicU64,
}

/// How writes went to the disk, since the process began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commits {
    /// Groups, of one commit and one `fsync` each.
    pub groups: u64,
    /// Writes in them.
    pub writes: u64,
}

/// What is to be written: all of it, or nothing.
#[derive(Debug)]
pub(super) enum Write {
    /// A decision about a report.
    Decision {
        effects: Vec<Effect>,
        now: Timestamp,
    },
    /// What became of a delivery.
    Outcome(Outcome),
}

impl Write {
    fn decision(waiting: &Waiting) -> Option<(&[Effect], Timestamp)> {
        match &waiting.write {
            Write::Decision { effects, now } => Some((effects, *now)),
            Write::Outcome(_) => None,
        }
    }
}

#[derive(Debug)]
struct Waiting {
    write: Write,
    told: oneshot::Sender<Result<(), LedgerError>>,
}

impl Ledger {
    /// Writes a decision: all of it, durably, or nothing.
    ///
    /// # Errors
    /// [`LedgerError::Conflict`] when key, number or nonce were taken since they were read.
    pub async fn apply(&self, effects: &[Effect], now: Timestamp) -> Result<(), LedgerError> {
        let effects = effects.to_vec();
        self.together(Write::Decision { effects, now }).await
    }

    /// Writes with whatever else waits; on disk once this returns.
    pub(super) async fn together(&self, write: Write) -> Result<(), LedgerError> {
        // Before it leads or waits for who leads: in a simulation somebody else's turn may come first.
        self.turn().await?;
        let (told, mut answer) = oneshot::channel();
        self.together.gathering().push(Waiting { write, told });
        let led = balagh_world::others(async {
            tokio::select! {
                biased;
                answered = &mut answer => Err(answered.unwrap_or_else(|_| Err(given_up()))),
                lead = self.together.lead.lock() => Ok(lead),
            }
        });
        let _lead = match led.await {
            Ok(lead) => lead,
            Err(answered) => return answered,
        };
        loop {
            match answer.try_recv() {
                Ok(answered) => return answered,
                Err(oneshot::error::TryRecvError::Closed) => return Err(given_up()),
                Err(oneshot::error::TryRecvError::Empty) => self.lead().await,
            }
        }
    }

    /// How writes went to the disk, since the process began.
    #[must_use]
    pub fn commits(&self) -> Commits {
        Commits {
            groups: self.together.groups.load(Ordering::Relaxed),
            writes: self.together.writes.load(Ordering::Relaxed),
        }
    }

    /// Writes the group that has gathered, and tells everybody in it.
    async fn lead(&self) {
        let group = self.together.next();
        let written = self.write(&group).await;
        if written.is_ok() {
            let count = u64::try_from(group.len()).unwrap_or(u64::MAX);
            self.together.groups.fetch_add(1, Ordering::Relaxed);
            self.together.writes.fetch_add(count, Ordering::Relaxed);
        }
        match written {
            Ok(outcomes) => {
                for (one, outcome) in group.into_iter().zip(outcomes) {
                    if let (Write::Decision { effects, now }, Ok(())) = (&one.write, &outcome) {
                        self.recall(effects, *now);
                    }
                    // Whoever asked may be gone; what is written stands.
                    drop(one.told.send(outcome));
                }
            }
            Err(error) => {
                let shared = Arc::new(error);
                for one in group {
                    let error = LedgerError::Together(Arc::clone(&shared));
                    drop(one.told.send(Err(error)));
                }
            }
        }
    }

    /// What became of each write, all of which are on disk then that were not refused; an error where
    /// none is.
    async fn write(&self, group: &[Waiting]) -> Result<Vec<Result<(), LedgerError>>, LedgerError> {
        let mut tx = self.begin_in_turn().await?;
        let decisions: Vec<_> = group.iter().filter_map(Write::decision).collect();
        // All of them as one, which is what they are unless two want the same key, number or nonce.
        let are_written = !decisions.is_empty() && self.part(&mut tx, &decisions).await?.is_ok();
        let mut outcomes = Vec::with_capacity(group.len());
        for one in group {
            outcomes.push(match &one.write {
                Write::Decision { .. } if are_written => Ok(()),
                Write::Decision { effects, now } => self.part(&mut tx, &[(effects, *now)]).await?,
                Write::Outcome(outcome) => {
                    let mut part = tx.savepoint().await?;
                    let written = outcome.write(&mut part).await;
                    end(part, written).await?
                }
            });
        }
        if let Some(now) = decisions.iter().map(|(_, now)| *now).max() {
            forget(&mut tx, now).await?;
        }
        tx.commit().await?;
        Ok(outcomes)
    }

    /// Writes decisions, all of them or none.
    async fn part(
        &self,
        tx: &mut Transaction,
        decisions: &[(&[Effect], Timestamp)],
    ) -> Result<Result<(), LedgerError>, LedgerError> {
        let mut part = tx.savepoint().await?;
        let written = async {
            let mut decided = Decided::new();
            for (effects, now) in decisions {
                self.decide(&mut decided, effects, *now)?;
            }
            decided.write(&mut part).await
        };
        let written = written.await;
        end(part, written).await
    }
}

/// Keeps a part or takes it back. Fails where the whole transaction is gone already, as after a full
/// disk.
async fn end(
    part: Savepoint<'_>,
    written: Result<(), LedgerError>,
) -> Result<Result<(), LedgerError>, LedgerError> {
    match &written {
        Ok(()) => part.commit().await?,
        Err(_) => part.rollback().await?,
    }
    Ok(written)
}

/// What is over weighs nothing any more: a spent nonce of a dead session, an empty bucket.
async fn forget(tx: &mut Connection, now: Timestamp) -> Result<(), LedgerError> {
    super::counters::forget_idle(tx, now).await?;
    sqlx::query(statements::FORGET_SPENT)
        .bind(now.seconds())
        .execute(&mut *tx)
        .await?;
    Ok(())
}

impl Together {
    fn gathering(&self) -> std::sync::MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first that wait, in their order.
    fn next(&self) -> Vec<Waiting> {
        let mut waiting = self.gathering();
        let count = waiting.len().min(MOST);
        let rest = waiting.split_off(count);
        mem::replace(&mut waiting, rest)
    }
}

/// Whoever led was ended.
fn given_up() -> LedgerError {
    LedgerError::Storage(sqlx::Error::WorkerCrashed)
}
