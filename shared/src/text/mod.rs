//! Text as people type it: folded for comparison, counted as people count, digits of any script.
//!
//! Own small tables instead of Unicode crates: engines' Unicode versions differ, and the same
//! folding must come out natively and in wasm (ARCHITECTURE.md, invariant 6).

mod control;
mod count;
mod digits;
mod direction;
mod fold;
mod romanised;

pub use control::{has_control, without_controls};
pub use count::{length, length_to};
pub use digits::{decimal, digit, with_ascii_digits};
pub use direction::{Direction, isolate};
pub use fold::fold;
pub use romanised::romanised;
