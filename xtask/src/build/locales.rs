//! One file of texts per language: the widget's own and the reasons of the rules, merged.
//!
//! Flat: key to text, or key to the plural forms of a text (`{"one": …, "other": …}`). Every
//! language has every key, or the build fails and names the key: a text missing in Arabic is found
//! here and not by a citizen.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::failure::Failure;
use crate::files;

type Texts = BTreeMap<String, Value>;

/// The merged texts of each language, from all `folders`.
pub(super) fn read(folders: &[&Path]) -> Result<BTreeMap<String, Texts>, Failure> {
    let mut languages: BTreeMap<String, Texts> = BTreeMap::new();
    for folder in folders {
        if !folder.is_dir() {
            return Err(
                Failure::new(format!("the folder {} is missing", folder.display()))
                    .mend("it holds one JSON file per language, key to text"),
            );
        }
        for path in files::list_with_extension(folder, "json")? {
            let texts = parse(&files::read_text(&path)?)
                .map_err(|problem| Failure::new(format!("{}: {problem}", path.display())))?;
            let merged = languages.entry(files::stem(&path)).or_default();
            merge(merged, texts)
                .map_err(|problem| Failure::new(format!("{}: {problem}", path.display())))?;
        }
    }
    complete(&languages).map_err(|missing| {
        Failure::new(format!("texts are missing:\n  {}", missing.join("\n  ")))
            .mend("add them under widget/locales or shared/locales")
    })?;
    Ok(languages)
}

// Pairs in file order, so that a key given twice is seen; a map would keep the last silently.
fn parse(text: &str) -> Result<Vec<(String, Value)>, String> {
    let Pairs(pairs) = serde_json::from_str(text).map_err(|error| error.to_string())?;
    for (key, value) in &pairs {
        let plain = match value {
            Value::String(_) => true,
            Value::Object(forms) => {
                forms.contains_key("other") && forms.values().all(Value::is_string)
            }
            _ => false,
        };
        if !plain {
            return Err(format!(
                "`{key}` is neither a text nor plural forms with `other`"
            ));
        }
    }
    Ok(pairs)
}

fn merge(into: &mut Texts, texts: Vec<(String, Value)>) -> Result<(), String> {
    for (key, value) in texts {
        if into.contains_key(&key) {
            return Err(format!("`{key}` is given twice"));
        }
        into.insert(key, value);
    }
    Ok(())
}

fn complete(languages: &BTreeMap<String, Texts>) -> Result<(), Vec<String>> {
    let all: BTreeSet<&String> = languages.values().flat_map(BTreeMap::keys).collect();
    let missing: Vec<String> = languages
        .iter()
        .flat_map(|(language, texts)| {
            all.iter()
                .filter(|key| !texts.contains_key(**key))
                .map(move |key| format!("{language}: {key}"))
        })
        .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(missing)
    }
}

struct Pairs(Vec<(String, Value)>);

impl<'de> serde::Deserialize<'de> for Pairs {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Pairs;

            fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str("an object of texts")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(files: &[(&str, &str)], expected: Result<(), &str>) {
        let mut languages: BTreeMap<String, Texts> = BTreeMap::new();
        let result = files
            .iter()
            .try_for_each(|(language, text)| {
                merge(
                    languages.entry((*language).to_owned()).or_default(),
                    parse(text)?,
                )
            })
            .and_then(|()| complete(&languages).map_err(|missing| missing.join(", ")));
        match (result, expected) {
            (Ok(()), Ok(())) => {}
            (Err(problem), Err(part)) => assert!(problem.contains(part), "{problem}"),
            (result, expected) => panic!("{result:?} is not {expected:?}"),
        }
    }

    #[test]
    fn texts_of_both_folders_are_merged() {
        check(&[("ar", r#"{"a": "١"}"#), ("ar", r#"{"b": "٢"}"#)], Ok(()));
    }

    #[test]
    fn plural_forms_are_texts_too() {
        check(
            &[("en", r#"{"n": {"one": "a photo", "other": "photos"}}"#)],
            Ok(()),
        );
        check(&[("en", r#"{"n": {"one": "a photo"}}"#)], Err("`n`"));
    }

    #[test]
    fn a_key_missing_in_one_language_is_named_with_the_language() {
        check(
            &[("ar", r#"{"a": "١"}"#), ("en", r#"{"a": "1", "b": "2"}"#)],
            Err("ar: b"),
        );
    }

    #[test]
    fn a_key_given_twice_is_refused_within_a_file_and_across_files() {
        check(
            &[("en", r#"{"a": "1", "a": "2"}"#)],
            Err("`a` is given twice"),
        );
        check(
            &[("en", r#"{"a": "1"}"#), ("en", r#"{"a": "2"}"#)],
            Err("`a` is given twice"),
        );
    }

    #[test]
    fn nested_and_other_values_are_refused() {
        check(&[("en", r#"{"a": {"other": {"b": "c"}}}"#)], Err("`a`"));
        check(&[("en", r#"{"a": 3}"#)], Err("`a`"));
    }
}
