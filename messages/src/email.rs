//! Any server that takes SMTP.

use std::time::Duration;

use balagh_shared::canonical::hex;
use balagh_shared::rules::EmailAddress;
use lettre::address::Envelope;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message as Letter};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls as Encryption, TlsParameters};
use lettre::transport::smtp::{Error, PoolConfig};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use crate::config::{SetupError, SmtpConfig, Tls, is_here, read};
use crate::{Cause, SendError};

/// How long one step of the conversation may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Connections at the same time; a mail server of a city takes more, and few letters are urgent.
const CONNECTIONS: u32 = 4;

/// A mail server that was set up.
pub struct Mailer {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    /// Reads a configuration. Nothing is connected yet.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(
        config: &SmtpConfig,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Mailer, SetupError> {
        let from = config.from.parse().map_err(|_| {
            SetupError::key("smtp.from", "write an address, or Name <name@example.gov>")
        })?;
        let _ = rustls::crypto::ring::default_provider().install_default();
        let parameters = || {
            TlsParameters::new(config.host.clone())
                .map_err(|_| SetupError::key("smtp.host", "no certificate could be checked for it"))
        };
        let (encryption, usual_port) = match config.tls {
            Tls::Implicit => (Encryption::Wrapper(parameters()?), 465),
            Tls::Starttls => (Encryption::Required(parameters()?), 587),
            Tls::None if is_here(&config.host) => (Encryption::None, 25),
            Tls::None => {
                return Err(SetupError::key(
                    "smtp.tls",
                    "write implicit or starttls: only a relay on this machine goes without",
                ));
            }
        };
        let mut server = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.host)
            .port(config.port.unwrap_or(usual_port))
            .tls(encryption)
            .timeout(Some(PATIENCE))
            .pool_config(PoolConfig::new().max_size(CONNECTIONS));
        match (&config.username_env, &config.password_env) {
            (Some(_), _) | (_, Some(_)) if config.tls == Tls::None => {
                return Err(SetupError::key(
                    "smtp.tls",
                    "a password goes over an encrypted connection only",
                ));
            }
            (Some(username), Some(password)) => {
                server = server.credentials(Credentials::new(
                    read("smtp.username_env", username, variable)?,
                    read("smtp.password_env", password, variable)?,
                ));
            }
            (None, None) => {}
            _ => {
                return Err(SetupError::key(
                    "smtp.username_env",
                    "name both variables, of the user and of the password, or neither",
                ));
            }
        }
        Ok(Mailer {
            server: server.build(),
            from,
        })
    }

    pub(crate) async fn send(
        &self,
        to: &EmailAddress,
        subject: &str,
        text: &str,
    ) -> Result<(), SendError> {
        let refused = |_| SendError::Permanent(Cause::Address);
        let to: Address = to.as_str().parse().map_err(refused)?;
        let envelope = Envelope::new(Some(self.from.email.clone()), vec![to.clone()])
            .map_err(|_| SendError::Permanent(Cause::Address))?;
        let mut letter = Letter::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .envelope(envelope)
            .subject(subject)
            .message_id(Some(self.message_id()?))
            .header(ContentType::TEXT_PLAIN)
            .body(text.to_owned())
            .map_err(|_| SendError::Permanent(Cause::Address))?;
        // RFC 3834: no holiday notice answers a code.
        letter.headers_mut().insert_raw(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ));
        match self.server.send(letter).await {
            Ok(_) => Ok(()),
            Err(error) => Err(failure(&error)),
        }
    }

    fn message_id(&self) -> Result<String, SendError> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|_| SendError::Temporary(Cause::NotSetUp))?;
        Ok(format!("<{}@{}>", hex(&random), self.from.email.domain()))
    }
}

/// What a failed conversation means; its words quote the recipient and stay here.
fn failure(error: &Error) -> SendError {
    let status = error.status().map(|code| {
        Cause::Status(
            u16::from(code.severity as u8) * 100
                + u16::from(code.category as u8) * 10
                + u16::from(code.detail as u8),
        )
    });
    let cause = status.unwrap_or(if error.is_timeout() {
        Cause::Slow
    } else if error.is_tls() {
        Cause::Insecure
    } else {
        Cause::Unreachable
    });
    if error.is_permanent() {
        SendError::Permanent(cause)
    } else {
        SendError::Temporary(cause)
    }
}

/// The transport holds the credentials.
impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mailer(…)")
    }
}
