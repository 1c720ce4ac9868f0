//! The targets of `shared/tests/fuzz/targets`, for cargo-fuzz.

#![expect(
    unused_imports,
    dead_code,
    reason = "the smoke test beside the targets uses more of them"
)]

#[path = "../../shared/tests/fuzz/targets/mod.rs"]
mod targets;

/// Runs the target of this name.
///
/// # Panics
/// When what must hold does not, or there is no such target.
pub fn run(name: &str, bytes: &[u8]) {
    let (_, target) = targets::ALL
        .iter()
        .find(|(known, _)| *known == name)
        .expect("a target of this name");
    target(bytes);
}
