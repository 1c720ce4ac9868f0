//! What no single crate can test.

#[cfg(feature = "wasm")]
pub mod lookups;
pub mod vectors;
