//! `/rate/{number}/{code}`: the agent and the answer, rated by whoever has just spoken with staff.
//!
//! It is not staff's page: nothing of the report stands on it, and in a browser in which staff are
//! signed in it rates nobody. The agent hands the address on, or opens it on the visitors' screen; the
//! code in it is derived from the number, so that only who was given it can rate, once.

use std::sync::Arc;

use axum::extract::{Path, RawForm, State};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use balagh_shared::keyring::Keyring;
use balagh_shared::time::DAY_MS;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use maud::{DOCTYPE, Markup, html};

use super::failure::Failed;
use super::fields::Fields;
use super::frame::{guarded, style_address};
use super::session::{self, Asked};
use super::words::rate::Rate;
use crate::refusal;
use crate::server::Origin;
use crate::store::{ContactRating, StoreError, StoredReport};
use crate::sys;

/// Days for which a contact can be rated: after that it is not the contact that is remembered.
const DAYS: i64 = 14;

/// What is asked, as fields of the form.
const ASKED: [&str; 2] = ["agent", "answer"];

/// A contact that can be rated.
struct Contact {
    report: StoredReport,
    /// Who took it.
    staff: String,
    words: &'static Rate,
}

/// The address of a contact's rating, where staff took it.
pub(super) fn address(keys: &Keyring, report: &StoredReport) -> Option<String> {
    report.taken_in_by()?;
    let number = &report.head.number;
    let key = keys.current();
    let code = code(&key.mac(&[meant(&report.municipality, number).as_bytes()]));
    Some(format!("/rate/{number}/{code}"))
}

/// `GET /rate/{number}/{code}`.
pub(super) async fn show(
    State(origin): State<Arc<Origin>>,
    Path((number, code)): Path<(String, String)>,
    parts: Parts,
) -> Response {
    let nothing = Fields::default();
    let contact = match admitted(&origin, &parts, (&number, &code), &nothing).await {
        Ok(contact) => contact,
        Err(response) => return response,
    };
    let words = contact.words;
    match origin.store.is_contact_rated(&number).await {
        Ok(false) => page(words, StatusCode::OK, form(words, None, &nothing)),
        Ok(true) => said(words, StatusCode::OK, words.already),
        Err(error) => failed(words, &nothing, Failed::of(error)),
    }
}

/// `POST /rate/{number}/{code}`.
pub(super) async fn rate(
    State(origin): State<Arc<Origin>>,
    Path((number, code)): Path<(String, String)>,
    parts: Parts,
    RawForm(sent): RawForm,
) -> Response {
    let fields = Fields::parse(&sent);
    let contact = match admitted(&origin, &parts, (&number, &code), &fields).await {
        Ok(contact) => contact,
        Err(response) => return response,
    };
    let words = contact.words;
    let [Some(agent), Some(answer)] = ASKED.map(|name| mark(&fields, name)) else {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return page(words, status, form(words, Some(words.both), &fields));
    };
    let served = origin.municipalities.by_id(&contact.report.municipality);
    let Some(served) = served else {
        return no_such();
    };
    let rating = ContactRating {
        number,
        municipality: contact.report.municipality,
        day: served.document.time_zone.local_day(sys::now()),
        staff: contact.staff,
        channel: contact.report.report.channel,
        agent,
        answer,
    };
    match origin.store.rate_contact(&rating).await {
        Ok(true) => said(words, StatusCode::OK, words.thanks),
        Ok(false) => said(words, StatusCode::CONFLICT, words.already),
        Err(error) => failed(words, &fields, Failed::of(error)),
    }
}

/// The contact that may be rated in this browser; else the page that says why it may not, with the
/// marks that were sent. Where staff are signed in it is they who would rate themselves.
async fn admitted(
    origin: &Origin,
    parts: &Parts,
    (number, code): (&str, &str),
    sent: &Fields,
) -> Result<Contact, Response> {
    // Until the report is read, in whose language it is.
    let words = Rate::of(refusal::language(&parts.headers));
    let contact = found(origin, number, code).await;
    let contact = contact.map_err(|error| failed(words, sent, Failed::of(error)))?;
    let contact = contact.ok_or_else(no_such)?;
    let words = contact.words;
    match session::signed(origin, parts, &Asked::of(parts)).await {
        Ok(None) => Ok(contact),
        Ok(Some(_)) => Err(said(words, StatusCode::FORBIDDEN, words.staff)),
        Err(error) => Err(failed(words, sent, error)),
    }
}

/// A mark that was sent.
fn mark(fields: &Fields, name: &str) -> Option<u8> {
    let mark = fields.text(name).parse::<u8>().ok();
    mark.filter(|mark| (1..=5).contains(mark))
}

/// The contact whose number and code these are.
async fn found(origin: &Origin, number: &str, given: &str) -> Result<Option<Contact>, StoreError> {
    let Some(report) = origin.store.report(number).await? else {
        return Ok(None);
    };
    let meant = meant(&report.municipality, number);
    let bytes = BASE64.decode(given).unwrap_or_default();
    // Of keys that were replaced, too. A try in 2^128 is none: how long it takes to compare tells
    // nothing that helps.
    let mut keys = origin.keys.closing.keys();
    let fits = keys.any(|key| code(&key.mac(&[meant.as_bytes()])) == BASE64.encode(&bytes));
    let ends = report.head.received_at.plus_millis(DAYS * DAY_MS);
    let staff = report.taken_in_by().map(str::to_owned);
    let Some(staff) = staff.filter(|_| fits && sys::now() < ends) else {
        return Ok(None);
    };
    let words = Rate::of(&report.report.lang);
    Ok(Some(Contact {
        report,
        staff,
        words,
    }))
}

/// No id holds a line break, and neither does a number.
fn meant(municipality: &str, number: &str) -> String {
    format!("balagh contact rating v1\n{municipality}\n{number}")
}

fn code(mac: &[u8; 32]) -> String {
    BASE64.encode(mac.first_chunk::<16>().unwrap_or(&[0; 16]))
}

/// The two questions, with the marks that were chosen before.
fn form(words: &Rate, wrong: Option<&str>, chosen: &Fields) -> Markup {
    html! {
        p.hint { (words.hint) }
        @if let Some(wrong) = wrong { p.said.wrong role="alert" { (wrong) } }
        form.card method="post" {
            @for (name, question) in ASKED.into_iter().zip([words.agent, words.answer]) {
                fieldset {
                    legend { (question) }
                    @for (value, label) in (1_u8..).zip(words.marks).collect::<Vec<_>>().into_iter().rev() {
                        label.choice {
                            input type="radio" name=(name) value=(value) required
                                checked[mark(chosen, name) == Some(value)];
                            span { (label) }
                        }
                    }
                }
            }
            button { (words.send) }
        }
    }
}

fn said(words: &'static Rate, status: StatusCode, said: &str) -> Response {
    page(words, status, html! { p.said role="status" { (said) } })
}

/// Nothing tells whether there is such a report.
fn no_such() -> Response {
    let words = Rate::of("ar");
    let english = Rate::of("en");
    let body = html! {
        p.said { (words.over) }
        p.said lang="en" dir="ltr" { (english.over) }
    };
    page(words, StatusCode::NOT_FOUND, body)
}

/// Something of ours failed, and the log says what. The marks stay chosen: the same button tries again.
fn failed(words: &Rate, chosen: &Fields, Failed: Failed) -> Response {
    let body = form(words, Some(words.outage), chosen);
    let mut response = page(words, StatusCode::SERVICE_UNAVAILABLE, body);
    let headers = response.headers_mut();
    headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
    response
}

fn page(words: &Rate, status: StatusCode, body: Markup) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang=(words.language) dir=(words.direction()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex, nofollow";
                meta name="color-scheme" content="light dark";
                title { (words.title) }
                link rel="stylesheet" href=(style_address());
            }
            body { main #main { h1 { (words.title) } (body) } }
        }
    };
    let content = [(CONTENT_TYPE, "text/html; charset=utf-8")];
    guarded((status, content, page.into_string()).into_response())
}
