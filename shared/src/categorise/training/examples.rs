//! The labelled texts: what people wrote, and which categories are right for it.

use std::fmt;

/// A text and the categories that are right for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Of the file it stands in: a code such as `ar`.
    pub language: String,
    /// Accepted codes, the best first; never empty.
    pub codes: Vec<String>,
    /// As it was typed.
    pub text: String,
}

/// Why a line is not an example.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExampleError {
    /// The file's language.
    pub language: String,
    /// Its line, from 1.
    pub line: usize,
}

impl fmt::Display for ExampleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ExampleError { language, line } = self;
        write!(
            f,
            "{language}.tsv, line {line}: one or more codes separated by spaces, a tab and a text are needed"
        )
    }
}

impl std::error::Error for ExampleError {}

/// Reads lines `code[ code…]<TAB>text`; lines that begin with `#` and empty ones are skipped.
///
/// # Errors
/// [`ExampleError`] names the first line that has another form.
pub fn parse(language: &str, file: &str) -> Result<Vec<Example>, ExampleError> {
    let lines = file.lines().enumerate();
    lines
        .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
        .map(|(index, line)| {
            let wrong = || ExampleError {
                language: language.to_owned(),
                line: index + 1,
            };
            let (codes, text) = line.split_once('\t').ok_or_else(wrong)?;
            let codes: Vec<String> = codes.split_whitespace().map(str::to_owned).collect();
            if codes.is_empty() || text.trim().is_empty() || text.contains('\t') {
                return Err(wrong());
            }
            Ok(Example {
                language: language.to_owned(),
                codes,
                text: text.trim().to_owned(),
            })
        })
        .collect()
}
