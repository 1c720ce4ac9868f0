//! What a text is about, by the municipality's words files.
//!
//! They are fetched once the citizen types, one file for the tongue that is typed, and chosen and opened
//! by the second part: what reads words would be 7 KB of the first. Both ask for them in the same way,
//! through the loader. Where they do not come there are no suggestions, and the list is searched by its
//! names.

use balagh_shared::categorise::{Categoriser, Label, UNSURE};
use wasm_bindgen::prelude::*;

use crate::app::App;
use crate::document::strings;
use crate::js;

mod opened;

pub use opened::Words;

/// Fetches what a text that begins with `begun` will likely be read with.
pub(crate) async fn prepare(app: App, begun: &str) {
    opened(app, begun, Some(app.lang()), false).await;
}

/// The codes of the draft's kind that `typed` is closest to, the likeliest first.
pub(crate) async fn closest(app: App, typed: &str) -> Vec<String> {
    let codes = of_kind(app).into_iter().map(|(code, _)| code.into());
    let codes = js::array(codes);
    match opened(app, typed, None, false).await {
        Some(words) => strings(&js::call(&words, "suggest", &[typed.into(), codes])),
        None => Vec::new(),
    }
}

/// The codes of the draft's kind whose names hold `query`.
pub(crate) fn named(app: App, query: &str) -> Vec<String> {
    search(&Categoriser::default(), query, &of_kind(app))
}

/// The codes of the draft's kind whose names or keywords, in any language, hold `query`; nothing
/// where the words do not come.
pub(crate) async fn found(app: App, query: &str) -> Option<Vec<String>> {
    let labels = of_kind(app).into_iter().map(|(code, names)| {
        let names = names.into_iter().map(JsValue::from);
        js::array([code.into()].into_iter().chain(names))
    });
    let labels = js::array(labels);
    let mut found = None;
    // One word is little to tell a language by.
    for beside in [false, true] {
        if let Some(words) = opened(app, query, None, beside).await {
            let codes = js::call(&words, "search", &[query.into(), labels.clone()]);
            found = Some(strings(&codes));
        }
        if found.as_ref().is_some_and(|codes| !codes.is_empty()) {
            break;
        }
    }
    found
}

/// The words that read `typed`; with a language, those that will likely do; `beside`, those of the
/// language that it may be taken for.
async fn opened(app: App, typed: &str, language: Option<String>, beside: bool) -> Option<JsValue> {
    let functions = app.options(|options| options.functions());
    let asked = [typed.into(), language.into(), beside.into()];
    let words = js::call(&functions, "loadWords", &asked);
    js::settled(words).await.ok().filter(JsValue::is_object)
}

/// The categories of the draft's kind: code, and names with those of the group.
fn of_kind(app: App) -> Vec<(String, Vec<String>)> {
    let kind = app.draft.peek(|draft| draft.kind);
    app.document(|document| {
        let mut all = Vec::new();
        for group in &document.groups {
            for category in &group.categories {
                if category.kind == kind && category.code != UNSURE {
                    let names = category.names.0.values().chain(group.names.0.values());
                    all.push((category.code.clone(), names.cloned().collect()));
                }
            }
        }
        all
    })
}

fn search(words: &Categoriser, query: &str, listed: &[(String, Vec<String>)]) -> Vec<String> {
    let names: Vec<Vec<&str>> = listed
        .iter()
        .map(|(_, names)| names.iter().map(String::as_str).collect())
        .collect();
    let labels: Vec<Label<'_>> = listed
        .iter()
        .zip(&names)
        .map(|((code, _), names)| Label { code, names })
        .collect();
    let found = words.search(query, &labels);
    found.into_iter().map(str::to_owned).collect()
}
