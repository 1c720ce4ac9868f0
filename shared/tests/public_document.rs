//! What anyone may read of the demo municipality: every key of it, and what a language leaves.
//! `BALAGH_BLESS=1` writes the snapshot anew.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::path::Path;

use balagh_shared::categorise::Categorisers;
use balagh_shared::district::Pack;
use balagh_shared::municipality::{
    Ask, Kind, Municipality, PackReference, PublicMunicipality, WordsReference, compile_boundaries,
};
use serde_json::{Map, Value};

fn public() -> PublicMunicipality {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../www/municipalities/eastern-province"
    );
    let read = |path: &str| std::fs::read_to_string(format!("{folder}/{path}"));
    let document: Municipality = serde_json::from_str(&read("municipality.json").unwrap()).unwrap();
    let compiled = compile_boundaries(&document, read).unwrap();
    let words = WordsReference::of(&Categorisers::of(&document).unwrap());
    let pack = Pack::open(&compiled.pack).unwrap();
    let public = PublicMunicipality::of(&document, &pack).with_words(words);
    let pack = PackReference {
        phone: Some("0".repeat(64)),
        ..public.pack
    };
    PublicMunicipality { pack, ..public }
}

/// Every key in `value`, as a path: `[]` for a list, `{}` for labels by language and names by code.
fn keys(value: &Value, path: &str, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            let is_label = is_label(fields);
            for (key, value) in fields {
                let path = match path {
                    "" => key.clone(),
                    _ if is_label || path == "departments" => format!("{path}{{}}"),
                    _ => format!("{path}.{key}"),
                };
                keys(value, &path, into);
            }
        }
        Value::Array(items) => {
            for item in items {
                keys(item, &format!("{path}[]"), into);
            }
        }
        _ => {
            into.insert(path.to_owned());
        }
    }
}

#[test]
fn what_the_public_may_read_is_an_allow_list() {
    let public = public();
    let mut found = BTreeSet::new();
    let value = serde_json::to_value(&public).unwrap();
    keys(&value, "", &mut found);
    let found = serde_json::to_string_pretty(&found).unwrap() + "\n";
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/snapshots/public-municipality.json");
    if std::env::var_os("BALAGH_BLESS").is_some() {
        std::fs::write(&path, &found).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, committed, "BALAGH_BLESS=1 writes it anew");
}

#[test]
fn what_servers_alone_need_stays_with_them() {
    let written = serde_json::to_string(&public()).unwrap();
    for private in [
        "keywords",
        "key_hashes",
        "partners",
        "issuers",
        "kty",
        "escalation",
        "templates",
        "screening",
        "shadow",
        "reporter_visible_to",
        "inspectors",
        "priority",
        "email",
    ] {
        assert!(!written.contains(&format!("\"{private}\":")), "{private}");
    }
}

#[test]
fn a_language_leaves_one_text_of_each_label_and_nothing_empty() {
    let public = public();
    for language in &public.languages {
        let narrowed = public.in_language(language);
        let value = serde_json::to_value(&narrowed).unwrap();
        labels(&value, &mut |label| {
            assert_eq!(label.len(), 1, "{language}: {label:?}");
            assert!(label.contains_key(language), "{language}: {label:?}");
        });
        assert_eq!(narrowed.languages, public.languages);
    }
    let unknown = public.in_language("tlh");
    assert_eq!(unknown, public.in_language(&public.languages[0]));
}

/// Runs `on` on every object whose keys are languages.
fn labels(value: &Value, on: &mut impl FnMut(&Map<String, Value>)) {
    match value {
        Value::Object(fields) => {
            if is_label(fields) {
                on(fields);
                return;
            }
            fields.values().for_each(|value| labels(value, on));
        }
        Value::Array(items) => items.iter().for_each(|item| labels(item, on)),
        _ => {}
    }
}

#[test]
fn what_a_kind_asks_is_the_documents_to_say() {
    let mut public = public();
    assert_eq!(public.asks(Kind::Report).place, Ask::Required);
    assert_eq!(public.asks(Kind::Thanks).place, Ask::None);
    for policy in &mut public.kinds {
        policy.place = Some(Ask::Optional);
    }
    assert_eq!(public.asks(Kind::Report).place, Ask::Optional);
    public.kinds.clear();
    assert_eq!(public.asks(Kind::Report), Kind::Report.asks());
}

fn is_label(fields: &Map<String, Value>) -> bool {
    let languages = ["ar", "en", "ur", "hi", "id", "ms"];
    !fields.is_empty() && fields.keys().all(|key| languages.contains(&key.as_str()))
}

#[test]
fn the_notice_names_the_municipality_by_its_own_name_unless_the_document_says_another() {
    let public = public();
    assert_eq!(public.privacy.controller, public.names);
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../www/municipalities/eastern-province/municipality.json"
    );
    let mut document: Municipality =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_ne!(document.privacy.purpose, document.names);
    document.privacy.controller = document.privacy.purpose.clone();
    assert_eq!(document.notice().controller, document.privacy.purpose);
}
