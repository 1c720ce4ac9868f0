//! Holds the categoriser's weights and its committed accuracies to the corpus.
//!
//! Learning takes half a minute optimised, and far longer in a development build; so this compares
//! the corpus' fingerprint, which the weights and the snapshot carry, and `cargo xtask weights
//! --check` learns again and compares every byte.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says so by panicking"
)]

use balagh_shared::categorise::training::learnt_from;
use balagh_shared::categorise::{Categorisers, Suggestion, Tongue};
use balagh_tests::corpus;
use serde_json::{Value, json};

#[test]
fn the_weights_and_their_accuracy_are_of_this_corpus() {
    let corpus = corpus::read().unwrap();
    for tongue in Tongue::ALL {
        let bytes = std::fs::read(corpus::weights(tongue)).unwrap();
        let learnt = learnt_from(&bytes).unwrap();
        assert_eq!(
            learnt,
            corpus.fingerprint(),
            "{tongue:?}: cargo xtask weights"
        );
    }
    let text = std::fs::read_to_string(corpus::path(corpus::SNAPSHOT)).unwrap();
    let snapshot: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        snapshot["corpus"],
        corpus::fingerprint(&corpus),
        "cargo xtask weights"
    );
}

#[test]
fn every_category_and_every_language_has_texts_to_learn_from() {
    let corpus = corpus::read().unwrap();
    for code in corpus.keywords.keys() {
        let texts = corpus
            .examples
            .iter()
            .filter(|example| example.codes.contains(code));
        assert!(texts.count() >= 60, "{code}");
    }
    let unknown = corpus.examples.iter().flat_map(|example| &example.codes);
    for code in unknown {
        assert!(
            corpus.keywords.contains_key(code),
            "{code} is no category of the demo"
        );
    }
}

/// Right ones of all texts, in percent: with any of the codes that a clerk could choose, and with the
/// best of them alone.
fn held_out(language: &str, suggest: &dyn Fn(&str) -> Vec<String>) -> Value {
    let file = corpus::path(&format!("shared/held-out/{language}.tsv"));
    let file = std::fs::read_to_string(file).unwrap();
    let lines: Vec<(&str, &str)> = file
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_once('\t').unwrap())
        .collect();
    let percent = |right: &dyn Fn(&[&str], &[&str]) -> bool| {
        let count = lines.iter().filter(|(codes, text)| {
            let codes: Vec<&str> = codes.split(' ').collect();
            let suggested = suggest(text);
            let suggested: Vec<&str> = suggested.iter().map(String::as_str).collect();
            right(&codes, &suggested)
        });
        (count.count() as f64 * 1000.0 / lines.len() as f64).round() / 10.0
    };
    let among = |codes: &[&str], suggested: &[&str], most: usize| {
        suggested.iter().take(most).any(|code| codes.contains(code))
    };
    json!({
        "texts": lines.len(),
        "first": percent(&|codes, suggested| among(codes, suggested, 1)),
        "three": percent(&|codes, suggested| among(codes, suggested, 3)),
        "first, the best code only": percent(&|codes, suggested| among(&codes[..1], suggested, 1)),
        "three, the best code only": percent(&|codes, suggested| among(&codes[..1], suggested, 3)),
    })
}

/// Nobody looked at these texts while the weights were learnt or anything was chosen for them.
#[test]
fn texts_never_seen_are_understood_as_often_as_the_snapshot_says() {
    let document = corpus::path("www/municipalities/eastern-province/municipality.json");
    let document = serde_json::from_str(&std::fs::read_to_string(document).unwrap()).unwrap();
    let categorisers = Categorisers::of(&document).unwrap();
    let codes = |found: Vec<Suggestion<'_>>| -> Vec<String> {
        found.iter().map(|it| it.category.to_owned()).collect()
    };
    let suggested = |text: &str| codes(categorisers.suggest(text));
    let measured: Value = ["ar", "en", "hi", "id", "ms", "ur"]
        .into_iter()
        .map(|language| {
            let measured = held_out(language, &suggested);
            (language.to_owned(), measured)
        })
        .collect::<serde_json::Map<_, _>>()
        .into();
    let path = corpus::path("tests/snapshots/categorise-held-out.json");
    let written = format!("{measured:#}\n");
    if std::env::var_os("BALAGH_BLESS").is_some() {
        std::fs::write(&path, &written).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(&path).unwrap_or_default(),
        written,
        "if that is meant: BALAGH_BLESS=1"
    );
}
