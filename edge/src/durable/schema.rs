//! The tables: those of the native ledger, by the same migrations, so that none is described twice.

use std::str::FromStr;

use super::StoreError;
use super::sql::{Sql, values};

/// The native ledger's migrations by their names, in their order.
const MIGRATIONS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

/// What the object remembers of itself, by name: which migrations its tables have had, whose reports it
/// keeps, and when it last erased what was overdue.
const SELF: &str = "CREATE TABLE IF NOT EXISTS object (name TEXT PRIMARY KEY, value TEXT NOT NULL)";

/// Runs the migrations that a database has not had.
pub(super) fn bring_up_to_date(sql: &dyn Sql) -> Result<(), StoreError> {
    sql.run_script(SELF)?;
    for (name, script) in MIGRATIONS {
        let name = format!("migration/{name}");
        if remembered(sql, &name)?.is_none() {
            sql.run_script(script)?;
            remember(sql, &name, "done")?;
        }
    }
    Ok(())
}

/// A number that the object remembers; 0 where it remembers none.
pub(super) fn number<T: FromStr + Default>(sql: &dyn Sql, name: &str) -> Result<T, StoreError> {
    let text = remembered(sql, name)?;
    Ok(text.and_then(|text| text.parse().ok()).unwrap_or_default())
}

pub(super) fn remembered(sql: &dyn Sql, name: &str) -> Result<Option<String>, StoreError> {
    let rows = sql.run("SELECT value FROM object WHERE name = $1", values![name])?;
    rows.first().map(|row| row.at(0)).transpose()
}

pub(super) fn remember(sql: &dyn Sql, name: &str, value: &str) -> Result<(), StoreError> {
    let statement = "INSERT INTO object (name, value) VALUES ($1, $2)
                     ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    sql.run(statement, values![name, value]).map(drop)
}
