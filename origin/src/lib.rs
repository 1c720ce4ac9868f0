//! The reference origin: where a city without a system of its own keeps its reports.
//!
//! | module | idea |
//! | --- | --- |
//! | [`lifecycle`] | what may happen to a report, and what it comes to; pure |
//! | [`staff`] | who works at the municipality, and what each may do; pure |
//! | [`queue`] | which reports they ask for, in what order; pure |
//! | [`store`] | the ledger, in SQLite or PostgreSQL |
//! | [`backup`] | all of it in one file, and back |
//! | `intake` | from either door to one row; pure |
//! | `edge_contract` | the door of the edge: signed, idempotent |
//! | `reporter` | what reporters do with their reports, through the edge |
//! | `staff_door` | what the municipality's staff does with them |
//! | `console` | the same for people: pages of HTML, without a script |
//! | `words` | what it and the figures both say |
//! | [`password`] | what they sign in with |
//! | `clearance` | what a member of staff may see and do, through either |
//! | `desk` | where all of them take their steps |
//! | `timers` | what happens when nobody does anything |
//! | `open311` | the door of partners, and what the public may see |
//! | `courier` | tells reporters and departments by text message and e-mail |
//! | [`person`] | whose reports are whose, and their right to be told of them and to be forgotten |
//! | [`letters`] | what the courier gave up, and how it is tried again |
//! | [`hire`] | a new member of staff, and their token |
//! | [`analytics`] | figures of a period, from sums of days that a keeper holds up to date |
//! | `herald` | tells the edge of every change, whenever it can be reached |
//! | [`embedded`] | all of it without the HTTP server, for a simulation |
//! | [`server`] | all of it listening, until it is told to stop |
//!
//! *Architecture invariant:* the origin never refuses what an edge has acknowledged for being
//! against the rules: it is signed, so it is stored, whatever the document says today.

pub mod analytics;
pub mod backup;
mod clearance;
pub mod config;
mod console;
mod courier;
mod desk;
mod edge_contract;
pub mod embedded;
#[cfg(test)]
#[path = "../../tests/folder.rs"]
mod folder;
mod herald;
pub mod hire;
mod intake;
pub mod keys;
pub mod letters;
pub mod lifecycle;
mod metrics;
pub mod municipalities;
mod open311;
pub mod password;
pub mod person;
mod photos;
mod picture;
pub mod queue;
mod refusal;
mod reporter;
mod rounds;
pub mod server;
mod signed;
pub mod staff;
mod staff_door;
pub mod store;
mod sys;
mod timers;
mod words;

pub use server::{StartError, run};
