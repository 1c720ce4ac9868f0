//! The corpus that the categoriser's general weights are learnt from, as it lies in the checkout.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};

use balagh_shared::categorise::Tongue;
use balagh_shared::categorise::training::{Accuracy, Concepts, Corpus, parse};
use serde_json::{Value, json};

/// The committed accuracy, beside the fingerprint of what it was measured on.
pub const SNAPSHOT: &str = "tests/snapshots/categorise.json";

/// Parts of the cross-validation.
pub const PARTS: usize = 5;

const LANGUAGES: [&str; 6] = ["ar", "en", "hi", "id", "ms", "ur"];

/// The documents whose keywords are learnt.
const DOCUMENTS: [&str; 2] = ["eastern-province", "holy-capital"];

/// A file of the checkout.
#[must_use]
pub fn path(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(relative)
}

/// Where the pairs of letters lie by which tongues are told apart.
pub const PAIRS: &str = "shared/weights/pairs.txt";

/// Where the general weights of a tongue lie.
#[must_use]
pub fn weights(tongue: Tongue) -> PathBuf {
    path(&format!("shared/weights/{}.bin", tongue.code()))
}

/// Reads the labelled texts, the concepts, and the keywords of the demo documents.
///
/// # Errors
/// When a file is missing or has another form; the message names it.
pub fn read() -> Result<Corpus, Box<dyn Error>> {
    let text = |relative: &str| {
        std::fs::read_to_string(path(relative)).map_err(|error| format!("{relative}: {error}"))
    };
    let mut corpus = Corpus {
        concepts: Concepts::parse(&text("shared/development/concepts.txt")?)?,
        ..Corpus::default()
    };
    for language in LANGUAGES {
        let file = text(&format!("shared/development/{language}.tsv"))?;
        corpus.examples.extend(parse(language, &file)?);
    }
    for document in DOCUMENTS {
        let file = text(&format!("www/municipalities/{document}/municipality.json"))?;
        corpus.add_keywords(&serde_json::from_str(&file)?);
    }
    Ok(corpus)
}

/// The snapshot of an accuracy: per language and over all, in percent of the texts, by
/// cross-validation.
#[must_use]
pub fn snapshot(corpus: &Corpus, accuracy: &BTreeMap<String, Accuracy>) -> String {
    let mut all = Accuracy::default();
    let mut languages = serde_json::Map::new();
    for (language, one) in accuracy {
        all.texts += one.texts;
        all.first += one.first;
        all.three += one.three;
        languages.insert(language.clone(), described(*one));
    }
    let whole = json!({
        "corpus": fingerprint(corpus),
        "parts": PARTS,
        "all": described(all),
        "languages": languages,
    });
    format!("{whole:#}")
}

/// As the snapshot writes it.
#[must_use]
pub fn fingerprint(corpus: &Corpus) -> String {
    let bytes = corpus.fingerprint();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn described(accuracy: Accuracy) -> Value {
    let percent = |right: u32| {
        let tenths = f64::from(right) * 1000.0 / f64::from(accuracy.texts.max(1));
        tenths.round() / 10.0
    };
    json!({
        "texts": accuracy.texts,
        "first": percent(accuracy.first),
        "three": percent(accuracy.three),
    })
}
