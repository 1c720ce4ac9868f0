//! `GET /schema/{name}.json`: the shapes that documents and messages must have.

use crate::http::{Request, Response};
use crate::public::{FRESH, unless_known};
use crate::served::etag;

/// As the build found them; a test of `shared` holds them to the types.
const SCHEMAS: [(&str, &str); 15] = [
    (
        "municipality.json",
        include_str!("../../../www/schema/municipality.json"),
    ),
    (
        "public-municipality.json",
        include_str!("../../../www/schema/public-municipality.json"),
    ),
    (
        "report.json",
        include_str!("../../../www/schema/report.json"),
    ),
    (
        "receipt.json",
        include_str!("../../../www/schema/receipt.json"),
    ),
    (
        "status.json",
        include_str!("../../../www/schema/status.json"),
    ),
    (
        "nearby.json",
        include_str!("../../../www/schema/nearby.json"),
    ),
    (
        "follow-up.json",
        include_str!("../../../www/schema/follow-up.json"),
    ),
    (
        "reopen.json",
        include_str!("../../../www/schema/reopen.json"),
    ),
    ("rate.json", include_str!("../../../www/schema/rate.json")),
    (
        "code-request.json",
        include_str!("../../../www/schema/code-request.json"),
    ),
    (
        "code-sent.json",
        include_str!("../../../www/schema/code-sent.json"),
    ),
    (
        "code-typed.json",
        include_str!("../../../www/schema/code-typed.json"),
    ),
    (
        "contact-granted.json",
        include_str!("../../../www/schema/contact-granted.json"),
    ),
    (
        "secret-found.json",
        include_str!("../../../www/schema/secret-found.json"),
    ),
    (
        "problem.json",
        include_str!("../../../www/schema/problem.json"),
    ),
];

/// The schema in `file`; nothing where there is none.
pub(crate) fn schema(file: &str, request: &Request) -> Option<Response> {
    let (_, text) = SCHEMAS.iter().find(|(name, _)| *name == file)?;
    let tag = etag(text.as_bytes());
    Some(unless_known(request, &tag, FRESH, || {
        Response::new(200, "application/schema+json", *text)
    }))
}
