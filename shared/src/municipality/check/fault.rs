//! One thing to mend.

use std::fmt::{self, Write as _};

use serde::Serialize;

use super::nearest;
use crate::number::is_invisible;

/// Something to mend in a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Fault {
    /// Where: a JSON Pointer (RFC 6901) into the document; empty for the whole of it.
    pub path: String,
    /// Which kind of fault, stable over releases.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub instead: String,
    /// The name that was probably meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
}

impl Fault {
    /// A fault without a suggestion.
    #[must_use]
    pub fn new(
        path: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
        instead: impl Into<String>,
    ) -> Fault {
        Fault {
            path: path.into(),
            code,
            message: message.into(),
            instead: instead.into(),
            suggestion: None,
        }
    }

    /// The same with the name among `known` that is nearest to `written`, if any is near.
    #[must_use]
    pub fn near<'k>(self, written: &str, known: impl Iterator<Item = &'k str>) -> Fault {
        let suggestion = nearest(written, known).map(str::to_owned);
        Fault { suggestion, ..self }
    }
}

/// One line, whatever the document holds: what a terminal would obey is written out.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() {
            "/"
        } else {
            &self.path
        };
        let mut line = format!("{path}: {}; ", self.message);
        if let Some(suggestion) = &self.suggestion {
            line += &format!("did you mean {suggestion:?}? ");
        }
        line += &format!("{} [{}]", self.instead, self.code);
        for character in line.chars() {
            if character.is_control() || is_invisible(character) {
                write!(f, "{}", character.escape_unicode())?;
            } else {
                f.write_char(character)?;
            }
        }
        Ok(())
    }
}

/// `path` one step further down (RFC 6901).
pub(super) fn pointer(path: &str, field: &str) -> String {
    let mut path = path.to_owned();
    step(&mut path, field);
    path
}

/// Takes `path` one step further down.
pub(super) fn step(path: &mut String, field: &str) {
    path.push('/');
    path.push_str(&field.replace('~', "~0").replace('/', "~1"));
}
