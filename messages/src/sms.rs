//! Sends text messages: a client for any gateway that takes an HTTP request.

use std::time::Duration;

use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Method, Url};

use crate::config::{SetupError, SmsConfig};
use crate::gateway::{self, Asked, Gateway};
use crate::{Cause, Message, SendError};

/// How long a request may take: a citizen waits for the code in front of the form.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the gateway may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(4);

/// A gateway, and what speaks to it.
#[derive(Debug)]
pub(crate) struct Client {
    client: reqwest::Client,
    gateway: Gateway,
}

impl Client {
    /// Reads a configuration.
    pub(crate) fn new(
        config: &SmsConfig,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Client, SetupError> {
        let gateway = Gateway::new("sms", config, variable)?;
        // The provider is reqwest's to have, and whoever installed one before is welcome.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .timeout(PATIENCE)
            // An address that moved is for the operator to see; a number is not sent after it.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|_| SetupError::Client)?;
        Ok(Client { client, gateway })
    }

    pub(crate) async fn send(&self, message: &Message) -> Result<(), SendError> {
        let Asked {
            method,
            url,
            headers,
            body,
        } = self.gateway.asked(message);
        let unwritten = SendError::Permanent(Cause::Address);
        let method = match method {
            gateway::Method::Get => Method::GET,
            gateway::Method::Post => Method::POST,
            gateway::Method::Put => Method::PUT,
        };
        let url = Url::parse(&url).map_err(|_| unwritten)?;
        let mut request = self.client.request(method, url);
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unwritten)?;
            let value = HeaderValue::from_str(&value).map_err(|_| unwritten)?;
            request = request.header(name, value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        // The client's own words hold the address, and that may hold the number.
        let answer = request.send().await.map_err(|error| {
            SendError::Temporary(if error.is_timeout() {
                Cause::Slow
            } else {
                Cause::Unreachable
            })
        })?;
        gateway::heard(answer.status().as_u16())
    }
}
