//! What a style names is there: a rule for a class that nothing wears, or a token that nothing reads,
//! is fetched by every phone for nothing.

use std::collections::BTreeSet;

use super::{check, files};

/// Worn by what Leaflet makes.
const LEAFLET: &str = "leaflet-";

/// Where the widget's style is read beside itself.
const WIDGET: [&str; 4] = [
    "widget/style/",
    "widget/src/",
    "widget/js/",
    "widget/icons/",
];
/// The console's, and where it is read.
const CONSOLE: [&str; 2] = ["origin/src/console/", "origin/src/analytics/"];

/// The files in these folders. A folder that moved would be one in which nothing is wrong.
fn sources(folders: &[&str]) -> Vec<(String, String)> {
    let is_in = |path: &str, folder: &str| path.starts_with(folder);
    let found = files().filter(|(path, _)| folders.iter().any(|folder| is_in(path, folder)));
    let found: Vec<(String, String)> = found.collect();
    for folder in folders {
        let is_there = found.iter().any(|(path, _)| is_in(path, folder));
        assert!(is_there, "{folder} has moved");
    }
    found
}

/// The style sheets in these folders, without comments.
fn styles(folders: &[&str]) -> Vec<(String, String)> {
    let sheets = sources(folders)
        .into_iter()
        .filter(|(path, _)| path.ends_with(".css"));
    let sheets: Vec<_> = sheets
        .map(|(path, text)| (path, uncommented(&text)))
        .collect();
    assert!(!sheets.is_empty(), "no style in {folders:?}");
    sheets
}

/// `css` without its comments.
fn uncommented(css: &str) -> String {
    let mut parts = css.split("/*");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| {
        all + part.split_once("*/").map_or("", |(_, rest)| rest)
    })
}

/// The name that `text` begins with.
fn name(text: &str) -> &str {
    let is_of_it = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '_';
    text.split(|it| !is_of_it(it)).next().unwrap_or_default()
}

/// The classes that the selectors of `css` name: what stands behind a point before a brace.
fn classes(css: &str) -> BTreeSet<&str> {
    let selectors = css.split('{').map(|before| {
        let start = before.rfind(['}', ';']).map_or(0, |end| end + 1);
        &before[start..]
    });
    selectors
        .filter(|selector| !selector.trim_start().starts_with('@'))
        .flat_map(|selector| selector.split('.').skip(1).map(name))
        .filter(|name| name.starts_with(|it: char| it.is_ascii_alphabetic()))
        .collect()
}

/// The words that stand in literals of what makes elements, and in the drawings.
fn worn() -> BTreeSet<String> {
    let is_code =
        |(path, _): &(String, String)| path.starts_with("widget/src/") || path.ends_with(".js");
    let mut worn = BTreeSet::new();
    let code = sources(&["widget/src/", "widget/js/"]).into_iter();
    for (_, text) in code.filter(is_code) {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = code.lines().filter(|line| {
            let line = line.trim_start();
            !line.starts_with("//") && !line.starts_with('*')
        });
        for line in lines {
            // Markup of our own: its quotes end no literal.
            let line = line.replace("\\\"", " ");
            for literal in line.split(['"', '`']).skip(1).step_by(2) {
                worn.extend(literal.split_ascii_whitespace().map(|word| {
                    let word = word.trim_start_matches(|it: char| !it.is_ascii_alphanumeric());
                    name(word).to_owned()
                }));
            }
        }
    }
    for (_, drawing) in sources(&["widget/icons/"]) {
        worn.extend(drawing.split('"').map(|word| name(word).to_owned()));
    }
    worn
}

#[test]
fn every_class_of_the_style_is_worn_by_something() {
    let worn = worn();
    let sheets = styles(&["widget/style/"]).into_iter();
    let dead = sheets.flat_map(|(path, css)| {
        let dead = classes(&css)
            .into_iter()
            .filter(|class| !class.starts_with(LEAFLET) && !worn.contains(*class));
        dead.map(|class| format!("{path}: nothing wears .{class}"))
            .collect::<Vec<_>>()
    });
    check("widget/style", dead);
}

/// The tokens that style sheets in these folders set and that nothing in them reads.
fn unread_tokens(folders: &[&str]) -> impl Iterator<Item = String> {
    let all: String = sources(folders).into_iter().map(|(_, text)| text).collect();
    let read: BTreeSet<String> = all
        .split("var(--")
        .skip(1)
        .map(|rest| name(rest).to_owned())
        .collect();
    styles(folders).into_iter().flat_map(move |(path, css)| {
        let set = css.split([';', '{', '}']).filter_map(|rule| {
            let (property, _) = rule.trim_start().strip_prefix("--")?.split_once(':')?;
            Some(name(property).to_owned())
        });
        let dead = set.filter(|token| !read.contains(token));
        dead.map(|token| format!("{path}: nothing reads --{token}"))
            .collect::<Vec<_>>()
    })
}

#[test]
fn every_token_of_a_style_is_read_by_something() {
    check("widget/style", unread_tokens(&WIDGET));
    check("the console's style", unread_tokens(&CONSOLE));
}

#[test]
fn classes_are_found_in_selectors_and_nowhere_else() {
    let css = "@media (max-width: 20.6em) { .a:not(.b-c) > i.d, .e::after { width: .5em; } }";
    let css = uncommented(&["/* .x { */ ", css].concat());
    assert_eq!(classes(&css), BTreeSet::from(["a", "b-c", "d", "e"]));
}
