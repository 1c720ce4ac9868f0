//! What no single crate can test.

#[cfg(feature = "training")]
pub mod corpus;
pub mod desk;
#[cfg(feature = "wasm")]
pub mod lookups;
#[cfg(feature = "bench")]
pub mod reports;
#[cfg(any(feature = "bench", feature = "wasm"))]
pub mod stream;
#[cfg(feature = "wasm")]
pub mod trap;
pub mod vectors;
