//! What an edge function passes on to its upstream, and which of the answers are believed: only
//! ours. A portal, a proxy or a maintenance page that answers for the upstream is an upstream that is
//! away.

use balagh_shared::keyring::Keyring;
use balagh_shared::nearby::Nearby;
use balagh_shared::number::{ReportNumber, Secret};
use balagh_shared::open311::Format;
use balagh_shared::problem;
use balagh_shared::receipt::Receipt;
use balagh_shared::status::PublicStatus;
use balagh_shared::time::Timestamp;
use serde_json::Value;

use super::{HEADER, Relayed, sign};
use crate::http::{Headers, Request, Response, Route};
use crate::screen::envelope::KEY_HEADER;
use crate::screen::{Effect, Posted, Randomness, Reads, plan_without_ledger, vet};
use crate::sender::Sender;

/// The header fields that mean something here; no others are read, and none of the others is
/// passed on.
pub const READ: [&str; 13] = [
    "accept-language",
    "authorization",
    "balagh-contact",
    "balagh-identity",
    "balagh-proof",
    "balagh-session",
    "content-length",
    "content-type",
    KEY_HEADER,
    "if-none-match",
    "origin",
    "accept",
    "range",
];

/// The header fields of an answer that are passed back. The body was decoded on its way here, and
/// what lets the page read it is this function's to say.
pub const ANSWERED: [&str; 12] = [
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passed<'a> {
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
    /// What Open311 answers to a posted request: its number, or errors.
    Open311(Format),
    /// That news are kept.
    News,
    /// A file or a page.
    Anything,
}

impl<'r> Passed<'r> {
    /// What the upstream answers to what is asked of it.
    #[must_use]
    pub fn of(route: &'r Route) -> Passed<'r> {
        match route {
            Route::Reports(_) | Route::Join { .. } | Route::Submission(_) => Passed::Receipt,
            Route::Report { .. } | Route::Act { .. } => Passed::Status,
            Route::Nearby(_) => Passed::Nearby,
            Route::Photo { sha256, .. } => Passed::Photo(sha256),
            Route::Codes(_) | Route::CodesVerify(_) => Passed::Until,
            Route::Secret { .. } => Passed::Secret,
            Route::Open311(format) => Passed::Open311(*format),
            Route::OriginEvents | Route::OriginPhoto { .. } => Passed::News,
            _ => Passed::Anything,
        }
    }
}

/// Every step of the screen that needs no ledger; what passes is the upstream's to decide. Gives what
/// it adds to the counters, whose states `known` tells in the order of their names.
///
/// # Errors
/// The answer that refuses it.
pub fn admit(
    posted: &Posted<'_>,
    known: impl FnOnce(&[&str]) -> Vec<Option<i64>>,
    now: Timestamp,
    randomness: &Randomness,
) -> Result<Vec<Effect>, Response> {
    let plan = plan_without_ledger(posted, now, known);
    match vet(posted, &plan, &Reads::default(), now, randomness) {
        Ok(vetted) => Ok(vetted.into_effects()),
        Err(refused) => Err(refused.response),
    }
}

/// The header fields of what is passed on, signed: `page` is the web origin it came from, as judged
/// here; `now` in seconds since 1970.
#[must_use]
pub fn fields(
    keys: &Keyring,
    request: &Request,
    page: Option<&str>,
    sender: &Sender,
    now: i64,
) -> Headers {
    let mut fields = Headers::default();
    for name in READ.into_iter().filter(|name| is_passed_on(name)) {
        if let Some(value) = request.headers.get(name) {
            fields.add(name, value);
        }
    }
    let relayed = Relayed {
        method: request.method,
        path: &request.path,
        body: &request.body,
    };
    for (name, value) in vouching(keys, relayed, page, sender, now).iter() {
        fields.add(name, value);
    }
    fields
}

/// Whether a header field that is read goes on to the upstream as it came.
#[must_use]
pub fn is_passed_on(name: &str) -> bool {
    READ.contains(&name) && !matches!(name, "content-length" | "origin")
}

/// What this function says of a request that it passes on, beside the fields that it passes on as they
/// came. `page` and `now` as in [`fields`].
#[must_use]
pub fn vouching(
    keys: &Keyring,
    relayed: Relayed<'_>,
    page: Option<&str>,
    sender: &Sender,
    now: i64,
) -> Headers {
    let mut fields = Headers::default();
    if let Some(page) = page {
        fields.add("origin", page);
    }
    fields.add(HEADER, sign(keys, relayed, sender, now));
    fields
}

/// Whether an answer is the upstream's own.
#[must_use]
pub fn is_believed(answer: &Response, expected: Passed<'_>) -> bool {
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
        Passed::Open311(format) => {
            media_type.starts_with(format.media_type())
                && is_open311(&answer.body, is_success, format)
        }
        Passed::News => answer.status == 204,
        Passed::Anything => answer.status < 500,
    }
}

/// Whether a body is what Open311 answers with: a number whose check symbol verifies, or an error that
/// says something. Of XML no more is read than the one element that matters.
fn is_open311(body: &[u8], is_success: bool, format: Format) -> bool {
    let name = if is_success {
        "service_request_id"
    } else {
        "description"
    };
    let text = match format {
        Format::Json => {
            let list: Vec<Value> = serde_json::from_slice(body).unwrap_or_default();
            let text = list.first().and_then(|first| first.get(name)?.as_str());
            text.map(str::to_owned)
        }
        Format::Xml => {
            let text = str::from_utf8(body).unwrap_or_default();
            let (start, end) = (format!("<{name}>"), format!("</{name}>"));
            let rest = text.split_once(&start).map(|(_, rest)| rest);
            let text = rest.and_then(|rest| rest.split_once(&end));
            text.map(|(text, _)| text.to_owned())
        }
    };
    text.is_some_and(|text| !is_success || ReportNumber::parse(&text).is_ok())
}

/// A text of an answer's object.
fn text(answer: &Response, name: &str) -> Option<String> {
    let object: Value = serde_json::from_slice(&answer.body).ok()?;
    object.get(name)?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(status: u16, media_type: &str, body: &str, format: Format, expected: bool) {
        let answer = Response::new(status, media_type, body);
        assert_eq!(
            is_believed(&answer, Passed::Open311(format)),
            expected,
            "{status} {media_type} {body}"
        );
    }

    #[test]
    fn of_open311_a_number_that_verifies_and_errors_that_say_something_are_believed() {
        let prefix = balagh_shared::number::Prefix::parse("EP").unwrap();
        let number = ReportNumber::mint(&prefix, &[7; 8]).to_string();
        let (json, xml) = (Format::Json, Format::Xml);
        let taken = format!("[{{\"service_request_id\":\"{number}\"}}]");
        check(201, json.media_type(), &taken, json, true);
        check(201, "application/json", &taken, json, false);
        check(
            201,
            json.media_type(),
            &taken.replace(&number, "1"),
            json,
            false,
        );
        check(200, "text/html", "<p>Please log in</p>", json, false);
        let refused = "[{\"code\":403,\"description\":\"api_key\"}]";
        check(403, json.media_type(), refused, json, true);
        check(201, json.media_type(), refused, json, false);
        check(503, json.media_type(), "[]", json, false);
        let element = format!("<service_request_id>{number}</service_request_id>");
        check(201, xml.media_type(), &element, xml, true);
        check(201, xml.media_type(), "<service_request_id>", xml, false);
        let refused = "<errors><error><description>no</description></error></errors>";
        check(400, xml.media_type(), refused, xml, true);
    }
}
