//! Who is to be told of what by message, and what became of it.
//!
//! The messages to one recipient about one report go one after the other. One is claimed before it is
//! sent; when nobody has said for [`CLAIM_MS`] what became of it, it may or may not have been sent,
//! and is sent once more, never a third time.

use balagh_database::{Connection, Row, Statement};
use balagh_shared::status::State;
use balagh_shared::time::{DAY_MS, Timestamp};
use sqlx::Row as _;

use super::rows::{code, count, flag, unsigned};
use super::together::Alone;
use super::{Store, StoreError};
use crate::lifecycle::notice::{Audience, Notice};

/// How long a message may be in the sending, in milliseconds.
const CLAIM_MS: i64 = 2 * 60_000;
/// How long a message is tried, in milliseconds: a gateway may be away for a weekend.
const NEWS_MS: i64 = 3 * DAY_MS;
/// The longest that one is ever put off, in milliseconds: a night.
const LONGEST_MS: i64 = DAY_MS;
/// Dead letters listed or replayed at once.
const MOST_DEAD: i64 = 10_000;

/// A message that was claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    /// Its id.
    pub id: i64,
    /// The report's number.
    pub number: String,
    /// Who is told.
    pub audience: Audience,
    /// The document's template for it.
    pub template: String,
    /// Where the report stood.
    pub state: State,
    /// When it was queued.
    pub created_at: Timestamp,
    /// How often it was tried in vain.
    pub attempts: u32,
    /// When it is no news any more.
    pub expires_at: Timestamp,
    /// Whether the same is to be told again, of a later time.
    pub is_repeated: bool,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// The gateway or the mail server has it.
    Sent,
    /// The report stands elsewhere by now, or the same is told again.
    Superseded,
    /// There is nothing to say, nobody to say it to, or no way to.
    Nobody,
    /// It was given up; an operator may replay it.
    Dead(String),
    /// It is tried again.
    Later {
        /// When.
        due: Timestamp,
        /// How often it was tried in vain.
        attempts: u32,
    },
}

/// A message that was given up. Nothing of it is personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Its id.
    pub id: i64,
    /// The report's number.
    pub number: String,
    /// `reporter` or `department`.
    pub audience: String,
    /// The document's template for it.
    pub template: String,
    /// When it was queued.
    pub created_at: Timestamp,
    /// How often it was tried in vain.
    pub attempts: u64,
    /// Why it was given up.
    pub cause: String,
}

/// Of a waiting row `one`: that it is the first of its recipient's about the report.
const IS_FIRST: &str = "NOT EXISTS (SELECT 1 FROM notices AS before WHERE before.outcome IS NULL \
     AND before.number = one.number AND before.audience = one.audience \
     AND before.recipient = one.recipient AND before.id < one.id)";

impl Store {
    /// What was in the sending when the process ended: its claims run out now.
    ///
    /// # Errors
    /// [`StoreError`]; then they run out in their time.
    pub async fn end_claims(&self) -> Result<(), StoreError> {
        self.write_one(sqlx::query(
            "UPDATE notices SET claimed_until = 0 WHERE claimed_until IS NOT NULL",
        ))
        .await?;
        Ok(())
    }

    /// Claims what is to be sent at `now`, at most `most`, the longest due first. A time or a claim
    /// that is further off than any is ever set was written by a clock that was wrong.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing is claimed.
    pub async fn claim_notices(
        &self,
        now: Timestamp,
        most: u32,
    ) -> Result<Vec<Errand>, StoreError> {
        let mut tx = self.write().await?;
        let claim = now.plus_millis(CLAIM_MS).millis();
        let ran_out = "outcome IS NULL AND (claimed_until <= $1 OR claimed_until > $2)";
        let given_up = format!(
            "UPDATE notices SET outcome = 'dead', cause = 'interrupted twice', claimed_until = NULL \
             WHERE {ran_out} AND interrupted > 0"
        );
        sqlx::query(sqlx::AssertSqlSafe(given_up))
            .bind(now.millis())
            .bind(claim)
            .execute(&mut *tx)
            .await?;
        let freed = format!(
            "UPDATE notices SET interrupted = interrupted + 1, claimed_until = NULL WHERE {ran_out}"
        );
        sqlx::query(sqlx::AssertSqlSafe(freed))
            .bind(now.millis())
            .bind(claim)
            .execute(&mut *tx)
            .await?;
        let claimed = format!(
            "UPDATE notices SET claimed_until = $1 WHERE id IN ( \
                 SELECT id FROM notices AS one WHERE outcome IS NULL AND claimed_until IS NULL \
                 AND (due_at <= $2 OR due_at > $3) AND {IS_FIRST} ORDER BY due_at LIMIT $4) \
             RETURNING id, number, audience, recipient, template, state, created_at, attempts, \
             expires_at, CASE WHEN EXISTS ( \
                 SELECT 1 FROM notices AS later WHERE later.number = notices.number \
             AND later.audience = notices.audience AND later.recipient = notices.recipient \
             AND later.template = notices.template AND later.id > notices.id) \
             THEN 1 ELSE 0 END AS is_repeated"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(claimed))
            .bind(claim)
            .bind(now.millis())
            .bind(now.plus_millis(LONGEST_MS).millis())
            .bind(i64::from(most))
            .fetch_all(&mut *tx)
            .await?;
        let errands = rows.iter().map(errand_of);
        let mut errands = errands.collect::<Result<Vec<_>, _>>()?;
        // The order of what a statement changed is nobody's promise.
        errands.sort_unstable_by_key(|errand| errand.id);
        tx.commit().await?;
        Ok(errands)
    }

    /// When the next message is to be looked at; none when none waits.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next_notice(&self) -> Result<Option<Timestamp>, StoreError> {
        let next = format!(
            "SELECT MIN(COALESCE(claimed_until, due_at)) FROM notices AS one \
             WHERE outcome IS NULL AND {IS_FIRST}"
        );
        let next: Option<i64> = sqlx::query_scalar(sqlx::AssertSqlSafe(next))
            .fetch_one(self.readers())
            .await?;
        Ok(next.map(Timestamp::from_millis))
    }

    /// Writes down what became of a message.
    ///
    /// # Errors
    /// [`StoreError`]; then its claim runs out.
    pub async fn notice_settled(
        &self,
        id: i64,
        settled: &Settled,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut update = Statement::new("UPDATE notices SET claimed_until = NULL, ");
        match settled {
            Settled::Sent => update
                .push("outcome = 'sent', sent_at = ")
                .push_bind(now.millis()),
            Settled::Superseded => update.push("outcome = 'superseded'"),
            Settled::Nobody => update.push("outcome = 'nobody'"),
            Settled::Dead(cause) => update.push("outcome = 'dead', cause = ").push_bind(cause),
            Settled::Later { due, attempts } => update
                .push("due_at = ")
                .push_bind(due.millis())
                .push(", attempts = ")
                .push_bind(*attempts),
        };
        update.push(" WHERE id = ").push_bind(id);
        update.push(" AND outcome IS NULL");
        self.together(Alone(update)).await?;
        Ok(())
    }

    /// The messages that were given up, the oldest first, at most ten thousand.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn dead_letters(&self) -> Result<Vec<DeadLetter>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, number, audience, template, created_at, attempts, cause FROM notices \
             WHERE outcome = 'dead' ORDER BY id LIMIT $1",
        )
        .bind(MOST_DEAD)
        .fetch_all(self.readers())
        .await?;
        let letters = rows.iter().map(|row| {
            Ok(DeadLetter {
                id: row.try_get("id")?,
                number: row.try_get("number")?,
                audience: row.try_get("audience")?,
                template: row.try_get("template")?,
                created_at: Timestamp::from_millis(row.try_get("created_at")?),
                attempts: unsigned(row, "attempts")?,
                cause: row.try_get::<Option<_>, _>("cause")?.unwrap_or_default(),
            })
        });
        letters.collect()
    }

    /// Queues a dead letter anew, as news of `now`; whether there was one with this id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn replay(&self, id: i64, now: Timestamp) -> Result<bool, StoreError> {
        let replayed = self.write_one(sqlx::query(
            "UPDATE notices SET outcome = NULL, cause = NULL, attempts = 0, interrupted = 0, \
             due_at = $1, expires_at = $2 WHERE id = $3 AND outcome = 'dead'",
        )
        .bind(now.millis())
        .bind(now.plus_millis(NEWS_MS).millis())
        .bind(id)).await?;
        Ok(replayed > 0)
    }
}

/// Queues a message about a report that stands at `state`.
pub(super) async fn queue(
    tx: &mut Connection,
    number: &str,
    state: State,
    notice: &Notice,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (audience, recipient) = match &notice.audience {
        Audience::Reporter => ("reporter", ""),
        Audience::Department(code) => ("department", code.as_str()),
    };
    sqlx::query(
        "INSERT INTO notices \
         (number, audience, recipient, template, state, created_at, due_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(number)
    .bind(audience)
    .bind(recipient)
    .bind(notice.template)
    .bind(state.code())
    .bind(now.millis())
    .bind(now.millis())
    .bind(now.plus_millis(NEWS_MS).millis())
    .execute(tx)
    .await?;
    Ok(())
}

fn errand_of(row: &Row) -> Result<Errand, StoreError> {
    let recipient: String = row.try_get("recipient")?;
    let audience: &str = row.try_get("audience")?;
    Ok(Errand {
        id: row.try_get("id")?,
        number: row.try_get("number")?,
        audience: match audience {
            "reporter" => Audience::Reporter,
            _ => Audience::Department(recipient),
        },
        template: row.try_get("template")?,
        state: code(row, "state")?,
        created_at: Timestamp::from_millis(row.try_get("created_at")?),
        attempts: count(row, "attempts")?,
        expires_at: Timestamp::from_millis(row.try_get("expires_at")?),
        is_repeated: flag(row, "is_repeated")?,
    })
}
