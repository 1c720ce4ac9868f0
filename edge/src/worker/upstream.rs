//! The way to the upstream and back: a native edge, or the object that keeps the municipality.

use balagh_shared::reason::Reason;
use balagh_shared::time::Timestamp;
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, Headers as WebHeaders, RequestInit, RequestRedirect, Response as WebResponse,
};

use super::configured::Configured;
use crate::http::{Headers, Method, Request, Response, refusal};
use crate::relay::forward::{ANSWERED, Passed, fields, is_believed};
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
    let answer = match send(edge, municipality, request, page, sender, now).await {
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
    municipality: Option<&str>,
    request: &Request,
    page: Option<&str>,
    sender: &Sender,
    now: Timestamp,
) -> Result<Response, JsValue> {
    let headers = WebHeaders::new()?;
    let vouched = fields(&edge.keys.relays, request, page, sender, now.seconds());
    for (name, value) in vouched.iter() {
        headers.set(name, value)?;
    }
    let Request {
        method,
        path,
        query,
        body,
        ..
    } = request;

    let init = RequestInit::new();
    init.set_method(method.as_str());
    init.set_headers(&headers);
    init.set_redirect(RequestRedirect::Manual);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE_MS)));
    if !matches!(method, Method::Get | Method::Head) {
        init.set_body(&Uint8Array::from(body.as_slice()));
    }
    let question = if query.is_empty() { "" } else { "?" };
    let address = format!("{path}{question}{query}");
    let promise = edge.behind.fetch(municipality, &address, &init)?;
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
