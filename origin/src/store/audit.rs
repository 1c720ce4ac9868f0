//! Who of the staff looked at what, and why.

use balagh_database::{Row, Statement};
use balagh_shared::time::Timestamp;
use sqlx::Row as _;

use super::{Store, StoreError};
use crate::person::export::Look;
use crate::staff::Member;

/// A line of the audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    /// Its place: later lines have higher ones.
    pub id: i64,
    /// Who.
    pub staff: String,
    /// What they did, when, to what, and why.
    pub look: Look,
}

/// Which lines of the audit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// The municipality's id.
    pub municipality: String,
    /// Of this member of staff.
    pub staff: Option<String>,
    /// About this: a report's number.
    pub object: Option<String>,
    /// With this action.
    pub action: Option<String>,
    /// Before the line with this id.
    pub before: Option<i64>,
}

impl Store {
    /// Notes that a member of staff looks these up, or does something about them, and what for.
    ///
    /// # Errors
    /// [`StoreError`]; then they may not see it.
    pub async fn audit_why(
        &self,
        member: &Member,
        objects: &[String],
        action: &str,
        why: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        for object in objects {
            sqlx::query(
                "INSERT INTO audit (at, staff, object, action, why, municipality) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            )
            .bind(now.millis())
            .bind(&member.name)
            .bind(object)
            .bind(action)
            .bind(why)
            .bind(&member.municipality)
            .execute(&mut *tx)
            .await?;
        }
        Ok(tx.commit().await?)
    }

    /// Lines of the audit, the newest first, at most `most`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn audited(&self, of: &AuditFilter, most: u32) -> Result<Vec<Audited>, StoreError> {
        let mut query = Statement::new(
            "SELECT id, at, staff, object, action, why FROM audit WHERE municipality = ",
        );
        query.push_bind(of.municipality.clone());
        for (condition, value) in [
            (" AND staff = ", &of.staff),
            (" AND object = ", &of.object),
            (" AND action = ", &of.action),
        ] {
            if let Some(value) = value {
                query.push(condition).push_bind(value.clone());
            }
        }
        if let Some(before) = of.before {
            query.push(" AND id < ").push_bind(before);
        }
        query
            .push(" ORDER BY id DESC LIMIT ")
            .push_bind(i64::from(most));
        let rows = query.fetch_all(self.readers()).await?;
        let lines = rows.iter().map(|row| {
            Ok(Audited {
                id: row.try_get("id")?,
                staff: row.try_get("staff")?,
                look: look(row)?,
            })
        });
        lines.collect()
    }

    /// The looks at one report, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn looks_at(&self, number: &str) -> Result<Vec<Look>, StoreError> {
        let rows = sqlx::query(
            "SELECT at, object, action, why FROM audit WHERE object = $1 ORDER BY id DESC",
        );
        let rows = rows.bind(number).fetch_all(self.readers()).await?;
        rows.iter().map(look).collect()
    }
}

fn look(row: &Row) -> Result<Look, StoreError> {
    Ok(Look {
        at: Timestamp::from_millis(row.try_get("at")?),
        object: row.try_get("object")?,
        action: row.try_get("action")?,
        why: row.try_get("why")?,
    })
}
