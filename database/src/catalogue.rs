//! What tables there are, as the engine itself says: a table that is added later is not forgotten.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Row as _};

use crate::{Connection, Engine, postgres, sqlite};

/// Where the client library keeps which migrations were run.
pub(crate) const MIGRATIONS: &str = "_sqlx_migrations";

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) name: String,
    /// In the order in which they were added.
    pub(crate) columns: Vec<(String, Kind)>,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Whole,
    Real,
    Bytes,
}

/// How an engine is asked. Each takes a table's name as `$1` but the first.
pub(crate) struct Questions {
    pub(crate) tables: &'static str,
    /// Names and types.
    pub(crate) columns: &'static str,
    /// The tables that this one refers to.
    pub(crate) parents: &'static str,
}

fn questions(engine: Engine) -> &'static Questions {
    match engine {
        Engine::Memory | Engine::Sqlite => &sqlite::QUESTIONS,
        Engine::Postgres => &postgres::QUESTIONS,
    }
}

/// All tables but the migrations', those before that others refer to.
pub(crate) async fn tables(
    connection: &mut Connection,
    engine: Engine,
) -> Result<Vec<Table>, sqlx::Error> {
    let questions = questions(engine);
    let names: Vec<String> = sqlx::query_scalar(questions.tables)
        .fetch_all(&mut *connection)
        .await?;
    let mut waiting = BTreeMap::new();
    for name in names.into_iter().filter(|name| name != MIGRATIONS) {
        let parents: Vec<String> = sqlx::query_scalar(questions.parents)
            .bind(&name)
            .fetch_all(&mut *connection)
            .await?;
        let columns = sqlx::query(questions.columns)
            .bind(&name)
            .fetch_all(&mut *connection)
            .await?;
        let columns = columns.iter().map(|row| {
            let declared: String = row.try_get(1)?;
            Ok((row.try_get(0)?, Kind::declared(&declared)))
        });
        let columns = columns.collect::<Result<_, sqlx::Error>>()?;
        waiting.insert(name, (parents, columns));
    }
    let mut tables = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let is_waiting = |name: &String| waiting.contains_key(name);
        let ready = waiting.iter().find(|(name, (parents, _))| {
            !parents
                .iter()
                .any(|parent| parent != *name && is_waiting(parent))
        });
        // Two that refer to each other: then either goes first.
        let Some(name) = ready
            .or(waiting.iter().next())
            .map(|(name, _)| name.clone())
        else {
            break;
        };
        if let Some((_, columns)) = waiting.remove(&name) {
            tables.push(Table { name, columns });
        }
    }
    Ok(tables)
}

/// The last migration that was run; none where there are no tables at all.
pub(crate) async fn version(
    connection: &mut Connection,
    engine: Engine,
) -> Result<Option<i64>, sqlx::Error> {
    let names: Vec<String> = sqlx::query_scalar(questions(engine).tables)
        .fetch_all(&mut *connection)
        .await?;
    if !names.iter().any(|name| name == MIGRATIONS) {
        return Ok(None);
    }
    sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations")
        .fetch_one(connection)
        .await
}

/// How many rows a table has.
pub(crate) async fn count(connection: &mut Connection, table: &str) -> Result<i64, sqlx::Error> {
    let counted = format!("SELECT COUNT(*) FROM {}", quoted(table));
    sqlx::query_scalar(AssertSqlSafe(counted))
        .fetch_one(connection)
        .await
}

/// A name in a statement.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl Kind {
    fn declared(declared: &str) -> Kind {
        match declared.to_ascii_lowercase().as_str() {
            "integer" | "int" | "bigint" | "smallint" => Kind::Whole,
            "real" | "double precision" => Kind::Real,
            "blob" | "bytea" => Kind::Bytes,
            _ => Kind::Text,
        }
    }
}
