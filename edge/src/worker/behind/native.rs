//! Behind the function: a native edge in the country, which keeps what passes.

use std::borrow::Cow;

use balagh_shared::municipality::WordsReference;
use balagh_shared::reason::Reason;
use balagh_shared::time::Timestamp;
use wasm_bindgen::JsValue;

use super::configured::{Configured, property};
use crate::http::{Request, Response, Route};
use crate::screen::photos::Fit;
use crate::served::{PackFiles, Served, ServedError};

/// Header fields that are read beside those of every request.
pub(super) const READ: &[&str] = &[];

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

    /// A photo is passed on as it came: the upstream cleans it before it rests anywhere.
    pub(super) async fn photo<'r>(
        &self,
        _served: &Served,
        request: &'r Request,
        _fit: Fit,
    ) -> Result<Cow<'r, Request>, Reason> {
        Ok(Cow::Borrowed(request))
    }

    /// One upstream keeps all municipalities.
    pub(super) async fn owner<'e, 'r>(
        &self,
        _edge: &'e Configured,
        _route: &Route,
        request: &'r Request,
        _now: Timestamp,
    ) -> Result<(Option<&'e str>, Cow<'r, Request>), Response> {
        Ok((None, Cow::Borrowed(request)))
    }
}
