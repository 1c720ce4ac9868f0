//! How well the score tells advertisements from reports: over the development set it was calibrated
//! on, and over a set it has never been tuned on, whose figures are a committed snapshot.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use balagh_shared::municipality::Spam;
use balagh_shared::spam::{Surroundings, score};
use serde_json::{Value, json};

/// What the usual thresholds make of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Accepted,
    Challenged,
    Quarantined,
}

fn fate(text: &str) -> Fate {
    let usual = Spam::default();
    let points = f64::from(score(text, Surroundings::default()).points) / 1000.0;
    if points >= usual.quarantine {
        Fate::Quarantined
    } else if points >= usual.challenge {
        Fate::Challenged
    } else {
        Fate::Accepted
    }
}

fn shared(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Label and text of each line.
fn lines(path: &str) -> Vec<(String, String)> {
    let file = fs::read_to_string(shared(path)).unwrap();
    let lines = file.lines().filter(|line| !line.starts_with('#'));
    let split = lines.filter_map(|line| line.split_once('\t'));
    split.map(|(label, text)| (label.to_owned(), text.to_owned())).collect()
}

/// Texts by language: spam, and honest ones.
struct Set {
    spam: Vec<(String, String)>,
    honest: Vec<(String, String)>,
}

impl Set {
    fn development() -> Set {
        let mut honest = lines("development/spam/honest.tsv");
        for language in ["ar", "en", "hi", "id", "ms", "ur"] {
            let texts = lines(&format!("development/{language}.tsv"));
            honest.extend(texts.into_iter().map(|(_, text)| (language.to_owned(), text)));
        }
        let spam = lines("development/spam/spam.tsv");
        Set { spam, honest }
    }

    fn held_out() -> Set {
        let mut honest = lines("held-out/spam/honest.tsv");
        honest.extend(lines("held-out/other.tsv"));
        for language in ["ar", "en", "hi", "id", "ms", "ur"] {
            let texts = lines(&format!("held-out/{language}.tsv"));
            honest.extend(texts.into_iter().map(|(_, text)| (language.to_owned(), text)));
        }
        let spam = lines("held-out/spam/spam.tsv");
        Set { spam, honest }
    }

    /// How many of each language, and what becomes of them.
    fn figures(&self) -> Value {
        let count = |texts: &[(String, String)]| {
            let mut by_language: BTreeMap<String, [u32; 4]> = BTreeMap::new();
            for (language, text) in texts {
                let six = ["ar", "en", "hi", "id", "ms", "ur"].contains(&language.as_str());
                let language = if six { language.as_str() } else { "other" };
                let [texts, challenged, quarantined, _] =
                    by_language.entry(language.to_owned()).or_default();
                *texts += 1;
                match fate(text) {
                    Fate::Accepted => {}
                    Fate::Challenged => *challenged += 1,
                    Fate::Quarantined => *quarantined += 1,
                }
            }
            let rows = by_language.into_iter().map(|(language, [texts, challenged, quarantined, _])| {
                (language, json!({"texts": texts, "challenged": challenged, "quarantined": quarantined}))
            });
            Value::Object(rows.collect())
        };
        json!({"honest": count(&self.honest), "spam": count(&self.spam)})
    }
}

/// Prints what went wrong, for whoever calibrates: `BALAGH_SHOW=1 cargo test … -- --nocapture`.
fn show(set: &Set) {
    if std::env::var_os("BALAGH_SHOW").is_none() {
        return;
    }
    for (kind, texts) in [("spam", &set.spam), ("honest", &set.honest)] {
        for (language, text) in texts {
            let wrong = (kind == "spam") != (fate(text) == Fate::Quarantined);
            if wrong && (kind == "spam" || fate(text) != Fate::Accepted) {
                let score = score(text, Surroundings::default());
                println!("{kind} {language} {} {text}", score.points);
                for feature in score.features {
                    println!("      {} {} {:?}", feature.code, feature.points, feature.because);
                }
            }
        }
    }
}

#[test]
fn the_development_set_is_told_apart() {
    let set = Set::development();
    show(&set);
    println!("{:#}", set.figures());
}
