//! How often [`detect`] is right, as a committed snapshot: on the odd lines of the development set
//! (its tables were tuned on the even ones) and on all of the held-out set (on none of it).

#![expect(
    clippy::unwrap_used,
    reason = "a test's own files, which a checkout has"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use balagh_shared::language::{Language, Script, detect};
use serde_json::{Value, json};

/// The codes of the languages that `detect` names.
const NAMED: [&str; 6] = ["ar", "en", "hi", "id", "ms", "ur"];

/// Fewest words of what counts as a sentence.
const SENTENCE: usize = 4;

/// `(language, text)` of each line of `folder`'s files; for the six languages a file is one.
fn texts(folder: &str, odd_only: bool) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut texts = Vec::new();
    let mut paths: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|it| it.unwrap().path())
        .collect();
    paths.sort();
    for path in paths
        .iter()
        .filter(|it| it.extension().is_some_and(|it| it == "tsv"))
    {
        let file = path.file_stem().unwrap().to_str().unwrap();
        for (index, line) in fs::read_to_string(path).unwrap().lines().enumerate() {
            let Some((first, text)) = line.split_once('\t').filter(|_| !line.starts_with('#'))
            else {
                continue;
            };
            let language = match file {
                // Written in Latin letters: romanised, or with more English in it than not.
                "ar" | "hi" | "ur" if Script::of(text) == Script::Latin => &format!("{file}-Latn"),
                file if NAMED.contains(&file) => file,
                _ => first,
            };
            // The first line is number 1.
            if !odd_only || index % 2 == 0 {
                texts.push((language.to_owned(), text.to_owned()));
            }
        }
    }
    texts
}

/// Right and all, for each language: of sentences, of shorter texts, and of those that were sure.
fn measure(texts: &[(String, String)]) -> Value {
    let mut counts: BTreeMap<&str, [u32; 6]> = BTreeMap::new();
    let mut named_others = [0_u32; 2];
    for (language, text) in texts {
        let expected = NAMED
            .iter()
            .find(|it| *it == language)
            .copied()
            .unwrap_or("other");
        let detected = detect(text);
        let right = u32::from(detected.language.code() == expected);
        let sentence = text.split_whitespace().count() >= SENTENCE;
        if std::env::var_os("BALAGH_SHOW").is_some_and(|shown| shown == language.as_str())
            && right == 0
        {
            println!(
                "{language} as {}{}: {text}",
                detected.language.code(),
                if detected.sure { "!" } else { "" }
            );
        }
        let all = counts.entry(language).or_default();
        let at = if sentence { 0 } else { 2 };
        all[at] += right;
        all[at + 1] += 1;
        all[4] += u32::from(detected.sure) * right;
        all[5] += u32::from(detected.sure);
        if expected == "other" && sentence {
            named_others[0] += 1 - right;
            named_others[1] += 1;
        }
    }
    let languages: BTreeMap<&str, Value> = counts
        .into_iter()
        .map(
            |(language, [right, all, short_right, short, sure_right, sure])| {
                (
                    language,
                    json!({
                        "sentences": [right, all],
                        "shorter": [short_right, short],
                        "sure": [sure_right, sure],
                    }),
                )
            },
        )
        .collect();
    json!({ "languages": languages, "other sentences named as one of the six": named_others })
}

#[test]
fn languages_are_told_as_often_as_the_snapshot_says() {
    let measured = json!({
        "development, odd lines": measure(&texts("development", true)),
        "held out": measure(&texts("held-out", false)),
    });
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/snapshots/language.json");
    let written = serde_json::to_string_pretty(&measured).unwrap() + "\n";
    if std::env::var_os("BALAGH_BLESS").is_some() {
        fs::write(&path, &written).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, committed, "if that is meant: BALAGH_BLESS=1");
}

#[test]
fn every_language_has_its_code_and_a_text_that_is_it() {
    for (language, text) in [
        (Language::Ar, "الإنارة مطفية في شارعنا من أسبوع"),
        (Language::En, "the street light has been broken for a week"),
        (Language::Ur, "ہماری گلی کی لائٹ ایک ہفتے سے خراب ہے"),
        (Language::Hi, "हमारी गली की लाइट एक हफ्ते से खराब है"),
        (
            Language::Id,
            "lampu jalan di gang kami nggak nyala sejak kemarin",
        ),
        (
            Language::Ms,
            "lampu jalan kat taman kami tak menyala sejak semalam",
        ),
        (Language::Other, "le lampadaire de notre rue est cassé"),
    ] {
        let detected = detect(text);
        assert_eq!(detected.language, language, "{text}");
        assert!(detected.sure, "{text}");
    }
}
