//! The way to the upstream and back: a native edge, or the object that keeps the municipality.

use balagh_shared::reason::Reason;
use balagh_shared::time::Timestamp;

use super::configured::Configured;
use super::io::Outgoing;
use crate::http::{Method, Request, Response, refusal};
use crate::relay::forward::{Passed, fields, is_believed};
use crate::sender::Sender;

/// How long the upstream may take, in milliseconds, body included.
const PATIENCE_MS: u32 = 30_000;

/// Passes a request about a municipality on and its answer back. `page` is the web origin it came from,
/// as judged here.
pub(super) async fn pass(
    edge: &Configured,
    municipality: Option<&str>,
    request: &Request,
    page: Option<&str>,
    sender: &Sender,
    now: Timestamp,
    expected: Passed<'_>,
) -> Response {
    let Request {
        method,
        path,
        query,
        body,
        ..
    } = request;
    let question = if query.is_empty() { "" } else { "?" };
    let url = format!("{}{path}{question}{query}", edge.behind.address());
    let outgoing = Outgoing {
        municipality: municipality.filter(|_| edge.behind.is_object()),
        url: &url,
        method: *method,
        fields: fields(&edge.keys.relays, request, page, sender, now.seconds()),
        body: if matches!(method, Method::Get | Method::Head) {
            &[]
        } else {
            body
        },
        patience_ms: PATIENCE_MS,
        most: u32::MAX,
    };
    match edge.io.fetch(outgoing, &edge.answered).await {
        Ok(answer) if is_believed(&answer, expected) => answer,
        // What the runtime says about a failed connection helps nobody who asks here.
        Ok(_) | Err(_) => refusal::of(Reason::UpstreamUnavailable, request.language()),
    }
}
