//! What a client can be told is one list: catalogue, sentences, schemas and documentation.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use balagh_shared::problem::LANGUAGES;
use balagh_shared::reason::{Reason, page};
use serde_json::Value;

use super::ROOT;

/// The files of `folder` that end in `.json`.
fn json_files(folder: &str) -> Vec<PathBuf> {
    let listed = fs::read_dir(Path::new(ROOT).join(folder)).unwrap();
    let mut files: Vec<PathBuf> = listed
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == "json"))
        .collect();
    files.sort();
    files
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap())
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn codes() -> BTreeSet<&'static str> {
    Reason::ALL.iter().map(|reason| reason.code()).collect()
}

#[test]
fn every_language_has_a_sentence_for_every_reason_and_for_nothing_else() {
    let files = json_files("shared/locales");
    let names: Vec<&str> = files
        .iter()
        .filter_map(|it| it.file_stem()?.to_str())
        .collect();
    assert_eq!(names, LANGUAGES, "problem.rs compiles in each file");
    for path in files {
        let sentences: BTreeMap<String, String> = serde_json::from_value(json(&path)).unwrap();
        let keys: BTreeSet<&str> = sentences.keys().map(String::as_str).collect();
        assert_eq!(keys, codes(), "{}", path.display());
        for (code, sentence) in &sentences {
            assert!(!sentence.trim().is_empty(), "{}: {code}", path.display());
        }
    }
}

#[test]
fn a_sentence_names_the_same_figures_in_every_language_and_only_those_of_its_reason() {
    for reason in Reason::ALL {
        let mut named = BTreeSet::new();
        for path in json_files("shared/locales") {
            let sentences = json(&path);
            let sentence = sentences[reason.code()].as_str().unwrap().to_owned();
            let figures: Vec<String> = sentence
                .split('{')
                .skip(1)
                .map(|rest| rest.split('}').next().unwrap_or_default().to_owned())
                .collect();
            for figure in &figures {
                let known = reason.params().contains(&figure.as_str());
                assert!(
                    known,
                    "{}: {} has no {figure}",
                    path.display(),
                    reason.code()
                );
            }
            named.insert(figures.into_iter().collect::<BTreeSet<_>>());
        }
        assert!(named.len() <= 1, "{}: {named:?}", reason.code());
    }
}

#[test]
fn the_page_of_reasons_is_what_the_catalogue_says() {
    let path = Path::new(ROOT).join("www/docs/reasons.md");
    let page = page();
    if std::env::var_os("BALAGH_BLESS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    let differs = page
        .lines()
        .zip(committed.lines())
        .find(|(now, then)| now != then);
    assert!(
        page == committed,
        "www/docs/reasons.md differs, first at {differs:?}; if that is meant: BALAGH_BLESS=1"
    );
}

#[test]
fn where_a_problem_leads_is_an_anchor_of_the_page() {
    let page = page();
    for reason in Reason::ALL {
        let link = reason.documentation();
        let anchor = link.strip_prefix("/reasons#").unwrap();
        assert!(page.contains(&format!("<a id=\"{anchor}\"></a>")), "{link}");
    }
}

#[test]
fn a_schema_that_lists_reasons_lists_all_of_them() {
    fn lists(value: &Value, into: &mut Vec<BTreeSet<String>>) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::Array(values)) = fields.get("enum") {
                    let text = |it: &Value| it.as_str().map(str::to_owned);
                    let values: BTreeSet<String> = values.iter().filter_map(text).collect();
                    if values.contains(Reason::TextMissing.code()) {
                        into.push(values);
                    }
                }
                fields.values().for_each(|value| lists(value, into));
            }
            Value::Array(values) => values.iter().for_each(|value| lists(value, into)),
            _ => {}
        }
    }
    for path in json_files("www/schema") {
        let mut found = Vec::new();
        lists(&json(&path), &mut found);
        for list in found {
            let list: BTreeSet<&str> = list.iter().map(String::as_str).collect();
            assert_eq!(list, codes(), "{}", path.display());
        }
    }
}

#[test]
fn no_reason_is_there_that_nothing_gives() {
    let mut sources = String::new();
    for room in ["shared", "edge", "origin"] {
        read(&Path::new(ROOT).join(room).join("src"), &mut sources);
    }
    for reason in Reason::ALL {
        let variant = format!("Reason::{reason:?}");
        let code = format!("\"{}\"", reason.code());
        let given = sources.match_indices(&variant).any(|(at, _)| {
            let after = sources[at + variant.len()..].chars().next();
            after.is_none_or(|it| !it.is_alphanumeric())
        }) || sources.contains(&code);
        assert!(given, "{reason:?}");
    }
}

/// Every Rust file below `folder` but the catalogue itself, without its tests.
fn read(folder: &Path, into: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.file_stem().is_some_and(|it| it == "tests") {
            continue;
        }
        if path.is_dir() {
            read(&path, into);
        } else if path.extension().is_some_and(|it| it == "rs")
            && !path.ends_with("reason/catalogue.rs")
        {
            let source = fs::read_to_string(&path).unwrap();
            into.push_str(
                source
                    .split("#[cfg(test)]\nmod tests {")
                    .next()
                    .unwrap_or_default(),
            );
        }
    }
}
