//! What is promised to web masters is what the code does: attributes, events, parts and properties
//! are listed for machines (`custom-elements.json`), for TypeScript (`balagh.d.ts`) and for people
//! (`www/docs/embed.md`), and here the lists are held to the sources and to each other.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{check, files};

/// Of the edge's own page at `/embed/`, which no web master writes.
const OUR_OWN: [&str; 1] = ["framed"];

/// The texts between `start` and the first of `ends` after it.
fn between<'a>(text: &'a str, start: &str, ends: &[char]) -> BTreeSet<&'a str> {
    text.split(start)
        .skip(1)
        .filter_map(|rest| rest.split(ends).next())
        .collect()
}

fn sources(is_source: impl Fn(&str) -> bool) -> String {
    let wanted = files().filter(|(path, _)| is_source(path));
    wanted.map(|(_, text)| text + "\n").collect()
}

fn listed(kind: &str) -> BTreeSet<String> {
    let (_, text) = files()
        .find(|(path, _)| path == "widget/js/custom-elements.json")
        .unwrap();
    let manifest: Value = serde_json::from_str(&text).unwrap();
    let names = manifest
        .pointer(&format!("/modules/0/declarations/0/{kind}"))
        .and_then(Value::as_array);
    let name = |it: &Value| it["name"].as_str().unwrap().to_owned();
    names.unwrap().iter().map(name).collect()
}

/// Both ways: what the code has is listed, and what is listed the code has.
#[track_caller]
fn same(what: &str, listed: &BTreeSet<String>, found: &BTreeSet<&str>) {
    let missing = found.iter().filter(|it| !listed.contains(**it));
    let stale = listed.iter().filter(|it| !found.contains(it.as_str()));
    let missing = missing.map(|it| format!("{it} is not listed"));
    check(
        what,
        missing.chain(stale.map(|it| format!("there is no {it}"))),
    );
}

fn scripts() -> String {
    sources(|path| {
        path.starts_with("widget/js/")
            && path.ends_with(".js")
            && !path.ends_with("/map.js")
            && !path.ends_with("/photo.js")
    })
}

fn rust() -> String {
    sources(|path| path.starts_with("widget/src/"))
}

#[test]
fn every_attribute_is_listed() {
    let (scripts, rust) = (scripts(), rust());
    let mut found = between(&scripts, "this.hasAttribute(\"", &['"']);
    found.extend(between(&rust, "attribute(\"", &['"']));
    let reflected = scripts.split("const REFLECTED = {").nth(1).unwrap();
    let reflected = reflected.split('}').next().unwrap();
    found.extend(between(reflected, ": \"", &['"']));
    let observed = scripts.split("static observedAttributes = [").nth(1);
    let observed = observed.unwrap().split("...").next().unwrap();
    found.extend(
        observed
            .split('"')
            .filter(|it| !it.trim_matches([',', ' ']).is_empty()),
    );
    found.retain(|name| !OUR_OWN.contains(name));
    same(
        "custom-elements.json, attributes",
        &listed("attributes"),
        &found,
    );
}

#[test]
fn every_event_is_listed_and_passed_on_by_a_frame() {
    let (scripts, rust) = (scripts(), rust());
    let told = between(&scripts, "this.#tell(\"", &['"']);
    let told: BTreeSet<String> = told.iter().map(|name| format!("balagh:{name}")).collect();
    let mut found: BTreeSet<&str> = told.iter().map(String::as_str).collect();
    let of_rust: BTreeSet<&str> = rust
        .split('"')
        .filter(|literal| literal.starts_with("balagh:") && !literal.contains(' '))
        .collect();
    found.extend(of_rust);
    same("custom-elements.json, events", &listed("events"), &found);
    let passed = scripts.split("const EVENTS = [").nth(1).unwrap();
    let passed = passed.split(']').next().unwrap();
    for name in found {
        let name = name.trim_start_matches("balagh:");
        assert!(
            passed.contains(&format!("\"{name}\"")),
            "a frame keeps {name}"
        );
    }
}

#[test]
fn every_part_is_listed() {
    let rust = rust();
    let mut found = between(&rust, "\"part\", \"", &['"']);
    // A button is one of two.
    found.extend(rust.split('"').filter(|literal| *literal == "button-quiet"));
    same(
        "custom-elements.json, cssParts",
        &listed("cssParts"),
        &found,
    );
}

#[test]
fn every_custom_property_is_listed() {
    let styles = sources(|path| path.starts_with("widget/style/") || path.ends_with("balagh.css"));
    let found = between(&styles, "var(--balagh-", &[')', ',', ' ']);
    let found: BTreeSet<String> = found
        .iter()
        .map(|name| format!("--balagh-{name}"))
        .collect();
    let found = found.iter().map(String::as_str).collect();
    same(
        "custom-elements.json, cssProperties",
        &listed("cssProperties"),
        &found,
    );
}

#[test]
fn what_is_listed_is_typed_and_explained() {
    let of = |wanted: &str| files().find(|(path, _)| path == wanted).unwrap().1;
    let (types, guide) = (of("widget/js/balagh.d.ts"), of("www/docs/embed.md"));
    let mut wrong = Vec::new();
    for kind in [
        "attributes",
        "members",
        "events",
        "cssProperties",
        "cssParts",
    ] {
        let is_typed = !kind.starts_with("css");
        for name in listed(kind) {
            // Browsers type their own.
            if is_typed && !types.contains(&name) {
                wrong.push(format!("balagh.d.ts does not know {name}"));
            }
            if !guide.contains(&format!("`{name}")) && !guide.contains(&format!("({name})")) {
                wrong.push(format!("embed.md does not explain {name}"));
            }
        }
    }
    check("the lists of the embed", wrong.into_iter());
}
