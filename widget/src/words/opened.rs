//! A words file as JavaScript holds it: what the second part lends to both.

use balagh_shared::categorise::{Categoriser, Tongue, UNSURE};
use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::search;
use crate::document::strings;

/// A words file, opened.
#[wasm_bindgen]
pub struct Words(Categoriser);

#[wasm_bindgen]
impl Words {
    /// What `typed` is read with: what its file is asked for by. Of a text that is only begun, with the
    /// widget's language, what it will likely be; `beside`, what it may be mistaken for, where there is one.
    #[must_use]
    pub fn tongue(typed: &str, language: Option<String>, beside: bool) -> Option<String> {
        let tongue = match language {
            Some(language) => Tongue::likely(&language, typed),
            None => Tongue::of(typed),
        };
        let tongue = if beside {
            tongue.beside()
        } else {
            Some(tongue)
        };
        tongue.map(|it| it.code().to_owned())
    }

    /// Opens the bytes of `GET /v1/{municipality}/words`.
    ///
    /// # Errors
    /// In words, when they are not a whole words file.
    #[wasm_bindgen(constructor)]
    pub fn open(bytes: &[u8]) -> Result<Words, JsValue> {
        let opened = Categoriser::open(bytes).map_err(|_| "the words file cannot be read")?;
        Ok(Words(opened))
    }

    /// Of the codes `among`, those that `typed` is likely about, the likeliest first.
    pub fn suggest(&self, typed: &str, among: &JsValue) -> Array {
        /// Less likely than this is no suggestion but noise.
        const LEAST: f64 = 0.01;
        let among = strings(among);
        let allowed = |code: &str| among.iter().any(|it| it == code);
        let suggestions = self.0.suggest_among(typed, &allowed).into_iter();
        suggestions
            .filter(|it| it.score >= LEAST && it.category != UNSURE)
            .map(|it| JsValue::from_str(it.category))
            .collect()
    }

    /// Of `labels`, each a list of a code and its names, the codes that `query` finds.
    pub fn search(&self, query: &str, labels: &Array) -> Array {
        let listed: Vec<(String, Vec<String>)> = labels
            .iter()
            .filter_map(|label| {
                let mut label = strings(&label).into_iter();
                Some((label.next()?, label.collect()))
            })
            .collect();
        let found = search(&self.0, query, &listed).into_iter();
        found.map(JsValue::from).collect()
    }
}
