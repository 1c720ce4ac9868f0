//! Findings for programs: JSON.

use geojson::JsonValue;
use serde_json::json;

use super::finding::{CompileError, Finding, FindingKind, Measured};

/// Findings, and the refusal where there is one, as JSON: `{"refused": null | {"feature",
/// "message"}, "findings": [{"layer", "feature", "id", "property", "kind", "message", "at",
/// "other", "count", "closed", "area_m2", "width_m"}]}`, of which a finding has what applies.
#[must_use]
pub fn report(findings: &[Finding], refused: Option<&CompileError>) -> JsonValue {
    let refused =
        refused.map(|error| json!({ "feature": error.feature(), "message": error.to_string() }));
    let findings: Vec<JsonValue> = findings.iter().map(described).collect();
    json!({ "refused": refused, "findings": findings })
}

fn described(finding: &Finding) -> JsonValue {
    let mut told = json!({
        "layer": finding.layer,
        "feature": finding.feature,
        "id": finding.id,
        "kind": finding.kind.code(),
        "message": finding.kind.to_string(),
    });
    let mut add = |key: &str, value: JsonValue| {
        if let Some(told) = told.as_object_mut() {
            told.insert(key.to_owned(), value);
        }
    };
    if let Some(at) = finding.kind.at() {
        add("at", json!(at));
    }
    let mut measured = |extent: &Measured| {
        add("count", json!(extent.faces));
        add("closed", json!(extent.closed));
        add("area_m2", json!(extent.area_m2));
        add("width_m", json!(extent.width_m));
    };
    match &finding.kind {
        FindingKind::Overlap { other, extent } => {
            measured(extent);
            add("other", json!(other));
        }
        FindingKind::Gap { extent } => measured(extent),
        FindingKind::Nameless { property } => add("property", json!(property)),
        FindingKind::NoArea { found } => add("found", json!(found)),
        FindingKind::Unclosed { rings: count }
        | FindingKind::Winding { rings: count }
        | FindingKind::Regrouped { rings: count }
        | FindingKind::Antimeridian { rings: count }
        | FindingKind::Collapsed { rings: count }
        | FindingKind::DuplicateVertices { vertices: count }
        | FindingKind::Spike { vertices: count }
        | FindingKind::SelfIntersection {
            crossings: count, ..
        } => add("count", json!(count)),
        FindingKind::HoleOutside | FindingKind::PartsOverlap | FindingKind::Joined => {}
    }
    told
}
