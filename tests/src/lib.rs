//! What no single crate can test.

pub mod vectors;
