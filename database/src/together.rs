//! Group commit: what waits for the disk at the same time goes there together.
//!
//! A commit is one `fsync`, however much it holds. Whoever finds nobody writing leads (see
//! [`crowd`](crate::crowd)): it does all that waits in one transaction, and tells everybody once all
//! of it is on disk.
//!
//! Works of one kind may leave what they write to a [`Batch`], which writes it table by table, many
//! rows a statement. Where something of a group fails, all of it is taken back and done again, each
//! work with a batch of its own and behind a savepoint of its own, so that it fails alone. Savepoints
//! from the start would cost every group what few need: SQLite copies each page before it is changed
//! behind one.
//!
//! Where who leads is ended in the middle, the rest is done by whoever leads next: work may be done
//! twice, and is to find out when it was.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::oneshot;

use crate::crowd::{Crowd, Leading, Leads, Waits};
use crate::{Connection, Database};

/// What is to be written: all of it, or nothing.
pub trait Work: Send + Sync + 'static {
    /// What the works of a group leave to be written at its end.
    type Batch: Batch<Error = Self::Error>;
    /// What it comes to.
    type Done: Send + 'static;
    /// Why it cannot be.
    type Error: Failure;

    /// Writes it, or leaves it to the batch. Not known to be on disk when this returns, and asked for
    /// again where it cannot be.
    fn write(
        &self,
        tx: &mut Connection,
        batch: &mut Self::Batch,
    ) -> impl Future<Output = Result<Self::Done, Self::Error>> + Send;

    /// It is on disk, and nobody has been told so yet.
    fn stands(&self) {}
}

/// What works leave to be written at the end of their group.
pub trait Batch: Default + Send + 'static {
    /// Why it cannot be.
    type Error;

    /// Writes all of it; where that fails, some of it may be written.
    fn write(self, tx: &mut Connection) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// Why something cannot be written: of its own, or shared with all others of its group.
pub trait Failure: From<sqlx::Error> + From<Arc<Self>> + Send + Sync + 'static {}

impl<E: From<sqlx::Error> + From<Arc<E>> + Send + Sync + 'static> Failure for E {}

/// How works went to the disk, since the process began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commits {
    /// Groups, of one commit each.
    pub groups: u64,
    /// What was done in them, whatever it came to.
    pub works: u64,
}

/// The group that gathers: of works that leave to `B` and fail with `E`.
pub struct Together<B, E> {
    crowd: Crowd<Box<dyn Part<B, E>>>,
    groups: AtomicU64,
    works: AtomicU64,
}

/// Some work, and who waits for it.
trait Part<B, E>: Send {
    /// Does it; whether it is to stay.
    fn write<'a>(&'a mut self, tx: &'a mut Connection, batch: &'a mut B) -> Writing<'a>;
    /// Takes back what it came to.
    fn refuse(&mut self, error: E);
    /// Whether anybody still waits for it.
    fn is_awaited(&self) -> bool;
    /// What it came to is on disk.
    fn settle(self: Box<Self>);
    /// Nothing of its group is known to be.
    fn fail(self: Box<Self>, error: &Arc<E>);
}

type Writing<'a> = Pin<Box<dyn Future<Output = bool> + Send + 'a>>;

struct Waiting<W: Work> {
    work: W,
    done: Option<Result<W::Done, W::Error>>,
    told: oneshot::Sender<Result<W::Done, W::Error>>,
}

/// Who leads writes there, and counts here.
struct Leader<'a, B, E> {
    together: &'a Together<B, E>,
    database: &'a Database,
}

impl<B: Batch<Error = E>, E: Failure> Together<B, E> {
    /// Writes with whatever else waits; on disk once this returns.
    ///
    /// # Errors
    /// What the work failed with, or the group as a whole; then nothing of it is known to be on disk.
    pub async fn write<W: Work<Batch = B, Error = E>>(
        &self,
        database: &Database,
        work: W,
    ) -> Result<W::Done, E> {
        let (told, answer) = oneshot::channel();
        let waiting = Box::new(Waiting {
            work,
            done: None,
            told,
        });
        let leader = Leader {
            together: self,
            database,
        };
        let answered = self.crowd.join(waiting, answer, &leader).await;
        answered.unwrap_or_else(|| Err(given_up()))
    }
}

impl<B: Batch<Error = E>, E: Failure> Leads<Box<dyn Part<B, E>>> for Leader<'_, B, E> {
    fn lead<'a>(&'a self, group: &'a mut VecDeque<Box<dyn Part<B, E>>>) -> Leading<'a> {
        Box::pin(self.write(group))
    }
}

impl<B: Batch<Error = E>, E: Failure> Leader<'_, B, E> {
    async fn write(&self, group: &mut VecDeque<Box<dyn Part<B, E>>>) {
        match write_all(self.database, group).await {
            Ok(()) => {
                let count = u64::try_from(group.len()).unwrap_or(u64::MAX);
                self.together.groups.fetch_add(1, Ordering::Relaxed);
                self.together.works.fetch_add(count, Ordering::Relaxed);
                group.drain(..).for_each(|part| part.settle());
            }
            Err(error) => {
                let error = Arc::new(error);
                group.drain(..).for_each(|part| part.fail(&error));
            }
        }
    }
}

/// All of it is on disk then that came to something; an error where nothing is known to be.
async fn write_all<B: Batch<Error = E>, E: Failure>(
    database: &Database,
    group: &mut VecDeque<Box<dyn Part<B, E>>>,
) -> Result<(), E> {
    let mut tx = database.write().await?;
    let whole = write_at_once(&mut tx, group).await;
    if whole.is_ok() {
        return Ok(tx.commit().await?);
    }
    // Fails where the transaction is gone already, as after a full disk.
    tx.rollback().await?;
    if let ([alone], Err(cause)) = (group.make_contiguous(), whole) {
        // There is nobody else to go on for.
        if let Some(error) = cause {
            alone.refuse(error);
        }
        return Ok(());
    }
    let mut tx = database.write().await?;
    for part in group {
        let mut own = tx.savepoint().await?;
        let mut batch = B::default();
        let mut stays = part.write(&mut own, &mut batch).await;
        if stays && let Err(error) = batch.write(&mut own).await {
            part.refuse(error);
            stays = false;
        }
        if stays {
            own.commit().await?;
        } else {
            own.rollback().await?;
        }
    }
    Ok(tx.commit().await?)
}

/// Writes all of a group as one, unless something of it cannot be: a work, which knows its error, or
/// what was left to the batch.
async fn write_at_once<B: Batch<Error = E>, E: Failure>(
    tx: &mut Connection,
    group: &mut VecDeque<Box<dyn Part<B, E>>>,
) -> Result<(), Option<E>> {
    let mut batch = B::default();
    for part in group {
        if !part.write(tx, &mut batch).await {
            return Err(None);
        }
    }
    batch.write(tx).await.map_err(Some)
}

impl<B, E> Together<B, E> {
    /// How works went to the disk, since the process began.
    #[must_use]
    pub fn commits(&self) -> Commits {
        Commits {
            groups: self.groups.load(Ordering::Relaxed),
            works: self.works.load(Ordering::Relaxed),
        }
    }
}

impl<B, E> Waits for Box<dyn Part<B, E>> {
    fn is_awaited(&self) -> bool {
        Part::is_awaited(&**self)
    }
}

impl<W: Work> Part<W::Batch, W::Error> for Waiting<W> {
    fn write<'a>(&'a mut self, tx: &'a mut Connection, batch: &'a mut W::Batch) -> Writing<'a> {
        Box::pin(async move {
            let done = self.work.write(tx, batch).await;
            let stays = done.is_ok();
            self.done = Some(done);
            stays
        })
    }

    fn refuse(&mut self, error: W::Error) {
        self.done = Some(Err(error));
    }

    fn is_awaited(&self) -> bool {
        !self.told.is_closed()
    }

    fn settle(self: Box<Self>) {
        if let Some(Ok(_)) = &self.done {
            self.work.stands();
        }
        // Whoever asked may be gone; what is written stands.
        drop(self.told.send(self.done.unwrap_or_else(|| Err(given_up()))));
    }

    fn fail(self: Box<Self>, error: &Arc<W::Error>) {
        drop(self.told.send(Err(Arc::clone(error).into())));
    }
}

/// Whoever led was ended, and nobody leads any more.
fn given_up<E: Failure>() -> E {
    sqlx::Error::WorkerCrashed.into()
}

impl<B, E> Default for Together<B, E> {
    fn default() -> Together<B, E> {
        Together {
            crowd: Crowd::default(),
            groups: AtomicU64::new(0),
            works: AtomicU64::new(0),
        }
    }
}

impl<B, E> fmt::Debug for Together<B, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Together").finish_non_exhaustive()
    }
}
