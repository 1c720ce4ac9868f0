//! A deterministic simulation: phones, edge functions, processes of the edge and the origin in one
//! thread, on a clock that only the simulation moves, with everything that goes wrong between them.
//!
//! What decides is what is shipped: the phone's queue machine, the screen, the edge's answers, its
//! ledger and outbox, the edge function's choice of what to believe, the origin's doors, its store,
//! its herald and timers. What is modelled is what is around them: network, disks that run full,
//! clocks, processes that end, browsers. The same seed gives the same run to the letter.
//!
//! `www/docs/simulation.md` says how to run it, what is checked, and which bugs it has been shown to
//! find.

mod chance;
mod citizen;
mod executor;
mod hub;
mod phone;
mod place;
mod reckoning;
mod run;
mod sender;
mod servers;
mod signal;
mod trace;
mod trouble;
mod truth;

pub use run::{Broken, Options, Summary, run};
pub use servers::Town;
pub use trouble::Trouble;
