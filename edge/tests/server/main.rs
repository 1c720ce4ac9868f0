//! The native edge as its clients meet it: a real server on loopback, a real ledger in a folder of
//! its own, and an origin that answers over HTTP.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do: where they stand"
)]

mod bad_input;
mod codes;
mod delivery;
mod destinations;
mod embed;
mod figures;
#[path = "../../../tests/folder.rs"]
mod folder;
mod life;
mod metrics;
mod night;
mod open311;
mod origin;
mod outbox;
mod photos;
mod receipts;
mod relay;
mod retention;
mod review_page;
mod screening;
mod slow;
mod smuggled;
mod start;
mod team_photos;
mod town;
mod tracking;
mod two_edges;
