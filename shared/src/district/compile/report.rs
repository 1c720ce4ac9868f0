//! Findings for programs (JSON) and for eyes (SVG).

use std::fmt::Write as _;

use geojson::JsonValue;
use serde_json::json;

use super::finding::{CompileError, Finding, FindingKind, Measured};
use crate::district::Pack;

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
        | FindingKind::SelfIntersection {
            crossings: count, ..
        } => add("count", json!(count)),
        FindingKind::HoleOutside | FindingKind::PartsOverlap | FindingKind::Joined => {}
    }
    told
}

/// Width of the picture; its height follows.
const WIDTH: f64 = 1_200.0;

/// The layers' borders with every finding marked, each telling what it is to who points at it.
#[must_use]
pub fn picture(pack: &Pack, findings: &[Finding]) -> String {
    let areas = || pack.layers().flat_map(|layer| layer.areas());
    let all = areas().map(|area| area.bbox()).reduce(|a, b| {
        [
            a[0].min(b[0]),
            a[1].min(b[1]),
            a[2].max(b[2]),
            a[3].max(b[3]),
        ]
    });
    let [west, south, east, north] = all.unwrap_or([0.0, 0.0, 1.0, 1.0]);
    let east_scale = libm::cos(f64::midpoint(south, north).to_radians()).max(0.01);
    let scale = WIDTH / ((east - west) * east_scale).max(1e-9);
    let height = (north - south) * scale;
    let place = |(lon, lat): (f64, f64)| ((lon - west) * east_scale * scale, (north - lat) * scale);

    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-20 -20 {:.0} {:.0}\">\n\
         <style>path{{fill:none;stroke:#245;stroke-width:1;vector-effect:non-scaling-stroke}}\
         circle{{fill:#c22;fill-opacity:.5;stroke:#c22}}text{{font:9px sans-serif;fill:#245}}</style>\n",
        WIDTH + 40.0,
        height + 40.0
    );
    // Writing to a `String` cannot fail.
    for border in pack.arcs() {
        let _ = svg.write_str("<path d=\"");
        for (position, point) in border.line().into_iter().enumerate() {
            let (x, y) = place(point);
            let _ = write!(
                svg,
                "{}{x:.1} {y:.1}",
                if position == 0 { "M" } else { "L" }
            );
        }
        let _ = svg.write_str("\"/>\n");
    }
    for area in areas() {
        let (x, y) = place(area.label_point());
        let _ = writeln!(
            svg,
            "<text x=\"{x:.1}\" y=\"{y:.1}\">{}</text>",
            escaped(area.id())
        );
    }
    for finding in findings {
        let label = || {
            areas()
                .find(|area| area.id() == finding.id)
                .map(|it| it.label_point())
        };
        let Some(at) = finding
            .kind
            .at()
            .map(|[lon, lat]| (lon, lat))
            .or_else(label)
        else {
            continue;
        };
        let (x, y) = place(at);
        let _ = writeln!(
            svg,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"6\"><title>{}</title></circle>",
            escaped(&finding.to_string())
        );
    }
    svg.push_str("</svg>\n");
    svg
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
