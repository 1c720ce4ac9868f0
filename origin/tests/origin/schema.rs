//! As much of JSON Schema as the published schemas of GeoReport v2 use.

use std::path::Path;

use serde_json::Value;

use crate::skipped::skipped;

/// Checks `value` against the schema of this name, where the schemas are at hand, in `shared/data`
/// beside the checkout or a folder above it; they are not ours to keep in this repository.
pub(crate) fn check(name: &str, value: &Value) {
    let file = format!("shared/data/open311/{name}.schema.json");
    let mut above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(2);
    let Some(text) = above.find_map(|folder| std::fs::read_to_string(folder.join(&file)).ok())
    else {
        skipped(&format!("no schema {name} beside the repository"));
        return;
    };
    let schema: Value = serde_json::from_str(&text).unwrap();
    let fault = fault(&schema, value);
    assert_eq!(fault, None, "{name}: {value}");
}

/// The first thing that does not fit.
fn fault(schema: &Value, value: &Value) -> Option<String> {
    if let Some(kind) = schema["type"].as_str()
        && !is_a(kind, value)
    {
        return Some(format!("{value} is no {kind}"));
    }
    if let Some(choices) = schema["enum"].as_array()
        && !choices.contains(value)
    {
        return Some(format!("{value} is none of {choices:?}"));
    }
    if let Some(options) = schema["anyOf"].as_array()
        && options.iter().all(|option| fault(option, value).is_some())
    {
        return Some(format!("{value} fits none of {options:?}"));
    }
    for name in schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        if value.get(name).is_none() {
            return Some(format!("{name} is missing"));
        }
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(fault) = value.get(name).and_then(|value| fault(property, value)) {
            return Some(format!("{name}: {fault}"));
        }
    }
    let items = value.as_array().into_iter().flatten();
    items
        .filter(|_| schema["items"].is_object())
        .find_map(|item| fault(&schema["items"], item))
}

fn is_a(kind: &str, value: &Value) -> bool {
    match kind {
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        other => panic!("the schema's type {other} is not known here"),
    }
}

#[test]
fn the_checker_finds_what_does_not_fit() {
    let schema = serde_json::json!({
        "required": ["a"],
        "properties": {"a": {"anyOf": [{"type": "string"}, {"type": "null"}]}, "b": {"enum": ["x"]}}
    });
    for (value, fits) in [
        (serde_json::json!({"a": "1", "b": "x"}), true),
        (serde_json::json!({"a": null}), true),
        (serde_json::json!({}), false),
        (serde_json::json!({"a": 1}), false),
        (serde_json::json!({"a": "1", "b": "y"}), false),
    ] {
        assert_eq!(fault(&schema, &value).is_none(), fits, "{value}");
    }
}
