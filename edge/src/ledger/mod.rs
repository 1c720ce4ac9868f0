//! What every ledger does, whatever keeps it: SQLite beside the native edge, PostgreSQL, or the storage
//! of a Durable Object.
//!
//! | module | idea |
//! | --- | --- |
//! | [`rest`] | a report as it is at rest: without its contact, after its days, as a status |
//! | [`grid`] | the squares that reports are found in |
//! | [`recent`] | what came lately, in memory, for comparing others with it |
//! | [`count`] | an event that a limit counts |
//! | `job` | something to deliver |
//! | `letter` | the same as operators see it |
//! | `code` | a one-time code, as it is kept |
//! | `screening` | what the screen made of a report, and what a person says of it |
//! | `statements` | every statement that ledgers have in common |
//! | `suite` | what all of them do, as tests |

pub mod count;
pub mod grid;
pub mod recent;
pub mod rest;

#[cfg(any(feature = "native", feature = "durable"))]
pub(crate) mod code;
#[cfg(any(feature = "native", feature = "durable"))]
pub mod job;
#[cfg(any(feature = "native", feature = "durable"))]
pub mod letter;
#[cfg(any(feature = "native", feature = "durable"))]
pub mod screening;
#[cfg(any(feature = "native", feature = "durable"))]
pub(crate) mod statements;
#[cfg(feature = "native")]
#[cfg(test)]
pub(crate) mod suite;
