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

/// Puts `params` where `sentence` names them in braces; an unknown name stays as it stands.
///
/// ```
/// use balagh_shared::reason::fill;
/// let params = [("max".to_owned(), "4000".to_owned())].into();
/// assert_eq!(fill("At most {max} characters", &params), "At most 4000 characters");
/// ```
#[must_use]
pub fn fill(sentence: &str, params: &BTreeMap<String, String>) -> String {
    let mut filled = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        match after.split_once('}') {
            Some((name, tail)) => {
                match params.get(name) {
                    Some(value) => filled.push_str(value),
                    None => {
                        filled.push('{');
                        filled.push_str(name);
                        filled.push('}');
                    }
                }
                rest = tail;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}
