//! The rules of Balagh: what must be decided the same way on the phone, at the edge and at the
//! origin.
//!
//! Nothing here does I/O, reads a clock or draws randomness: each of those enters as a parameter,
//! so that a decision can be replayed, and gives the same bytes natively and in wasm.
//!
//! | module | idea |
//! | --- | --- |
//! | [`municipality`] | the document that drives everything, and the part of it the public may read |
//! | [`report`] | what a citizen sends |
//! | [`rules`] | whether a report can be accepted, and what must be mended if not |
//! | [`reason`] | the one catalogue of everything a client can be told |
//! | [`district`] | which sub-municipality a point lies in |
//! | [`typed_place`] | coordinates, plus codes and the like as people type them |
//! | [`categorise`] | what a text is about, and which words said so |
//! | [`receipt`], [`status`], [`number`] | what a citizen gets back |
//! | [`action`], [`nearby`] | what a reporter does afterwards, and what others already reported |
//! | [`text`], [`language`] | text folded, counted and isolated; which language it is in |
//! | [`queue`] | what the widget does with an answer, or with none |
//! | `spam` | how much a text reads like spam, and why (with `server`) |
//! | [`proof`] | the work a sender under pressure does, instead of a puzzle |
//!
//! *Architecture invariant:* `shared` depends on no other room, and its default features are what
//! the widget needs; `server`, `compile`, `photo` and `open311` only add.

pub mod action;
pub mod categorise;
pub mod district;
pub mod key;
pub mod language;
pub mod municipality;
pub mod nearby;
pub mod number;
pub mod proof;
pub mod queue;
pub mod reason;
pub mod receipt;
pub mod report;
pub mod rules;
pub mod status;
pub mod text;
pub mod time;
pub mod translated;
pub mod typed_place;

#[cfg(feature = "server")]
pub mod canonical;
#[cfg(feature = "server")]
pub mod closing_code;
#[cfg(feature = "server")]
pub mod codes;
#[cfg(feature = "server")]
pub mod contact;
#[cfg(feature = "server")]
pub mod delivery;
#[cfg(feature = "server")]
pub mod keyring;
#[cfg(feature = "server")]
pub mod limit;
#[cfg(feature = "open311")]
pub mod open311;
#[cfg(feature = "server")]
pub mod outbox;
#[cfg(feature = "photo")]
pub mod photo;
#[cfg(feature = "server")]
pub mod problem;
#[cfg(feature = "server")]
pub mod routing;
#[cfg(feature = "server")]
pub mod scheduler;
#[cfg(feature = "schema")]
pub mod schema;
#[cfg(feature = "server")]
pub mod seal;
#[cfg(feature = "server")]
pub mod session;
#[cfg(feature = "server")]
pub mod signature;
#[cfg(feature = "server")]
pub mod spam;
#[cfg(feature = "server")]
mod token;

/// The wire protocol's number, in `GET /v1/{municipality}`: a widget and an edge that disagree on
/// it say so in words instead of failing in odd ways.
pub const PROTOCOL: u32 = 1;
