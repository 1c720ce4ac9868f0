//! What goes wrong here is read by a person: what is missing, and what mends it.

use std::fmt;

/// A failure of a command: what happened, what the failed tool said, what mends it.
#[derive(Debug)]
pub(crate) struct Failure {
    what: String,
    said: String,
    mend: Option<String>,
}

impl Failure {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            said: String::new(),
            mend: None,
        }
    }

    /// Adds what the failed tool itself printed.
    pub(crate) fn said(mut self, output: impl Into<String>) -> Self {
        self.said = output.into();
        self
    }

    /// Adds the command (or the edit) that mends it, unless one nearer to the cause is there.
    pub(crate) fn mend(mut self, mend: impl Into<String>) -> Self {
        self.mend.get_or_insert_with(|| mend.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = self.said.trim_end();
        if !said.is_empty() {
            writeln!(out, "{said}")?;
        }
        write!(out, "error: {}", self.what)?;
        if let Some(mend) = &self.mend {
            write!(out, "\n mend: {mend}")?;
        }
        Ok(())
    }
}
