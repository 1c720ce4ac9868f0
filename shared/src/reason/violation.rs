//! A reason with its place and its figures.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Reason;

/// One thing to mend: why, where, and the figures its sentence names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// Why.
    pub code: Reason,
    /// Where: a JSON Pointer (RFC 6901) into the report; empty for the whole of it.
    pub field: String,
    /// What the sentence's `{placeholders}` stand for. Never what the citizen typed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
}

impl Violation {
    /// A violation without figures.
    #[must_use]
    pub fn new(code: Reason, field: impl Into<String>) -> Violation {
        Violation {
            code,
            field: field.into(),
            params: BTreeMap::new(),
        }
    }

    /// The same with a figure.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Violation {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }
}

/// Puts what `value` gives for a name where `sentence` has the name in braces, once through: what is
/// filled in is never read as a place holder again. A name without a value stays as it stands.
///
/// ```
/// use balagh_shared::reason::fill;
/// let value = |name: &str| (name == "max").then_some("4000");
/// assert_eq!(fill("At most {max} characters", &value), "At most 4000 characters");
/// assert_eq!(fill("{min} {{max}", &value), "{min} {4000");
/// ```
#[must_use]
pub fn fill<'v>(sentence: &str, value: &dyn Fn(&str) -> Option<&'v str>) -> String {
    let mut filled = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let known = after
            .split_once('}')
            .and_then(|(name, behind)| Some((value(name)?, behind)));
        if let Some((value, behind)) = known {
            filled.push_str(value);
            rest = behind;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}
