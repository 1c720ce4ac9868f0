//! How often [`detect`] is right, as a committed snapshot: on the odd lines of the development set
//! (its tables were tuned on the even ones) and on all of the held-out set (on none of it). Pairs are
//! right ones and all. The English file has texts with more Hindi or Tagalog than English in them,
//! which are "other" here and count as wrong.

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

/// Right ones of all.
#[derive(Default, Clone, Copy)]
struct Share {
    right: u32,
    all: u32,
}

impl Share {
    fn add(&mut self, right: bool) {
        self.right += u32::from(right);
        self.all += 1;
    }

    fn json(self) -> Value {
        json!([self.right, self.all])
    }
}

/// For each language: of sentences, of shorter texts, and of those that were sure.
fn measure(texts: &[(String, String)]) -> Value {
    let mut shares: BTreeMap<&str, [Share; 3]> = BTreeMap::new();
    let (mut others, mut either) = (Share::default(), Share::default());
    for (language, text) in texts {
        let expected = NAMED.iter().find(|it| *it == language);
        let expected = expected.copied().unwrap_or("other");
        let detected = detect(text);
        let named = detected.language.code();
        let right = named == expected;
        let [sentences, shorter, sure] = shares.entry(language).or_default();
        if text.split_whitespace().count() < SENTENCE {
            shorter.add(right);
        } else {
            sentences.add(right);
            match expected {
                "other" => others.add(!right),
                "id" | "ms" => either.add(matches!(named, "id" | "ms")),
                _ => {}
            }
        }
        if detected.sure {
            sure.add(right);
        }
    }
    let languages: BTreeMap<&str, Value> = shares
        .into_iter()
        .map(|(language, [sentences, shorter, sure])| {
            let shares = json!({
                "sentences": sentences.json(),
                "shorter": shorter.json(),
                "sure": sure.json(),
            });
            (language, shares)
        })
        .collect();
    json!({
        "languages": languages,
        "Indonesian or Malay sentences named as one of the two": either.json(),
        "other sentences named as one of the six": others.json(),
    })
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
    let differs = written
        .lines()
        .zip(committed.lines())
        .position(|(now, then)| now != then);
    assert!(
        written == committed,
        "the accuracy moved, first in line {differs:?} of the snapshot; if that is meant: BALAGH_BLESS=1"
    );
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
