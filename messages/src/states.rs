//! How states are called: the widget's own words, so that a message and the page say the same.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use balagh_shared::status::State;
use serde_json::Value;

/// Each language with its words.
static NAMES: LazyLock<BTreeMap<&'static str, BTreeMap<String, String>>> = LazyLock::new(|| {
    let files = [
        ("ar", include_str!("../../widget/locales/later/ar.json")),
        ("en", include_str!("../../widget/locales/later/en.json")),
        ("ur", include_str!("../../widget/locales/later/ur.json")),
        ("hi", include_str!("../../widget/locales/later/hi.json")),
        ("id", include_str!("../../widget/locales/later/id.json")),
        ("ms", include_str!("../../widget/locales/later/ms.json")),
    ];
    let words = files.map(|(language, file)| {
        let words: BTreeMap<String, Value> = serde_json::from_str(file).unwrap_or_default();
        let names = words.into_iter().filter_map(|(key, word)| {
            let state = key.strip_prefix("state.")?.to_owned();
            Some((state, word.as_str()?.to_owned()))
        });
        (language, names.collect())
    });
    words.into()
});

/// What `state` is called in a language, in English where there are no words in it.
#[must_use]
pub fn state_name(language: &str, state: State) -> &'static str {
    let name = |language| NAMES.get(language)?.get(state.code());
    name(language)
        .or_else(|| name("en"))
        .map_or(state.code(), String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_a_name_in_every_language() {
        for language in ["ar", "en", "ur", "hi", "id", "ms"] {
            for state in State::ALL {
                let name = state_name(language, state);
                assert_ne!(name, state.code(), "{language}");
                assert!(
                    language == "en" || name != state_name("en", state),
                    "{language}"
                );
            }
        }
        assert_eq!(
            state_name("fr", State::Closed),
            state_name("en", State::Closed)
        );
    }
}
