//! The map: `widget/js/map.js` with as much of Leaflet as it draws with, in one file.
//!
//! Leaflet's classes register what they can do with the map as they are defined, which keeps a bundler
//! from leaving any of them out. The registrations of what the map of the place never shows (popups,
//! tooltips, GeoJSON, controls, boxes drawn with the mouse) are taken out here by what they say, the
//! definitions are marked as free of effects, what it finds out about browsers that the widget does
//! not run in is written down, and methods go that nothing names any more. What a class keeps to
//! itself (`_name`) gets a short name. Tiles are in a second map, which a municipality that has some
//! gets instead.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use super::minify::OPTIONS;
use crate::failure::Failure;
use crate::files;
use crate::process;
use crate::workspace::Workspace;

const SOURCE: &str = "node_modules/leaflet/dist/leaflet-src.esm.js";
const STYLE: &str = "node_modules/leaflet/dist/leaflet.css";
const MAP: &str = "widget/js/map.js";
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
/// Explorer 8, a pin of Leaflet's own, pins that are dragged, a second tap, a global `L`, names of
/// before.
const REPLACED: [(&str, &str); 17] = [
    // What a tile shows that is no longer wanted: a strict policy forbids pictures from `data:`.
    (
        "'data:image/gif;base64,R0lGODlhAQABAAD/ACwAAAAAAQABAAACADs='",
        "''",
    ),
    (
        "(this.options.preferCanvas && canvas(options)) || svg(options)",
        "svg(options)",
    ),
    ("Browser.vml ? vmlCreate : svgCreate", "svgCreate"),
    ("if (Browser.vml) {\n\tSVG.include(vmlMixin);\n}\n", ""),
    ("icon: new IconDefault()", "icon: null"),
    ("if (MarkerDrag) {", "if (false) {"),
    ("autoPanOnFocus: true", "autoPanOnFocus: false"),
    // Where popups of lines and areas would point.
    (
        "return polylineCenter(this._defaultShape(), this._map.options.crs);",
        "return null;",
    ),
    (
        "return polygonCenter(this._defaultShape(), this._map.options.crs);",
        "return null;",
    ),
    ("Browser.inlineSvg ? ukrainianFlag + ' ' : ''", "''"),
    ("Browser.touch && (type === 'dblclick')", "false"),
    ("checkDeprecatedMixinEvents(props.includes);", ""),
    ("Events.addEventListener = Events.on;", ""),
    (
        "Events.removeEventListener = Events.clearAllEventListeners = Events.off;",
        "",
    ),
    ("Events.addOneTimeEventListener = Events.once;", ""),
    ("Events.fireEvent = Events.fire;", ""),
    ("Events.hasEventListeners = Events.listens;", ""),
];
/// Methods whose names are said, by themselves or of something else, and that the map never calls: the
/// flight to a place, what only a canvas asks, a pin with the focus, the world's other side.
const UNCALLED: [&str; 4] = ["flyTo", "_containsPoint", "_panOnFocus", "_onPreDragWrap"];
/// Between these Leaflet finds out which browser it is in.
const ASKS_THE_BROWSER: (&str, &str) = (
    "var style = document.documentElement.style;",
    "\tlinux: linux\n};",
);
/// What it finds out, of browsers that run the widget. They have all had pointers and transforms for
/// years; `false` are those that are gone.
const BROWSER: [(&str, &str); 19] = [
    ("any3d", "true"),
    ("canvas", "false"),
    ("chrome", "/chrome/i.test(navigator.userAgent)"),
    ("edge", "false"),
    ("ie3d", "false"),
    ("ielt9", "false"),
    ("linux", "/^Linux/.test(navigator.platform)"),
    ("mac", "/^Mac/.test(navigator.platform)"),
    (
        "mobile",
        "/* @__PURE__ */ (() => \"orientation\" in window || /mobile/i.test(navigator.userAgent))()",
    ),
    ("mobileOpera", "false"),
    ("msPointer", "false"),
    ("passiveEvents", "true"),
    ("pointer", "true"),
    ("retina", "(devicePixelRatio > 1)"),
    (
        "safari",
        "/^(?!.*chrome).*safari/i.test(navigator.userAgent)",
    ),
    ("svg", "true"),
    ("touch", "true"),
    (
        "touchNative",
        "(\"ontouchstart\" in window || !!window.TouchEvent)",
    ),
    ("vml", "false"),
];
/// What Leaflet's style says of what the map consists of; the rest is of controls and popups.
const WORN: [&str; 20] = [
    "container",
    "dragging",
    "grab",
    "interactive",
    "layer",
    "map-pane",
    "marker-icon",
    "marker-pane",
    "overlay-pane",
    "pan-anim",
    "pane",
    "safari",
    "tile",
    "tile-container",
    "tile-loaded",
    "tile-pane",
    "touch-drag",
    "touch-zoom",
    "zoom-anim",
    "zoom-animated",
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

/// The map's module, minified; with `tiles`, for who has some.
pub(super) fn build(workspace: &Workspace, tiles: bool) -> Result<Vec<u8>, Failure> {
    let leaflet = files::read_text(&workspace.path(SOURCE))?;
    let leaflet = trimmed(&leaflet).map_err(|left| {
        Failure::new(format!("{SOURCE} says nowhere `{left}`"))
            .mend("read what this version says and registers, and mend xtask/src/build/map.rs")
    })?;
    let leaflet = in_known_browsers(&leaflet).map_err(|asked| {
        Failure::new(format!("{SOURCE} asks which browser it is in: `{asked}`"))
            .mend("say it of browsers that run the widget, in xtask/src/build/map.rs")
    })?;

    let folder = workspace.target("xtask").join("map");
    files::write(&folder.join("leaflet.js"), leaflet.as_bytes())?;
    files::write(&folder.join("map.js"), &files::read(&workspace.path(MAP))?)?;
    let named = [
        "--alias:leaflet=./leaflet.js".to_owned(),
        format!("--define:__TILES__={tiles}"),
    ];
    let mut map = bundle(workspace, &folder, "map.js", &named)?;
    loop {
        let less = without_unnamed(&map);
        if less == map {
            break;
        }
        files::write(&folder.join("less.js"), less.as_bytes())?;
        map = bundle(workspace, &folder, "less.js", &[])?;
    }
    files::write(&folder.join("less.js"), map.as_bytes())?;
    process::output(
        Command::new(workspace.npm_program("esbuild"))
            .current_dir(&folder)
            .args(["./less.js", "--bundle", "--format=esm"])
            .args(OWN)
            .args(OPTIONS),
    )
}

/// What Leaflet's style says of the map, for the sheet that comes before it.
pub(super) fn style(workspace: &Workspace) -> Result<String, Failure> {
    Ok(worn(&files::read_text(&workspace.path(STYLE))?))
}

/// One file of what `entry` asks for, still to be read.
fn bundle(
    workspace: &Workspace,
    folder: &Path,
    entry: &str,
    more: &[String],
) -> Result<String, Failure> {
    let bundled = process::output(
        Command::new(workspace.npm_program("esbuild"))
            .current_dir(folder)
            .arg(format!("./{entry}"))
            .args(["--bundle", "--format=esm", "--minify-syntax"])
            .args(["--charset=utf8", "--legal-comments=inline"])
            .args(["--log-level=warning", "--tree-shaking=true"])
            .args(more),
    )?;
    String::from_utf8(bundled).map_err(|error| Failure::new(format!("{entry}: {error}")))
}

/// `script` without those methods of Leaflet's whose names nothing says but their definitions.
fn without_unnamed(script: &str) -> String {
    let mut said: BTreeMap<&str, i64> = BTreeMap::new();
    let of_word = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '$';
    for line in script.lines() {
        // What a remark says of a method does not call it.
        let code = line.split_once("// ").map_or(line, |(code, _)| code);
        if ["*", "/*"]
            .iter()
            .any(|it| code.trim_start().starts_with(it))
        {
            continue;
        }
        for word in code.split(|it| !of_word(it)) {
            *said.entry(word).or_default() += 1;
        }
    }
    for (_, name) in script.lines().filter_map(defined) {
        *said.entry(name).or_default() -= 1;
    }
    let mut kept = String::with_capacity(script.len());
    let mut lines = script.lines();
    while let Some(line) = lines.next() {
        match defined(line) {
            Some((indent, name)) if said.get(name) == Some(&0) || UNCALLED.contains(&name) => {
                let ends = [format!("{indent}}}"), format!("{indent}}},")];
                for line in lines.by_ref() {
                    if ends.iter().any(|it| it == line) {
                        break;
                    }
                }
            }
            _ => {
                kept.push_str(line);
                kept.push('\n');
            }
        }
    }
    kept
}

/// What stands before the name, and the name, where `line` begins the definition of a method.
fn defined(line: &str) -> Option<(&str, &str)> {
    let (before, rest) = line.split_once(": function(")?;
    let name = before.trim_start();
    let is_name = name
        .bytes()
        .all(|it| it.is_ascii_alphanumeric() || it == b'_');
    let indent = before.get(..before.len() - name.len())?;
    (is_name && rest.ends_with('{')).then_some((indent, name))
}

/// `leaflet` with answers for what it would ask the browser; or a question that has none.
fn in_known_browsers(leaflet: &str) -> Result<String, String> {
    let (from, to) = ASKS_THE_BROWSER;
    let asks = leaflet.split_once(from).and_then(|(before, asks)| {
        let (_, after) = asks.split_once(to)?;
        Some((before, after))
    });
    let (before, after) = asks.ok_or_else(|| from.to_owned())?;
    // Those on which it only hangs itself up for others to read.
    let mut leaflet = [before, after]
        .concat()
        .replace("Bounds, Browser, CRS", "Bounds, CRS");
    for (name, known) in BROWSER {
        let asked = format!("Browser.{name}");
        let mut parts = Vec::new();
        for (at, part) in leaflet.split(&asked).enumerate() {
            // Another name that begins alike.
            let longer = part.starts_with(|it: char| it.is_ascii_alphanumeric());
            if at > 0 {
                parts.push(if longer { asked.as_str() } else { known });
            }
            parts.push(part);
        }
        leaflet = parts.concat();
    }
    match leaflet
        .lines()
        .find(|it| it.contains("Browser.") && !it.trim_start().starts_with("//"))
    {
        Some(asked) => Err(asked.trim().to_owned()),
        None => Ok(leaflet),
    }
}

/// The rules of Leaflet's `style` for what the map consists of.
fn worn(style: &str) -> String {
    let mut kept = String::new();
    for rule in without_comments(style).split_inclusive('}') {
        let Some((selectors, declared)) = rule.split_once('{') else {
            continue;
        };
        if declared.contains('{') || declared.contains("behavior:") {
            continue;
        }
        let of_the_map = |selector: &&str| {
            let mut classes = selector.split(".leaflet-").skip(1);
            let is_worn = |class: &str| {
                let end = class.find(|it: char| !(it.is_ascii_alphanumeric() || it == '-'));
                class
                    .get(..end.unwrap_or(class.len()))
                    .is_some_and(|class| WORN.contains(&class))
            };
            let links = selector.ends_with(" a") || selector.contains("canvas");
            selector.contains(".leaflet-") && !links && classes.all(is_worn)
        };
        let selectors = selectors.split(',').map(str::trim);
        let selectors: Vec<&str> = selectors.filter(of_the_map).collect();
        if !selectors.is_empty() {
            kept.push_str(&selectors.join(","));
            kept.push('{');
            kept.push_str(declared);
        }
    }
    kept
}

fn without_comments(text: &str) -> String {
    let mut parts = text.split("/*");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut kept, part| {
        kept.push_str(part.split_once("*/").map_or("", |(_, after)| after));
        kept
    })
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
    fn methods_that_nothing_names_go_with_their_bodies() {
        let script = "var A = {\n  a: function() {\n    this.b();\n  },\n  b: function() {\n  },\n  // c is not called.\n  c: function() {\n  }\n};\nx.a();\n";
        let less = "var A = {\n  a: function() {\n    this.b();\n  },\n  b: function() {\n  },\n  // c is not called.\n};\nx.a();\n";
        assert_eq!(without_unnamed(script), less);
        assert_eq!(without_unnamed(less), less);
    }

    #[test]
    fn questions_about_the_browser_are_answered_and_unknown_ones_refused() {
        let (from, to) = ASKS_THE_BROWSER;
        let asking = |what: &str| format!("a\n{from}\nvar ie = 1;\n{to}\nif ({what}) {{}}\n");
        let known = in_known_browsers(&asking("Browser.touch && Browser.vml"));
        assert_eq!(known.as_deref(), Ok("a\n\nif (true && false) {}\n"));
        let native = in_known_browsers(&asking("Browser.touchNative")).unwrap();
        assert!(native.contains("ontouchstart"), "{native}");
        assert_eq!(
            in_known_browsers(&asking("Browser.lynx")),
            Err("if (Browser.lynx) {}".to_owned())
        );
    }

    #[test]
    fn of_the_style_stays_what_the_map_wears() {
        let style = "/* a */ .leaflet-pane, .leaflet-bar a { left: 0; }\n.leaflet-popup { top: 0; }\n@media print { .leaflet-pane { top: 0; } }\n.leaflet-container a { top: 0; }";
        assert_eq!(worn(style), ".leaflet-pane{ left: 0; }");
    }
}
