//! What anyone may read of a municipality: its public document, boundaries, words and gazetteer.

use balagh_shared::categorise::Tongue;

use crate::http::{Request, Response};
use crate::served::Served;

/// Seconds that a public document may be used without asking again: a changed document reaches
/// every phone within five minutes.
pub(crate) const FRESH: &str = "public, max-age=300, stale-while-revalidate=86400";
/// What is asked for by its content's hash never changes.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// `GET /v1/{municipality}`; with `?lang=` the labels of that language alone.
#[must_use]
pub fn document(served: &Served, request: &Request) -> Response {
    let (json, etag) = served.public_json(request.query("lang"));
    unless_known(request, etag, FRESH, || {
        Response::new(200, "application/json", json)
    })
}

/// `GET /v1/{municipality}/gazetteer`; nothing where this build holds none.
#[must_use]
pub fn gazetteer(served: &Served, request: &Request) -> Option<Response> {
    let json = served.gazetteer_json()?;
    let etag = crate::served::etag(json);
    Some(unless_known(request, &etag, FRESH, || {
        Response::new(200, "application/json", json)
    }))
}

/// `GET /v1/{municipality}/districts.pack`: immutable when asked for by its checksum (`?v=`).
/// With `?detail=phone` the simplified one; the whole one where there is none.
#[must_use]
pub fn pack(served: &Served, request: &Request) -> Response {
    let (packs, named) = (served.packs(), &served.public().pack);
    match (request.query("detail"), &packs.phone) {
        (Some("phone"), Some(phone)) => by_checksum(request, named.for_phones(), phone),
        _ => by_checksum(request, &named.sha256, &packs.full),
    }
}

/// `GET /v1/{municipality}/words?tongue=`: what texts in a [`Tongue`] (`ar`, `en`, `hi`, `ms`, `ur`) are
/// about; immutable when asked for by its checksum (`&v=`). Nothing for another one, or where this build
/// holds no words. Widgets from before files were by tongue ask for `script=`, whose files they alone
/// could read: they get nothing, and suggest nothing.
#[must_use]
pub fn words(served: &Served, request: &Request) -> Option<Response> {
    let asked = request.query("tongue")?;
    let tongue = Tongue::ALL.into_iter().find(|it| it.code() == asked)?;
    let checksums = served.public().words.as_ref()?;
    let bytes = served.categorisers()?.words(tongue);
    Some(by_checksum(request, checksums.of_tongue(tongue), bytes))
}

fn by_checksum(request: &Request, checksum: &str, bytes: &[u8]) -> Response {
    let asked_for = request.query("v") == Some(checksum);
    let cache = if asked_for { IMMUTABLE } else { FRESH };
    unless_known(request, &format!("\"{checksum}\""), cache, || {
        Response::new(200, "application/octet-stream", bytes)
    })
}

/// 304 for who already has it.
pub(crate) fn unless_known(
    request: &Request,
    etag: &str,
    cache: &str,
    whole: impl FnOnce() -> Response,
) -> Response {
    let known = request.headers.get("if-none-match").is_some_and(|tags| {
        // A compressing proxy weakens the tag; for a reader it is the same content.
        tags.split(',')
            .any(|tag| tag.trim().trim_start_matches("W/") == etag)
    });
    let response = if known { Response::empty(304) } else { whole() };
    response.with("etag", etag).with("cache-control", cache)
}
