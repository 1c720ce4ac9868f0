//! One request to a destination and its answer, read no further than it may reach.

use std::time::Duration;

use super::undelivered::{Fault, Undelivered};

/// How long one request may take, body included.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a destination may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// What a destination answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// `Retry-After` in milliseconds, where it is a number of seconds.
    wait_ms: Option<i64>,
    pub(crate) body: Vec<u8>,
}

/// A client that follows no redirects: a report goes where it is meant to go, or nowhere.
pub(crate) fn client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .connect_timeout(CONNECT)
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .build()
}

impl Answer {
    /// Sends a request, and reads at most `most` bytes of what comes back.
    pub(crate) async fn to(
        request: reqwest::RequestBuilder,
        most: usize,
    ) -> Result<Answer, Undelivered> {
        let sent = balagh_world::send(request).await;
        let mut response = sent.map_err(Undelivered::Away)?;
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(Undelivered::Away)? {
            if body.len() + piece.len() > most {
                return Err(Undelivered::TooLong);
            }
            body.extend_from_slice(&piece);
        }
        let asked = response.headers().get("retry-after");
        let seconds = asked
            .and_then(|value| value.to_str().ok())
            .and_then(|text| text.trim().parse::<i64>().ok());
        Ok(Answer {
            status: response.status().as_u16(),
            wait_ms: seconds.map(|seconds| seconds.saturating_mul(1000)),
            body,
        })
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The answer as a failure.
    pub(crate) fn refusal(&self, fault: Fault) -> Undelivered {
        Undelivered::Answered {
            status: self.status,
            fault,
            wait_ms: self.wait_ms,
        }
    }
}
