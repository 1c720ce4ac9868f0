//! What is PostgreSQL's own.

use sqlx::{Any, AnyPool, Transaction};

use crate::open::setting;
use crate::{Connection, OpenError};

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

/// Gives back the space of what was deleted, to be written over.
pub(crate) async fn fold(writer: &AnyPool) -> Result<bool, sqlx::Error> {
    sqlx::query("VACUUM").execute(writer).await?;
    Ok(true)
}
