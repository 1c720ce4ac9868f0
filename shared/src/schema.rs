//! JSON Schemas (draft 2020-12) of what crosses a wire, generated from the types themselves.
//!
//! They are committed in `www/schema/` and compared by a test, so that they cannot lag behind.
//! What a schema cannot say, such as that a department exists, `balagh check` and the rules say.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema};
use serde_json::Value;

use crate::action::{FollowUp, Rate, Reopen};
use crate::codes::{CodeRequest, CodeSent, CodeTyped, ContactGranted, SecretFound};
use crate::municipality::{Municipality, PublicMunicipality};
use crate::nearby::Nearby;
use crate::problem::Problem;
use crate::reason::{Reason, Violation};
use crate::receipt::Receipt;
use crate::report::Report;
use crate::status::PublicStatus;
use crate::time::Timestamp;

/// Every schema by the name it has in `/schema/<name>.json`.
#[must_use]
pub fn all() -> [(&'static str, Value); 15] {
    [
        ("municipality", municipality()),
        (
            "public-municipality",
            of::<PublicMunicipality>("public-municipality"),
        ),
        ("report", of::<Report>("report")),
        ("receipt", of::<Receipt>("receipt")),
        ("status", of::<PublicStatus>("status")),
        ("nearby", of::<Nearby>("nearby")),
        ("follow-up", of::<FollowUp>("follow-up")),
        ("reopen", of::<Reopen>("reopen")),
        ("rate", of::<Rate>("rate")),
        ("code-request", of::<CodeRequest>("code-request")),
        ("code-sent", of::<CodeSent>("code-sent")),
        ("code-typed", of::<CodeTyped>("code-typed")),
        ("contact-granted", of::<ContactGranted>("contact-granted")),
        ("secret-found", of::<SecretFound>("secret-found")),
        ("problem", of::<Problem>("problem")),
    ]
}

/// The schema of a municipality's document alone.
#[must_use]
pub fn municipality() -> Value {
    of::<Municipality>("municipality")
}

fn of<T: JsonSchema>(name: &str) -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<T>();
    // Relative, so that it is right wherever an operator serves it.
    schema.insert("$id".to_owned(), format!("/schema/{name}.json").into());
    schema.to_value()
}

impl JsonSchema for Timestamp {
    fn schema_name() -> Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "date-time",
            "description": "RFC 3339, between the years 1970 and 9999.",
        })
    }
}

impl JsonSchema for Reason {
    fn schema_name() -> Cow<'static, str> {
        "Reason".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let codes: Vec<&str> = Reason::ALL.iter().map(|reason| reason.code()).collect();
        json_schema!({
            "type": "string",
            "enum": codes,
            "description": "The dotted code of a reason, explained at `/reasons`.",
        })
    }
}

impl JsonSchema for Violation {
    fn schema_name() -> Cow<'static, str> {
        "Violation".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "One thing to mend.",
            "properties": {
                "code": generator.subschema_for::<Reason>(),
                "field": {
                    "type": "string",
                    "description": "Where: a JSON Pointer (RFC 6901) into the report; empty for the whole of it.",
                },
                "params": {
                    "type": "object",
                    "additionalProperties": {"type": "string"},
                    "description": "What the sentence's place holders stand for.",
                },
            },
            "required": ["code", "field"],
        })
    }
}
