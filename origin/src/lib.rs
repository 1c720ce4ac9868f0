//! The reference origin.
