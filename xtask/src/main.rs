//! The one tool that builds, runs, tests and measures.
fn main() {}
