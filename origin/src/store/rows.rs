//! Columns to values and back.

use balagh_database::Row;
use balagh_shared::time::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::Row as _;

use super::StoreError;

pub(super) fn time(row: &Row, column: &'static str) -> Result<Timestamp, StoreError> {
    Timestamp::parse(row.try_get(column)?).map_err(|_| StoreError::Unreadable(column))
}

pub(super) fn unsigned(row: &Row, column: &'static str) -> Result<u64, StoreError> {
    u64::try_from(row.try_get::<i64, _>(column)?).map_err(|_| StoreError::Unreadable(column))
}

pub(super) fn count(row: &Row, column: &'static str) -> Result<u32, StoreError> {
    Ok(u32::try_from(unsigned(row, column)?).unwrap_or(u32::MAX))
}

/// A number that may be missing.
pub(super) fn optional<T: TryFrom<i64>>(
    row: &Row,
    column: &'static str,
) -> Result<Option<T>, StoreError> {
    let number: Option<i64> = row.try_get(column)?;
    let number = number.map(T::try_from).transpose();
    number.map_err(|_| StoreError::Unreadable(column))
}

/// Booleans are whole numbers, which both engines have.
pub(super) fn flag(row: &Row, column: &'static str) -> Result<bool, StoreError> {
    Ok(row.try_get::<i64, _>(column)? == 1)
}

/// A database's integers are signed; no count of ours comes near the end of them.
pub(super) fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub(super) fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Unreadable("json"))
}

pub(super) fn from_json<T: DeserializeOwned>(
    row: &Row,
    column: &'static str,
) -> Result<T, StoreError> {
    serde_json::from_str(row.try_get(column)?).map_err(|_| StoreError::Unreadable(column))
}

/// An enum's code on the wire, which is also its code in a column.
pub(super) fn code_of<T: Serialize>(value: &T) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(Value::String(code)) => Ok(code),
        _ => Err(StoreError::Unreadable("code")),
    }
}

pub(super) fn code<T: DeserializeOwned>(row: &Row, column: &'static str) -> Result<T, StoreError> {
    let code: String = row.try_get(column)?;
    serde_json::from_value(Value::String(code)).map_err(|_| StoreError::Unreadable(column))
}
