//! The reference origin.

pub mod municipalities;
