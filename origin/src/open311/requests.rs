//! `GET requests`, `GET requests/{service_request_id}` and `GET tokens/{token}`: reports as the
//! public may see them.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use balagh_messages::states::state_name;
use balagh_shared::municipality::{Municipality, PublicRule};
use balagh_shared::number::ReportNumber;
use balagh_shared::open311::{Extended, Request, Status, Token};
use balagh_shared::report::Point;

use super::asked::Asked;
use super::reply::{Reply, broken, not_found};
use super::{jurisdiction, language, span};
use crate::municipalities::Served;
use crate::server::Origin;
use crate::store::{Listed, Listing, Which};
use crate::sys;

pub(super) async fn list(State(origin): State<Arc<Origin>>, asked: Asked) -> Response {
    let found = all(&origin, &asked).await;
    asked.reply(found)
}

pub(super) async fn one(State(origin): State<Arc<Origin>>, asked: Asked) -> Response {
    let found = named(&origin, &asked, "service_request_id").await;
    asked.reply(found.map(|one| vec![one]))
}

/// Numbers are given at once here, so that no token is ever outstanding; a client that keeps the
/// number as one gets the number again.
pub(super) async fn token(State(origin): State<Arc<Origin>>, asked: Asked) -> Response {
    let found = named(&origin, &asked, "token").await;
    asked.reply(found.map(|one| {
        vec![Token {
            token: one.service_request_id.clone(),
            service_request_id: one.service_request_id,
        }]
    }))
}

async fn all(origin: &Origin, asked: &Asked) -> Reply<Vec<Request>> {
    let served = jurisdiction(origin, asked.jurisdiction()?)?;
    let which = span::which(asked, sys::now())?;
    read(origin, served, asked, which).await
}

/// The one report that the address names; what is kept from the public looks like what is not there.
async fn named(origin: &Origin, asked: &Asked, what: &str) -> Reply<Request> {
    let served = jurisdiction(origin, asked.jurisdiction()?)?;
    let unknown = || not_found(format_args!("{what} was not found"));
    let number = ReportNumber::parse(asked.name()?).map_err(|_| unknown())?;
    let which = Which::Numbers(vec![number.to_string()]);
    let mut found = read(origin, served, asked, which).await?;
    found.pop().ok_or_else(unknown)
}

async fn read(
    origin: &Origin,
    served: &Served,
    asked: &Asked,
    which: Which,
) -> Reply<Vec<Request>> {
    let document = &served.document;
    let is_extended = asked.once("extensions")? == Some("true");
    let listing = Listing {
        municipality: document.id.clone(),
        public: public_categories(document),
        which,
    };
    let found = origin.store.listed(&listing).await.map_err(broken)?;
    let language = language(asked, document);
    let shown = found
        .into_iter()
        .filter_map(|report| shown(document, report, language, is_extended));
    Ok(shown.collect())
}

/// The categories of whose reports the public may know anything.
fn public_categories(document: &Municipality) -> Vec<String> {
    let groups = document.groups.iter();
    groups
        .flat_map(|group| &group.categories)
        .filter(|category| category.public != PublicRule::Never)
        .map(|category| category.code.clone())
        .collect()
}

/// A report as it is shown: its place rounded, its words only where the category allows them and a
/// person has made them public. What is noted to its reporter is not for others.
fn shown(
    document: &Municipality,
    report: Listed,
    language: &str,
    is_extended: bool,
) -> Option<Request> {
    let category = document.category(&report.category)?;
    let status = Status::of(report.state);
    let at = report.at.map(rounded);
    let responsible = responsible(document, &report, language);
    let words = report
        .words
        .filter(|words| category.public == PublicRule::Reviewed && !words.is_empty());
    let notice = category.notice.as_ref().filter(|_| status == Status::Open);
    Some(Request {
        service_request_id: report.number,
        status,
        status_notes: Some(state_name(language, report.state).to_owned()),
        service_name: Some(category.names.in_language(language).to_owned()),
        service_code: report.category,
        description: words,
        agency_responsible: responsible,
        service_notice: notice.map(|notice| notice.in_language(language).to_owned()),
        requested_datetime: report.received_at,
        updated_datetime: Some(report.changed_at),
        expected_datetime: Some(report.due),
        address: None,
        address_id: None,
        zipcode: None,
        lat: at.map(|at| at.lat),
        long: at.map(|at| at.lon),
        media_url: None,
        extended_attributes: is_extended.then_some(Extended {
            kind: category.kind,
            state: report.state,
            district: report.district,
            department: report.department,
            agency: report.agency,
        }),
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

fn responsible(document: &Municipality, report: &Listed, language: &str) -> Option<String> {
    let mut agencies = document.agencies.iter();
    let agency = agencies.find(|one| Some(&one.id) == report.agency.as_ref());
    let mut departments = document.departments.iter();
    let department = departments.find(|one| one.code == report.department);
    let names = agency
        .map(|one| &one.names)
        .or(department.map(|one| &one.names))?;
    Some(names.in_language(language).to_owned())
}
