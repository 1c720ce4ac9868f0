//! What is to happen by itself. The rows are written by the transactions that make them due, so that
//! no crash falls between a step and its timer; the [scheduler](balagh_shared::scheduler) beside
//! them only knows when to look.

use balagh_database::{Connection, Row, Statement};
use balagh_shared::scheduler::Job;
use balagh_shared::time::Timestamp;
use sqlx::Row as _;

use super::reports::load;
use super::rows::count;
use super::steps::settle;
use super::{Store, StoreError};
use crate::lifecycle::step::Outcome;
use crate::lifecycle::timer::Timer;
use crate::municipalities::Municipalities;
use crate::store::StoredReport;
use crate::sys;

impl Store {
    /// Every job there is, as after a start.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn jobs(&self) -> Result<Vec<Job>, StoreError> {
        let rows = sqlx::query("SELECT id, due, token, attempts FROM jobs ORDER BY due")
            .fetch_all(self.readers())
            .await?;
        rows.iter().map(job_of).collect()
    }

    /// The jobs of one report.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn jobs_of(&self, number: &str) -> Result<Vec<Job>, StoreError> {
        self.jobs_of_all(&[number.to_owned()]).await
    }

    /// The jobs of some reports.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn jobs_of_all(&self, numbers: &[String]) -> Result<Vec<Job>, StoreError> {
        let mut query =
            Statement::new("SELECT id, due, token, attempts FROM jobs WHERE number IN ");
        query.push_list(numbers).push(" ORDER BY id");
        let rows = query.fetch_all(self.readers()).await?;
        rows.iter().map(job_of).collect()
    }

    /// Puts a job off that could not take effect; one that was set anew meanwhile stays as it is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn put_off(&self, job: &Job) -> Result<(), StoreError> {
        self.write_one(
            sqlx::query("UPDATE jobs SET due = $1, attempts = $2 WHERE id = $3 AND token = $4")
                .bind(job.due.millis())
                .bind(i64::from(job.attempts))
                .bind(&job.id)
                .bind(job.token.cast_signed()),
        )
        .await?;
        Ok(())
    }

    /// Lets a job take effect and removes it, in one transaction; does nothing where there is no
    /// job with its token any more. `decide` gives what happens to the report.
    ///
    /// # Errors
    /// [`StoreError`]; then it is still to be done.
    pub async fn fire(
        &self,
        job: &Job,
        documents: &Municipalities,
        now: Timestamp,
        decide: impl FnOnce(&StoredReport, Timer) -> Result<Outcome, StoreError>,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let removed = sqlx::query("DELETE FROM jobs WHERE id = $1 AND token = $2")
            .bind(&job.id)
            .bind(job.token.cast_signed())
            .execute(&mut *tx)
            .await?;
        if removed.rows_affected() == 0 {
            return Ok(());
        }
        if let Some((number, timer)) = Timer::parse(&job.id)
            && let Some(mut stored) = load(&mut tx, &self.vault, number).await?
        {
            let Outcome { events, .. } = decide(&stored, timer)?;
            settle(&mut tx, &self.vault, &mut stored, events, documents, now).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// Makes `wanted` the one job of a report, and leaves it alone where it is that already.
pub(super) async fn want(
    tx: &mut Connection,
    number: &str,
    wanted: Option<(Timer, Timestamp)>,
) -> Result<(), StoreError> {
    let id = wanted.as_ref().map(|(timer, _)| timer.id(number));
    sqlx::query("DELETE FROM jobs WHERE number = $1 AND id IS DISTINCT FROM $2")
        .bind(number)
        .bind(&id)
        .execute(&mut *tx)
        .await?;
    match wanted {
        Some((timer, due)) => set(tx, number, (timer, due)).await,
        None => Ok(()),
    }
}

/// Sets a job of a report that has no other.
pub(super) async fn set(
    tx: &mut Connection,
    number: &str,
    (timer, due): (Timer, Timestamp),
) -> Result<(), StoreError> {
    let token = sys::random().map_err(|_| StoreError::Randomness)?;
    sqlx::query(
        "INSERT INTO jobs (id, number, due, token) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (id) DO UPDATE SET due = excluded.due, token = excluded.token, attempts = 0 \
         WHERE jobs.due <> excluded.due",
    )
    .bind(timer.id(number))
    .bind(number)
    .bind(due.millis())
    .bind(i64::from_be_bytes(token))
    .execute(&mut *tx)
    .await?;
    Ok(())
}

fn job_of(row: &Row) -> Result<Job, StoreError> {
    Ok(Job {
        id: row.try_get("id")?,
        due: Timestamp::from_millis(row.try_get("due")?),
        token: row.try_get::<i64, _>("token")?.cast_unsigned(),
        attempts: count(row, "attempts")?,
    })
}
