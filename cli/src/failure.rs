//! Why a command did not do what it was told.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use balagh_origin::municipalities::MunicipalityError;
use balagh_shared::district::PackError;
use balagh_shared::district::compile::CompileError;

/// How a command ended other than well.
pub(crate) enum Failure {
    /// In a sentence that says how to mend it.
    Told(String),
    /// Whoever read the output has seen enough, as `head` has: nothing is wrong.
    Unheard,
}

impl Failure {
    pub(crate) fn new(what: impl Display) -> Failure {
        Failure::Told(what.to_string())
    }

    /// Says what is wrong on standard error; gives the process' exit code.
    pub(crate) fn tell(&self) -> ExitCode {
        match self {
            Failure::Told(what) => {
                note(what);
                ExitCode::FAILURE
            }
            Failure::Unheard => ExitCode::SUCCESS,
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        match error.kind() {
            ErrorKind::BrokenPipe => Failure::Unheard,
            _ => Failure::new(error),
        }
    }
}

impl From<MunicipalityError> for Failure {
    fn from(error: MunicipalityError) -> Failure {
        Failure::new(error)
    }
}

impl From<CompileError> for Failure {
    fn from(error: CompileError) -> Failure {
        Failure::new(error)
    }
}

impl From<PackError> for Failure {
    fn from(error: PackError) -> Failure {
        Failure::new(error)
    }
}

/// A line beside the result, on standard error. Whoever closed it does not want it.
pub(crate) fn note(line: impl Display) {
    let _closed = writeln!(io::stderr(), "balagh: {line}");
}

/// A line of the result, on standard output.
pub(crate) fn print(line: impl Display) -> Result<(), Failure> {
    Ok(writeln!(io::stdout(), "{line}")?)
}
