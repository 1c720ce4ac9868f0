//! Any gateway that takes an HTTP request: what it is sent, and what its answer means.

use crate::config::{SetupError, SmsConfig, is_here, with_environment};
use crate::template::{Filling, Surroundings, Template};
use crate::{Cause, Message, Recipient, SendError};

/// A gateway as the operator described it.
pub struct Gateway {
    method: Method,
    url: Template,
    headers: Vec<(String, Template)>,
    body: Option<Template>,
}

/// How a gateway is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// With everything in the address.
    Get,
    /// With a body.
    Post,
    /// With a body.
    Put,
}

/// A message as the gateway takes it. It holds a recipient, a text and the gateway's credentials, and
/// so is for no log.
pub struct Asked {
    /// Method.
    pub method: Method,
    /// Address.
    pub url: String,
    /// Header fields, in their order.
    pub headers: Vec<(String, String)>,
    /// Body, where the gateway takes one.
    pub body: Option<String>,
}

impl Gateway {
    /// Reads a configuration, whose keys are named after `section`; `variable` reads the environment.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(
        section: &str,
        config: &SmsConfig,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Gateway, SetupError> {
        let key = |name: &str| format!("{section}.{name}");
        let fault = |name: &str, why| SetupError::key(key(name), why);
        let method = match config.method.as_str() {
            "GET" => Method::Get,
            "POST" => Method::Post,
            "PUT" => Method::Put,
            _ => return Err(fault("method", "write GET, POST or PUT")),
        };
        let url = with_environment(&key("url"), &config.url, variable)?;
        let url = Template::parse(&url, Surroundings::Form);
        let mut headers = Vec::new();
        for (name, value) in &config.headers {
            let key = key(&format!("headers.{name}"));
            if !is_header_name(name) {
                return Err(SetupError::key(key, "this is no header's name"));
            }
            let value = with_environment(&key, value, variable)?;
            let value = Template::parse(&value, Surroundings::Header);
            if value.has_text() {
                return Err(SetupError::key(
                    key,
                    "a header holds no {text}; put it into the body",
                ));
            }
            headers.push((name.clone(), value));
        }
        let body = match &config.body {
            Some(_) if method == Method::Get => {
                return Err(fault("body", "a GET request has no body"));
            }
            Some(body) => {
                let media_type = config
                    .headers
                    .iter()
                    .find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
                let surroundings = media_type
                    .and_then(|(_, media_type)| Surroundings::of(media_type))
                    .ok_or_else(|| {
                        fault(
                            "headers.content-type",
                            "say how the body is written: application/json, \
                             application/x-www-form-urlencoded or application/xml",
                        )
                    })?;
                let body = with_environment(&key("body"), body, variable)?;
                Some(Template::parse(&body, surroundings))
            }
            None => None,
        };
        let gateway = Gateway {
            method,
            url,
            headers,
            body,
        };
        gateway.check(&fault)?;
        Ok(gateway)
    }

    /// What only shows once everything is filled in.
    fn check(&self, fault: &dyn Fn(&str, &'static str) -> SetupError) -> Result<(), SetupError> {
        let sample = self.filled(Filling {
            to: "+966500000000",
            text: "0",
        });
        let (is_secret, host) =
            scheme_and_host(&sample.url).ok_or_else(|| fault("url", "this is no address"))?;
        if !(is_secret || is_here(host)) {
            return Err(fault(
                "url",
                "write an https address: numbers and codes pass through it",
            ));
        }
        for (name, value) in &sample.headers {
            if !value.chars().all(|c| c == ' ' || c.is_ascii_graphic()) {
                let name = format!("headers.{name}");
                return Err(fault(&name, "this is no header's value"));
            }
        }
        let parts = || std::iter::once(&self.url).chain(&self.body);
        let all = parts().chain(self.headers.iter().map(|(_, value)| value));
        if !parts().any(Template::has_text) {
            return Err(fault(
                "body",
                "{text} stands nowhere: messages would be empty",
            ));
        }
        if !all.into_iter().any(Template::has_recipient) {
            return Err(fault(
                "body",
                "{to} stands nowhere: messages would go to nobody",
            ));
        }
        Ok(())
    }

    /// What is sent so that a message arrives.
    #[must_use]
    pub fn asked(&self, message: &Message) -> Asked {
        self.filled(Filling {
            to: match &message.to {
                Recipient::Phone(phone) => phone.as_str(),
                Recipient::Email(address) => address.as_str(),
            },
            text: &message.text,
        })
    }

    fn filled(&self, filling: Filling<'_>) -> Asked {
        let headers = self.headers.iter();
        Asked {
            method: self.method,
            url: self.url.fill(filling),
            headers: headers
                .map(|(name, value)| (name.clone(), value.fill(filling)))
                .collect(),
            body: self.body.as_ref().map(|body| body.fill(filling)),
        }
    }
}

/// What the status of a gateway's answer means.
///
/// # Errors
/// [`SendError`].
pub fn heard(status: u16) -> Result<(), SendError> {
    let cause = Cause::Status(status);
    match status {
        200..=299 => Ok(()),
        408 | 425 | 429 | 500..=599 => Err(SendError::Temporary(cause)),
        _ => Err(SendError::Permanent(cause)),
    }
}

/// Whether an address is https, and its host; nothing where it is not one of the web.
fn scheme_and_host(url: &str) -> Option<(bool, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let is_secret = scheme.eq_ignore_ascii_case("https");
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next(),
        None => host.split(':').next(),
    };
    let host = host.filter(|host| !host.is_empty())?;
    let is_web = is_secret || scheme.eq_ignore_ascii_case("http");
    let is_written = url.chars().all(|c| c.is_ascii_graphic());
    (is_web && is_written).then_some((is_secret, host))
}

fn is_header_name(name: &str) -> bool {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !name.is_empty() && name.chars().all(is_token)
}

/// Templates hold the gateway's credentials.
impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Gateway(…)")
    }
}

impl std::fmt::Debug for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Asked(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_of_the_web_and_has_a_host() {
        for (url, expected) in [
            ("https://sms.example/api", Some((true, "sms.example"))),
            ("HTTPS://sms.example:8443?a=b", Some((true, "sms.example"))),
            ("http://127.0.0.1:9/x", Some((false, "127.0.0.1"))),
            ("http://[::1]:9/x", Some((false, "::1"))),
            // Who reads the part before the `@` for the host sends numbers elsewhere.
            (
                "http://localhost@evil.example/",
                Some((false, "evil.example")),
            ),
            ("ftp://sms.example/", None),
            ("https:///x", None),
            ("sms.example", None),
            ("https://sms.example/a b", None),
        ] {
            assert_eq!(scheme_and_host(url), expected, "{url}");
        }
    }
}
