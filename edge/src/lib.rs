//! The edge: it screens reports before the origin, keeps them until the origin has them, and
//! answers a receipt.
//!
//! | module | idea |
//! | --- | --- |
//! | [`screen`] | the decision: pure, a file a step, from cheap to dear |
//! | [`codes`] | one-time codes: may one be sent, is it the right one |
//! | [`jwt`] | the identity that the page around the form gives |
//! | [`explain`] | what the screen makes of one report, in words |
//! | [`http`] | requests, routes, CORS and refusals, the same for both builds |
//! | [`served`] | a municipality ready to be served: document, boundaries, public part |
//! | [`keys`] | the keyrings, and what each is for |
//! | [`ledger`] | what every ledger does, whatever keeps it |
//! | `nearby` | what others already reported near a place, where a ledger is |
//! | [`news`] | what the origin tells of a report |
//! | [`open311`] | a form of Open311 as the report it makes, and the answer in its form |
//! | [`outbox`] | when a delivery is tried again, and when a destination is left alone |
//! | `pages` | what works without scripts, where a ledger is |
//! | [`public`] | what anyone may read of a municipality |
//! | [`sender`] | who sends, as the counters know them |
//! | `team_photos` | photos of the work, where a ledger is |
//! | `track_record` | what steps would have done, held against what people said, where a ledger is |
//! | [`tracking`] | whose report it is, and what only its reporter is shown |
//! | [`relay`] | how an edge function vouches for a request it passes on |
//! | `native` | the server: SQLite ledger, photos on disk, delivery to the origin |
//! | `durable` | the ledger in a Durable Object, over its storage |
//! | `worker` | the edge function: one wasm for every fetch-style runtime |
//!
//! *Architecture invariant: screening never fails: it returns a verdict and its reasons.* The pure
//! part (`screen`, `http`, `served`) imports nothing of the two builds; it is given time,
//! randomness and what the ledger knows, and gives back effects, which the shell applies in one
//! transaction.
#![deny(unsafe_code)]

#[cfg(any(feature = "native", all(feature = "worker", feature = "durable")))]
mod answer;
pub mod codes;
pub mod explain;
#[cfg(any(feature = "native", all(feature = "worker", feature = "durable")))]
mod guesses;
pub mod http;
pub mod jwt;
pub mod keys;
pub mod ledger;
#[cfg(any(feature = "native", feature = "durable"))]
pub mod nearby;
pub mod news;
pub mod open311;
pub mod outbox;
#[cfg(any(feature = "native", all(feature = "worker", feature = "durable")))]
mod pages;
pub mod public;
pub mod relay;
pub mod screen;
pub mod sender;
pub mod served;
#[cfg(any(feature = "native", feature = "durable"))]
pub mod team_photos;
#[cfg(any(feature = "native", feature = "durable"))]
pub mod track_record;
pub mod tracking;

// Natively for the suite that all ledgers share.
#[cfg(any(feature = "durable", all(test, feature = "native")))]
pub mod durable;
#[cfg(feature = "native")]
pub mod native;
#[cfg(feature = "worker")]
pub mod worker;
