//! The municipality's staff, and what they look at.

use balagh_shared::time::Timestamp;
use sqlx::Row as _;

use super::{Store, StoreError};
use crate::staff::{Member, Role};

impl Store {
    /// Adds a member of staff, with the SHA-256 of their token; a member of the same name gets the
    /// new token, role and place. What they had before is over: sessions, and a password.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn add_staff(
        &self,
        member: &Member,
        token_sha256: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sqlx::query(
            "INSERT INTO staff (name, municipality, role, department, token_sha256, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (name) DO UPDATE SET \
             municipality = excluded.municipality, role = excluded.role, \
             department = excluded.department, token_sha256 = excluded.token_sha256, \
             password = NULL",
        )
        .bind(&member.name)
        .bind(&member.municipality)
        .bind(member.role.code())
        .bind(&member.department)
        .bind(token_sha256)
        .bind(now.millis())
        .execute(&mut *tx)
        .await?;
        sqlx::query("DELETE FROM staff_sessions WHERE staff = $1")
            .bind(&member.name)
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Removes a member of staff; they are signed out everywhere, and stay in the log and the
    /// audit by their name. Gives whether there was one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn remove_staff(&self, name: &str) -> Result<bool, StoreError> {
        let removed = self
            .write_one(sqlx::query("DELETE FROM staff WHERE name = $1").bind(name))
            .await?;
        Ok(removed > 0)
    }

    /// The member of staff whose token has this SHA-256.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn staff_of_token(&self, token_sha256: &str) -> Result<Option<Member>, StoreError> {
        let row = sqlx::query(
            "SELECT name, municipality, role, department FROM staff WHERE token_sha256 = $1",
        )
        .bind(token_sha256)
        .fetch_optional(self.readers())
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Member {
            name: row.try_get("name")?,
            municipality: row.try_get("municipality")?,
            role: Role::from_code(row.try_get("role")?).ok_or(StoreError::Unreadable("role"))?,
            department: row.try_get("department")?,
        }))
    }

    /// Notes that a member of staff looked at something, or did something to it.
    ///
    /// # Errors
    /// [`StoreError`]; then they may not see it.
    pub async fn audit(
        &self,
        staff: &str,
        object: &str,
        action: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write_one(
            sqlx::query(
                "INSERT INTO audit (at, staff, object, action, municipality) \
                 VALUES ($1, $2, $3, $4, \
                 COALESCE((SELECT municipality FROM staff WHERE name = $2), ''))",
            )
            .bind(now.millis())
            .bind(staff)
            .bind(object)
            .bind(action),
        )
        .await?;
        Ok(())
    }
}
