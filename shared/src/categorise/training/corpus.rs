//! Everything the general weights are learnt from.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::super::compile::of_keyword;
use super::super::encode::encode;
use super::super::words::{FINGERPRINT, decode};
use super::super::{Categoriser, Tongue, WordsError};
use super::{Concepts, Example, learn};
use crate::municipality::Municipality;

/// Labelled texts, keywords and concepts.
#[derive(Clone, Debug, Default)]
pub struct Corpus {
    /// What people wrote.
    pub examples: Vec<Example>,
    /// By category, words a citizen would use for it, each with where it belongs.
    pub keywords: BTreeMap<String, Vec<(String, Tongue)>>,
    /// What words mean.
    pub concepts: Concepts,
}

impl Corpus {
    /// Adds the keywords of a document, in all its languages.
    pub fn add_keywords(&mut self, municipality: &Municipality) {
        for category in municipality
            .groups
            .iter()
            .flat_map(|group| &group.categories)
        {
            let all = self.keywords.entry(category.code.clone()).or_default();
            for (language, listed) in &category.keywords {
                let own = |keyword: &String| (keyword.clone(), of_keyword(language, keyword));
                all.extend(listed.iter().map(own));
            }
            all.sort_unstable();
            all.dedup();
        }
    }

    /// Tells this corpus from any other: what a weights file is held to.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; FINGERPRINT] {
        let mut digest = Sha256::new();
        let mut add = |text: &str| {
            digest.update((text.len() as u64).to_le_bytes());
            digest.update(text);
        };
        for example in &self.examples {
            add(&example.language);
            example.codes.iter().for_each(|code| add(code));
            add(&example.text);
        }
        for (code, keywords) in &self.keywords {
            add(code);
            for (keyword, tongue) in keywords {
                add(tongue.code());
                add(keyword);
            }
        }
        self.concepts.words().for_each(&mut add);
        let digest: [u8; 32] = digest.finalize().into();
        digest.first_chunk().copied().unwrap_or_default()
    }

    /// Learns the general weights of one tongue: the bytes of `shared/weights/<code>.bin`.
    #[must_use]
    pub fn weights(&self, tongue: Tongue) -> Vec<u8> {
        let mut words = learn(self, tongue);
        words.fingerprint = self.fingerprint();
        // A municipality's file has its own.
        words.keywords.fill(Box::from(""));
        encode(&words)
    }

    /// A categoriser of what was learnt and of the keywords, for all categories.
    pub(super) fn categoriser(&self, tongue: Tongue) -> Categoriser {
        Categoriser::of(learn(self, tongue))
    }
}

/// The fingerprint of the corpus that a words file was learnt from.
///
/// # Errors
/// [`WordsError`], when the bytes are not a words file.
pub fn learnt_from(words: &[u8]) -> Result<[u8; FINGERPRINT], WordsError> {
    decode(words).map(|words| words.fingerprint)
}
