//! `rows FILE SQL [VALUE…]`: the rows of a query as a JSON array of objects, for the journeys.
//!
//! Read-only, beside the running server. Values are bound as text, which SQLite converts to the
//! column's affinity; blobs come out in hexadecimal.

use std::error::Error;
use std::io::Write as _;

use balagh_shared::canonical::hex;
use serde_json::{Map, Value};
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{Column as _, ConnectOptions as _, Row as _, TypeInfo as _, ValueRef as _};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(sql)) = (arguments.next(), arguments.next()) else {
        return Err("usage: rows FILE SQL [VALUE…]".into());
    };
    let mut connection = SqliteConnectOptions::new()
        .filename(file)
        .read_only(true)
        .connect()
        .await?;
    let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
    for value in arguments {
        query = query.bind(value);
    }
    let rows = query.fetch_all(&mut connection).await?;
    let objects = rows.iter().map(object).collect::<Result<Vec<_>, _>>()?;
    serde_json::to_writer(std::io::stdout(), &objects)?;
    std::io::stdout().write_all(b"\n")?;
    Ok(())
}

fn object(row: &SqliteRow) -> Result<Value, sqlx::Error> {
    let mut object = Map::new();
    for (index, column) in row.columns().iter().enumerate() {
        object.insert(column.name().to_owned(), value(row, index)?);
    }
    Ok(Value::Object(object))
}

fn value(row: &SqliteRow, index: usize) -> Result<Value, sqlx::Error> {
    let raw = row.try_get_raw(index)?;
    if raw.is_null() {
        return Ok(Value::Null);
    }
    // What is stored, not what the column was declared as.
    let kind = raw.type_info().name().to_owned();
    Ok(match kind.as_str() {
        "INTEGER" | "BOOLEAN" => row.try_get_unchecked::<i64, _>(index)?.into(),
        "REAL" => row.try_get_unchecked::<f64, _>(index)?.into(),
        "BLOB" => hex(&row.try_get_unchecked::<Vec<u8>, _>(index)?).into(),
        _ => row.try_get_unchecked::<String, _>(index)?.into(),
    })
}
