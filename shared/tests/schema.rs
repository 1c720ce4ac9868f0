//! The committed schemas are what the types say. `BALAGH_BLESS=1` writes them anew.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use balagh_shared::municipality::Municipality;
use balagh_shared::schema;
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../www/schema")
}

#[test]
fn the_committed_schemas_are_what_the_types_say() {
    for (name, schema) in schema::all() {
        let path = folder().join(format!("{name}.json"));
        let written = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if std::env::var_os("BALAGH_BLESS").is_some() {
            std::fs::write(&path, &written).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == written,
            "www/schema/{name}.json differs from the types; BALAGH_BLESS=1 writes it anew"
        );
    }
}

#[test]
fn no_schema_is_committed_that_no_type_has() {
    let known: BTreeSet<String> = schema::all()
        .iter()
        .map(|(name, _)| format!("{name}.json"))
        .collect();
    let committed: BTreeSet<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(committed, known);
}

#[test]
fn every_field_of_the_document_is_described_and_no_other_is_allowed() {
    let schema = schema::all()
        .into_iter()
        .find_map(|(name, schema)| (name == "municipality").then_some(schema))
        .unwrap();
    let types = schema["$defs"].as_object().unwrap();
    let whole = ("Municipality".to_owned(), schema.clone());
    let types = types.iter().map(|(n, t)| (n.clone(), t.clone()));
    for (name, one) in types.chain([whole]) {
        let Some(fields) = one.get("properties").and_then(Value::as_object) else {
            continue;
        };
        assert_eq!(one["additionalProperties"], false, "{name}");
        for (field, described) in fields {
            // A reference is described where it leads.
            let described =
                described.get("description").is_some() || described.get("$ref").is_some();
            assert!(described, "{name}.{field}");
        }
    }
}

#[test]
fn the_demo_documents_survive_being_read_and_written() {
    for id in ["eastern-province", "holy-capital"] {
        let path = folder().join(format!("../municipalities/{id}/municipality.json"));
        let text = std::fs::read_to_string(path).unwrap();
        let document: Municipality = serde_json::from_str(&text).unwrap();
        let written = serde_json::to_string(&document).unwrap();
        assert_eq!(
            serde_json::from_str::<Municipality>(&written).unwrap(),
            document
        );
    }
}
