//! What the widget's style names is there: a rule for a class that nothing wears, or a token that
//! nothing reads, is fetched by every phone for nothing.

use std::collections::BTreeSet;

use super::{check, files};

/// Worn by what Leaflet makes.
const LEAFLET: &str = "leaflet-";

fn sources(wanted: impl Fn(&str) -> bool) -> impl Iterator<Item = (String, String)> {
    files().filter(move |(path, _)| wanted(path))
}

fn styles() -> impl Iterator<Item = (String, String)> {
    sources(|path| path.starts_with("widget/style/")).map(|(path, text)| (path, uncommented(&text)))
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
    let is_code = |path: &str| {
        path.starts_with("widget/src/") || path.starts_with("widget/js/") && path.ends_with(".js")
    };
    let mut worn = BTreeSet::new();
    for (_, text) in sources(is_code) {
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
    for (_, drawing) in sources(|path| path.starts_with("widget/icons/")) {
        worn.extend(drawing.split('"').map(|word| name(word).to_owned()));
    }
    worn
}

#[test]
fn every_class_of_the_style_is_worn_by_something() {
    let worn = worn();
    let dead = styles().flat_map(|(path, css)| {
        let dead = classes(&css)
            .into_iter()
            .filter(|class| !class.starts_with(LEAFLET) && !worn.contains(*class));
        dead.map(|class| format!("{path}: nothing wears .{class}"))
            .collect::<Vec<_>>()
    });
    check("widget/style", dead);
}

#[test]
fn every_token_of_the_style_is_read_by_something() {
    let reads = |path: &str| {
        [
            "widget/style/",
            "widget/src/",
            "widget/js/",
            "widget/icons/",
        ]
        .iter()
        .any(|folder| path.starts_with(folder))
    };
    let all: String = sources(reads).map(|(_, text)| text).collect();
    let read: BTreeSet<&str> = all.split("var(--").skip(1).map(name).collect();
    let dead = styles().flat_map(|(path, css)| {
        let set = css.split([';', '{', '}']).filter_map(|rule| {
            let (property, _) = rule.trim_start().strip_prefix("--")?.split_once(':')?;
            Some(name(property).to_owned())
        });
        let dead = set.filter(|token| !read.contains(token.as_str()));
        dead.map(|token| format!("{path}: nothing reads --{token}"))
            .collect::<Vec<_>>()
    });
    check("widget/style", dead);
}

#[test]
fn classes_are_found_in_selectors_and_nowhere_else() {
    let css = "@media (max-width: 20.6em) { .a:not(.b-c) > i.d, .e::after { width: .5em; } }";
    let css = uncommented(&["/* .x { */ ", css].concat());
    assert_eq!(classes(&css), BTreeSet::from(["a", "b-c", "d", "e"]));
}
