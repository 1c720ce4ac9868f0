//! Text as people type it: folded for comparison, counted as people count, digits of any script.
//!
//! Own small tables instead of Unicode crates: engines' Unicode versions differ, and the same
//! folding must come out natively and in wasm (CONTRACTS.md, "Determinism").

mod control;
mod count;
mod digits;
mod fold;

pub use control::has_control;
pub use count::length;
pub use digits::{decimal, digit, with_ascii_digits};
pub use fold::fold;
