//! Questions that come at the same time are asked together: a way to the engine and back costs more
//! than what is looked up by it.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use tokio::sync::oneshot;

use crate::crowd::{Crowd, Leading, Leads, Waits};
use crate::{Connection, Database, Failure, Row, Statement, Value};

/// Most values of one statement.
const AT_ONCE: usize = 64;

/// What somebody asks a database.
pub trait Question: Send + Sync + Sized + 'static {
    /// What is answered.
    type Answer: Send + 'static;
    /// Why nothing is.
    type Error: Failure;

    /// Looks up what all of `asked` ask for: an answer each, in their order.
    fn answer(
        reader: &mut Connection,
        asked: &[&Self],
    ) -> impl Future<Output = Result<Vec<Self::Answer>, Self::Error>> + Send;
}

/// The questions that gather.
pub struct Asked<Q: Question>(Crowd<Waiting<Q>>);

struct Waiting<Q: Question> {
    question: Q,
    told: oneshot::Sender<Result<Q::Answer, Q::Error>>,
}

impl<Q: Question> Asked<Q> {
    /// Asks with whoever else asks.
    ///
    /// # Errors
    /// What the database failed with.
    pub async fn ask(&self, database: &Database, question: Q) -> Result<Q::Answer, Q::Error> {
        let (told, answer) = oneshot::channel();
        let waiting = Waiting { question, told };
        let answered = self.0.join(waiting, answer, database).await;
        answered.unwrap_or_else(|| Err(sqlx::Error::WorkerCrashed.into()))
    }
}

impl<Q: Question> Leads<Waiting<Q>> for Database {
    fn lead<'a>(&'a self, group: &'a mut VecDeque<Waiting<Q>>) -> Leading<'a> {
        Box::pin(answer(self, group))
    }
}

async fn answer<Q: Question>(database: &Database, group: &mut VecDeque<Waiting<Q>>) {
    let asked: Vec<&Q> = group.iter().map(|one| &one.question).collect();
    let answers = async {
        let mut reader = database.readers().acquire().await?;
        Q::answer(&mut reader, &asked).await
    };
    // Whoever asked may be gone.
    match answers.await {
        Ok(answers) => {
            for (one, answer) in group.drain(..).zip(answers) {
                drop(one.told.send(Ok(answer)));
            }
        }
        Err(error) => {
            let error = Arc::new(error);
            for one in group.drain(..) {
                drop(one.told.send(Err(Arc::clone(&error).into())));
            }
        }
    }
}

/// The rows of `statement`, which ends in `IN`, for any of these values.
///
/// # Errors
/// [`sqlx::Error`].
pub async fn among(
    reader: &mut Connection,
    statement: &'static str,
    values: Vec<Value>,
) -> Result<Vec<Row>, sqlx::Error> {
    let mut rows = Vec::new();
    for some in values.chunks(AT_ONCE) {
        let mut some = some.to_vec();
        // A few sizes of the statement are all there are, so that it stays prepared.
        let size = some.len().next_power_of_two();
        if let Some(last) = some.last().cloned() {
            some.resize(size, last);
        }
        let mut query = Statement::new(statement);
        query.push(" ").push_list(some);
        rows.extend(query.fetch_all(&mut *reader).await?);
    }
    Ok(rows)
}

impl<Q: Question> Waits for Waiting<Q> {
    fn is_awaited(&self) -> bool {
        !self.told.is_closed()
    }
}

impl<Q: Question> Default for Asked<Q> {
    fn default() -> Asked<Q> {
        Asked(Crowd::default())
    }
}

impl<Q: Question> fmt::Debug for Asked<Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asked").finish_non_exhaustive()
    }
}
