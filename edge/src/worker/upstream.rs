//! What is passed on to the upstream, and which of its answers are believed: only ours. A portal,
//! a proxy or a maintenance page that answers for it is an upstream that is away.

use balagh_shared::nearby::Nearby;
use balagh_shared::number::{ReportNumber, Secret};
use balagh_shared::problem;
use balagh_shared::reason::Reason;
use balagh_shared::receipt::Receipt;
use balagh_shared::status::PublicStatus;
use balagh_shared::time::Timestamp;
use js_sys::{Function, Promise, Reflect, Uint8Array, global};
use serde_json::Value;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, Headers as WebHeaders, RequestInit, RequestRedirect, Response as WebResponse,
};

use super::configured::Configured;
use super::message::READ;
use crate::http::{Headers, Method, Request, Response, refusal};
use crate::relay::{self, Relayed};
use crate::sender::Sender;

/// How long the upstream may take, in milliseconds, body included.
const PATIENCE_MS: u32 = 30_000;

/// The header fields of an answer that are passed back. The body was decoded on its way here, and
/// what lets the page read it is this function's to say.
const ANSWERED: [&str; 12] = [
    "allow",
    "cache-control",
    "content-language",
    "content-security-policy",
    "content-type",
    "etag",
    "location",
    "referrer-policy",
    "retry-after",
    "vary",
    "x-content-type-options",
    "x-frame-options",
];

/// What the upstream answers if it is the upstream.
#[derive(Clone, Copy)]
pub(super) enum Passed<'a> {
    /// A receipt whose number's check symbol verifies.
    Receipt,
    /// A report's status.
    Status,
    /// What others reported near a place.
    Nearby,
    /// The photo with this name.
    Photo(&'a str),
    /// Something that ends: a code that was sent, a contact's token.
    Until,
    /// A tracking code.
    Secret,
    /// A file or a page.
    Anything,
}

/// Passes a request on and its answer back. `page` is the web origin it came from, as judged here.
pub(super) async fn pass(
    edge: &Configured,
    request: &Request,
    page: Option<&str>,
    sender: &Sender,
    now: Timestamp,
    expected: Passed<'_>,
) -> Response {
    let answer = match send(edge, request, page, sender, now).await {
        Ok(answer) => answer,
        // What the runtime says about a failed connection helps nobody who asks here.
        Err(_) => return away(request),
    };
    if is_believed(&answer, expected) {
        answer
    } else {
        away(request)
    }
}

fn away(request: &Request) -> Response {
    refusal::of(Reason::UpstreamUnavailable, request.language())
}

async fn send(
    edge: &Configured,
    request: &Request,
    page: Option<&str>,
    sender: &Sender,
    now: Timestamp,
) -> Result<Response, JsValue> {
    let headers = WebHeaders::new()?;
    for name in READ
        .iter()
        .filter(|name| !matches!(**name, "content-length" | "origin"))
    {
        if let Some(value) = request.headers.get(name) {
            headers.set(name, value)?;
        }
    }
    if let Some(page) = page {
        headers.set("origin", page)?;
    }
    let Request {
        method,
        path,
        query,
        body,
        ..
    } = request;
    let relayed = Relayed {
        method: *method,
        path,
        body,
    };
    let vouched = relay::sign(&edge.keys.relays, relayed, sender, now.seconds());
    headers.set(relay::HEADER, &vouched)?;

    let init = RequestInit::new();
    init.set_method(method.as_str());
    init.set_headers(&headers);
    init.set_redirect(RequestRedirect::Manual);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE_MS)));
    if !matches!(method, Method::Get | Method::Head) {
        init.set_body(&Uint8Array::from(body.as_slice()));
    }
    let question = if query.is_empty() { "" } else { "?" };
    let url = format!("{}{path}{question}{query}", edge.upstream);
    let fetch: Function = Reflect::get(&global(), &JsValue::from_str("fetch"))?.dyn_into()?;
    let promise: Promise = fetch
        .call2(&global(), &JsValue::from_str(&url), &init)?
        .unchecked_into();
    let answer: WebResponse = JsFuture::from(promise).await?.unchecked_into();

    let mut answered = Headers::default();
    for name in ANSWERED {
        if let Some(value) = answer.headers().get(name)? {
            answered.add(name, value);
        }
    }
    let body = JsFuture::from(answer.array_buffer()?).await?;
    Ok(Response {
        status: answer.status(),
        headers: answered,
        body: Uint8Array::new(&body).to_vec(),
    })
}

fn is_believed(answer: &Response, expected: Passed<'_>) -> bool {
    let media_type = answer.headers.get("content-type").unwrap_or_default();
    let is_problem = media_type.starts_with(problem::MEDIA_TYPE)
        && serde_json::from_slice::<problem::Problem>(&answer.body)
            .is_ok_and(|problem| problem.status == answer.status);
    let is_success = matches!(answer.status, 200 | 201);
    match expected {
        _ if is_problem => true,
        Passed::Receipt => {
            is_success
                && serde_json::from_slice::<Receipt>(&answer.body)
                    .is_ok_and(|receipt| ReportNumber::parse(&receipt.number).is_ok())
        }
        Passed::Status => {
            is_success && serde_json::from_slice::<PublicStatus>(&answer.body).is_ok()
        }
        Passed::Nearby => is_success && serde_json::from_slice::<Nearby>(&answer.body).is_ok(),
        Passed::Photo(sha256) => is_success && text(answer, "sha256").as_deref() == Some(sha256),
        Passed::Until => {
            matches!(answer.status, 200 | 202)
                && text(answer, "expires_at").is_some_and(|at| Timestamp::parse(&at).is_ok())
        }
        Passed::Secret => {
            is_success && text(answer, "secret").is_some_and(|code| Secret::parse(&code).is_ok())
        }
        Passed::Anything => answer.status < 500,
    }
}

/// A text of an answer's object.
fn text(answer: &Response, name: &str) -> Option<String> {
    let object: Value = serde_json::from_slice(&answer.body).ok()?;
    object.get(name)?.as_str().map(str::to_owned)
}
