//! The house rules that a machine can check.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod deploy;
mod embed;
mod links;
mod reasons;
mod site;
#[path = "../../skipped.rs"]
mod skipped;
mod style;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// What `program` prints, run at the root of the project.
fn output(program: &str, arguments: &[&str]) -> String {
    let run = Command::new(program)
        .args(arguments)
        .current_dir(ROOT)
        .output();
    let run = run.unwrap_or_else(|error| panic!("{program} does not start: {error}"));
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(
        run.status.success(),
        "{program} {arguments:?} failed:\n{said}"
    );
    String::from_utf8(run.stdout).unwrap()
}

/// Every committed or new text file: its path from the root, and its text.
fn files() -> impl Iterator<Item = (String, String)> {
    let listed = output(
        "git",
        &["ls-files", "--cached", "--others", "--exclude-standard"],
    );
    let paths: Vec<String> = listed.lines().map(str::to_owned).collect();
    paths.into_iter().filter_map(|path| {
        let text = std::fs::read_to_string(Path::new(ROOT).join(&path)).ok()?;
        Some((path, text))
    })
}

/// Fails with the list of what `wrong` found, one a line.
#[track_caller]
fn check(rule: &str, wrong: impl Iterator<Item = String>) {
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{rule}:\n  {}", wrong.join("\n  "));
}

#[test]
fn what_is_too_heavy_for_a_phone_comes_in_through_nobody_but_leptos() {
    // Leptos drags most of these in for servers, and the linker drops them again; a second way in
    // would be used, and stay.
    let heavy = [
        "regex",
        "chrono",
        "time",
        "url",
        "idna",
        "gloo-net",
        "serde_json",
        "geojson",
    ];
    let metadata: Value = serde_json::from_str(&output(
        "cargo",
        &[
            "metadata",
            "--format-version=1",
            "--locked",
            "--filter-platform=wasm32-unknown-unknown",
        ],
    ))
    .unwrap();
    let name_of = |id: &Value| -> String {
        let package = metadata["packages"]
            .as_array()
            .unwrap()
            .iter()
            .find(|p| p["id"] == *id)
            .unwrap();
        package["name"].as_str().unwrap().to_owned()
    };
    // The graph is per workspace: optional dependencies of `shared` that other rooms switch on are
    // in it, so `shared` is judged by its manifest below.
    let mut edges: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for node in metadata["resolve"]["nodes"].as_array().unwrap() {
        let normal = |dep: &&Value| {
            dep["dep_kinds"]
                .as_array()
                .unwrap()
                .iter()
                .any(|kind| kind["kind"].is_null())
        };
        let deps = node["deps"].as_array().unwrap().iter().filter(normal);
        edges.insert(
            name_of(&node["id"]),
            deps.map(|dep| name_of(&dep["pkg"])).collect(),
        );
    }
    let mut reached = BTreeSet::new();
    let mut next = vec!["balagh-widget".to_owned()];
    while let Some(name) = next.pop() {
        if ["leptos", "balagh-shared"].contains(&name.as_str()) || !reached.insert(name.clone()) {
            continue;
        }
        next.extend(edges.get(&name).into_iter().flatten().cloned());
    }
    check(
        "too heavy for the widget",
        reached.into_iter().filter(|n| heavy.contains(&n.as_str())),
    );

    let shared = output(
        "cargo",
        &[
            "tree",
            "-p",
            "balagh-shared",
            "-e",
            "normal",
            "--prefix",
            "none",
        ],
    );
    let names = shared
        .lines()
        .filter_map(|line| line.split(' ').next().map(str::to_owned));
    check(
        "too heavy for shared",
        names.filter(|name| heavy.contains(&name.as_str())),
    );
}

#[test]
fn arrows_between_rooms_point_one_way() {
    let allowed: BTreeMap<&str, &[&str]> = [
        ("shared", &[] as &[&str]),
        ("widget", &["balagh-shared"]),
        ("compiler", &["balagh-shared"]),
        ("messages", &["balagh-shared"]),
        ("world", &["balagh-shared"]),
        ("connections", &[]),
        ("database", &["balagh-world"]),
        (
            "edge",
            &[
                "balagh-shared",
                "balagh-messages",
                "balagh-world",
                "balagh-connections",
                "balagh-database",
            ],
        ),
        (
            "origin",
            &[
                "balagh-shared",
                "balagh-messages",
                "balagh-world",
                "balagh-connections",
                "balagh-database",
            ],
        ),
        (
            "sim",
            &[
                "balagh-shared",
                "balagh-world",
                "balagh-edge",
                "balagh-origin",
            ],
        ),
        (
            "cli",
            &[
                "balagh-shared",
                "balagh-edge",
                "balagh-origin",
                "balagh-database",
            ],
        ),
        ("tests", &["balagh-shared", "balagh-edge"]),
        (
            "tests/replay",
            &[
                "balagh-shared",
                "balagh-world",
                "balagh-edge",
                "balagh-origin",
            ],
        ),
        ("fuzz", &["balagh-shared"]),
        ("xtask", &[]),
    ]
    .into();
    let manifests =
        files().filter_map(|(path, _)| Some(path.strip_suffix("/Cargo.toml")?.to_owned()));
    check(
        "a room that nothing is said of",
        manifests.filter(|room| !allowed.contains_key(room.as_str())),
    );
    check(
        "an arrow the wrong way",
        allowed.iter().flat_map(|(room, may)| {
            let manifest = std::fs::read_to_string(format!("{ROOT}/{room}/Cargo.toml")).unwrap();
            manifest
                .lines()
                .filter(|line| line.starts_with("balagh-"))
                .filter(|line| !may.iter().any(|name| line.starts_with(name)))
                .map(|line| format!("{room}: {line}"))
                .collect::<Vec<_>>()
        }),
    );
}

#[test]
fn no_rust_file_is_over_six_hundred_lines() {
    check(
        "one idea a file",
        files()
            .filter(|(path, _)| path.ends_with(".rs"))
            .map(|(path, text)| (path, text.lines().count()))
            .filter(|(_, lines)| *lines > 600)
            .map(|(path, lines)| format!("{path}: {lines} lines")),
    );
}

#[test]
fn no_file_names_a_registry_or_a_path_of_one_machine() {
    // Written in pieces, so that this file does not name them either.
    let hosts = [
        ["registry.npm", "js.org"],
        ["static.crates", ".io"],
        ["files.python", "hosted"],
    ];
    let paths = [["/ro", "ot/"], ["/wo", "rk/"]];
    let forbidden: Vec<String> = hosts
        .iter()
        .chain(&paths)
        .map(|parts| parts.concat())
        .collect();
    let in_code = |path: &str| !path.ends_with("Cargo.lock");
    check(
        "what belongs to one machine",
        files()
            .filter(|(path, _)| in_code(path))
            .flat_map(|(path, text)| {
                let found = forbidden.iter().filter(|word| {
                    text.match_indices(word.as_str()).any(|(at, _)| {
                        let before = text.get(..at).and_then(|before| before.chars().next_back());
                        before.is_none_or(|c| " \"'`(=:/\n".contains(c)) || !word.starts_with('/')
                    })
                });
                found
                    .map(|word| format!("{path}: {word}"))
                    .collect::<Vec<_>>()
            }),
    );
}

#[test]
fn lock_files_carry_no_download_addresses() {
    let lock = std::fs::read_to_string(format!("{ROOT}/package-lock.json")).unwrap();
    assert!(
        !lock.contains("\"resolved\""),
        "package-lock.json names where packages come from"
    );
}

#[test]
fn no_test_is_silenced_and_nothing_is_left_to_do() {
    let marks = [
        ["#[ign", "ore]"],
        ["test.sk", "ip("],
        ["todo", "!("],
        ["unimple", "mented!("],
    ];
    check(
        "silenced or unfinished",
        files()
            .filter(|(path, _)| [".rs", ".mjs", ".js"].iter().any(|end| path.ends_with(end)))
            .filter(|(_, text)| marks.iter().any(|mark| text.contains(&mark.concat())))
            .map(|(path, _)| path),
    );
}

#[test]
fn the_demonstration_boundaries_are_what_their_program_derives() {
    output(
        "node",
        &["www/municipalities/boundaries/derive.mjs", "--check"],
    );
}
