//! `/console/transfers`: what other agencies have, until it closes.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::status::State as ReportState;
use maud::{Markup, html};

use super::fields::Fields;
use super::frame::frame;
use super::names::{Names, number};
use super::whole::Page;
use super::{Signed, dates, failure, queue};
use crate::queue::{Order, QueueFilter};
use crate::server::Origin;
use crate::staff::Role;
use crate::store::{StoreError, StoredReport};
use crate::sys;

/// Reports of one page.
const PAGE: u32 = 25;

/// `GET /console/transfers`.
pub(super) async fn show(
    State(origin): State<Arc<Origin>>,
    signed: Signed,
    RawQuery(query): RawQuery,
) -> Response {
    if signed.member.role == Role::Field {
        return failure::refused(&signed, &Violation::new(Reason::StaffForbidden, ""));
    }
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    match page(&origin, &signed, &query).await {
        Ok(Some(body)) => frame(&signed, signed.words().lists.transfers, body),
        Ok(None) | Err(_) => failure::failed(&signed),
    }
}

async fn page(
    origin: &Origin,
    signed: &Signed,
    query: &Fields,
) -> Result<Option<Markup>, StoreError> {
    let Some(names) = Names::of(origin, signed) else {
        return Ok(None);
    };
    let filter = QueueFilter {
        is_open: true,
        state: Some(ReportState::Transferred.code().to_owned()),
        order: Order::Due,
        after: queue::behind(query),
        ..queue::own(origin, signed)
    };
    let found = Page::find(origin, signed, "transfers", &filter, PAGE).await?;
    let lists = &signed.words().lists;
    Ok(Some(html! {
        p.hint { (lists.transfers_hint) }
        @if found.reports.is_empty() { p.empty { (lists.nothing) } } @else {
            ol.rows { @for report in &found.reports { li { (passed_on(&names, report)) } } }
        }
        (found.onwards(signed, "/console/transfers"))
    }))
}

fn passed_on(names: &Names<'_>, stored: &StoredReport) -> Markup {
    let language = names.language;
    let lists = &language.words().lists;
    let (life, now) = (stored.life(), sys::now());
    let agency = life.agency.as_deref().unwrap_or_default();
    let contact = names.document().agencies.iter().find(|it| it.id == agency);
    let since = stored
        .log
        .events()
        .iter()
        .rev()
        .find(|event| event.what.moves());
    html! {
        a.row href=(format!("/console/reports/{}", stored.head.number)) {
            span.what { b { (names.category(&stored.head.category)) } " " (number(&stored.head.number)) }
            span.where {
                b { (names.agency(agency)) }
                @if let Some(agency) = contact { (lists.contact) ": " bdi dir="ltr" { (agency.contact) } }
            }
            span.when {
                @if let Some(since) = since { span { (dates::ago(since.at, now, language)) } }
                " " span.late[life.due < now] { (dates::due(life.due, now, language)) }
            }
            span.where {
                (lists.reference) ": "
                @match &life.agency_reference {
                    Some(reference) => b { bdi { (reference) } },
                    None => (lists.none_yet),
                }
            }
        }
    }
}
