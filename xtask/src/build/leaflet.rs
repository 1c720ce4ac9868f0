//! Leaflet, as much of it as `widget/js/map.js` draws with.
//!
//! Its classes register what they can do with the map as they are defined, which keeps a bundler from
//! leaving any of them out. The registrations of what the map of the place never shows (popups,
//! tooltips, GeoJSON, controls, boxes drawn with the mouse) are taken out here by what they say, the
//! definitions are marked as free of effects, and the bundler leaves out what nothing asks for any
//! more: a third of the whole. What a class keeps to itself (`_name`) gets a short name.

use std::collections::BTreeSet;
use std::process::Command;

use super::minify::OPTIONS;
use crate::failure::Failure;
use crate::files;
use crate::process;
use crate::workspace::Workspace;

const SOURCE: &str = "node_modules/leaflet/dist/leaflet-src.esm.js";
/// Where `map.js` names what it needs.
const USED_BY: &str = "widget/js/map.js";
/// How a registration begins, behind the name of a class.
const REGISTERS: [&str; 3] = [".include(", ".mergeOptions(", ".addInitHook("];
/// What a registration says that is taken out: each stands in one at least.
const UNUSED: [&str; 15] = [
    "zoomControl",
    "attributionControl",
    "PointToGeoJSON",
    "toGeoJSON: function",
    "_initOverlay: function",
    "closePopupOnClick",
    "openPopup: function",
    "bindPopup: function",
    "openTooltip: function",
    "bindTooltip: function",
    "boxZoom",
    "doubleClickZoom",
    "keyboardPanDelta",
    "'keyboard'",
    "tapHold",
];
/// What the classes that stay ask for and the map never takes: drawing on a canvas or for Internet
/// Explorer 8, a pin of Leaflet's own, pins that are dragged, and the credit's flag.
const REPLACED: [(&str, &str); 6] = [
    (
        "(this.options.preferCanvas && canvas(options)) || svg(options)",
        "svg(options)",
    ),
    ("Browser.vml ? vmlCreate : svgCreate", "svgCreate"),
    ("if (Browser.vml) {\n\tSVG.include(vmlMixin);\n}\n", ""),
    ("icon: new IconDefault()", "icon: null"),
    ("if (MarkerDrag) {", "if (false) {"),
    ("Browser.inlineSvg ? ukrainianFlag + ' ' : ''", "''"),
];
/// Names that begin so are a class's own affair.
const OWN: [&str; 2] = ["--mangle-props=^_[a-z]", "--mangle-quoted"];
/// Names that are set on what is exported, for who reads them from there.
const NAMED_ON: [&str; 7] = [
    "Control.",
    "Map.",
    "Icon.",
    "TileLayer.",
    "control.",
    "tileLayer.",
    "GeoJSON.",
];

/// Leaflet's module, minified, with the exports that the map uses.
pub(super) fn build(workspace: &Workspace) -> Result<Vec<u8>, Failure> {
    let leaflet = files::read_text(&workspace.path(SOURCE))?;
    let leaflet = trimmed(&leaflet).map_err(|left| {
        Failure::new(format!("{SOURCE} says nowhere `{left}`"))
            .mend("read what this version says and registers, and mend xtask/src/build/leaflet.rs")
    })?;
    let map = files::read_text(&workspace.path(USED_BY))?;
    let used: Vec<&str> = used(&map).into_iter().collect();
    let folder = workspace.target("xtask").join("leaflet");
    files::write(&folder.join("leaflet.js"), leaflet.as_bytes())?;
    let entry = format!("export {{ {} }} from \"./leaflet.js\";\n", used.join(", "));
    files::write(&folder.join("used.js"), entry.as_bytes())?;
    process::output(
        Command::new(workspace.npm_program("esbuild"))
            .current_dir(&folder)
            .args(["./used.js", "--bundle", "--format=esm"])
            .args(OWN)
            .args(OPTIONS),
    )
}

/// What `map` asks of Leaflet, by name.
fn used(map: &str) -> BTreeSet<&str> {
    let is_of_name = |it: char| it.is_ascii_alphanumeric();
    let places = map.match_indices("L.");
    let alone = places.filter(|(at, _)| {
        let before = map.get(..*at).and_then(|text| text.chars().next_back());
        !before.is_some_and(is_of_name)
    });
    let names = alone.filter_map(|(at, found)| map.get(at + found.len()..));
    names
        .filter_map(|rest| rest.split(|it| !is_of_name(it)).next())
        .filter(|name| name.starts_with(|it: char| it.is_ascii_lowercase()))
        .collect()
}

/// `leaflet` without the registrations of what is not used; or what of [`UNUSED`] it has none of.
fn trimmed(leaflet: &str) -> Result<String, &'static str> {
    let mut leaflet = leaflet.to_owned();
    for (asked, instead) in REPLACED {
        if !leaflet.contains(asked) {
            return Err(asked);
        }
        leaflet = leaflet.replace(asked, instead);
    }
    let mut left: BTreeSet<&str> = UNUSED.into();
    let mut kept = String::with_capacity(leaflet.len());
    let mut lines = leaflet.lines();
    while let Some(line) = lines.next() {
        if NAMED_ON.iter().any(|on| line.starts_with(on)) && line.contains(" = ") {
            continue;
        }
        if !is_registration(line) {
            kept.push_str(&pure(line));
            kept.push('\n');
            continue;
        }
        let mut statement = line.to_owned();
        if !line.ends_with(");") {
            for line in lines.by_ref() {
                statement.push('\n');
                statement.push_str(line);
                if line == "});" {
                    break;
                }
            }
        }
        let unused = UNUSED.iter().filter(|it| statement.contains(**it));
        let mut drop = false;
        for found in unused {
            left.remove(found);
            drop = true;
        }
        if !drop {
            kept.push_str(&statement);
            kept.push('\n');
        }
    }
    match left.first() {
        Some(left) => Err(left),
        None => Ok(kept),
    }
}

fn is_registration(line: &str) -> bool {
    let (class, _) = line.split_once('.').unwrap_or_default();
    let is_class = class.starts_with(|it: char| it.is_ascii_uppercase())
        && class.bytes().all(|it| it.is_ascii_alphanumeric());
    is_class
        && REGISTERS
            .iter()
            .any(|it| line[class.len()..].starts_with(it))
}

/// A definition of a class, marked so that it may be left out.
fn pure(line: &str) -> String {
    match line.split_once(" = ") {
        Some((name, definition)) if name.starts_with("var ") && definition.contains(".extend(") => {
            format!("{name} = /* @__PURE__ */ {definition}")
        }
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A source that registers everything that is taken out, and what `more` says.
    fn source(more: &str) -> String {
        let unused = UNUSED.map(|it| format!("Map.include({{\n\ta: {it}\n}});\n"));
        let asked =
            REPLACED.map(|(asked, _)| format!("Map.include({{\n\tboxZoom: {asked}\n}});\n"));
        unused.concat() + &asked.concat() + more
    }

    #[test]
    fn what_is_not_used_is_taken_out_and_what_is_stays() {
        let more = "Map.include({\n\tgetRenderer: 1\n});\nMap.BoxZoom = BoxZoom;\nvar Popup = DivOverlay.extend({\n\ta: 1\n});\n";
        let kept = "Map.include({\n\tgetRenderer: 1\n});\nvar Popup = /* @__PURE__ */ DivOverlay.extend({\n\ta: 1\n});\n";
        assert_eq!(trimmed(&source(more)).as_deref(), Ok(kept));
    }

    #[test]
    fn a_version_that_registers_otherwise_is_not_built() {
        let other = source("").replace("bindPopup", "bind_popup");
        assert_eq!(trimmed(&other), Err("bindPopup: function"));
    }

    #[test]
    fn what_the_map_asks_for_is_read_off_it() {
        let map = "L.map(it); x(HTML.y, [L.svg(), L.Map, L.svg()])";
        assert_eq!(used(map), BTreeSet::from(["map", "svg"]));
    }
}
