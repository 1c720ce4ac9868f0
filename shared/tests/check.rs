//! `check` against one bad document per fault: `tests/fixtures/check/faults.json` holds what is
//! changed in a sound document (a JSON Pointer and the value put there; `{"$remove": true}` takes
//! it away) and what must be found: path, code and suggestion, in order. With `$only`, what is
//! found elsewhere is passed over.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use balagh_shared::district::Pack;
use balagh_shared::municipality::check::{Fault, check, gazetteer, shape};
use balagh_shared::municipality::{Municipality, compile_boundaries};
use serde_json::{Value, json};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures");
const DEMOS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../www/municipalities");

fn read(path: &str) -> Result<String, std::io::Error> {
    std::fs::read_to_string(path)
}

/// All faults of a document whose layers are in `folder`.
fn faults(text: &str, pack: &Pack) -> Vec<Fault> {
    let (document, mut faults) = shape::read(text);
    if let Some(document) = document {
        faults.extend(check(&document, Some(pack)));
    }
    faults
}

fn pack_of(folder: &str) -> Pack {
    let text = read(&format!("{folder}/municipality.json")).unwrap();
    let document = serde_json::from_str(&text).unwrap();
    let compiled = compile_boundaries(&document, |file| read(&format!("{folder}/{file}"))).unwrap();
    Pack::open(&compiled.pack).unwrap()
}

fn dammam() -> &'static Pack {
    static PACK: LazyLock<Pack> =
        LazyLock::new(|| pack_of(&format!("{FIXTURES}/municipalities/dammam")));
    &PACK
}

fn sound() -> Value {
    let text = read(&format!(
        "{FIXTURES}/municipalities/dammam/municipality.json"
    ))
    .unwrap();
    serde_json::from_str(&text).unwrap()
}

fn cases() -> Vec<Value> {
    serde_json::from_str(&read(&format!("{FIXTURES}/check/faults.json")).unwrap()).unwrap()
}

/// Puts `value` at `pointer`, into an object or a list.
fn put(document: &mut Value, pointer: &str, value: &Value) {
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    let parent = document.pointer_mut(parent);
    let parent = parent.unwrap_or_else(|| panic!("nothing at {pointer}"));
    let removed = *value == json!({"$remove": true});
    match parent {
        Value::Object(fields) if removed => {
            fields.remove(last).unwrap();
        }
        Value::Object(fields) => {
            fields.insert(last.to_owned(), value.clone());
        }
        Value::Array(items) if removed => {
            items.remove(last.parse().unwrap());
        }
        Value::Array(items) => {
            let index: usize = last.parse().unwrap();
            if index == items.len() {
                items.push(value.clone());
            } else {
                *items.get_mut(index).unwrap() = value.clone();
            }
        }
        _ => panic!("{pointer} leads into a value"),
    }
}

#[test]
fn each_fault_is_found_where_it_stands_and_no_other() {
    let mut wrong = Vec::new();
    for case in cases() {
        let mut document = sound();
        let mut only = "";
        for (pointer, value) in case["set"].as_object().unwrap() {
            match pointer.as_str() {
                "$only" => only = value.as_str().unwrap(),
                pointer => put(&mut document, pointer, value),
            }
        }
        let found: Vec<Value> = faults(&document.to_string(), dammam())
            .iter()
            .filter(|fault| fault.path.starts_with(only))
            .map(|fault| json!([fault.path, fault.code, fault.suggestion]))
            .collect();
        if case["faults"] != json!(found) {
            wrong.push(format!("{}: {}", case["why"], json!(found)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_code_of_a_fault_has_a_case() {
    // Only a text that is no document, or the files beside it, have these.
    let elsewhere = ["json.syntax", "json.shape", "field.twice", "place.nowhere"];
    let tried: BTreeSet<String> = cases()
        .iter()
        .flat_map(|case| case["faults"].as_array().unwrap().clone())
        .map(|fault| fault[1].as_str().unwrap().to_owned())
        .collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/municipality/check");
    let is_code = |text: &str| {
        text.split_once('.').is_some_and(|(subject, what)| {
            let plain = |part: &str| {
                !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
            };
            plain(subject) && plain(what)
        })
    };
    for entry in std::fs::read_dir(folder).unwrap() {
        let source = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let code = source.split("#[cfg(test)]").next().unwrap();
        for literal in code.split('"').skip(1).step_by(2).filter(|it| is_code(it)) {
            assert!(
                tried.contains(literal) || elsewhere.contains(&literal),
                "{literal} has no case in faults.json"
            );
        }
    }
}

#[test]
fn the_demo_documents_have_no_fault() {
    for id in ["eastern-province", "holy-capital"] {
        let folder = format!("{DEMOS}/{id}");
        let text = read(&format!("{folder}/municipality.json")).unwrap();
        let found = faults(&text, &pack_of(&folder));
        let told: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert!(told.is_empty(), "{id}:\n{}", told.join("\n"));
    }
}

#[test]
fn a_text_that_is_no_document_is_refused_without_panic() {
    for text in [
        "",
        "{",
        "null",
        "[]",
        "3",
        "\"x\"",
        "{\"id\": {\"id\": {}}}",
        "{\"groups\": [null]}",
    ] {
        let (document, found) = shape::read(text);
        assert!(document.is_none() && !found.is_empty(), "{text}");
    }
    let deep = "[".repeat(100_000);
    assert_eq!(shape::read(&deep).1[0].code, "json.syntax");
}

/// Faults that only the text of a document shows: path and code.
#[track_caller]
fn check_text(text: &str, expected: &[(&str, &str)]) {
    let found = faults(text, dammam());
    let found: Vec<(&str, &str)> = found.iter().map(|it| (it.path.as_str(), it.code)).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_field_that_stands_twice_is_told_with_all_the_rest() {
    let text = sound().to_string();
    check_text(&text, &[]);
    let twice = text.replacen('{', "{\"id\": \"x\", ", 1);
    check_text(&twice, &[("/id", "field.twice")]);
    // Also of two texts in one language, of which a reader would keep one without a word.
    let names = text.replacen("\"names\":{", "\"names\":{\"ar\":\"?\",", 1);
    let found = faults(&names, dammam());
    assert!(
        found.len() == 1 && found[0].code == "field.twice",
        "{found:?}"
    );
    let both = twice.replacen("\"triage\":", "\"triag\":", 1);
    check_text(
        &both,
        &[("/id", "field.twice"), ("/triag", "field.unknown")],
    );
}

#[test]
fn a_byte_order_mark_is_told_and_the_rest_read_all_the_same() {
    let text = format!("\u{FEFF}{}", sound()).replacen("\"triage\":", "\"triag\":", 1);
    check_text(&text, &[("", "json.syntax"), ("/triag", "field.unknown")]);
}

#[test]
fn more_categories_than_a_words_file_holds_are_told_before_a_server_refuses_them() {
    let mut document = sound();
    let group = &mut document["groups"][0]["categories"];
    let categories = group.as_array_mut().unwrap();
    for number in 0..=balagh_shared::categorise::MAX_CATEGORIES {
        let mut category = categories[0].clone();
        category["code"] = json!(format!("test.{number}"));
        category["keywords"] = json!({});
        categories.push(category);
    }
    check_text(&document.to_string(), &[("/groups", "number.range")]);
    let document = serde_json::from_value(document).unwrap();
    assert!(balagh_shared::categorise::Categorisers::of(&document).is_err());
}

#[test]
fn a_named_place_without_a_name_a_place_or_an_id_of_its_own_is_told() {
    let folder = format!("{FIXTURES}/municipalities/dammam");
    let document = serde_json::from_value(sound()).unwrap();
    let check = |places: &str| {
        let places = serde_json::from_str(places).unwrap();
        let found = gazetteer(&document, &places);
        found.iter().map(|fault| fault.code).collect::<Vec<_>>()
    };
    assert!(check(&read(&format!("{folder}/gazetteer.json")).unwrap()).is_empty());
    let swapped = r#"[
        {"id": "a", "at": [26.4, 150.1], "kind": "town", "names": {"ar": "س", "en": "A"}},
        {"id": "a", "at": [50.1, 26.4], "kind": "town", "names": {"ar": "س", "en": " "}}
    ]"#;
    assert_eq!(
        check(swapped),
        ["place.nowhere", "name.twice", "label.missing"]
    );
}

#[test]
fn a_fault_is_one_line_that_no_terminal_obeys() {
    let mut document = sound();
    put(&mut document, "/\u{1b}[31m\n\u{202E}x", &json!(1));
    let found = faults(&document.to_string(), dammam());
    let line = found[0].to_string();
    assert!(line.starts_with("/\\u{1b}[31m\\u{a}\\u{202e}x: "), "{line}");
    assert!(!line.contains(['\n', '\u{1b}', '\u{202E}']), "{line}");
}

#[test]
fn near_names_are_looked_for_while_somebody_reads_on() {
    let mut document = sound();
    let category = document["groups"][0]["categories"][0].clone();
    let many = (0..1_000).map(|number| {
        let mut category = category.clone();
        category["code"] = json!(format!("test.{number}"));
        category["department"] = json!("lightin");
        category["keywords"] = json!({});
        category
    });
    document["groups"][0]["categories"] = many.collect();
    let found = faults(&document.to_string(), dammam());
    let near = found
        .iter()
        .filter(|fault| fault.suggestion.is_some())
        .count();
    assert!(
        found.len() > 1_000 && (100..=200).contains(&near),
        "{near} of {}",
        found.len()
    );
}

#[test]
fn what_cannot_be_read_is_told_by_the_walk_and_not_by_the_reader() {
    let sound = sound();
    let mut pointers = Vec::new();
    collect(&sound, "", &mut pointers);
    let others = [
        json!(null),
        json!("x"),
        json!(-1),
        json!(1.5),
        json!(true),
        json!([]),
        json!({}),
        json!([{"a": [1]}]),
    ];
    let mut refused = 0;
    for (index, pointer) in pointers.iter().enumerate() {
        for other in others.iter().skip(index % 4).step_by(4) {
            let mut document = sound.clone();
            *document.pointer_mut(pointer).unwrap() = other.clone();
            let text = document.to_string();
            let (_, found) = shape::read(&text);
            assert!(
                found.iter().all(|fault| !fault.code.starts_with("json.")),
                "{pointer} as {other}: {found:?}"
            );
            let typed = serde_json::from_str::<Municipality>(&text);
            refused += usize::from(typed.is_err());
            if typed.is_err() {
                assert!(!found.is_empty(), "{pointer} as {other}");
            }
        }
    }
    assert!(refused > 500, "{refused}");
}

/// The pointer of every value in `value`, itself left out.
fn collect(value: &Value, path: &str, into: &mut Vec<String>) {
    let mut each = |key: &str, value: &Value| {
        let path = format!("{path}/{key}");
        collect(value, &path, into);
        into.push(path);
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| each(key, value)),
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.for_each(|(index, value)| each(&index.to_string(), value));
        }
        _ => {}
    }
}

#[test]
fn a_fault_reads_as_a_sentence_and_as_json() {
    let mut document = sound();
    put(&mut document, "/triage", &json!("triag"));
    let found = faults(&document.to_string(), dammam());
    assert_eq!(
        found[0].to_string(),
        "/triage: there is no department \"triag\"; did you mean \"triage\"? \
         name one of \"triage\", \"cleanliness\", \"lighting\", \"health\" [department.unknown]"
    );
    assert_eq!(
        serde_json::to_value(&found[0]).unwrap(),
        json!({
            "path": "/triage",
            "code": "department.unknown",
            "message": "there is no department \"triag\"",
            "instead": "name one of \"triage\", \"cleanliness\", \"lighting\", \"health\"",
            "suggestion": "triage",
        })
    );
}
