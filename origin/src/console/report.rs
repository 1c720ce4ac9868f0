//! `/console/reports/{number}`: one report, what happened to it, and what may be done with it.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::report::Contact;
use balagh_shared::text::{Direction, isolate};
use maud::{Markup, html};

use super::deed::Deed;
use super::facts;
use super::fields::Fields;
use super::form::Sent;
use super::frame::{framed, guarded};
use super::names::Names;
use super::words::Language;
use super::{Signed, failure, near, sign_in, steps, timeline};
use crate::clearance;
use crate::refusal::Refusal;
use crate::server::Origin;
use crate::store::StoredReport;
use crate::sys;

/// What is shown beside the report itself.
#[derive(Default)]
pub(super) struct Beside<'a> {
    /// What was said last, above everything.
    pub(super) said: Option<Markup>,
    /// A form that was sent, with what was typed and why it was not taken.
    pub(super) typed: Option<Typed<'a>>,
    /// Who reported, where somebody has just asked to see it.
    pub(super) contact: Option<Contact>,
}

/// A form that was sent and is shown again.
#[derive(Clone, Copy)]
pub(super) struct Typed<'a> {
    pub(super) deed: Deed,
    pub(super) fields: &'a Fields,
    pub(super) violation: Option<&'a Violation>,
}

/// `GET /console/reports/{number}`.
pub(super) async fn show(
    State(origin): State<Arc<Origin>>,
    signed: Signed,
    Path(number): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let done = Fields::parse(query.unwrap_or_default().as_bytes());
    let report = &signed.words().report;
    let said = done
        .some("done")
        .map(|_| html! { p.said.done role="status" { (report.done) } });
    let beside = Beside {
        said,
        ..Beside::default()
    };
    match looked_at(&origin, &signed, &number, "view").await {
        Ok(report) => page(&origin, &signed, StatusCode::OK, &report, &beside).await,
        Err(refusal) => failure::refused(&signed, refusal.violation()),
    }
}

/// The report, once it is written down that somebody looked at it.
pub(super) async fn looked_at(
    origin: &Origin,
    signed: &Signed,
    number: &str,
    action: &str,
) -> Result<StoredReport, Refusal> {
    let member = &signed.member;
    let report = clearance::seen(origin, member, number).await?;
    let audit = origin.store.audit(&member.name, number, action, sys::now());
    audit
        .await
        .map_err(|error| Refusal::failed(Reason::StorageUnavailable, error))?;
    Ok(report)
}

/// Where somebody ends up who asks for the address of a form: at the report it is on.
pub(super) async fn back(Path(path): Path<Vec<(String, String)>>) -> Response {
    let number = path.first().map_or("", |(_, number)| number);
    let to = sign_in::inside(&format!("/console/reports/{number}")).to_owned();
    guarded((StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response())
}

/// `POST /console/reports/{number}/contact`: who reported, for once, and written down.
pub(super) async fn contact(
    State(origin): State<Arc<Origin>>,
    Path(number): Path<String>,
    Sent { signed, .. }: Sent,
) -> Response {
    let shown = async {
        let report = clearance::seen(&origin, &signed.member, &number).await?;
        if !clearance::may_see_reporter(&origin, &signed.member, &report) {
            return Err(Refusal::new(Reason::StaffForbidden));
        }
        let report = looked_at(&origin, &signed, &number, "contact").await?;
        let contact = clearance::contact(&origin, &report)?;
        Ok((report, contact))
    };
    match shown.await {
        Ok((report, contact)) => {
            let beside = Beside {
                contact,
                ..Beside::default()
            };
            page(&origin, &signed, StatusCode::OK, &report, &beside).await
        }
        Err(refusal) => failure::refused(&signed, refusal.violation()),
    }
}

/// `POST /console/reports/{number}/{action}`.
pub(super) async fn act(
    State(origin): State<Arc<Origin>>,
    Path((number, action)): Path<(String, String)>,
    Sent { signed, fields, .. }: Sent,
) -> Response {
    let Some(deed) = Deed::from_code(&action) else {
        return failure::refused(&signed, &Violation::new(Reason::RouteUnknown, ""));
    };
    // Whoever does not say what they saw has seen nothing.
    let revision = fields.text("revision").parse().unwrap_or(0);
    let member = &signed.member;
    let seen = (number.as_str(), revision);
    let done = match deed.step(&fields) {
        Some(step) => clearance::act(&origin, member, seen, deed.code(), &step).await,
        None => clearance::join(&origin, member, seen, &steps::other(&fields)).await,
    };
    answered(&origin, &signed, &number, (deed, &fields), done.map(drop)).await
}

/// What became of a form that was sent: the report as it stands then, or the form again with why not.
pub(super) async fn answered(
    origin: &Origin,
    signed: &Signed,
    number: &str,
    (deed, fields): (Deed, &Fields),
    done: Result<(), Refusal>,
) -> Response {
    let Err(refusal) = done else {
        // Given to another department, it is not this one's to see any more.
        let to = match clearance::seen(origin, &signed.member, number).await {
            Ok(_) => format!("/console/reports/{number}?done=1"),
            Err(_) => "/console/queue".to_owned(),
        };
        return guarded((StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response());
    };
    let violation = refusal.violation();
    if violation.code == Reason::StaffForbidden {
        return failure::refused(signed, violation);
    }
    let typed = Typed {
        deed,
        fields,
        violation: Some(violation),
    };
    let status = StatusCode::from_u16(violation.code.status());
    let status = status.unwrap_or(StatusCode::CONFLICT);
    again(origin, signed, status, number, typed).await
}

/// The report's page with a form as it was sent.
pub(super) async fn again(
    origin: &Origin,
    signed: &Signed,
    status: StatusCode,
    number: &str,
    typed: Typed<'_>,
) -> Response {
    let report = match looked_at(origin, signed, number, "view").await {
        Ok(report) => report,
        Err(refusal) => return failure::refused(signed, refusal.violation()),
    };
    let words = signed.words();
    let said = match typed.violation {
        Some(violation) if violation.code == Reason::StateStale => {
            stale(origin, signed, &report, typed.fields)
        }
        Some(_) => Some(html! { p.said.wrong role="alert" { (words.report.refused) } }),
        None => Some(html! { p.said.note role="status" { (words.door.resumed) } }),
    };
    let beside = Beside {
        said,
        typed: Some(typed),
        contact: None,
    };
    page(origin, signed, status, &report, &beside).await
}

/// What happened since the form was opened.
fn stale(
    origin: &Origin,
    signed: &Signed,
    report: &StoredReport,
    fields: &Fields,
) -> Option<Markup> {
    let names = Names::of(origin, signed)?;
    let events = report.log.events();
    let seen = fields.text("seen").parse().unwrap_or(0);
    let since = events.get(seen..).unwrap_or_default();
    let words = &signed.words().report;
    Some(html! {
        section.said.wrong role="alert" {
            h2 { (words.stale) }
            p { (words.stale_body) }
            (timeline::brief(&names, since))
        }
    })
}

/// The page.
pub(super) async fn page(
    origin: &Origin,
    signed: &Signed,
    status: StatusCode,
    report: &StoredReport,
    beside: &Beside<'_>,
) -> Response {
    let Some(names) = Names::of(origin, signed) else {
        return failure::failed(signed);
    };
    let number = &report.head.number;
    let (photos, nearby) = match read(origin, signed, report).await {
        Ok(read) => read,
        Err(refusal) => return failure::refused(signed, refusal.violation()),
    };
    let direction = match signed.language {
        Language::Arabic => Direction::RightToLeft,
        Language::English => Direction::LeftToRight,
    };
    let title = format!("{} · {number}", names.category(&report.head.category));
    let title = isolate(&title, direction);
    let body = html! {
        @if let Some(said) = &beside.said { (said) }
        (facts::standing(&names, report))
        div.split {
            div.column.said-of-it {
                (facts::about(&names, report))
                (facts::photos(&names, number, &photos))
            }
            div.column.to-do {
                (steps::card(origin, signed, &names, report, beside.typed))
                (facts::reporter(origin, signed, report, beside.contact.as_ref()))
                (near::card(signed, &names, report, &nearby))
            }
            div.column.past { (timeline::card(&names, report)) }
        }
    };
    framed(status, signed, &title, body)
}

async fn read(
    origin: &Origin,
    signed: &Signed,
    report: &StoredReport,
) -> Result<(Vec<balagh_shared::delivery::StoredPhoto>, Vec<near::Near>), Refusal> {
    let failed = |error| Refusal::failed(Reason::StorageUnavailable, error);
    let photos = origin.store.photos(&report.head.number);
    let photos = photos.await.map_err(failed)?;
    let nearby = near::of(origin, signed, report).await.map_err(failed)?;
    Ok((photos, nearby))
}
