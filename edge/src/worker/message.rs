//! A request as it arrives: what of it means something here.

use wasm_bindgen::JsValue;

use super::io::Io;
use crate::http::{Method, Request};

/// A request whose body is still to come.
pub(super) struct Arrived {
    pub(super) request: Request,
    /// The web origin it was sent to.
    pub(super) own_origin: String,
}

impl Arrived {
    /// Reads a request's head, with the header fields `names`.
    pub(super) fn read(io: &Io, request: &JsValue, names: &JsValue) -> Arrived {
        let (method, url, headers) = io.read_head(request, names);
        let (own_origin, path, query) = split(&url);
        let request_read = Request {
            method: Method::parse(&method),
            path: path.to_owned(),
            query: query.to_owned(),
            headers,
            body: Vec::new(),
        };
        Arrived {
            request: request_read,
            own_origin: own_origin.to_owned(),
        }
    }
}

/// Origin, path and query of an absolute address, as runtimes write it.
fn split(url: &str) -> (&str, &str, &str) {
    let url = url.split('#').next().unwrap_or_default();
    let after_scheme = url.find("://").map_or(0, |at| at + 3);
    let path_at = url
        .get(after_scheme..)
        .and_then(|rest| rest.find(['/', '?']));
    let (origin, rest) = url.split_at(path_at.map_or(url.len(), |at| after_scheme + at));
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    (origin, if path.is_empty() { "/" } else { path }, query)
}
