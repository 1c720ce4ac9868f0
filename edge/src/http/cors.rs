//! Which web pages may call which routes, and the header fields that tell browsers so.
//!
//! `Origin` is no authentication: a program sends what it likes. It keeps *browsers* from lending
//! a citizen's connection to a page that is nobody's partner.

use balagh_shared::reason::Reason;

use super::{Headers, Method, Request, Response, Route, refusal};

/// Seconds a browser may remember a preflight's answer: the most that Chromium keeps.
const MAX_AGE_S: &str = "7200";
const ALLOWED_HEADERS: &str = "content-type, idempotency-key, balagh-session, balagh-contact, balagh-identity, balagh-proof, \
     authorization, accept-language";
const EXPOSED_HEADERS: &str = "retry-after";

/// Where a request comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WebOrigin {
    /// Not from a page, or from a page of the same origin that did not say so.
    Unsaid,
    /// A page that may call: a partner's or the edge's own.
    Admitted(String),
    /// A page that may not, or one without an origin (`null`: sandboxed frames, local files).
    Foreign,
}

impl WebOrigin {
    /// Judges a request's `Origin`; `is_admitted` knows the partners and the edge's own origin.
    #[must_use]
    pub fn of(headers: &Headers, is_admitted: impl FnOnce(&str) -> bool) -> WebOrigin {
        match headers.get("origin") {
            None => WebOrigin::Unsaid,
            Some(origin) if origin != "null" && is_admitted(origin) => {
                WebOrigin::Admitted(origin.to_owned())
            }
            Some(_) => WebOrigin::Foreign,
        }
    }
}

/// The answer to a preflight, still to be [marked](mark) as every answer is.
#[must_use]
pub fn preflight(route: &Route, origin: &WebOrigin, request: &Request) -> Response {
    if *origin == WebOrigin::Foreign && !route.is_public() {
        refusal::of(Reason::OriginForeign, request.language())
    } else {
        let methods: Vec<&str> = route
            .methods()
            .iter()
            .map(|method| method.as_str())
            .collect();
        Response::empty(204)
            .with("access-control-allow-methods", methods.join(", "))
            .with("access-control-allow-headers", ALLOWED_HEADERS)
            .with("access-control-max-age", MAX_AGE_S)
    }
}

/// Whether `method` is a browser's question rather than a request.
#[must_use]
pub fn is_preflight(method: Method) -> bool {
    method == Method::Options
}

/// Adds to any answer, refusals included, what lets the page read it.
#[must_use]
pub fn mark(route: &Route, origin: &WebOrigin, mut response: Response) -> Response {
    if route.is_public() {
        response.headers.put("access-control-allow-origin", "*");
        response
            .headers
            .put("cross-origin-resource-policy", "cross-origin");
    } else {
        response.headers.add_token("vary", "Origin");
        if let WebOrigin::Admitted(origin) = origin {
            response
                .headers
                .put("access-control-allow-origin", origin.clone());
        }
    }
    // Also where nothing is readable, and on every route: a page that asks for a header it was not
    // told of gets an error in its console instead of a plain "absent".
    response
        .headers
        .put("access-control-expose-headers", EXPOSED_HEADERS);
    response
}
