//! The one native binary of Balagh.
fn main() {}
