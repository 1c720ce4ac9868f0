//! Who is signed in at the console, and how often somebody tried in vain.

use balagh_database::Row;
use balagh_shared::limit::Gcra;
use balagh_shared::time::Timestamp;
use sqlx::Row as _;

use super::{Store, StoreError};
use crate::password::Kept;
use crate::staff::{Member, Role};

/// A session that is not looked at for so long is over.
pub const IDLE_MS: i64 = 60 * 60 * 1000;
/// A look is written down once in so long, not at every page.
const SEEN_EVERY_MS: i64 = 60 * 1000;

/// A member of staff as the console knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Who they are.
    pub member: Member,
    /// The language they chose.
    pub language: Option<String>,
    /// What their password is known by; nothing where they work with a token alone.
    pub password: Option<Kept>,
}

/// What is limited, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limited {
    /// A hash of whom or what.
    pub subject: String,
    /// How much of it.
    pub limit: Gcra,
}

const ACCOUNT: &str = "SELECT s.name, s.municipality, s.role, s.department, s.language, s.password";

impl Store {
    /// The account of this name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn account(&self, name: &str) -> Result<Option<Account>, StoreError> {
        // PostgreSQL has no text with a zero in it, and fails where it is asked for one.
        if name.contains('\0') {
            return Ok(None);
        }
        let row = sqlx::query(sqlx::AssertSqlSafe(format!(
            "{ACCOUNT} FROM staff s WHERE s.name = $1"
        )))
        .bind(name)
        .fetch_optional(self.readers())
        .await?;
        row.as_ref().map(account_of).transpose()
    }

    /// Begins a session of this person's, and forgets those that are over.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin_session(
        &self,
        token_sha256: &str,
        name: &str,
        ends_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sqlx::query("DELETE FROM staff_sessions WHERE ends_at <= $1")
            .bind(now.millis())
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "INSERT INTO staff_sessions (token_sha256, staff, seen_at, ends_at) \
             VALUES ($1, $2, $3, $4)",
        )
        .bind(token_sha256)
        .bind(name)
        .bind(now.millis())
        .bind(ends_at.millis())
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// Whose session this is, if it is not over; from now on it was seen at `now`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn session(
        &self,
        token_sha256: &str,
        now: Timestamp,
    ) -> Result<Option<Account>, StoreError> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!(
            "{ACCOUNT}, t.seen_at FROM staff_sessions t JOIN staff s ON s.name = t.staff \
             WHERE t.token_sha256 = $1 AND t.ends_at > $2 AND t.seen_at > $3"
        )))
        .bind(token_sha256)
        .bind(now.millis())
        .bind(now.millis().saturating_sub(IDLE_MS))
        .fetch_optional(self.readers())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let seen_at: i64 = row.try_get("seen_at")?;
        if now.millis().saturating_sub(seen_at) >= SEEN_EVERY_MS {
            self.write_one(
                sqlx::query("UPDATE staff_sessions SET seen_at = $1 WHERE token_sha256 = $2")
                    .bind(now.millis())
                    .bind(token_sha256),
            )
            .await?;
        }
        account_of(&row).map(Some)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn end_session(&self, token_sha256: &str) -> Result<(), StoreError> {
        self.write_one(
            sqlx::query("DELETE FROM staff_sessions WHERE token_sha256 = $1").bind(token_sha256),
        )
        .await?;
        Ok(())
    }

    /// Gives somebody a password; all sessions they had are over.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] when there is nobody of this name.
    pub async fn set_password(&self, name: &str, password: &Kept) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let changed = sqlx::query("UPDATE staff SET password = $1 WHERE name = $2")
            .bind(password.as_str())
            .bind(name)
            .execute(&mut *tx)
            .await?;
        if changed.rows_affected() == 0 {
            return Err(StoreError::Unknown);
        }
        sqlx::query("DELETE FROM staff_sessions WHERE staff = $1")
            .bind(name)
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Keeps the language somebody chose.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn set_language(&self, name: &str, language: &str) -> Result<(), StoreError> {
        self.write_one(
            sqlx::query("UPDATE staff SET language = $1 WHERE name = $2")
                .bind(language)
                .bind(name),
        )
        .await?;
        Ok(())
    }

    /// Counts a try at all of these limits, before it is known whether it is in vain: tries that
    /// come at once cannot slip past each other. Gives how long to wait, in milliseconds, where one
    /// of the limits is reached; then none is charged.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn try_sign_in(
        &self,
        limits: &[Limited],
        now: Timestamp,
    ) -> Result<Option<i64>, StoreError> {
        let mut tx = self.write().await?;
        sqlx::query("DELETE FROM sign_in_tries WHERE tat <= $1")
            .bind(now.millis())
            .execute(&mut *tx)
            .await?;
        let mut longest = None;
        for Limited { subject, limit } in limits {
            let tat: Option<i64> =
                sqlx::query_scalar("SELECT tat FROM sign_in_tries WHERE subject = $1")
                    .bind(subject)
                    .fetch_optional(&mut *tx)
                    .await?;
            let decision = limit.check(tat, now.millis());
            if !decision.allowed {
                longest = longest.max(Some(decision.retry_after_ms));
                continue;
            }
            sqlx::query(
                "INSERT INTO sign_in_tries (subject, tat) VALUES ($1, $2) \
                 ON CONFLICT (subject) DO UPDATE SET tat = excluded.tat",
            )
            .bind(subject)
            .bind(decision.new_tat)
            .execute(&mut *tx)
            .await?;
        }
        match longest {
            Some(_) => tx.rollback().await?,
            None => tx.commit().await?,
        }
        Ok(longest)
    }

    /// Forgets the tries at `subject`: it was the right password.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_tries(&self, subject: &str) -> Result<(), StoreError> {
        self.write_one(sqlx::query("DELETE FROM sign_in_tries WHERE subject = $1").bind(subject))
            .await?;
        Ok(())
    }
}

fn account_of(row: &Row) -> Result<Account, StoreError> {
    Ok(Account {
        member: Member {
            name: row.try_get("name")?,
            municipality: row.try_get("municipality")?,
            role: Role::from_code(row.try_get("role")?).ok_or(StoreError::Unreadable("role"))?,
            department: row.try_get("department")?,
        },
        language: row.try_get("language")?,
        password: row
            .try_get::<Option<String>, _>("password")?
            .map(Kept::from_stored),
    })
}
