//! Who is to be told of what by message.

use balagh_shared::status::State;
use balagh_shared::time::Timestamp;
use sqlx::SqliteConnection;

use super::StoreError;
use crate::lifecycle::notice::{Audience, Notice};

/// Queues a message about a report that stands at `state`.
pub(super) async fn queue(
    tx: &mut SqliteConnection,
    number: &str,
    state: State,
    notice: &Notice,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (audience, recipient) = match &notice.audience {
        Audience::Reporter => ("reporter", ""),
        Audience::Department(code) => ("department", code.as_str()),
    };
    sqlx::query(
        "INSERT INTO notices (number, audience, recipient, template, state, created_at, due_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(number)
    .bind(audience)
    .bind(recipient)
    .bind(notice.template)
    .bind(state.code())
    .bind(now.millis())
    .bind(now.millis())
    .execute(tx)
    .await?;
    Ok(())
}
