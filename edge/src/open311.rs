//! The door of partners who speak Open311: `POST /open311/v2/requests.{json,xml}`.
//!
//! A form becomes the report that the same partner could have posted as JSON, and goes the same way:
//! through every step of the screen into the ledger. What comes back is put into Open311's form,
//! refusals included. Numbers are given at once, also to what a person looks at first: no token would
//! tell a sender anything that a receipt does not, by design.

use balagh_shared::canonical::hex;
use balagh_shared::municipality::Partner;
use balagh_shared::open311::{
    Created, Fault, Format, NewRequest, encode, expected_by, fields, form_media_type, report_of,
};
use balagh_shared::problem::{self, Problem, sentence};
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::receipt::Receipt;
use balagh_shared::time::{DAY_MS, Timestamp};
use sha2::{Digest, Sha256};

use crate::http::{Headers, Request, Response, Route};
use crate::screen::envelope::KEY_HEADER;
use crate::served::Served;

/// A form, read.
#[derive(Debug)]
pub struct Opened<'s> {
    /// The municipality it is for.
    pub served: &'s Served,
    /// The same as a JSON client of the same partner sends it.
    pub request: Request,
    /// An address of a picture: stored, never fetched.
    pub media_url: Option<String>,
}

/// Reads a posted form, received at `now`; `named` finds the municipality with an id, or the only one
/// where none is given.
///
/// # Errors
/// The answer that refuses it.
pub fn open<'s>(
    request: &Request,
    format: Format,
    named: impl FnOnce(Option<&str>) -> Option<&'s Served>,
    now: Timestamp,
) -> Result<Opened<'s>, Response> {
    let refuse = |status, description: &dyn std::fmt::Display| {
        let description = description.to_string();
        Err(refusal(status, vec![description], format))
    };
    let media_type = request.headers.get("content-type").map(str::as_bytes);
    if let Err(error) = form_media_type(media_type) {
        return refuse(400, &error);
    }
    let form = match NewRequest::from_form(&request.body) {
        Ok(form) => form,
        Err(error) => return refuse(400, &error),
    };
    let jurisdiction = form
        .jurisdiction_id
        .clone()
        .or_else(|| jurisdiction_in(&request.query));
    let Some(served) = named(jurisdiction.as_deref()) else {
        return match jurisdiction {
            Some(_) => refuse(404, &"jurisdiction_id was not found"),
            None => refuse(400, &"jurisdiction_id was not provided"),
        };
    };
    let key = form.api_key.as_deref().unwrap_or_default();
    let Some(partner) = partner(served, key) else {
        return refuse(403, &"api_key is missing or not known");
    };
    match form.service_code.as_deref() {
        None => return refuse(400, &"service_code was not provided"),
        Some(code) if served.public().category(code).is_none() => {
            return refuse(404, &"service_code was not found");
        }
        Some(_) => {}
    }
    let language = language(request, served);
    let report = report_of(&form, served.pack(), language, partner.reporter_type);
    let Ok(body) = serde_json::to_vec(&report) else {
        return refuse(400, &"the request cannot be stored");
    };
    let headers: Headers = [
        ("content-type", "application/json"),
        ("authorization", &format!("Bearer {key}")),
        ("accept-language", language),
        (KEY_HEADER, &idempotency_key(request, &partner.id, now)),
    ]
    .into_iter()
    .collect();
    Ok(Opened {
        served,
        request: Request {
            method: request.method,
            path: format!("/v1/{}/reports", served.id()),
            query: String::new(),
            headers,
            body,
        },
        media_url: form.media_url,
    })
}

/// An Open311 client has no keys, and repeats what was not answered: the same form of the same
/// partner on the same day is the same request. One that wants to be sure over midnight sends a key.
fn idempotency_key(request: &Request, partner: &str, now: Timestamp) -> String {
    if let Some(own) = request.headers.get(KEY_HEADER) {
        return own.to_owned();
    }
    let mut hash = Sha256::new();
    let day = now.millis() / DAY_MS;
    hash.update(format!(
        "balagh open311 v1\n{partner}\n{day}\n{}\n",
        request.query
    ));
    hash.update(&request.body);
    hex(&hash.finalize())
}

fn jurisdiction_in(query: &str) -> Option<String> {
    let fields = fields(query.as_bytes()).ok()?;
    let mut named = fields
        .into_iter()
        .filter(|(name, _)| name == "jurisdiction_id");
    named.next().map(|(_, id)| id)
}

/// The partner who may send reports with this key.
fn partner<'s>(served: &'s Served, key: &str) -> Option<&'s Partner> {
    let id = served.partner_of_key(key)?;
    let mut partners = served.document().partners.iter();
    partners.find(|partner| partner.id == id)
}

/// The language asked for, else the municipality's own.
fn language<'s>(request: &Request, served: &'s Served) -> &'s str {
    let languages = &served.document().languages;
    let asked = request
        .headers
        .get("accept-language")
        .map(|_| request.language());
    let offered = asked.and_then(|asked| languages.iter().find(|offered| *offered == asked));
    offered.or(languages.first()).map_or("en", String::as_str)
}

/// What became of it, in Open311's form. A refusal is left for [`in_its_form`], which every answer at
/// this address passes.
#[must_use]
pub fn created(answer: Response, opened: &Opened<'_>, format: Format) -> Response {
    let Some(receipt) = receipt(&answer) else {
        return answer;
    };
    let zone = &opened.served.document().time_zone;
    let language = opened
        .request
        .headers
        .get("accept-language")
        .unwrap_or("en");
    let notice = receipt.due.map(|due| expected_by(due, zone, language));
    let created = vec![Created {
        service_request_id: receipt.number,
        service_notice: notice,
        account_id: None,
    }];
    match encode(format, &created) {
        Ok(body) => Response::new(answer.status, format.media_type(), body)
            .with("cache-control", "no-store")
            .with("content-language", language),
        Err(_) => refusal(503, vec![sentence_of(Reason::Internal)], format),
    }
}

fn receipt(answer: &Response) -> Option<Receipt> {
    let is_taken = matches!(answer.status, 200 | 201);
    let receipt = serde_json::from_slice(&answer.body).ok();
    receipt.filter(|_| is_taken)
}

/// A refusal of anything at this door as Open311 has it; every other answer as it is.
///
/// The specification knows 400, 403 and 404. What time mends keeps its own status, 429 or 503 with
/// `Retry-After`: who reads 400 does not come again, and the report would be lost.
#[must_use]
pub fn in_its_form(route: &Route, answer: Response) -> Response {
    let Route::Open311(format) = route else {
        return answer;
    };
    let media_type = answer.headers.get("content-type").unwrap_or_default();
    if !media_type.starts_with(problem::MEDIA_TYPE) {
        return answer;
    }
    let problem: Option<Problem> = serde_json::from_slice(&answer.body).ok();
    let told = problem.map(|problem| {
        let violations = problem.violations.into_iter();
        let told = violations.map(|it| format!("{}: {}", it.violation.code.code(), it.detail));
        told.collect()
    });
    let told = told.unwrap_or_else(|| vec![sentence_of(Reason::Internal)]);
    let status = match answer.status {
        401 | 403 => 403,
        404 => 404,
        429 => 429,
        500.. => 503,
        _ => 400,
    };
    let mut refused = refusal(status, told, *format);
    for name in ["retry-after", "content-language", "allow"] {
        if let Some(value) = answer.headers.get(name) {
            refused.headers.add(name, value);
        }
    }
    refused
}

fn sentence_of(reason: Reason) -> String {
    sentence(&Violation::new(reason, ""), "en")
}

fn refusal(status: u16, descriptions: Vec<String>, format: Format) -> Response {
    let faults: Vec<Fault> = descriptions
        .into_iter()
        .map(|description| Fault {
            code: status,
            description,
        })
        .collect();
    // Whole numbers and text: they can be written.
    let body = encode(format, &faults).unwrap_or_default();
    let mut response = Response::new(status, format.media_type(), body);
    response.headers.add("cache-control", "no-store");
    response.headers.add_token("vary", "Accept-Language");
    response
}
