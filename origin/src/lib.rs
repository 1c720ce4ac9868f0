//! The reference origin: where a city without a system of its own keeps its reports.
//!
//! | module | idea |
//! | --- | --- |
//! | [`lifecycle`] | which state may follow which; pure |
//! | [`store`] | the ledger in SQLite |
//! | `intake` | from either door to one row; pure |
//! | `edge_contract` | the door of the edge: signed, idempotent |
//! | `open311` | the door of partners, and what the public may see |
//! | `herald` | tells the edge of every change, whenever it can be reached |
//! | [`server`] | all of it listening, until it is told to stop |
//!
//! *Architecture invariant:* the origin never refuses what an edge has acknowledged for being
//! against the rules: it is signed, so it is stored, whatever the document says today.

pub mod config;
mod edge_contract;
mod herald;
mod intake;
pub mod keys;
pub mod lifecycle;
mod metrics;
pub mod municipalities;
mod open311;
mod photos;
mod refusal;
pub mod server;
mod signed;
pub mod store;
mod sys;

pub use server::{StartError, run};
