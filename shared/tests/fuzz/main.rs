//! A short run of the fuzz targets, the same every time: every seed of the corpus, then a fixed
//! number of mutations of them with fixed randomness. `fuzz/` runs the same targets for as long as
//! somebody lets it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a target that cannot go on has failed"
)]

mod mutate;
mod targets;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use mutate::Mutator;
use targets::{ALL, Target};

/// Mutations of small inputs that each target gets; of large ones fewer, so that the work is the
/// same.
const MUTATIONS: usize = 6_000;
/// Bytes that all mutations of a target may have together.
const BYTES: usize = 6_000_000;

/// The committed seeds of a target, in the order of their names, and the demonstration's own files.
fn seeds(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fuzz/corpus")
        .join(name);
    let mut paths: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let mut seeds: Vec<Vec<u8>> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
    assert!(!seeds.is_empty(), "{name} has no corpus");
    let town = &*targets::TOWN;
    match name {
        "municipality" => seeds.push(serde_json::to_vec(&town.document).unwrap()),
        "public" => seeds.push(serde_json::to_vec(&town.public).unwrap()),
        "pack" => seeds.push(town.packed.clone()),
        _ => {}
    }
    seeds
}

/// Runs one input; what fails is shown so that it can be put into the corpus.
fn run((name, target): Target, input: &[u8]) {
    let outcome = catch_unwind(AssertUnwindSafe(|| target(input)));
    assert!(
        outcome.is_ok(),
        "{name} fails; put this into fuzz/corpus/{name}/ as `printf '…'` writes it:\n{}",
        input.escape_ascii()
    );
}

fn smoke(name: &str) {
    let target = *ALL.iter().find(|(known, _)| *known == name).unwrap();
    let seeds = seeds(name);
    for seed in seeds.iter().map(Vec::as_slice).chain([b"".as_slice()]) {
        run(target, seed);
    }
    let mut mutator = Mutator::new(name, &seeds);
    let mut bytes = 0;
    for _ in 0..MUTATIONS {
        let input = mutator.next();
        bytes += input.len();
        run(target, &input);
        if bytes > BYTES {
            break;
        }
    }
}

macro_rules! smoke {
    ($($test:ident $name:literal;)*) => {
        $(#[test] fn $test() { smoke($name); })*

        #[test]
        fn every_target_has_its_smoke_and_its_corpus() {
            let names: Vec<&str> = ALL.iter().map(|(name, _)| *name).collect();
            assert_eq!(names, [$($name),*]);
            let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
            for entry in fs::read_dir(corpus).unwrap() {
                let name = entry.unwrap().file_name();
                assert!(names.iter().any(|known| name == *known), "{name:?} is no target");
            }
        }
    };
}

smoke! {
    reports_of_any_bytes_are_judged_or_refused "report";
    open311_forms_of_any_bytes_are_judged_or_refused "open311";
    contacts_of_any_bytes_are_read_as_themselves_or_not "contact";
    texts_of_any_bytes_fold_once_and_count "text";
    documents_of_any_bytes_are_checked_or_refused "municipality";
    public_documents_of_any_bytes_read_as_themselves_or_not "public";
    packs_of_any_bytes_answer_or_do_not_open "pack";
    boundaries_of_any_bytes_compile_or_are_refused "geojson";
    points_of_any_bits_are_located_or_refused "point";
    numbers_of_any_bytes_are_read_as_themselves_or_not "number";
    times_of_any_bytes_are_read_as_themselves_or_not "time";
    wire_types_of_any_bytes_read_as_themselves_or_not "wire";
    sentences_of_any_bytes_are_filled_once "headers";
    sessions_of_any_bytes_are_refused_unless_minted "session";
    confirmations_of_any_bytes_are_refused_unless_minted "confirmed";
    signatures_of_any_bytes_are_refused_unless_signed "signature";
    keyrings_of_any_bytes_sign_or_are_refused "keyring";
    seals_of_any_bytes_stay_shut_unless_sealed "seal";
    photos_of_any_bytes_come_out_clean_or_are_refused "photo";
    answers_in_any_order_wait_within_bounds "queue";
}
