//! Why a message did not arrive, and whose fault that is.

use std::fmt;

use balagh_shared::reason::Violation;
use balagh_shared::signature::SignatureError;

use crate::native::ledger::LedgerError;
use crate::outbox::Ended;

/// Why a destination does not have it.
#[derive(Debug)]
#[non_exhaustive]
pub(crate) enum Undelivered {
    /// It could not be reached, did not answer in time, or broke off.
    Away(reqwest::Error),
    /// It answered with another status than success.
    Answered {
        /// HTTP status.
        status: u16,
        /// Whose fault that is, by what the destination speaks.
        fault: Fault,
        /// How long it asked to be left alone, in milliseconds.
        wait_ms: Option<i64>,
    },
    /// Balagh's origin is there and will not, for these reasons.
    Declined(Vec<Violation>),
    /// It answered success, but not in its own words: a portal or a proxy spoke for it.
    Stranger,
    /// It answered with more than is read.
    TooLong,
    /// The message cannot be signed.
    Sign(SignatureError),
    /// The message cannot be written.
    Write(serde_json::Error),
    /// The ledger does not give it.
    Ledger(LedgerError),
    /// The file of a photo does not open.
    Photo(object_store::Error),
    /// A webhook's receiver wants no more messages, ever.
    Gone,
    /// The endpoint's service code for the category is not in the configuration.
    Unmapped,
    /// This edge is asked to stop; nothing was tried.
    Stopping,
    /// Another process on this ledger has it in hand; nothing was tried.
    Elsewhere,
}

/// Whose fault a status is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The destination's: nothing else would get through either.
    Destination,
    /// This message's: the next one may well get through.
    Message,
}

impl Fault {
    /// Whose fault a status is where nothing else is known of the destination: what it does not
    /// like about us is not about the message, and neither is what it asks patience for.
    pub(crate) fn of(status: u16) -> Fault {
        match status {
            401 | 403 | 405 | 407 | 408 | 425 | 429 => Fault::Destination,
            400..500 => Fault::Message,
            _ => Fault::Destination,
        }
    }
}

impl Undelivered {
    /// What the schedule and the breaker are told; nothing where nothing was tried.
    pub(crate) fn ended(&self) -> Option<Ended> {
        Some(match self {
            Undelivered::Stopping | Undelivered::Elsewhere => return None,
            Undelivered::Gone | Undelivered::Unmapped => Ended::Impossible,
            Undelivered::Away(_) | Undelivered::Stranger | Undelivered::TooLong => {
                Ended::Failed { wait_ms: None }
            }
            Undelivered::Answered {
                fault: Fault::Destination,
                wait_ms,
                ..
            } => Ended::Failed { wait_ms: *wait_ms },
            Undelivered::Answered {
                fault: Fault::Message,
                ..
            }
            | Undelivered::Declined(_) => Ended::Refused,
            Undelivered::Sign(_)
            | Undelivered::Write(_)
            | Undelivered::Ledger(_)
            | Undelivered::Photo(_) => Ended::Unread,
        })
    }

    /// Whether the destination may have it, although it did not say so.
    pub(crate) fn may_have_arrived(&self) -> bool {
        match self {
            // Without a connection nothing was sent.
            Undelivered::Away(error) => !error.is_connect(),
            Undelivered::Stranger | Undelivered::TooLong => true,
            // It may have failed behind the door that took it.
            Undelivered::Answered { status, .. } => *status == 408 || *status >= 500,
            _ => false,
        }
    }

    /// Whether the destination gave no answer of its own: it is away, or a proxy or portal spoke
    /// for it.
    pub(crate) fn is_away(&self) -> bool {
        matches!(
            self,
            Undelivered::Away(_)
                | Undelivered::Stranger
                | Undelivered::TooLong
                | Undelivered::Answered {
                    status: 502..=504,
                    ..
                }
        )
    }

    /// The stable code that operators see, and `outbox list` shows.
    pub(crate) fn code(&self) -> String {
        match self {
            Undelivered::Away(error) if error.is_timeout() => "timeout".to_owned(),
            Undelivered::Away(error) if error.is_connect() => "unreachable".to_owned(),
            Undelivered::Away(_) => "broken_off".to_owned(),
            Undelivered::Answered { status, .. } => format!("http.{status}"),
            Undelivered::Declined(violations) => match violations.first() {
                Some(violation) => format!("declined.{}", violation.code.code()),
                None => "declined".to_owned(),
            },
            Undelivered::Stranger => "stranger".to_owned(),
            Undelivered::TooLong => "too_long".to_owned(),
            Undelivered::Sign(_) => "unsigned".to_owned(),
            Undelivered::Write(_) => "unwritten".to_owned(),
            Undelivered::Ledger(_) => "ledger".to_owned(),
            Undelivered::Photo(_) => "photo.unreadable".to_owned(),
            Undelivered::Gone => "gone".to_owned(),
            Undelivered::Unmapped => "service.unmapped".to_owned(),
            Undelivered::Stopping => "stopping".to_owned(),
            Undelivered::Elsewhere => "elsewhere".to_owned(),
        }
    }
}

impl fmt::Display for Undelivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Undelivered::Away(error) => {
                // The client's own words end at the address, which may hold a secret; why is further
                // down.
                f.write_str("it cannot be reached")?;
                let mut cause = std::error::Error::source(error);
                while let Some(error) = cause {
                    write!(f, ": {error}")?;
                    cause = error.source();
                }
                Ok(())
            }
            Undelivered::Answered { status, .. } => write!(f, "it answered {status}"),
            Undelivered::Declined(violations) => {
                let code = violations.first().map_or("", |it| it.code.code());
                write!(f, "it declined: {code}")
            }
            Undelivered::Stranger => f.write_str("something else answered for it"),
            Undelivered::TooLong => f.write_str("it answered with more than is read"),
            Undelivered::Sign(error) => write!(f, "the message cannot be signed: {error}"),
            Undelivered::Write(error) => write!(f, "the message cannot be written: {error}"),
            Undelivered::Ledger(error) => error.fmt(f),
            Undelivered::Photo(error) => write!(f, "a photo cannot be read: {error}"),
            Undelivered::Gone => f.write_str("it wants no more messages"),
            Undelivered::Unmapped => f.write_str("no service code is configured for the category"),
            Undelivered::Elsewhere => f.write_str("another process has it in hand"),
            Undelivered::Stopping => f.write_str("this edge is asked to stop"),
        }
    }
}

impl From<LedgerError> for Undelivered {
    fn from(error: LedgerError) -> Undelivered {
        Undelivered::Ledger(error)
    }
}

impl From<object_store::Error> for Undelivered {
    fn from(error: object_store::Error) -> Undelivered {
        Undelivered::Photo(error)
    }
}

impl From<SignatureError> for Undelivered {
    fn from(error: SignatureError) -> Undelivered {
        Undelivered::Sign(error)
    }
}

impl From<serde_json::Error> for Undelivered {
    fn from(error: serde_json::Error) -> Undelivered {
        Undelivered::Write(error)
    }
}
