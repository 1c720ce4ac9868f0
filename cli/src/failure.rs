//! Why a command did not do what it was told.

use std::fmt::Display;
use std::io::{self, Write};

/// What went wrong, in a sentence that says how to mend it. Told on standard error.
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(what: impl Display) -> Failure {
        Failure(what.to_string())
    }

    /// The message, if standard error still takes one.
    pub(crate) fn tell(&self) {
        note(&self.0);
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure::new(error)
    }
}

/// A line beside the result, on standard error. Whoever closed it does not want it.
pub(crate) fn note(line: impl Display) {
    let _closed = writeln!(io::stderr(), "balagh: {line}");
}
