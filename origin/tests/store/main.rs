//! The ledger's promises, the same on every engine: memory, a file of SQLite, PostgreSQL.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod broken;
#[path = "../../../tests/folder.rs"]
mod folder;
mod lists;
mod queues;
mod reports;
mod staff;
mod support;
mod together;
