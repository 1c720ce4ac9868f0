//! How well the score tells advertisements from reports: over the development set it was calibrated
//! on, and over a set it has never been tuned on, whose figures are a committed snapshot.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use balagh_shared::municipality::Spam;
use balagh_shared::spam::{Surroundings, score};
use balagh_shared::text::fold;
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
    split
        .map(|(label, text)| (label.to_owned(), text.to_owned()))
        .collect()
}

/// Texts by language: spam, and honest ones.
struct Set {
    spam: Vec<(String, String)>,
    honest: Vec<(String, String)>,
}

impl Set {
    fn development() -> Set {
        let mut honest = lines("spam/development/honest.tsv");
        for language in ["ar", "en", "hi", "id", "ms", "ur"] {
            let texts = lines(&format!("development/{language}.tsv"));
            honest.extend(
                texts
                    .into_iter()
                    .map(|(_, text)| (language.to_owned(), text)),
            );
        }
        let spam = lines("spam/development/spam.tsv");
        Set { spam, honest }
    }

    fn held_out() -> Set {
        let mut honest = lines("spam/held-out/honest.tsv");
        honest.extend(lines("held-out/other.tsv"));
        for language in ["ar", "en", "hi", "id", "ms", "ur"] {
            let texts = lines(&format!("held-out/{language}.tsv"));
            honest.extend(
                texts
                    .into_iter()
                    .map(|(_, text)| (language.to_owned(), text)),
            );
        }
        let spam = lines("spam/held-out/spam.tsv");
        Set { spam, honest }
    }

    /// By hands that had seen neither the rules nor the other sets.
    fn blind() -> Set {
        Set {
            spam: lines("spam/blind/spam.tsv"),
            honest: lines("spam/blind/honest.tsv"),
        }
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
                let features = score.features.iter();
                let because: Vec<String> = features
                    .map(|it| format!("{} {} {:?}", it.code, it.points, it.because))
                    .collect();
                let because = because.join(", ");
                let mut out = std::io::stdout().lock();
                writeln!(out, "{kind} {language} {} {text}: {because}", score.points).unwrap();
            }
        }
    }
}

/// The words of trade that the vocabularies name, folded.
fn trade_words() -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for file in fs::read_dir(shared("src/spam/vocabulary")).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        let lines = text.lines().filter_map(|line| line.strip_prefix("trade:"));
        for phrase in lines.flat_map(|line| line.split(',')) {
            let folded = fold(phrase);
            if !folded.contains(' ') && !folded.is_empty() {
                words.insert(folded);
            }
        }
    }
    words
}

/// What words of the development set say: points by word, of words in several advertisements and
/// hardly any report, and of words in many reports and no advertisement.
fn learn() -> String {
    let Set { spam, honest } = Set::development();
    let mut counts: BTreeMap<String, [u32; 2]> = BTreeMap::new();
    for (kind, texts) in [&spam, &honest].into_iter().enumerate() {
        for (_, text) in texts {
            let folded = fold(text);
            let words: BTreeSet<&str> = folded.split(' ').collect();
            for word in words {
                let is_word = word.chars().count() > 1 && !word.bytes().any(|b| b.is_ascii_digit());
                if is_word {
                    let [in_spam, in_honest] = counts.entry(word.to_owned()).or_default();
                    *(if kind == 0 { in_spam } else { in_honest }) += 1;
                }
            }
        }
    }
    let named = trade_words();
    for word in &named {
        counts.entry(word.clone()).or_default();
    }
    let (all_spam, all_honest) = (spam.len() as f64, honest.len() as f64);
    let mut lines =
        vec!["# Written by shared/tests/spam.rs: points, a tab, a folded word.".to_owned()];
    for (word, [in_spam, in_honest]) in counts {
        // Somebody who knows the language named it: as good as two texts that hold it.
        let in_spam = in_spam + if named.contains(&word) { 2 } else { 0 };
        let spam = (f64::from(in_spam) + 0.05) / all_spam;
        let honest = (f64::from(in_honest) + 0.5) / all_honest;
        let odds = libm::log(spam / honest);
        let points = if in_spam >= 2 && odds > 2.0 {
            (odds * 36.0).min(180.0) as i32
        } else if in_spam == 1 && in_honest <= 1 && word.chars().count() > 3 {
            55
        } else if in_spam == 0 && in_honest >= 12 {
            -65
        } else {
            continue;
        };
        lines.push(format!("{points}\t{word}"));
    }
    lines.join("\n") + "\n"
}

#[test]
fn the_words_are_those_that_the_development_set_teaches() {
    let path = shared("src/spam/learned.tsv");
    if std::env::var_os("BALAGH_BLESS").is_some() {
        fs::write(&path, learn()).unwrap();
    }
    assert!(
        fs::read_to_string(&path).unwrap() == learn(),
        "BALAGH_BLESS=1 and commit"
    );
}

/// Quarantined honest texts and accepted spam, in thousandths of their number; the honest share by
/// language, of those with enough texts for one.
fn shares(figures: &Value) -> (BTreeMap<String, u64>, u64) {
    let count = |row: &Value, name: &str| row.get(name).and_then(Value::as_u64).unwrap();
    let rows = |kind: &str| figures.get(kind).unwrap().as_object().unwrap().clone();
    let honest = rows("honest").into_iter().map(|(language, row)| {
        (
            language,
            count(&row, "quarantined") * 1000 / count(&row, "texts"),
        )
    });
    let (mut all, mut stopped) = (0, 0);
    for row in rows("spam").values() {
        all += count(row, "texts");
        stopped += count(row, "challenged") + count(row, "quarantined");
    }
    (honest.collect(), (all - stopped) * 1000 / all)
}

#[test]
fn the_development_set_is_told_apart() {
    let set = Set::development();
    show(&set);
    let (honest, accepted) = shares(&set.figures());
    assert!(honest.values().all(|share| *share <= 10), "{honest:?}");
    assert!(accepted <= 30, "{accepted}");
}

/// The set's figures, which are those of the committed snapshot of this name.
#[track_caller]
fn committed(set: &Set, snapshot: &str) -> Value {
    let figures = set.figures();
    let path = shared("../tests/snapshots").join(snapshot);
    if std::env::var_os("BALAGH_BLESS").is_some() {
        fs::write(&path, format!("{figures:#}\n")).unwrap();
    }
    let committed: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(
        figures, committed,
        "BALAGH_BLESS=1, and look at what changed"
    );
    figures
}

#[test]
fn the_held_out_figures_are_the_committed_ones_and_within_the_bar() {
    let set = Set::held_out();
    show(&set);
    let figures = committed(&set, "spam-held-out.json");
    let (honest, accepted) = shares(&figures);
    assert!(honest.values().all(|share| *share <= 20), "{honest:?}");
    assert!(accepted <= 100, "{accepted}");
}

/// The bar is missed here, and `www/docs/screening.md` says by how much: nothing is shown of these
/// texts, so that nobody tunes the score on them by accident.
#[test]
fn the_blind_figures_are_the_committed_ones() {
    committed(&Set::blind(), "spam-blind.json");
}
