//! Whether a text has the shape of a document at all: every field that is unknown, missing or of
//! the wrong type, where `serde` would stop at the first.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::twice::twice;
use super::{Fault, MOST_SUGGESTED, pointer, some_of};
use crate::municipality::Municipality;
use crate::schema;
use crate::time::Timestamp;

/// Reads a document as it was probably meant: with misspelt names put right, unknown ones left out
/// and numbers within their bounds, so that what refers to it can be checked as well.
///
/// Everything that is not as the schema says comes with it, in the order of the fields' names. No
/// document where even so it cannot be read.
#[must_use]
pub fn read(text: &str) -> (Option<Municipality>, Vec<Fault>) {
    let mut faults = Vec::new();
    let unmarked = text.strip_prefix(BYTE_ORDER_MARK);
    if unmarked.is_some() {
        let message = "the file begins with a byte order mark, which no JSON has";
        let instead = "save it as UTF-8 without one";
        faults.push(Fault::new("", "json.syntax", message, instead));
    }
    let text = unmarked.unwrap_or(text);
    let mut meant: Value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(error) => {
            faults.push(not_json("json.syntax", &error));
            return (None, faults);
        }
    };
    faults.extend(twice(text).into_iter().map(|path| {
        let message = "the field stands here for the second time";
        Fault::new(
            path,
            "field.twice",
            message,
            "write it once: readers keep one of the two",
        )
    }));
    let mut walk = Walk {
        root: &SCHEMA,
        faults,
    };
    walk.value(&SCHEMA, &mut meant, "");
    let mut faults = walk.faults;
    let document = serde_json::from_value(meant);
    // Whatever the walk overlooks: nothing passes that a server could not read.
    if faults.is_empty()
        && let Err(error) = serde_json::from_str::<Municipality>(text)
    {
        faults.push(not_json("json.shape", &error));
    }
    (document.ok(), faults)
}

const BYTE_ORDER_MARK: char = '\u{FEFF}';

static SCHEMA: LazyLock<Value> = LazyLock::new(schema::municipality);

fn not_json(code: &'static str, error: &serde_json::Error) -> Fault {
    let instead = "see the schema at /schema/municipality.json";
    Fault::new("", code, error.to_string(), instead)
}

struct Walk<'s> {
    root: &'s Value,
    faults: Vec<Fault>,
}

impl<'s> Walk<'s> {
    fn value(&mut self, schema: &'s Value, value: &mut Value, path: &str) {
        let schema = self.meant(schema, value);
        if value.is_null() && allows(schema, "null") {
            return;
        }
        let names = names(schema);
        if !names.is_empty() {
            self.name(&names, value, path);
            return;
        }
        let fits = match value {
            Value::Object(fields) if allows(schema, "object") => {
                self.fields(schema, fields, path);
                true
            }
            Value::Array(items) if allows(schema, "array") => {
                self.items(schema, items, path);
                true
            }
            Value::Number(_) if allows(schema, "number") || allows(schema, "integer") => {
                self.number(schema, value, path)
            }
            Value::String(text) if allows(schema, "string") => {
                let is_date = schema.get("format").is_some_and(|it| it == "date-time");
                if is_date && Timestamp::parse(text).is_err() {
                    self.fault(
                        path,
                        "date.invalid",
                        format!("{text:?} is no instant"),
                        "write it as in 2026-11-21T09:41:00Z",
                    );
                }
                true
            }
            Value::Bool(_) => allows(schema, "boolean"),
            _ => false,
        };
        if !fits {
            let wanted = types(schema).join(" or ");
            self.fault(
                path,
                "type.wrong",
                format!("{} stands here", kind_of(value)),
                format!("write {wanted}"),
            );
        }
    }

    /// The schema behind references, and behind "this or nothing".
    fn meant(&self, mut schema: &'s Value, value: &Value) -> &'s Value {
        // A chain of references is as long as types are nested in names, which is short.
        for _ in 0..8 {
            if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
                let pointer = reference.trim_start_matches('#');
                schema = self.root.pointer(pointer).unwrap_or(&Value::Null);
            } else if let Some(any) = schema.get("anyOf").and_then(Value::as_array) {
                let is_null = |one: &&Value| one.get("type").is_some_and(|it| it == "null");
                let chosen = if value.is_null() {
                    any.iter().find(is_null)
                } else {
                    any.iter().find(|one| !is_null(one))
                };
                match chosen {
                    Some(chosen) => schema = chosen,
                    None => break,
                }
            } else {
                break;
            }
        }
        schema
    }

    fn name(&mut self, names: &[&'s str], value: &mut Value, path: &str) {
        let written = value.as_str().map(str::to_owned);
        if written.as_deref().is_some_and(|it| names.contains(&it)) {
            return;
        }
        let shown = written.clone().unwrap_or_else(|| value.to_string());
        let mut fault = Fault::new(
            path,
            "value.unknown",
            format!("{shown:?} means nothing here"),
            format!("write one of {}", some_of(names)),
        );
        if self.faults.len() < MOST_SUGGESTED {
            fault = fault.near(&shown, names.iter().copied());
        }
        // Something of the list, so that the rest can be read.
        let meant = fault.suggestion.as_deref().or(names.first().copied());
        *value = meant.unwrap_or_default().into();
        self.faults.push(fault);
    }

    fn fields(&mut self, schema: &'s Value, fields: &mut Map<String, Value>, path: &str) {
        let none = Map::new();
        let known = schema.get("properties").and_then(Value::as_object);
        let others = schema.get("additionalProperties");
        let is_closed = others == Some(&Value::Bool(false));
        let mut renamed = Vec::new();
        for (field, value) in fields.iter_mut() {
            let path = pointer(path, field);
            match known.and_then(|known| known.get(field)) {
                Some(schema) => self.value(schema, value, &path),
                None if is_closed => {
                    renamed.push(self.unknown(known.unwrap_or(&none), field, &path));
                }
                None => {
                    if let Some(schema) = others {
                        self.value(schema, value, &path);
                    }
                }
            }
        }
        for (field, meant) in renamed {
            let Some(mut value) = fields.remove(&field) else {
                continue;
            };
            let Some(meant) = meant.filter(|meant| !fields.contains_key(meant)) else {
                continue;
            };
            if let Some(schema) = known.and_then(|known| known.get(&meant)) {
                self.value(schema, &mut value, &pointer(path, &field));
            }
            fields.insert(meant, value);
        }
        let required = schema.get("required").and_then(Value::as_array);
        for field in required.into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(field) {
                let what = known
                    .and_then(|known| known.get(field))
                    .and_then(|schema| schema.get("description"))
                    .and_then(Value::as_str)
                    .unwrap_or("It is needed.");
                self.fault(
                    &pointer(path, field),
                    "field.missing",
                    format!("the field {field:?} is missing"),
                    format!("add it: {}", what.lines().next().unwrap_or_default()),
                );
            }
        }
    }

    /// Tells of an unknown field; the name it probably should have.
    fn unknown(
        &mut self,
        known: &Map<String, Value>,
        field: &str,
        path: &str,
    ) -> (String, Option<String>) {
        let names: Vec<&str> = known.keys().map(String::as_str).collect();
        let mut fault = Fault::new(
            path,
            "field.unknown",
            format!("unknown field {field:?}"),
            format!("leave it out, or write one of {}", some_of(&names)),
        );
        if self.faults.len() < MOST_SUGGESTED {
            fault = fault.near(field, names.into_iter());
        }
        let meant = fault.suggestion.clone();
        self.faults.push(fault);
        (field.to_owned(), meant)
    }

    fn items(&mut self, schema: &'s Value, items: &mut [Value], path: &str) {
        let bound = |name: &str| schema.get(name).and_then(Value::as_u64);
        let count = items.len() as u64;
        let (least, most) = (bound("minItems"), bound("maxItems"));
        if least.is_some_and(|least| count < least) || most.is_some_and(|most| count > most) {
            let wanted = most.or(least).unwrap_or_default();
            self.fault(
                path,
                "list.length",
                format!("the list has {count} items"),
                format!("write {wanted}"),
            );
        }
        if let Some(schema) = schema.get("items") {
            for (index, item) in items.iter_mut().enumerate() {
                self.value(schema, item, &format!("{path}/{index}"));
            }
        }
    }

    /// Whether the number is of the type; one that is out of bounds is told and put within.
    fn number(&mut self, schema: &Value, value: &mut Value, path: &str) -> bool {
        if allows(schema, "integer") && !(value.is_i64() || value.is_u64()) {
            return false;
        }
        let bound = |name: &str| schema.get(name).filter(|it| it.is_number());
        // Of wider types the schema names the format alone.
        let widest = match schema.get("format").and_then(Value::as_str) {
            Some("uint32") => Some(Value::from(u32::MAX)),
            Some("int32") => Some(Value::from(i32::MAX)),
            _ => None,
        };
        let (least, most) = (bound("minimum"), bound("maximum").or(widest.as_ref()));
        let is_under = |bound: &Value| value.as_f64() < bound.as_f64();
        let is_over = |bound: &Value| value.as_f64() > bound.as_f64();
        let bounded = least
            .filter(|it| is_under(it))
            .or_else(|| most.filter(|it| is_over(it)));
        if let Some(bound) = bounded.cloned() {
            let range = match (least, most) {
                (Some(least), Some(most)) => format!("write {least} to {most}"),
                (Some(least), None) => format!("write at least {least}"),
                (_, most) => format!("write at most {}", most.unwrap_or(&Value::Null)),
            };
            self.fault(
                path,
                "number.range",
                format!("{value} is out of range"),
                range,
            );
            *value = bound;
        }
        true
    }

    fn fault(
        &mut self,
        path: &str,
        code: &'static str,
        message: String,
        instead: impl Into<String>,
    ) {
        self.faults.push(Fault::new(path, code, message, instead));
    }
}

/// The names that an enumeration has; none where it is none.
fn names(schema: &Value) -> Vec<&str> {
    let alternatives = schema.get("oneOf").and_then(Value::as_array);
    std::iter::once(schema)
        .chain(alternatives.into_iter().flatten())
        .flat_map(|one| {
            let listed = one.get("enum").and_then(Value::as_array);
            listed.into_iter().flatten().chain(one.get("const"))
        })
        .filter_map(Value::as_str)
        .collect()
}

fn allows(schema: &Value, name: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(one)) => one == name,
        Some(Value::Array(several)) => several.iter().any(|one| one == name),
        _ => false,
    }
}

fn types(schema: &Value) -> Vec<&'static str> {
    [
        ("object", "an object"),
        ("array", "a list"),
        ("string", "a text"),
        ("integer", "a whole number"),
        ("number", "a number"),
        ("boolean", "true or false"),
    ]
    .into_iter()
    .filter(|(name, _)| allows(schema, name))
    .map(|(_, words)| words)
    .collect()
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number of another kind",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
