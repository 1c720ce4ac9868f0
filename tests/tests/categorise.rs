//! Holds the categoriser's weights and its committed accuracy to the corpus.
//!
//! Learning takes half a minute optimised, and far longer in a development build; so this compares
//! the corpus' fingerprint, which the weights and the snapshot carry, and `cargo xtask weights
//! --check` learns again and compares every byte.

use balagh_shared::categorise::training::{SCRIPTS, learnt_from};
use balagh_tests::corpus;
use serde_json::Value;

#[test]
fn the_weights_and_their_accuracy_are_of_this_corpus() {
    let corpus = corpus::read().unwrap();
    for script in SCRIPTS {
        let bytes = std::fs::read(corpus::weights(script)).unwrap();
        let learnt = learnt_from(&bytes).unwrap();
        assert_eq!(
            learnt,
            corpus.fingerprint(),
            "{script:?}: cargo xtask weights"
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
