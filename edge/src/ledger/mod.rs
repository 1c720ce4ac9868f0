//! What every ledger does, whatever keeps it: SQLite beside the native edge, or the storage of a
//! Durable Object.
//!
//! | module | idea |
//! | --- | --- |
//! | [`rest`] | a report as it is at rest: without its contact, after its days, as a status |
//! | [`grid`] | the squares that reports are found in |
//! | [`recent`] | what came lately, in memory, for comparing others with it |

pub mod grid;
pub mod recent;
pub mod rest;
