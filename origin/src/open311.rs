//! The door of partners and what the public may see: Open311 GeoReport v2, in JSON.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::header::{ACCEPT_LANGUAGE, ACCESS_CONTROL_ALLOW_ORIGIN, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use balagh_shared::canonical::hex;
use balagh_shared::delivery::Verdict;
use balagh_shared::municipality::{Category, Municipality, Partner, PublicRule};
use balagh_shared::number::{Prefix, ReportNumber};
use balagh_shared::open311::{Created, Fault, NewRequest, Request, Service, Status, report_of};
use balagh_shared::problem::sentence;
use balagh_shared::reason::Violation;
use balagh_shared::report::Point;
use balagh_shared::rules::judge;
use balagh_shared::status as report_state;
use balagh_shared::time::Timestamp;
use bytes::Bytes;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::intake::{self, Posted};
use crate::lifecycle::Log;
use crate::municipalities::Served;
use crate::refusal;
use crate::server::Origin;
use crate::store::{Inserted, StoredReport};
use crate::sys;

/// Most bytes of a posted form.
const MOST_FORM_BYTES: usize = 64 * 1024;
/// Draws of a number before the ledger is believed to be broken: one in 2⁵⁰ meets another.
const MOST_DRAWS: u32 = 3;

pub(crate) fn routes() -> Router<Arc<Origin>> {
    Router::new()
        .route("/open311/v2/services.json", get(services))
        .route(
            "/open311/v2/requests.json",
            post(create).layer(DefaultBodyLimit::max(MOST_FORM_BYTES)),
        )
        .route("/open311/v2/requests/{file}", get(request))
}

/// A refusal as GeoReport has it.
struct Refused(Fault);

#[derive(Deserialize)]
struct Jurisdiction {
    #[serde(default)]
    jurisdiction_id: Option<String>,
}

async fn services(
    State(origin): State<Arc<Origin>>,
    Query(query): Query<Jurisdiction>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let served = jurisdiction(&origin, query.jurisdiction_id.as_deref())?;
    let language = language(&headers, &served.document);
    let services: Vec<Service> = served
        .document
        .groups
        .iter()
        .flat_map(|group| {
            group
                .categories
                .iter()
                .map(move |category| (group, category))
        })
        .map(|(group, category)| Service::of(group, category, language))
        .collect();
    Ok(open(refusal::json(StatusCode::OK, &services)))
}

async fn create(
    State(origin): State<Arc<Origin>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refused> {
    let body = body.map_err(|_| bad_request("the form is too large or was cut short"))?;
    let form = NewRequest::from_form(&body).map_err(bad_request)?;
    let served = jurisdiction(&origin, form.jurisdiction_id.as_deref())?;
    let partner = partner(&served.document, form.api_key.as_deref())?;
    match form.service_code.as_deref() {
        None => return Err(bad_request("service_code was not provided")),
        Some(code) if served.public.category(code).is_none() => {
            return Err(not_found("service_code was not found"));
        }
        Some(_) => {}
    }

    let language = language(&headers, &served.document);
    let report = report_of(&form, &served.pack, language);
    let accepted = judge(&served.public, &served.pack, &report)
        .map_err(|violations| bad_request(sentences(&violations, language)))?;
    let posted = Posted {
        municipality: served,
        partner: &partner.id,
        report: report.clone(),
        accepted: &accepted,
        media_url: form.media_url,
    };
    let (number, due) = keep(&origin, &posted).await?;
    origin.has_changed(number.as_str());
    let created = Created {
        service_request_id: number.as_str().to_owned(),
        service_notice: Some(expected_by(due, language)),
        account_id: None,
    };
    Ok(open(refusal::json(StatusCode::CREATED, &[created])))
}

/// Mints a number and puts the report into the ledger.
async fn keep(origin: &Origin, posted: &Posted<'_>) -> Result<(ReportNumber, Timestamp), Refused> {
    let prefix = Prefix::parse(&posted.municipality.document.prefix).map_err(broken)?;
    for _ in 0..MOST_DRAWS {
        let number = ReportNumber::mint(&prefix, &sys::random().map_err(broken)?);
        let nonce = sys::random().map_err(broken)?;
        let now = sys::now();
        let new = intake::posted(posted, number, &origin.keys.seals, &nonce, now)
            .map_err(broken)?
            .ok_or_else(|| not_found("service_code was not found"))?;
        let inserted = origin.store.insert(&new, &origin.municipalities, now);
        match inserted.await.map_err(broken)? {
            Inserted::New => return Ok((new.number, new.route.due)),
            // The number was taken, if by the very same words.
            Inserted::Known | Inserted::Conflict => {}
        }
    }
    Err(broken("no free number in three draws"))
}

async fn request(
    State(origin): State<Arc<Origin>>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let unknown = || not_found("service_request_id was not found");
    let number = file.strip_suffix(".json").ok_or_else(unknown)?;
    let number = ReportNumber::parse(number).map_err(|_| unknown())?;
    let stored = origin
        .store
        .report(number.as_str())
        .await
        .map_err(broken)?
        .ok_or_else(unknown)?;
    let served = origin
        .municipalities
        .by_id(&stored.municipality)
        .ok_or_else(unknown)?;
    let language = language(&headers, &served.document);
    let shown = public(&served.document, stored, language).ok_or_else(unknown)?;
    Ok(open(refusal::json(StatusCode::OK, &[shown])))
}

/// What the public may see of a report: nothing of what is kept from it, is a trial, or waits for
/// a person to look at it. Words and photos come only once a person has looked at those too, which
/// is not possible yet; the place is rounded.
fn public(document: &Municipality, stored: StoredReport, language: &str) -> Option<Request> {
    let life = stored.life();
    let StoredReport {
        verdict,
        report,
        head,
        log,
        ..
    } = stored;
    let category: &Category = document.category(&head.category)?;
    let hidden = category.public == PublicRule::Never || report.test;
    let is_unseen = matches!(
        life.state,
        report_state::State::Received | report_state::State::Screened
    );
    if hidden || verdict == Verdict::Quarantine && is_unseen {
        return None;
    }
    let at = report.place.and_then(|place| place.at).map(rounded);
    Some(Request {
        service_request_id: head.number,
        status: Status::of(life.state),
        // Notes are written to the reporter, not to the public.
        status_notes: None,
        service_name: Some(category.names.in_language(language).to_owned()),
        service_code: head.category,
        description: None,
        agency_responsible: responsible(
            document,
            life.agency.as_deref(),
            Some(&life.department),
            language,
        ),
        service_notice: None,
        requested_datetime: head.received_at,
        updated_datetime: updated(&log),
        expected_datetime: Some(life.due),
        address: None,
        address_id: None,
        zipcode: None,
        lat: at.map(|at| at.lat),
        long: at.map(|at| at.lon),
        media_url: None,
    })
}

/// To a thousandth of a degree, some 110 m: the street, not the door.
fn rounded(at: Point) -> Point {
    let round = |degrees: f64| (degrees * 1000.0).round() / 1000.0;
    Point {
        lon: round(at.lon),
        lat: round(at.lat),
        accuracy_m: None,
    }
}

fn updated(log: &Log) -> Option<Timestamp> {
    log.events().last().map(|event| event.at)
}

fn responsible(
    document: &Municipality,
    agency: Option<&str>,
    department: Option<&str>,
    language: &str,
) -> Option<String> {
    let agency = document
        .agencies
        .iter()
        .find(|one| Some(one.id.as_str()) == agency);
    let department = document
        .departments
        .iter()
        .find(|one| Some(one.code.as_str()) == department);
    let names = agency
        .map(|one| &one.names)
        .or(department.map(|one| &one.names))?;
    Some(names.in_language(language).to_owned())
}

/// The municipality that a request is to: the only one, or the one it names.
fn jurisdiction<'o>(origin: &'o Origin, id: Option<&str>) -> Result<&'o Served, Refused> {
    match id.map(str::trim).filter(|id| !id.is_empty()) {
        Some(id) => origin
            .municipalities
            .by_id(id)
            .ok_or_else(|| not_found("jurisdiction_id was not found")),
        None => origin
            .municipalities
            .sole()
            .ok_or_else(|| bad_request("jurisdiction_id was not provided")),
    }
}

fn partner<'d>(document: &'d Municipality, key: Option<&str>) -> Result<&'d Partner, Refused> {
    // Looked up by its hash: a comparison of hashes tells nothing of the key by its timing.
    let hash = key.map(|key| hex(&Sha256::digest(key.as_bytes())));
    document
        .partners
        .iter()
        .find(|partner| {
            partner
                .key_hashes
                .iter()
                .any(|known| Some(known) == hash.as_ref())
        })
        .ok_or_else(|| fault(403, "api_key is missing or not known"))
}

/// The language asked for, else the municipality's own.
fn language<'d>(headers: &HeaderMap, document: &'d Municipality) -> &'d str {
    let default = document.languages.first().map_or("en", String::as_str);
    if !headers.contains_key(ACCEPT_LANGUAGE) {
        return default;
    }
    let asked = refusal::language(headers);
    document
        .languages
        .iter()
        .find(|offered| *offered == asked)
        .map_or(default, String::as_str)
}

fn expected_by(due: Timestamp, language: &str) -> String {
    match language {
        "ar" => format!("استلمنا البلاغ، ومن المتوقع إنجازه قبل {due}"),
        _ => format!("We have the report and expect to resolve it before {due}"),
    }
}

fn sentences(violations: &[Violation], language: &str) -> String {
    let told: Vec<String> = violations
        .iter()
        .map(|violation| {
            format!(
                "{}: {}",
                violation.code.code(),
                sentence(violation, language)
            )
        })
        .collect();
    told.join(" ")
}

/// What anyone may read, any page may read.
fn open(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(VARY, HeaderValue::from_static("Accept-Language"));
    response
}

fn bad_request(description: impl std::fmt::Display) -> Refused {
    fault(400, description)
}

fn not_found(description: impl std::fmt::Display) -> Refused {
    fault(404, description)
}

fn fault(code: u16, description: impl std::fmt::Display) -> Refused {
    Refused(Fault {
        code,
        description: description.to_string(),
    })
}

/// Something of ours failed. GeoReport knows no other code for it than 400, which would blame the
/// sender: 503 is what makes clients try again.
fn broken(error: impl std::fmt::Display) -> Refused {
    tracing::error!(%error, "failed");
    fault(503, "the report could not be read or stored; try again")
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.code).unwrap_or(StatusCode::BAD_REQUEST);
        open(refusal::json(status, &[self.0]))
    }
}
