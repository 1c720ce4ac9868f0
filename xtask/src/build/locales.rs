//! Two files of texts per language: those of the first stop, fetched before the first input, and
//! those that come with the whole widget: its other words and the reasons of the rules, merged.
//!
//! Flat: key to text, or key to the plural forms of a text (`{"one": …, "other": …}`). Every
//! language has every key, or the build fails and names the key: a text missing in Arabic is found
//! here and not by a citizen.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::failure::Failure;
use crate::files;

/// Key to text, or to the plural forms of a text.
pub(super) type Texts = BTreeMap<String, Value>;

/// The texts of one language.
pub(super) struct Words {
    /// What the first stop shows.
    pub(super) first: Texts,
    /// Everything else.
    pub(super) later: Texts,
}

/// The texts of each language: of the first stop from the folder `first`, the others from all the
/// folders `later`.
pub(super) fn read(first: &Path, later: &[&Path]) -> Result<BTreeMap<String, Words>, Failure> {
    let first = merged(&[first])?;
    let later = merged(later)?;
    joined(first, later).map_err(|problem| {
        Failure::new(problem).mend("each text stands once, in widget/locales/first or later")
    })
}

fn merged(folders: &[&Path]) -> Result<BTreeMap<String, Texts>, Failure> {
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

fn joined(
    first: BTreeMap<String, Texts>,
    mut later: BTreeMap<String, Texts>,
) -> Result<BTreeMap<String, Words>, String> {
    let mut languages = BTreeMap::new();
    for (language, first) in first {
        let later = later
            .remove(&language)
            .ok_or_else(|| format!("{language} has no later texts"))?;
        if let Some(key) = first.keys().find(|key| later.contains_key(*key)) {
            return Err(format!("{language}: `{key}` is both first and later"));
        }
        languages.insert(language, Words { first, later });
    }
    match later.keys().next() {
        Some(language) => Err(format!("{language} has no first texts")),
        None => Ok(languages),
    }
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

    #[test]
    fn a_text_and_a_language_stand_in_both_parts_once() {
        let part = |languages: &[(&str, &str)]| -> BTreeMap<String, Texts> {
            let texts = |key: &str| BTreeMap::from([(key.to_owned(), Value::from("x"))]);
            let languages = languages.iter();
            languages
                .map(|(language, key)| ((*language).to_owned(), texts(key)))
                .collect()
        };
        let check = |first, later, expected| {
            let problem = joined(part(first), part(later)).err();
            assert_eq!(problem.as_deref(), expected);
        };
        check(&[("ar", "a")], &[("ar", "b")], None);
        check(
            &[("ar", "a")],
            &[("ar", "a")],
            Some("ar: `a` is both first and later"),
        );
        check(&[("ar", "a")], &[], Some("ar has no later texts"));
        check(&[], &[("ar", "a")], Some("ar has no first texts"));
    }
}
