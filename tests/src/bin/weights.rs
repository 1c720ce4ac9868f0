//! Learns the categoriser's general weights from the corpus of this checkout: `cargo xtask weights`
//! builds and starts it, optimised.
//!
//! `weights` writes `shared/weights/pairs.txt`, `shared/weights/<tongue>.bin` and
//! `tests/snapshots/categorise.json`;
//! `weights --check` compares them with what would be written.

#![expect(clippy::print_stdout, reason = "a tool for people")]

use std::error::Error;
use std::path::Path;

use balagh_shared::categorise::Tongue;
use balagh_shared::categorise::training::cross_validate;
use balagh_tests::corpus;

/// The pairs of letters that this was built with.
const PAIRS: &str = include_str!("../../../shared/weights/pairs.txt");

fn main() -> Result<(), Box<dyn Error>> {
    let check = std::env::args().any(|argument| argument == "--check");
    let corpus = corpus::read()?;
    let mut stale = Vec::new();
    let path = corpus::path(corpus::PAIRS);
    put(&path, corpus.pairs().as_bytes(), check, &mut stale)?;
    // What is learnt next depends on which texts come to which file.
    if corpus.pairs() != PAIRS {
        return Err("the pairs of letters are other ones now: cargo xtask weights again".into());
    }
    for tongue in Tongue::ALL {
        let path = corpus::weights(tongue);
        put(&path, &corpus.weights(tongue), check, &mut stale)?;
    }
    let accuracy = cross_validate(&corpus, corpus::PARTS);
    let snapshot = corpus::snapshot(&corpus, &accuracy);
    println!("{snapshot}");
    let path = corpus::path(corpus::SNAPSHOT);
    put(&path, format!("{snapshot}\n").as_bytes(), check, &mut stale)?;
    match stale.as_slice() {
        [] => Ok(()),
        stale => Err(format!(
            "not what the corpus gives: {}; cargo xtask weights",
            stale.join(", ")
        )
        .into()),
    }
}

fn put(
    path: &Path,
    bytes: &[u8],
    check: bool,
    stale: &mut Vec<String>,
) -> Result<(), Box<dyn Error>> {
    if std::fs::read(path).is_ok_and(|found| found == bytes) {
        return Ok(());
    }
    if check {
        stale.push(path.display().to_string());
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    Ok(std::fs::write(path, bytes)?)
}
