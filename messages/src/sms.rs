//! Any gateway that takes an HTTP request.

use std::time::Duration;

use balagh_shared::rules::PhoneNumber;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};

use crate::config::{SetupError, SmsConfig, is_here, with_environment};
use crate::template::{Filling, Surroundings, Template};
use crate::{Cause, SendError};

/// How long a request may take: a citizen waits for the code in front of the form.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the gateway may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(4);

/// A gateway that was set up.
pub struct Gateway {
    client: reqwest::Client,
    method: Method,
    url: Template,
    headers: Vec<(HeaderName, Template)>,
    body: Option<Template>,
}

impl Gateway {
    /// Reads a configuration.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(
        config: &SmsConfig,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Gateway, SetupError> {
        let method = match config.method.as_str() {
            "GET" => Method::GET,
            "POST" => Method::POST,
            "PUT" => Method::PUT,
            _ => return Err(SetupError::key("sms.method", "write GET, POST or PUT")),
        };
        let url = with_environment("sms.url", &config.url, variable)?;
        let url = Template::parse(&url, Surroundings::Form);
        let mut headers = Vec::new();
        for (name, value) in &config.headers {
            let key = format!("sms.headers.{name}");
            let name = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| SetupError::key(&key, "this is no header's name"))?;
            let value = with_environment(&key, value, variable)?;
            let value = Template::parse(&value, Surroundings::Header);
            if value.has_text() {
                return Err(SetupError::key(
                    key,
                    "a header holds no {text}; put it into the body",
                ));
            }
            headers.push((name, value));
        }
        let body = match &config.body {
            Some(_) if method == Method::GET => {
                return Err(SetupError::key("sms.body", "a GET request has no body"));
            }
            Some(body) => {
                let media_type = config
                    .headers
                    .iter()
                    .find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
                let surroundings = media_type
                    .and_then(|(_, media_type)| Surroundings::of(media_type))
                    .ok_or_else(|| {
                        SetupError::key(
                            "sms.headers.content-type",
                            "say how the body is written: application/json, \
                             application/x-www-form-urlencoded or application/xml",
                        )
                    })?;
                let body = with_environment("sms.body", body, variable)?;
                Some(Template::parse(&body, surroundings))
            }
            None => None,
        };
        // The provider is reqwest's to have, and whoever installed one before is welcome.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .timeout(PATIENCE)
            // An address that moved is for the operator to see; a number is not sent after it.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|_| SetupError::Client)?;
        let gateway = Gateway {
            client,
            method,
            url,
            headers,
            body,
        };
        gateway.check()?;
        Ok(gateway)
    }

    /// What only shows once everything is filled in.
    fn check(&self) -> Result<(), SetupError> {
        let sample = Filling {
            to: "+966500000000",
            text: "0",
        };
        let url = Url::parse(&self.url.fill(sample))
            .map_err(|_| SetupError::key("sms.url", "this is no address"))?;
        let is_private = url.scheme() == "https"
            || (url.scheme() == "http" && url.host_str().is_some_and(is_here));
        if !is_private {
            return Err(SetupError::key(
                "sms.url",
                "write an https address: numbers and codes pass through it",
            ));
        }
        for (name, value) in &self.headers {
            HeaderValue::from_str(&value.fill(sample)).map_err(|_| {
                SetupError::key(format!("sms.headers.{name}"), "this is no header's value")
            })?;
        }
        let parts = || std::iter::once(&self.url).chain(&self.body);
        let all = parts().chain(self.headers.iter().map(|(_, value)| value));
        if !parts().any(Template::has_text) {
            return Err(SetupError::key(
                "sms.body",
                "{text} stands nowhere: messages would be empty",
            ));
        }
        if !all.into_iter().any(Template::has_recipient) {
            return Err(SetupError::key(
                "sms.body",
                "{to} stands nowhere: messages would go to nobody",
            ));
        }
        Ok(())
    }

    pub(crate) async fn send(&self, to: &PhoneNumber, text: &str) -> Result<(), SendError> {
        let filling = Filling {
            to: to.as_str(),
            text,
        };
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let value = HeaderValue::from_str(&value.fill(filling))
                .map_err(|_| SendError::Permanent(Cause::Address))?;
            headers.append(name, value);
        }
        let url = self.url.fill(filling);
        let mut request = self
            .client
            .request(self.method.clone(), url)
            .headers(headers);
        if let Some(body) = &self.body {
            request = request.body(body.fill(filling));
        }
        // The client's own words hold the address, and that may hold the number.
        let answer = request.send().await.map_err(|error| {
            SendError::Temporary(if error.is_timeout() {
                Cause::Slow
            } else {
                Cause::Unreachable
            })
        })?;
        let status = answer.status();
        let cause = Cause::Status(status.as_u16());
        match status.as_u16() {
            200..=299 => Ok(()),
            408 | 425 | 429 | 500..=599 => Err(SendError::Temporary(cause)),
            _ => Err(SendError::Permanent(cause)),
        }
    }
}

/// Templates hold the gateway's credentials.
impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Gateway(…)")
    }
}
