//! Text messages and e-mail to citizens: the one place that sends.
//!
//! | module | idea |
//! | --- | --- |
//! | [`config`] | what the operator decides: a gateway's address and body, a mail server |
//! | [`template`] | a request to a gateway with places in it, each filled in as its surroundings ask |
//! | [`wording`] | the municipality's sentence with its figures in it |
//! | [`states`] | how states are called |
//! | [`gateway`] | what any gateway that takes an HTTP request is sent |
//! | `sms` | sends it |
//! | `email` | sends to any server that takes SMTP |
//!
//! *Architecture invariant: nothing a citizen typed can become anything but text.* A recipient is a
//! number or an address that has been read as one, a message has no control characters but line
//! ends, and every place of a template is escaped for where it stands; so no header, field or second
//! message can be written by what is filled in.
//!
//! *Architecture invariant: no error, log or `{:?}` of this crate holds a recipient or a text.*

pub mod config;
#[cfg(feature = "send")]
pub mod email;
pub mod gateway;
#[cfg(feature = "send")]
mod send;
#[cfg(feature = "send")]
mod sms;
pub mod states;
pub mod template;
pub mod wording;

use std::fmt;

use balagh_shared::rules::{EmailAddress, PhoneNumber};

pub use config::{SetupError, SmsConfig, SmtpConfig, Tls};
#[cfg(feature = "send")]
pub use send::Messages;

/// To whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    /// A text message.
    Phone(PhoneNumber),
    /// An e-mail.
    Email(EmailAddress),
}

/// A message that is ready to go.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// To whom.
    pub to: Recipient,
    subject: String,
    text: String,
}

/// Why a message is not on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SendError {
    /// The gateway or server is away, busy or too slow: later it may work.
    Temporary(Cause),
    /// It refuses this message, and will again.
    Permanent(Cause),
}

/// What stood in the way. Never the gateway's own words: they quote the recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The operator set up nothing that sends to this kind of recipient.
    NotSetUp,
    /// It could not be reached, or the connection broke.
    Unreachable,
    /// It did not answer in time.
    Slow,
    /// Its certificate is not one to trust, or it offers no encryption.
    Insecure,
    /// It answered with this status: HTTP's three digits, or SMTP's.
    Status(u16),
    /// The address cannot be written on an envelope.
    Address,
}

impl Message {
    /// A message; `subject` is what an e-mail has besides its text. Control characters go, but for
    /// the text's line ends.
    #[must_use]
    pub fn new(to: Recipient, subject: &str, text: &str) -> Message {
        let subject = subject.replace(|c: char| c.is_control(), " ");
        let text = text
            .replace("\r\n", "\n")
            .replace(|c: char| c.is_control() && c != '\n', " ");
        Message { to, subject, text }
    }
}

/// Neither recipient nor text reaches a log through `{:?}`.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Message(…)")
    }
}

impl SendError {
    /// What stood in the way.
    #[must_use]
    pub fn cause(self) -> Cause {
        match self {
            SendError::Temporary(cause) | SendError::Permanent(cause) => cause,
        }
    }

    /// Whether it may work later.
    #[must_use]
    pub fn is_temporary(self) -> bool {
        matches!(self, SendError::Temporary(_))
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lasting = if self.is_temporary() {
            "for now"
        } else {
            "for good"
        };
        write!(f, "a message was not sent ({lasting}): {}", self.cause())
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::NotSetUp => f.write_str("nothing is set up that sends to such a recipient"),
            Cause::Unreachable => f.write_str("the connection failed"),
            Cause::Slow => f.write_str("no answer in time"),
            Cause::Insecure => f.write_str("the connection cannot be encrypted to be trusted"),
            Cause::Status(status) => write!(f, "the answer was {status}"),
            Cause::Address => f.write_str("the address cannot be written on an envelope"),
        }
    }
}

impl std::error::Error for SendError {}
