//! Group commit: what waits for the disk at the same time goes there together.
//!
//! A commit is one `fsync`, however much it holds. Whoever finds nobody writing leads: it does all
//! that waits in one transaction, and tells everybody once all of it is on disk. There is no task
//! beside the requests and no pause to wait for company: while one group is on its way to the disk,
//! the next one gathers.
//!
//! Where something of a group fails, all of it is taken back and done again, each behind a savepoint of
//! its own, so that it fails alone. Savepoints from the start would cost every group what few need:
//! SQLite copies each page before it is changed behind one.
//!
//! Who leads may be ended in the middle, as when the edge hangs up. What others asked for goes back
//! to the head of the queue then, and whoever leads next does it again: work may be done twice, and
//! is to find out when it was.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use balagh_database::{Connection, Statement};
use tokio::sync::oneshot;

use super::{Store, StoreError};
use crate::sys;

/// Most of one group: what follows waits no longer than it takes.
const MOST: usize = 128;

/// What is to be written: all of it, or nothing.
pub(super) trait Work: Send + Sync + 'static {
    /// What it comes to.
    type Done: Send + 'static;

    /// Writes it. Not known to be on disk when this returns, and asked for again where it cannot be.
    fn write(
        &self,
        tx: &mut Connection,
    ) -> impl Future<Output = Result<Self::Done, StoreError>> + Send;
}

/// How work went to the disk, since the process began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commits {
    /// Groups, of one commit each.
    pub groups: u64,
    /// What was done in them, whatever it came to.
    pub works: u64,
}

/// The group that gathers.
#[derive(Default)]
pub(super) struct Together {
    waiting: Mutex<VecDeque<Box<dyn Part>>>,
    /// Who leads holds it.
    lead: tokio::sync::Mutex<()>,
    groups: AtomicU64,
    works: AtomicU64,
}

/// Some work, and who waits for it.
trait Part: Send {
    /// Does it; whether it is to stay.
    fn write<'a>(&'a mut self, tx: &'a mut Connection) -> Writing<'a>;
    /// Whether anybody still waits for it.
    fn is_awaited(&self) -> bool;
    /// What it came to is on disk.
    fn settle(self: Box<Self>);
    /// Nothing of its group is known to be.
    fn fail(self: Box<Self>, error: &Arc<StoreError>);
}

type Writing<'a> = Pin<Box<dyn Future<Output = bool> + Send + 'a>>;

struct Waiting<W: Work> {
    work: W,
    done: Option<Result<W::Done, StoreError>>,
    told: oneshot::Sender<Result<W::Done, StoreError>>,
}

/// A group on its way; back in the queue where its leader is ended.
struct Led<'a> {
    together: &'a Together,
    group: VecDeque<Box<dyn Part>>,
}

impl Store {
    /// Writes with whatever else waits; on disk once this returns.
    pub(super) async fn together<W: Work>(&self, work: W) -> Result<W::Done, StoreError> {
        // Before it leads or waits for who leads: in a simulation somebody else's turn may come first.
        sys::turn("write the store")
            .await
            .map_err(sqlx::Error::Io)?;
        let (told, mut answer) = oneshot::channel();
        self.together.gathering().push_back(Box::new(Waiting {
            work,
            done: None,
            told,
        }));
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

    /// How work went to the disk, since the process began.
    #[must_use]
    pub fn commits(&self) -> Commits {
        Commits {
            groups: self.together.groups.load(Ordering::Relaxed),
            works: self.together.works.load(Ordering::Relaxed),
        }
    }

    /// Does what the group that has gathered asks for, and tells everybody in it.
    async fn lead(&self) {
        let mut led = self.together.next();
        match self.write_all(&mut led.group).await {
            Ok(()) => {
                let count = u64::try_from(led.group.len()).unwrap_or(u64::MAX);
                self.together.groups.fetch_add(1, Ordering::Relaxed);
                self.together.works.fetch_add(count, Ordering::Relaxed);
                led.group.drain(..).for_each(|part| part.settle());
            }
            Err(error) => {
                let error = Arc::new(error);
                led.group.drain(..).for_each(|part| part.fail(&error));
            }
        }
    }

    /// All of it is on disk then that came to something; an error where nothing is known to be.
    async fn write_all(&self, group: &mut VecDeque<Box<dyn Part>>) -> Result<(), StoreError> {
        let mut tx = self.database.write().await?;
        let mut is_whole = true;
        for part in group.iter_mut() {
            is_whole = part.write(&mut tx).await;
            if !is_whole {
                break;
            }
        }
        if is_whole {
            return Ok(tx.commit().await?);
        }
        // Fails where the transaction is gone already, as after a full disk.
        tx.rollback().await?;
        let mut tx = self.database.write().await?;
        for part in group {
            let mut own = tx.savepoint().await?;
            if part.write(&mut own).await {
                own.commit().await?;
            } else {
                own.rollback().await?;
            }
        }
        Ok(tx.commit().await?)
    }
}

impl Together {
    fn gathering(&self) -> std::sync::MutexGuard<'_, VecDeque<Box<dyn Part>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first that wait, in their order. What nobody waits for any more is not begun.
    fn next(&self) -> Led<'_> {
        let mut waiting = self.gathering();
        waiting.retain(|part| part.is_awaited());
        let count = waiting.len().min(MOST);
        let rest = waiting.split_off(count);
        let group = std::mem::replace(&mut *waiting, rest);
        Led {
            together: self,
            group,
        }
    }
}

impl Drop for Led<'_> {
    fn drop(&mut self) {
        if !self.group.is_empty() {
            let mut waiting = self.together.gathering();
            self.group.append(&mut waiting);
            std::mem::swap(&mut *waiting, &mut self.group);
        }
    }
}

impl<W: Work> Part for Waiting<W> {
    fn write<'a>(&'a mut self, tx: &'a mut Connection) -> Writing<'a> {
        Box::pin(async move {
            let done = self.work.write(tx).await;
            let stays = done.is_ok();
            self.done = Some(done);
            stays
        })
    }

    fn is_awaited(&self) -> bool {
        !self.told.is_closed()
    }

    fn settle(self: Box<Self>) {
        // Whoever asked may be gone; what is written stands.
        drop(self.told.send(self.done.unwrap_or_else(|| Err(given_up()))));
    }

    fn fail(self: Box<Self>, error: &Arc<StoreError>) {
        let error = StoreError::Together(Arc::clone(error));
        drop(self.told.send(Err(error)));
    }
}

/// The work of one statement comes to how many rows it changed.
impl Work for Statement {
    type Done = u64;

    async fn write(&self, tx: &mut Connection) -> Result<u64, StoreError> {
        Ok(self.execute(tx).await?)
    }
}

/// Whoever led was ended, and nobody leads any more.
fn given_up() -> StoreError {
    StoreError::Database(sqlx::Error::WorkerCrashed)
}

impl fmt::Debug for Together {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Together").finish_non_exhaustive()
    }
}
