//! `/console/new`: what comes in by phone, by mail and at the counter, by the rules of the form.
//!
//! The number is derived from the form it was typed into: pressing twice, or pressing again after a
//! line that broke, stores one report.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use balagh_shared::canonical::hex;
use balagh_shared::contact::Channel;
use balagh_shared::district::Pack;
use balagh_shared::number::{Prefix, ReportNumber};
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::report::{Answer, Contact, Place, PlaceSource, Point, Report, ReporterType};
use balagh_shared::rules::{Accepted, judge};
use balagh_shared::typed_place::{PlusCode, coordinates};
use sha2::{Digest, Sha256};

use super::fields::Fields;
use super::form::Sent;
use super::frame::{framed, guarded};
use super::names::Names;
use super::near::{self, Near};
use super::taken_form::{self, Shown};
use super::{Signed, failure, queue};
use crate::intake::{self, Posted};
use crate::municipalities::Served;
use crate::queue::QueueFilter;
use crate::refusal::Refusal;
use crate::server::Origin;
use crate::staff::Role;
use crate::store::{Inserted, StoreError};
use crate::sys;

/// The ways that staff take reports in by.
pub(super) const CHANNELS: [&str; 3] = ["phone", "email", "counter"];
/// What stands for "the caller does not know" where a district is chosen.
pub(super) const UNSURE: &str = "?";
/// Most reports of the same district that are compared.
const MOST_OF_A_DISTRICT: u32 = 5;

/// Whether somebody with this role takes reports in.
pub(super) fn may_take_in(role: Role) -> bool {
    matches!(role, Role::Agent | Role::Supervisor | Role::Administrator)
}

/// `GET /console/new`.
pub(super) async fn show(
    State(origin): State<Arc<Origin>>,
    signed: Signed,
    RawQuery(query): RawQuery,
) -> Response {
    let fields = Fields::parse(query.unwrap_or_default().as_bytes());
    again(&origin, &signed, StatusCode::OK, &fields).await
}

/// The form with what was typed, and nothing said of it.
pub(super) async fn again(
    origin: &Origin,
    signed: &Signed,
    status: StatusCode,
    fields: &Fields,
) -> Response {
    page(origin, signed, status, fields, &Shown::default())
}

fn page(
    origin: &Origin,
    signed: &Signed,
    status: StatusCode,
    fields: &Fields,
    shown: &Shown<'_>,
) -> Response {
    if !may_take_in(signed.member.role) {
        return failure::refused(signed, &Violation::new(Reason::StaffForbidden, ""));
    }
    let Some(names) = Names::of(origin, signed) else {
        return failure::failed(signed);
    };
    let Ok(draft) = draft(fields) else {
        return failure::failed(signed);
    };
    let body = taken_form::form(signed, &names, fields, &draft, shown);
    framed(status, signed, signed.words().taken.title, body)
}

/// What the report's number is derived from: one of the form's own, or a new one.
fn draft(fields: &Fields) -> Result<String, sys::NoRandomness> {
    match fields.some("draft") {
        Some(draft) => Ok(draft.to_owned()),
        None => sys::random::<16>().map(|drawn| hex(&drawn)),
    }
}

/// `POST /console/new`.
pub(super) async fn take(
    State(origin): State<Arc<Origin>>,
    Sent { signed, fields, .. }: Sent,
) -> Response {
    if !may_take_in(signed.member.role) {
        return failure::refused(&signed, &Violation::new(Reason::StaffForbidden, ""));
    }
    match attempt(&origin, &signed, &fields).await {
        Ok(Taken::Stored(number)) => {
            let to = format!("/console/reports/{number}/slip");
            guarded((StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response())
        }
        Ok(Taken::Known(number)) => {
            let shown = Shown {
                known: Some(&number),
                ..Shown::default()
            };
            page(&origin, &signed, StatusCode::CONFLICT, &fields, &shown)
        }
        Ok(Taken::Same(same)) => {
            let shown = Shown {
                same: &same,
                ..Shown::default()
            };
            page(&origin, &signed, StatusCode::OK, &fields, &shown)
        }
        Ok(Taken::Mend(violations)) => {
            let shown = Shown {
                violations: &violations,
                ..Shown::default()
            };
            page(
                &origin,
                &signed,
                StatusCode::UNPROCESSABLE_ENTITY,
                &fields,
                &shown,
            )
        }
        Err(refusal) => failure::refused(&signed, refusal.violation()),
    }
}

/// What became of a form.
enum Taken {
    /// It is a report now, of this number.
    Stored(String),
    /// The form was stored before with other words, under this number.
    Known(String),
    /// There are reports that it may be the same as.
    Same(Vec<Near>),
    /// It breaks rules.
    Mend(Vec<Violation>),
}

async fn attempt(origin: &Origin, signed: &Signed, fields: &Fields) -> Result<Taken, Refusal> {
    let id = &signed.member.municipality;
    let served = origin.municipalities.by_id(id);
    let served = served.ok_or(Reason::MunicipalityUnknown)?;
    let (report, mut wrong) = read(served, fields);
    let accepted = match judge(&served.public, &served.pack, &report) {
        Ok(accepted) if wrong.is_empty() => accepted,
        Ok(_) => return Ok(Taken::Mend(wrong)),
        Err(violations) => {
            // A place that could not be read is not missing.
            let is_missing = |it: &Violation| it.code == Reason::PlaceMissing && !wrong.is_empty();
            let others: Vec<_> = violations
                .into_iter()
                .filter(|it| !is_missing(it))
                .collect();
            wrong.extend(others);
            return Ok(Taken::Mend(wrong));
        }
    };
    let number = number(served, &signed.member.name, fields)?;
    let known = origin.store.report(number.as_str()).await.map_err(unread)?;
    // Pressed a second time, it would be the same as itself.
    if known.is_none() && fields.some("looked").is_none() {
        let same = same(origin, signed, &accepted).await.map_err(unread)?;
        if !same.is_empty() {
            return Ok(Taken::Same(same));
        }
    }
    let posted = Posted {
        municipality: served,
        partner: "",
        report: report.clone(),
        confirmed: confirmed(fields, &report),
        accepted: &accepted,
        media_url: None,
    };
    let joins = fields.some("joins").filter(|to| *to != "new");
    store(origin, signed, &posted, joins, number).await
}

/// By what the contact was confirmed: whoever took the call says that they made sure of it.
fn confirmed(fields: &Fields, report: &Report) -> Option<Channel> {
    fields.some("confirmed")?;
    let contact = report.contact.as_ref()?;
    let by_phone = contact.phone.as_ref().map(|_| Channel::Phone);
    by_phone.or(contact.email.as_ref().map(|_| Channel::Email))
}

/// Open reports that it may be the same as.
async fn same(
    origin: &Origin,
    signed: &Signed,
    accepted: &Accepted<'_>,
) -> Result<Vec<Near>, StoreError> {
    let category = &accepted.category.code;
    if let Some(at) = accepted.at {
        return near::around(origin, signed, at, category).await;
    }
    let Some(district) = &accepted.district else {
        return Ok(Vec::new());
    };
    let filter = QueueFilter {
        is_open: true,
        category: Some(category.clone()),
        district: Some(district.clone()),
        ..queue::own(origin, signed)
    };
    let found = origin.store.queue(&filter, MOST_OF_A_DISTRICT).await?;
    let found = found.rows.into_iter().filter(|row| row.joins.is_none());
    Ok(found.map(|row| Near { row, metres: None }).collect())
}

async fn store(
    origin: &Origin,
    signed: &Signed,
    posted: &Posted<'_>,
    joins: Option<&str>,
    number: ReportNumber,
) -> Result<Taken, Refusal> {
    let failed = |error: &dyn std::fmt::Display| Refusal::failed(Reason::Internal, error);
    let now = sys::now();
    let by = &signed.member.name;
    let new = intake::entered(posted, (by, joins), number, &origin.keys, now)
        .map_err(|error| failed(&error))?
        .ok_or(Reason::CategoryUnknown)?;
    let number = new.number.as_str().to_owned();
    let audit = origin.store.audit(by, &number, "take in", now);
    audit.await.map_err(unread)?;
    let inserted = origin.store.insert(&new, &origin.municipalities, now);
    match inserted.await.map_err(unread)? {
        Inserted::New => origin.has_changed(&number),
        Inserted::Known => {}
        Inserted::Conflict => return Ok(Taken::Known(number)),
    }
    Ok(Taken::Stored(number))
}

/// The number of whatever is typed into this form by this person.
fn number(served: &Served, by: &str, fields: &Fields) -> Result<ReportNumber, Refusal> {
    let failed = |error: &dyn std::fmt::Display| Refusal::failed(Reason::Internal, error);
    let prefix = Prefix::parse(&served.document.prefix).map_err(|error| failed(&error))?;
    let draft = draft(fields).map_err(|error| failed(&error))?;
    let meant = format!("balagh console draft v1\n{by}\n{draft}");
    let mut drawn = [0; 8];
    for (byte, hashed) in drawn.iter_mut().zip(Sha256::digest(meant.as_bytes())) {
        *byte = hashed;
    }
    Ok(ReportNumber::mint(&prefix, &drawn))
}

/// The report that was typed, and what of it cannot be read at all.
fn read(served: &Served, fields: &Fields) -> (Report, Vec<Violation>) {
    let category = served.public.category(fields.text("category"));
    let questions = category.map_or(&[][..], |category| &category.questions);
    let answers = questions.iter().filter_map(|question| {
        let values = fields.all(&format!("answer.{}", question.code));
        let said: Vec<String> = values
            .iter()
            .filter(|it| !it.trim().is_empty())
            .cloned()
            .collect();
        (!said.is_empty()).then(|| Answer {
            question: question.code.clone(),
            values: said,
        })
    });
    let chosen = |name| fields.some(name).map(str::to_owned);
    let contact = Contact {
        phone: chosen("phone"),
        email: chosen("email"),
        name: chosen("name"),
    };
    let is_given = contact.phone.is_some() || contact.email.is_some() || contact.name.is_some();
    let channel = fields.text("channel");
    let channel = CHANNELS.into_iter().find(|known| *known == channel);
    let mut wrong = Vec::new();
    if channel.is_none() {
        wrong.push(Violation::new(Reason::ChannelInvalid, "/channel"));
    }
    let at = match chosen("at").map(|typed| point(&typed, served)) {
        Some(None) => {
            wrong.push(Violation::new(Reason::PlaceInvalid, "/place/at"));
            None
        }
        read => read.flatten(),
    };
    let report = Report {
        category: fields.text("category").to_owned(),
        description: fields.text("description").trim().to_owned(),
        lang: fields.text("lang").to_owned(),
        place: place(&served.pack, at, fields),
        pack: None,
        answers: answers.collect(),
        photos: Vec::new(),
        contact: is_given.then_some(contact),
        share_contact: false,
        observed_at: None,
        declared: fields.some("declared").is_some(),
        reporter_type: ReporterType::Person,
        channel: channel.unwrap_or("phone").to_owned(),
        partner_reference: None,
        test: false,
    };
    (report, wrong)
}

fn place(pack: &Pack, at: Option<Point>, fields: &Fields) -> Option<Place> {
    let district = fields.some("district");
    let is_unsure = district == Some(UNSURE);
    let district = district.filter(|_| !is_unsure).map(str::to_owned);
    let candidates = match at {
        _ if !is_unsure => Vec::new(),
        Some(at) => pack.choices_at(at.lon, at.lat),
        None => pack.districts().map(|it| it.id().to_owned()).collect(),
    };
    let landmark = fields.some("landmark").map(str::to_owned);
    let asset = fields.some("asset").map(str::to_owned);
    let is_given = at.is_some() || district.is_some() || is_unsure;
    (is_given || landmark.is_some() || asset.is_some()).then_some(Place {
        at,
        source: match at {
            Some(_) => PlaceSource::Coordinates,
            None => PlaceSource::List,
        },
        district,
        candidates,
        landmark,
        asset,
    })
}

/// Where `typed` is: coordinates, or a plus code, a short one near the middle of the municipality.
fn point(typed: &str, served: &Served) -> Option<Point> {
    let [lon, lat] = served.document.view.center;
    let (lon, lat) = coordinates(typed).or_else(|| {
        let (code, _) = PlusCode::parse(typed)?;
        let cell = code.near(lon, lat);
        Some((cell.lon, cell.lat))
    })?;
    Some(Point {
        lon,
        lat,
        accuracy_m: None,
    })
}

fn unread(error: impl std::fmt::Display) -> Refusal {
    Refusal::failed(Reason::StorageUnavailable, error)
}
