//! A request as it arrives: what of it means something here.

use std::net::IpAddr;

use super::io::fields;
use crate::http::{Method, Request};

/// A request whose body is still to come.
pub(super) struct Arrived {
    pub(super) request: Request,
    /// The web origin it was sent to.
    pub(super) own_origin: String,
    /// The client's address, as the runtime knows it.
    pub(super) address: Option<IpAddr>,
}

impl Arrived {
    /// Reads a head: the client's address, the method, the request's own address, and a line
    /// `name: value` for each header field that means something here.
    pub(super) fn of(head: &str) -> Arrived {
        let mut lines = head.split('\n');
        let address = lines.next().and_then(|text| text.parse().ok());
        let method = Method::parse(lines.next().unwrap_or_default());
        let (own_origin, path, query) = split(lines.next().unwrap_or_default());
        Arrived {
            request: Request {
                method,
                path: path.to_owned(),
                query: query.to_owned(),
                headers: fields(lines),
                body: Vec::new(),
            },
            own_origin: own_origin.to_owned(),
            address,
        }
    }
}

/// Origin, path and query of an absolute address, as runtimes write it.
fn split(url: &str) -> (&str, &str, &str) {
    let url = url.split('#').next().unwrap_or_default();
    let after_scheme = url.find(':').map_or(0, |at| at + "://".len());
    let path_at = url
        .get(after_scheme..)
        .and_then(|rest| rest.find(['/', '?']));
    let (origin, rest) = url.split_at(path_at.map_or(url.len(), |at| after_scheme + at));
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    (origin, if path.is_empty() { "/" } else { path }, query)
}
