//! `balagh open311-check` as it is called: what it prints, and how it exits.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::process::{Command, Output};

use serde_json::Value;

/// Nobody listens here.
const NOWHERE: &str = "http://127.0.0.1:9/open311/v2";

fn check(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_balagh"))
        .arg("open311-check")
        .args(arguments)
        .env_clear()
        .output()
        .unwrap()
}

#[test]
fn a_must_that_is_broken_ends_with_1_and_the_report_is_there_all_the_same() {
    let output = check(&[NOWHERE, "--pause", "0"]);
    assert_eq!(output.status.code(), Some(1));
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.starts_with("Open311 GeoReport v2 at http://127.0.0.1:9/open311/v2\n"));
    assert!(printed.contains("BROKEN R-FMT-01 MUST"), "{printed}");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("MUST rule(s) are broken"), "{told}");
}

#[test]
fn the_report_is_one_json_object_where_that_is_asked_for() {
    let output = check(&[NOWHERE, "--pause", "0", "--format", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report.get("endpoint").unwrap(), NOWHERE);
    assert!(
        !report
            .get("findings")
            .unwrap()
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[test]
fn what_is_pasted_along_with_an_address_is_cut_off_and_what_is_none_is_told() {
    let output = check(&[
        "http://127.0.0.1:9/open311/v2/services.json",
        "--pause",
        "0",
    ]);
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.starts_with("Open311 GeoReport v2 at http://127.0.0.1:9/open311/v2\n"));
    let output = check(&["city.example"]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("https://city.example/open311/v2"), "{told}");
    // Wrong arguments.
    assert_eq!(check(&[NOWHERE, "--at", "1,2"]).status.code(), Some(2));
}
