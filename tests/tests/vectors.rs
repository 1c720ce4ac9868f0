//! The committed answers are what this machine gives, natively.

use std::collections::BTreeSet;
use std::process::Command;

use balagh_tests::desk::{Desk, FITTING};
use balagh_tests::reports::{self, Case};
use balagh_tests::vectors::{questions, run};

#[test]
fn every_committed_question_has_the_committed_answer() {
    let answers = String::from_utf8(run(&questions())).unwrap();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/answers.json");
    if std::env::var_os("BALAGH_BLESS").is_some() {
        std::fs::write(path, &answers).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    let differs = answers
        .lines()
        .zip(committed.lines())
        .find(|(now, then)| now != then);
    assert!(
        answers == committed,
        "the answers differ, first at {differs:?}; if that is meant: BALAGH_BLESS=1"
    );
}

#[test]
fn the_questions_are_what_their_program_draws() {
    let generator = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/generate.mjs");
    let run = Command::new("node").args([generator, "--check"]).output();
    let run = run.unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}");
}

#[test]
fn a_measured_report_is_decided_as_what_is_wrong_with_it_says() {
    let (document, pack) = reports::demo().unwrap();
    let desk = Desk::open(document.as_bytes(), &pack).unwrap();
    let cases = reports::cases(&desk).unwrap();
    let mut verdicts = BTreeSet::new();
    for Case { flaw, json, .. } in &cases {
        let verdict = desk.decide(json.as_bytes()) & !FITTING;
        assert_eq!(verdict, flaw.verdict(), "{flaw:?}: {json}");
        assert_eq!(verdict, desk.validate(json.as_bytes()), "{json}");
        verdicts.insert(verdict);
    }
    assert_eq!((cases.len(), verdicts.len()), (360, 3));
}
