//! The rules of Balagh.
