//! What is PostgreSQL's own.

use sqlx::{Any, AnyPool, AssertSqlSafe, Transaction};

use crate::catalogue::{Questions, quoted};
use crate::open::setting;
use crate::{Connection, OpenError};

pub(crate) const QUESTIONS: Questions = Questions {
    tables: "SELECT table_name::text FROM information_schema.tables \
             WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY 1",
    columns: "SELECT column_name::text, data_type::text FROM information_schema.columns \
              WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position",
    parents: "SELECT DISTINCT parent.relname::text FROM pg_constraint \
              JOIN pg_class AS child ON child.oid = conrelid \
              JOIN pg_class AS parent ON parent.oid = confrelid \
              WHERE contype = 'f' AND child.relname = $1 \
              AND child.relnamespace = current_schema()::regnamespace",
};

/// Both in one message: the lock that every writer of this database takes and gives back with the end
/// of its transaction (the number is "balagh" in ASCII). What follows sees all that was committed
/// before, because each statement does.
const BEGIN: &str = "BEGIN; SELECT pg_advisory_xact_lock(108170569672552)";

/// Makes a connection that writes, and checks that what it commits will be on disk.
pub(crate) async fn prepare(connection: &mut Connection) -> Result<(), OpenError> {
    let encoding = setting(connection, "SHOW server_encoding").await?;
    if encoding != "UTF8" {
        return Err(OpenError::NotUnicode { encoding });
    }
    for (name, asked) in [
        ("fsync", "SHOW fsync"),
        ("full_page_writes", "SHOW full_page_writes"),
        ("synchronous_commit", "SHOW synchronous_commit"),
    ] {
        let value = setting(connection, asked).await?;
        // Of what `synchronous_commit` may be, only `off` does not wait for the local disk.
        if value == "off" {
            return Err(OpenError::NotDurable {
                setting: name,
                value,
            });
        }
    }
    for own in [
        "SET lock_timeout = '5s'",
        // Nobody else writes while a process that has the turn hangs, or its machine is gone.
        "SET idle_in_transaction_session_timeout = '10s'",
    ] {
        sqlx::query(own).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Makes a connection that only reads: what writes without its turn fails in a test, not in a city.
pub(crate) async fn forbid_writing(connection: &mut Connection) -> Result<(), sqlx::Error> {
    for own in [
        "SET default_transaction_read_only = on",
        // What one transaction reads is of one moment, as in SQLite.
        "SET default_transaction_isolation = 'repeatable read'",
    ] {
        sqlx::query(own).execute(&mut *connection).await?;
    }
    Ok(())
}

pub(crate) async fn begin(writer: &AnyPool) -> Result<Transaction<'static, Any>, sqlx::Error> {
    writer.begin_with(BEGIN).await
}

/// What is announced is a lock that everybody may share and nobody waits for: this number, which is
/// "bala" in ASCII, and the thing's. Of two numbers, it is apart from the writers' lock.
const ANNOUNCED: i32 = 0x6261_6C61;

pub(crate) async fn announce(connection: &mut Connection, what: u32) -> Result<(), sqlx::Error> {
    let says = "SELECT pg_try_advisory_lock_shared($1, $2)";
    about(says, connection, what).await
}

pub(crate) async fn take_back(connection: &mut Connection, what: u32) -> Result<(), sqlx::Error> {
    let ends = "SELECT pg_advisory_unlock_shared($1, $2)";
    about(ends, connection, what).await
}

async fn about(
    statement: &'static str,
    connection: &mut Connection,
    what: u32,
) -> Result<(), sqlx::Error> {
    let asked = sqlx::query(statement).bind(ANNOUNCED);
    asked
        .bind(what.cast_signed())
        .execute(connection)
        .await
        .map(drop)
}

pub(crate) async fn is_announced(readers: &AnyPool, what: u32) -> Result<bool, sqlx::Error> {
    let said: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 \
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
         AND classid::bigint = $1 AND objid::bigint = $2",
    )
    .bind(i64::from(ANNOUNCED))
    .bind(i64::from(what))
    .fetch_one(readers)
    .await?;
    Ok(said > 0)
}

/// Removes what migrations made beside tables, so that they can make it again.
pub(crate) async fn drop_functions(connection: &mut Connection) -> Result<(), sqlx::Error> {
    let functions: Vec<String> = sqlx::query_scalar(
        "SELECT pg_proc.oid::regprocedure::text FROM pg_proc \
         WHERE pronamespace = current_schema()::regnamespace AND NOT EXISTS ( \
             SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')",
    )
    .fetch_all(&mut *connection)
    .await?;
    for function in functions {
        let drop = format!("DROP FUNCTION {function}");
        sqlx::query(AssertSqlSafe(drop))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Lets the numbers that are given by themselves go on behind those that were restored.
pub(crate) async fn continue_numbers(
    connection: &mut Connection,
    table: &str,
) -> Result<(), sqlx::Error> {
    let columns: Vec<String> = sqlx::query_scalar(
        "SELECT column_name::text FROM information_schema.columns \
         WHERE table_schema = current_schema() AND table_name = $1 AND is_identity = 'YES'",
    )
    .bind(table)
    .fetch_all(&mut *connection)
    .await?;
    for column in columns {
        let (of, column) = (quoted(table), quoted(&column));
        let set = format!(
            "SELECT setval(pg_get_serial_sequence($1, $2), COALESCE(MAX({column}), 1), \
             MAX({column}) IS NOT NULL) FROM {of}"
        );
        sqlx::query(AssertSqlSafe(set))
            .bind(&of)
            .bind(column.trim_matches('"'))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Gives back the space of what was deleted, to be written over.
pub(crate) async fn fold(writer: &AnyPool) -> Result<bool, sqlx::Error> {
    sqlx::query("VACUUM").execute(writer).await?;
    Ok(true)
}
