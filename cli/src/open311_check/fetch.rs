//! One question over HTTP: bounded in time and size, and an answer whatever becomes of it.

use std::time::Duration;

use reqwest::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE, HeaderName, ORIGIN};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response};

use super::answer::{Answer, Format};

/// How long an endpoint may take for one answer: some are slow and right.
const PATIENCE: Duration = Duration::from_secs(30);
/// Most bytes of an answer that are read: a thousand requests with long words.
const MOST_BYTES: usize = 16 * 1024 * 1024;
/// Redirects that are followed.
const MOST_REDIRECTS: usize = 3;

/// What asks.
pub(super) struct Fetcher {
    client: Client,
    pause: Duration,
    is_first: std::cell::Cell<bool>,
}

impl Fetcher {
    /// One that waits so long between two questions.
    pub(super) fn new(pause: Duration) -> Result<Fetcher, reqwest::Error> {
        // reqwest has no TLS of its own here; whoever installed one before us is welcome.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .timeout(PATIENCE)
            .redirect(Policy::limited(MOST_REDIRECTS))
            .user_agent(concat!("balagh-open311-check/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Fetcher {
            client,
            pause,
            is_first: std::cell::Cell::new(true),
        })
    }

    /// Reads an address.
    pub(super) async fn get(&self, url: &str, format: Format) -> Result<Answer, String> {
        // A page of another site asks: what it may read shows in the answer.
        let request = self.client.get(url).header(ORIGIN, "https://page.example");
        self.send(request, url, format).await
    }

    /// Posts a form.
    pub(super) async fn post(
        &self,
        url: &str,
        form: String,
        format: Format,
    ) -> Result<Answer, String> {
        let media_type = "application/x-www-form-urlencoded; charset=utf-8";
        let request = self.client.post(url).header(CONTENT_TYPE, media_type);
        self.send(request.body(form), url, format).await
    }

    async fn send(
        &self,
        request: RequestBuilder,
        url: &str,
        format: Format,
    ) -> Result<Answer, String> {
        if !self.is_first.replace(false) {
            tokio::time::sleep(self.pause).await;
        }
        let response = request.send().await.map_err(|error| reason(&error))?;
        let text = |name: HeaderName| {
            let value = response.headers().get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        let status = response.status().as_u16();
        let content_type = text(CONTENT_TYPE);
        let allows_pages = text(ACCESS_CONTROL_ALLOW_ORIGIN)
            .is_some_and(|allowed| allowed == "*" || allowed == "https://page.example");
        let answered = response.url().as_str().to_owned();
        let moved_to = (answered != url && !same(&answered, url)).then_some(answered);
        let bytes = body(response).await?;
        Ok(Answer::new(
            url,
            status,
            content_type,
            moved_to,
            allows_pages,
            bytes,
            format,
        ))
    }
}

/// Whether two addresses differ only in how their characters are written.
fn same(one: &str, other: &str) -> bool {
    let plain = |url: &str| url.replace("%20", "+").to_ascii_lowercase();
    plain(one) == plain(other)
}

async fn body(mut response: Response) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| reason(&error))? {
        if bytes.len() + piece.len() > MOST_BYTES {
            return Err(format!("the answer is longer than {} MB", MOST_BYTES >> 20));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// Why there is no answer, without the address, which stands beside it.
fn reason(error: &reqwest::Error) -> String {
    let what = if error.is_timeout() {
        "no answer in time"
    } else if error.is_redirect() {
        "too many redirects"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the answer broke off"
    };
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    format!("{what}: {cause}")
}
