//! Logs: JSON lines of features and hashes. Never an address, a body, a contact or a secret.

use std::time::Duration;

use tracing_subscriber::EnvFilter;

use super::edge::Answer;
use crate::http::Method;

/// Starts writing lines to standard output; `RUST_LOG` chooses how much. A process that already
/// writes a log keeps it.
pub(crate) fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    // The one error is that a subscriber is already set.
    let _ = tracing_subscriber::fmt()
        .json()
        .with_env_filter(filter)
        .try_init();
}

/// One line a request. `route` is the route's name: paths hold numbers and are not logged.
pub(crate) fn request(method: Method, route: &str, answer: &Answer, took: Duration) {
    let reasons: Vec<&str> = answer.reasons.iter().map(|reason| reason.code()).collect();
    tracing::info!(
        method = method.as_str(),
        route,
        status = answer.response.status,
        verdict = answer.verdict.map(|verdict| verdict.name()),
        step = answer.step.map(|step| step.name()),
        reasons = reasons.join(" "),
        number = answer.number.as_deref(),
        ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        "request"
    );
}
