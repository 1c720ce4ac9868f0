//! A label in several languages.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A label by language (BCP 47 primary subtag: `ar`, `en`, `ur`, `hi`, `id`, `ms`).
///
/// Labels are translated, values never: nothing is ever looked up by one of these strings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Translated(pub BTreeMap<String, String>);

impl Translated {
    /// The label in `language`, else in English, else in Arabic, else in whichever there is;
    /// empty only where there is none at all.
    ///
    /// ```
    /// use balagh_shared::translated::Translated;
    /// let name = Translated([("en".into(), "Lighting".into())].into());
    /// assert_eq!(name.in_language("ur"), "Lighting");
    /// ```
    #[must_use]
    pub fn in_language(&self, language: &str) -> &str {
        [language, "en", "ar"]
            .iter()
            .find_map(|language| self.0.get(*language))
            .or_else(|| self.0.values().next())
            .map_or("", String::as_str)
    }

    /// Whether there is no label in any language.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Short lines by language, such as the steps of a procedure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct TranslatedList(pub BTreeMap<String, Vec<String>>);

impl TranslatedList {
    /// The lines in `language`, else as [`Translated::in_language`] falls back; empty only where
    /// there are none at all.
    #[must_use]
    pub fn in_language(&self, language: &str) -> &[String] {
        [language, "en", "ar"]
            .iter()
            .find_map(|language| self.0.get(*language))
            .or_else(|| self.0.values().next())
            .map_or(&[], Vec::as_slice)
    }

    /// Whether there are no lines in any language.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
