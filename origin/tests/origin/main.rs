//! The origin as edges, partners and the public meet it: a real server on a free port, a real
//! SQLite file in a folder of its own, signed requests over real sockets.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says so by panicking"
)]

mod backup;
mod console;
mod edge_contract;
mod figures;
#[path = "../../../tests/folder.rs"]
mod folder;
mod life;
mod open311;
mod open311_bad_input;
mod open311_formats;
mod open311_lists;
mod operation;
mod schema;
mod sending;
#[path = "../../../messages/tests/sinks/mod.rs"]
mod sinks;
#[path = "../../../tests/skipped.rs"]
mod skipped;
mod support;
mod telling;
