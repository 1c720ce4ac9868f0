//! `balagh screen`: the edge's own decision on one report, with every reason.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says so by panicking"
)]

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

const DOCUMENT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../www/municipalities/eastern-province/municipality.json"
);

/// What `balagh screen` prints for `report`, decided at one and the same time.
fn screen(report: &str) -> Value {
    let now = ["--now", "2026-11-22T09:00:00+03:00"];
    let mut child = Command::new(env!("CARGO_BIN_EXE_balagh"))
        .args(["screen", "--municipality", DOCUMENT])
        .args(now)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // It may have read enough before the end.
    stdin.write_all(report.as_bytes()).ok();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A sound report, changed by `change`.
fn report(change: impl FnOnce(&mut Value)) -> String {
    let mut report = json!({
        "category": "roads.pothole", "description": "حفرة عميقة في وسط الطريق", "lang": "ar",
        "place": {"at": {"lon": 50.1033, "lat": 26.4367}, "source": "map"},
        "declared": true, "channel": "widget"
    });
    change(&mut report);
    report.to_string()
}

#[track_caller]
fn check(report: &str, verdict: &str, step: &str, reasons: &[(&str, &str)]) -> Value {
    let decision = screen(report);
    let told: Vec<(&str, &str)> = decision["reasons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["code"].as_str().unwrap(), it["field"].as_str().unwrap()))
        .collect();
    assert_eq!(
        (decision["verdict"].as_str(), decision["step"].as_str()),
        (Some(verdict), Some(step)),
        "{decision}"
    );
    assert_eq!(told, reasons);
    decision
}

#[test]
fn a_sound_report_is_accepted_and_its_way_is_shown() {
    let decision = check(&report(|_| {}), "accept", "verdict", &[]);
    assert_eq!(decision["route"]["department"], "maintenance");
    assert!(decision["route"]["due"].is_string());
}

#[test]
fn a_mark_before_the_report_that_an_editor_wrote_is_passed_over() {
    let marked = format!("\u{feff}{}", report(|_| {}));
    check(&marked, "accept", "verdict", &[]);
}

#[test]
fn a_report_for_another_agency_is_redirected() {
    let other = report(|it| {
        it["category"] = "other.electricity".into();
        it["description"] = "الكهرباء مقطوعة عن الحي كله من الظهر".into();
    });
    let decision = check(&other, "redirect", "verdict", &[]);
    assert_eq!(decision["route"]["agency"], "electricity-company");
}

#[test]
fn a_description_of_something_else_is_accepted_and_marked_and_what_it_reads_like_is_shown() {
    let other = report(|it| {
        it["description"] = "أكوام من النفايات مبعثرة حول الحاوية منذ أيام".into();
    });
    let decision = check(&other, "accept", "verdict", &[("category.doubtful", "")]);
    assert_eq!(decision["reasons"][0]["severity"], "mark");
    assert_eq!(decision["language"], "ar");
    let first = &decision["suggestions"][0];
    assert_eq!(first["category"], "cleanliness.containers");
    assert!(first["score"].as_f64() > Some(0.6), "{first}");
    assert!(
        first["because"]
            .as_array()
            .unwrap()
            .contains(&"النفايات".into()),
        "{first}"
    );
}

#[test]
fn everything_there_is_to_mend_is_named_at_once_with_its_severity() {
    let wrong = report(|it| {
        it["category"] = "nothing".into();
        it["description"] = "".into();
        it["declared"] = false.into();
    });
    let reasons = [
        ("category.unknown", "/category"),
        ("text.missing", "/description"),
        ("declaration.missing", "/declared"),
    ];
    let decision = check(&wrong, "reject", "rules", &reasons);
    assert_eq!(decision["reasons"][1]["severity"], "mend");
    assert_eq!(decision["status"], 422);
    assert_eq!(decision.get("route"), None);
}

#[test]
fn what_is_no_report_is_refused_in_words_and_not_by_a_failure() {
    for body in ["", "{", "[]", "{\"category\": 7}", "\u{0}"] {
        check(body, "reject", "envelope", &[("request.malformed", "")]);
    }
}

#[test]
fn a_report_over_the_limit_is_refused_as_a_posted_one_is() {
    let long = report(|it| it["description"] = "x".repeat(2 << 20).into());
    check(&long, "reject", "envelope", &[("request.too_large", "")]);
    check(
        &"x".repeat(6 << 20),
        "reject",
        "envelope",
        &[("request.too_large", "")],
    );
}
