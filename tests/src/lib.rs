//! What no single crate can test.

#[cfg(feature = "training")]
pub mod corpus;
pub mod vectors;
