//! The native edge: a server with a ledger.
//!
//! | module | idea |
//! | --- | --- |
//! | [`embedded`] | all of it without the HTTP server, for a simulation |
//! | [`config`] | what the operator decides |
//! | [`municipalities`] | documents and boundaries from files |
//! | `server`, `body`, `turns` | HTTP in, HTTP out |
//! | `edge` | a request to its answer |
//! | `reports`, `codes`, `identity`, `photos`, `tracking`, `actions`, `nearby`, `figures`, `events`, `files` | what the routes do |
//! | `pages` | how the pages without scripts ask this edge |
//! | [`ledger`] | SQLite or PostgreSQL: what is acknowledged is on disk |
//! | `shift` | what one of several edges on a ledger does at a time |
//! | `review` | what was held, and what people say of it |
//! | `outbox` | delivery, until every destination has it |
//! | `retention` | what is erased by time |
//! | `metrics`, `log` | what operators see: features and hashes, never a report |

pub mod config;
pub mod embedded;
pub mod ledger;
pub mod municipalities;

mod actions;
mod body;
mod clock;
mod codes;
mod edge;
mod events;
mod figures;
mod files;
#[cfg(test)]
#[path = "../../../tests/folder.rs"]
mod folder;
mod forwarded;
mod identity;
mod in_flight;
mod log;
mod metrics;
mod nearby;
mod open311;
mod outbox;
mod pages;
mod photos;
mod reports;
mod retention;
mod review;
mod schemas;
mod server;
mod shift;
mod start;
mod team_photos;
mod tracking;
mod turns;

pub use outbox::DestinationError;
pub use start::{Running, StartError, run, start};
