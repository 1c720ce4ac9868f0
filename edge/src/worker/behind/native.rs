//! Behind the function: a native edge in the country, which keeps what passes.

use balagh_shared::municipality::WordsReference;
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::time::Timestamp;
use wasm_bindgen::JsValue;

use super::configured::{Configured, property};
use super::io::Handed;
use crate::http::{Request, Response, Route, refusal};
use crate::screen::photos::Fit;
use crate::served::{PackFiles, Served, ServedError};

/// Header fields that are read beside those of every request.
pub(super) const READ: &[&str] = &[];

/// Of these, those that go on as they came.
pub(super) const PASSED: &[&str] = &[];

/// Header fields that come back with an answer beside those of every one.
pub(super) const ANSWERED: &[&str] = &[];

/// The native edge.
pub(super) struct Behind {
    /// Its address, without a slash at the end.
    upstream: String,
}

/// A municipality as the function serves it: gazetteer and words are the upstream's.
pub(super) fn opened(
    document: &str,
    packs: PackFiles,
    words: Option<WordsReference>,
) -> Result<Served, ServedError> {
    Served::before_upstream(document, packs, words)
}

/// Why a route is not passed on: the upstream's counters and its origin's news are not for the world.
pub(super) fn refused(route: &Route) -> Option<Reason> {
    let is_inner = matches!(
        route,
        Route::Metrics | Route::OriginEvents | Route::OriginPhoto { .. } | Route::Quarantine
    );
    is_inner.then_some(Reason::RouteUnknown)
}

/// Most bytes of a body.
pub(super) fn body_limit(route: &Route, _request: &Request) -> usize {
    route.body_limit()
}

/// Whether what came of a body that is too long is passed on.
pub(super) fn is_kept(_route: &Route, _request: &Request) -> bool {
    false
}

/// A page that belongs to no municipality: the upstream's.
pub(super) fn page(_edge: &Configured, _route: &Route, _request: &Request) -> Option<Response> {
    None
}

/// A refusal of a page's form as people read it; the upstream's own are pages already.
pub(super) fn for_people(
    _route: &Route,
    _served: Option<&Served>,
    _request: &Request,
    answer: Response,
) -> Response {
    refusal::page(answer)
}

/// A photo is passed on as it came: the upstream cleans it before it rests anywhere.
pub(super) fn photo(_served: &Served, _fit: Fit) -> Result<Handed, Violation> {
    Ok(Handed::default())
}

impl Behind {
    /// Reads `options.upstream`, an address.
    pub(super) fn read<'s>(
        options: &JsValue,
        _public_origin: Option<&str>,
        _municipalities: impl Iterator<Item = &'s Served>,
    ) -> Result<Behind, String> {
        let upstream = property(options, "upstream")
            .as_string()
            .ok_or_else(|| "upstream is not set: give the address of a native edge".to_owned())?;
        Ok(Behind {
            upstream: upstream.trim_end_matches('/').to_owned(),
        })
    }

    /// What stands before the paths of what is passed on.
    pub(super) fn address(&self) -> &str {
        &self.upstream
    }

    /// Whether each municipality has an object of its own there.
    pub(super) fn is_object(&self) -> bool {
        false
    }

    /// One upstream keeps all municipalities.
    pub(super) fn owner<'e>(
        &self,
        _edge: &'e Configured,
        _route: &Route,
        _request: &Request,
        _now: Timestamp,
    ) -> Result<(Option<&'e str>, Handed), Response> {
        Ok((None, Handed::default()))
    }
}
