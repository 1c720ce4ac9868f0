//! What is SQLite's own.

use std::path::Path;

use sqlx::any::AnyConnectOptions;
use sqlx::{Any, AnyPool, Transaction};

use crate::catalogue::Questions;
use crate::open::setting;
use crate::{Connection, OpenError};

pub(crate) const QUESTIONS: Questions = Questions {
    tables: "SELECT CAST(name AS TEXT) FROM sqlite_master WHERE type = 'table' \
             AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name",
    columns: "SELECT CAST(name AS TEXT), CAST(type AS TEXT) FROM pragma_table_info($1) ORDER BY cid",
    parents: "SELECT DISTINCT CAST(\"table\" AS TEXT) FROM pragma_foreign_key_list($1)",
};

/// The write lock from the first moment: a transaction that takes it late may find that what it read
/// has changed.
const BEGIN: &str = "BEGIN IMMEDIATE";

/// How a file is opened: `rwc` makes it if it is not there, `ro` only reads.
pub(crate) fn address(path: &Path, mode: &str) -> Result<AnyConnectOptions, OpenError> {
    let path = std::path::absolute(path).map_err(sqlx::Error::Io)?;
    let mut address = String::from("sqlite://");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                address.push(char::from(*byte));
            }
            other => address.push_str(&format!("%{other:02X}")),
        }
    }
    Ok(format!("{address}?mode={mode}").parse()?)
}

/// How a database in memory is opened, each time another.
pub(crate) fn in_memory() -> Result<AnyConnectOptions, OpenError> {
    Ok("sqlite::memory:?cache=private".parse()?)
}

/// Makes a connection that writes, and checks that what it commits will be on disk.
pub(crate) async fn prepare(
    connection: &mut Connection,
    overwrite_deleted: bool,
) -> Result<(), OpenError> {
    let journal = setting(connection, "PRAGMA journal_mode = WAL").await?;
    if !journal.eq_ignore_ascii_case("wal") {
        return Err(OpenError::NotDurable {
            setting: "journal_mode",
            value: journal,
        });
    }
    sqlx::query("PRAGMA synchronous = FULL")
        .execute(&mut *connection)
        .await?;
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous")
        .fetch_one(&mut *connection)
        .await?;
    // 2 is FULL: the log is synced before a commit returns. 1 (NORMAL) loses the last ones.
    if synchronous < 2 {
        return Err(OpenError::NotDurable {
            setting: "synchronous",
            value: synchronous.to_string(),
        });
    }
    for own in [
        // A group of writes fits into it: what does not is written twice. In KiB.
        "PRAGMA cache_size = -16384",
        // 16 MB of log before it is folded into the file: most pages have changed several times by
        // then, and are folded once.
        "PRAGMA wal_autocheckpoint = 4096",
    ] {
        sqlx::query(own).execute(&mut *connection).await?;
    }
    if overwrite_deleted {
        sqlx::query("PRAGMA secure_delete = ON")
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

pub(crate) async fn begin(writer: &AnyPool) -> Result<Transaction<'static, Any>, sqlx::Error> {
    writer.begin_with(BEGIN).await
}

pub(crate) async fn begin_on_disk(
    writer: &AnyPool,
) -> Result<Transaction<'static, Any>, sqlx::Error> {
    match begin(writer).await {
        // A full disk ends SQLite's transaction by itself; the client library still counts it, and
        // would refuse every other one on this connection for ever.
        Err(sqlx::Error::InvalidSavePointStatement) => {
            writer.acquire().await?.close().await?;
            begin(writer).await
        }
        begun => begun,
    }
}

/// Whether the file is as it should be, page by page and reference by reference; what is wrong, where
/// it is not.
pub(crate) async fn fault(connection: &mut Connection) -> Result<Option<String>, sqlx::Error> {
    let said: String = sqlx::query_scalar("PRAGMA integrity_check(1)")
        .fetch_one(&mut *connection)
        .await?;
    if said != "ok" {
        return Ok(Some(said));
    }
    let broken = sqlx::query("SELECT COUNT(*) FROM pragma_foreign_key_check")
        .fetch_one(connection)
        .await?;
    let broken: i64 = sqlx::Row::try_get(&broken, 0)?;
    Ok((broken > 0).then(|| format!("{broken} rows refer to others that are not there")))
}

/// Folds the log into the file; false where somebody reads in it just now.
pub(crate) async fn fold(writer: &AnyPool) -> Result<bool, sqlx::Error> {
    let busy: i64 = sqlx::query_scalar("PRAGMA wal_checkpoint(TRUNCATE)")
        .fetch_one(writer)
        .await?;
    Ok(busy == 0)
}
