//! The municipality's staff, what they look at, and the queue they work on.

use balagh_shared::time::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite};

use super::rows::{from_json, time, unsigned};
use super::{Store, StoreError};
use crate::staff::{Member, QueueFilter, QueueRow, Role};

impl Store {
    /// Adds a member of staff, with the SHA-256 of their token; a member of the same name gets the
    /// new token, role and place.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn add_staff(
        &self,
        member: &Member,
        token_sha256: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO staff (name, municipality, role, department, token_sha256, created_at) \
             VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET \
             municipality = excluded.municipality, role = excluded.role, \
             department = excluded.department, token_sha256 = excluded.token_sha256",
        )
        .bind(&member.name)
        .bind(&member.municipality)
        .bind(member.role.code())
        .bind(&member.department)
        .bind(token_sha256)
        .bind(now.millis())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The member of staff whose token has this SHA-256.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn staff_of_token(&self, token_sha256: &str) -> Result<Option<Member>, StoreError> {
        let row = sqlx::query(
            "SELECT name, municipality, role, department FROM staff WHERE token_sha256 = ?",
        )
        .bind(token_sha256)
        .fetch_optional(&self.pool)
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
        sqlx::query("INSERT INTO audit (at, staff, object, action) VALUES (?, ?, ?, ?)")
            .bind(now.millis())
            .bind(staff)
            .bind(object)
            .bind(action)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The reports that `filter` lets through, the newest first, at most `most`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn queue(
        &self,
        filter: &QueueFilter,
        most: u32,
    ) -> Result<Vec<QueueRow>, StoreError> {
        let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(
            "SELECT number, category, state, district, current_department, current_agency, inspectors, \
             received_at, received_ms, current_due, level, joins, verdict, reasons, channel, \
             revision FROM reports WHERE municipality = ",
        );
        query.push_bind(&filter.municipality);
        let columns = [
            (" AND state = ", &filter.state),
            (" AND district = ", &filter.district),
            (" AND category = ", &filter.category),
            (" AND current_department = ", &filter.department),
            (" AND verdict = ", &filter.verdict),
        ];
        for (condition, value) in columns {
            if let Some(value) = value {
                query.push(condition).push_bind(value);
            }
        }
        if let Some(overdue) = filter.due_before {
            query
                .push(" AND current_due < ")
                .push_bind(overdue.millis());
        }
        if let Some((millis, number)) = &filter.after {
            query
                .push(" AND (received_ms, number) < (")
                .push_bind(millis)
                .push(", ")
                .push_bind(number)
                .push(")");
        }
        query
            .push(" ORDER BY received_ms DESC, number DESC LIMIT ")
            .push_bind(most);
        let rows = query.build().fetch_all(&self.pool).await?;
        rows.iter().map(row_of).collect()
    }
}

fn row_of(row: &SqliteRow) -> Result<QueueRow, StoreError> {
    Ok(QueueRow {
        number: row.try_get("number")?,
        category: row.try_get("category")?,
        state: super::rows::code(row, "state")?,
        district: row.try_get("district")?,
        department: row.try_get("current_department")?,
        agency: row.try_get("current_agency")?,
        inspectors: row.try_get("inspectors")?,
        received_at: time(row, "received_at")?,
        due: Timestamp::from_millis(row.try_get("current_due")?),
        level: u32::try_from(unsigned(row, "level")?).unwrap_or(u32::MAX),
        joins: row.try_get("joins")?,
        verdict: row.try_get("verdict")?,
        marks: from_json(row, "reasons")?,
        channel: row.try_get("channel")?,
        revision: unsigned(row, "revision")?,
        position: row.try_get("received_ms")?,
    })
}
