//! What the operator decides: the sections `[sms]` and `[smtp]` of a configuration file.
//!
//! ```toml
//! [sms]
//! url = "https://sms.example/api/messages"
//! method = "POST"
//! headers = { authorization = "Bearer {env:SMS_TOKEN}", content-type = "application/json" }
//! body = '{"to": "{to}", "text": "{text}"}'
//!
//! [smtp]
//! host = "mail.example.gov"
//! port = 587
//! from = "Eastern Province <reports@example.gov>"
//! tls = "starttls"
//! username_env = "SMTP_USERNAME"
//! password_env = "SMTP_PASSWORD"
//! ```
//!
//! `{to}` is the number as `+966501234567`, `{to_digits}` the same without `+`, `{text}` the message;
//! `{env:NAME}` is read from the environment once, so that a file holds no secret.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

/// A gateway that sends text messages when it gets a request.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmsConfig {
    /// Address, with places: `https://` (`http://` to this machine alone).
    pub url: String,
    /// `GET`, `POST` or `PUT`.
    #[serde(default = "post")]
    pub method: String,
    /// Header fields, with places for the recipient.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Body, with places, escaped as the `content-type` among the headers asks: JSON, a form or XML.
    #[serde(default)]
    pub body: Option<String>,
}

/// A server that takes e-mail.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpConfig {
    /// Its name.
    pub host: String,
    /// Its port; 587, 465 or 25 by [`Tls`] when absent.
    #[serde(default)]
    pub port: Option<u16>,
    /// Who the letters are from: an address, or `Name <address>`.
    pub from: String,
    /// How the connection is encrypted.
    #[serde(default)]
    pub tls: Tls,
    /// The environment variable with the user's name.
    #[serde(default)]
    pub username_env: Option<String>,
    /// The environment variable with the password.
    #[serde(default)]
    pub password_env: Option<String>,
}

/// How a connection to a mail server is encrypted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tls {
    /// From the first byte (port 465).
    Implicit,
    /// Before anything else is said (port 587); a server that cannot gets no letter.
    #[default]
    Starttls,
    /// Not at all (port 25), for a relay on the same machine: credentials do not go along.
    None,
}

/// Why a configuration cannot send.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetupError {
    /// A key of the file cannot be used.
    Key {
        /// Section and key, such as `sms.body`.
        key: String,
        /// What is wrong, and what to write instead.
        why: &'static str,
    },
    /// A variable that the file names is not set.
    Variable {
        /// Section and key that name it.
        key: String,
        /// The variable.
        variable: String,
    },
    /// The system gives no certificates to trust, or no client.
    Client,
}

fn post() -> String {
    "POST".to_owned()
}

impl SetupError {
    pub(crate) fn key(key: impl Into<String>, why: &'static str) -> SetupError {
        SetupError::Key {
            key: key.into(),
            why,
        }
    }
}

/// `text` with every `{env:NAME}` read from the environment.
pub(crate) fn with_environment(
    key: &str,
    text: &str,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<String, SetupError> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{env:") {
        let (name, behind) = after
            .split_once('}')
            .ok_or_else(|| SetupError::key(key, "{env: has no closing brace"))?;
        filled.push_str(before);
        filled.push_str(&read(key, name, variable)?);
        rest = behind;
    }
    filled.push_str(rest);
    Ok(filled)
}

/// The environment variable `name`, which the key `key` asks for.
pub(crate) fn read(
    key: &str,
    name: &str,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<String, SetupError> {
    variable(name)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| SetupError::Variable {
            key: key.to_owned(),
            variable: name.to_owned(),
        })
}

/// Whether a host is this machine, where nothing passes a wire.
pub(crate) fn is_here(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse()
            .is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SetupError::Key { key, why } => write!(f, "{key}: {why}"),
            SetupError::Variable { key, variable } => {
                write!(
                    f,
                    "{key} asks for the environment variable {variable}, which is not set"
                )
            }
            SetupError::Client => f.write_str("no client for messages can be made"),
        }
    }
}

impl std::error::Error for SetupError {}
