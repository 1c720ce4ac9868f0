//! Findings for eyes: SVG.

use std::fmt::Write as _;

use geojson::{GeoJson, Geometry, GeometryValue, Position};

use super::finding::{CompileError, Finding};
use crate::district::Pack;

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

/// Most coordinates that the picture of a refused file has: it is for the eye.
const REFUSED_POINTS: usize = 400_000;
/// Characters of a line of the reason.
const LINE: usize = 100;

/// Why sources were refused, for eyes: their lines as the files have them, whatever their coordinates
/// mean, the feature in question in red, and the reason in words. `sources` are the layers' names and
/// their GeoJSON, which may be none.
#[must_use]
pub fn picture_of_refused(sources: &[(&str, &str)], error: &CompileError) -> String {
    let mut lines = Vec::new();
    for (layer, geojson) in sources {
        let in_question = |feature| {
            error.layer().is_none_or(|it| it == *layer) && error.feature() == Some(feature)
        };
        let Ok(geojson) = geojson.parse::<GeoJson>() else {
            continue;
        };
        for (index, geometry) in geometries(geojson).into_iter().enumerate() {
            let mut drawn = Vec::new();
            drawn_lines(&geometry, &mut drawn);
            lines.extend(drawn.into_iter().map(|line| (in_question(index), line)));
        }
    }
    // The feature in question lies on top.
    lines.sort_by_key(|(in_question, _)| *in_question);
    let points = || lines.iter().flat_map(|(_, line)| line);
    let [mut west, mut south, mut east, mut north] = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
    for [x, y] in points() {
        (west, east) = (west.min(*x), east.max(*x));
        (south, north) = (south.min(*y), north.max(*y));
    }
    if points().next().is_none() {
        [west, south, east, north] = [0.0, 0.0, 1.0, 0.0];
    }
    let scale = WIDTH / (east - west).max(north - south).max(1e-9);
    let height = (north - south) * scale;
    let words = wrapped(&error.to_string());
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-20 -20 {:.0} {:.0}\">\n\
         <title>{}</title>\n\
         <style>path{{fill:none;stroke:#245;stroke-width:1}}path.q{{stroke:#c22;stroke-width:3;\
         stroke-linecap:round}}text{{font:18px sans-serif;fill:#c22}}</style>\n",
        WIDTH + 40.0,
        height + 60.0 + 24.0 * words.len() as f64,
        escaped(&error.to_string()),
    );
    for (in_question, line) in &lines {
        let class = if *in_question { " class=\"q\"" } else { "" };
        let _ = write!(svg, "<path{class} d=\"");
        for (position, [x, y]) in line.iter().enumerate() {
            let command = if position == 0 { "M" } else { "L" };
            let (x, y) = ((x - west) * scale, (north - y) * scale);
            let _ = write!(svg, "{command}{x:.1} {y:.1}");
        }
        // A point is a line of no length, which its round ends show.
        let _ = svg.write_str(if line.len() == 1 {
            "h0\"/>\n"
        } else {
            "\"/>\n"
        });
    }
    for (number, line) in words.iter().enumerate() {
        let y = height + 24.0 * (number + 1) as f64;
        let _ = writeln!(svg, "<text x=\"0\" y=\"{y:.0}\">{}</text>", escaped(line));
    }
    svg.push_str("</svg>\n");
    svg
}

fn geometries(geojson: GeoJson) -> Vec<Option<Geometry>> {
    match geojson {
        GeoJson::FeatureCollection(all) => all.features.into_iter().map(|it| it.geometry).collect(),
        GeoJson::Feature(one) => vec![one.geometry],
        GeoJson::Geometry(one) => vec![Some(one)],
    }
}

/// The lines that draw a geometry, up to [`REFUSED_POINTS`].
fn drawn_lines(geometry: &Option<Geometry>, into: &mut Vec<Vec<[f64; 2]>>) {
    let Some(geometry) = geometry else { return };
    let mut left = REFUSED_POINTS;
    let mut draw = |line: &[Position]| {
        let finite = |at: &Position| match at.as_slice() {
            [x, y, ..] if x.is_finite() && y.is_finite() => Some([*x, *y]),
            _ => None,
        };
        let line: Vec<[f64; 2]> = line.iter().filter_map(finite).take(left).collect();
        left -= line.len();
        if !line.is_empty() {
            into.push(line);
        }
    };
    match &geometry.value {
        GeometryValue::Point { coordinates } => draw(std::slice::from_ref(coordinates)),
        GeometryValue::MultiPoint { coordinates } => coordinates
            .iter()
            .for_each(|at| draw(std::slice::from_ref(at))),
        GeometryValue::LineString { coordinates } => draw(coordinates),
        GeometryValue::MultiLineString { coordinates } | GeometryValue::Polygon { coordinates } => {
            coordinates.iter().for_each(|line| draw(line));
        }
        GeometryValue::MultiPolygon { coordinates } => {
            coordinates.iter().flatten().for_each(|line| draw(line));
        }
        GeometryValue::GeometryCollection { .. } => {}
    }
}

/// A sentence in lines of about [`LINE`] characters.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        if let Some(line) = lines.last_mut()
            && line.chars().count() + word.chars().count() < LINE
        {
            line.push_str(if line.is_empty() { "" } else { " " });
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
