//! `/console/review`: what the screen held until a person has looked.
//!
//! What is said of it at the edge's own page reaches both the report and the screen's record; what is
//! done here settles the report alone, since not every report that is not taken was spam. So this
//! page leads there, and shows what waits.

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
use super::{Signed, dates, failure, queue, taken};
use crate::queue::{Order, QueueFilter};
use crate::server::Origin;
use crate::store::{StoreError, StoredReport};
use crate::sys;

/// Reports of one page: each is shown with its words.
const PAGE: u32 = 20;

/// `GET /console/review`.
pub(super) async fn show(
    State(origin): State<Arc<Origin>>,
    signed: Signed,
    RawQuery(query): RawQuery,
) -> Response {
    if !taken::may_take_in(signed.member.role) {
        return failure::refused(&signed, &Violation::new(Reason::StaffForbidden, ""));
    }
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    match page(&origin, &signed, &query).await {
        Ok(Some(body)) => frame(&signed, signed.words().lists.review, body),
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
        state: Some(ReportState::Received.code().to_owned()),
        verdict: Some("quarantine".to_owned()),
        order: Order::Due,
        after: queue::behind(query),
        ..queue::own(origin, signed)
    };
    let held = Page::find(origin, signed, "review", &filter, PAGE).await?;
    let lists = &signed.words().lists;
    Ok(Some(html! {
        p.hint { (lists.review_hint) }
        p { a.button.quiet href=(format!("{}/staff/quarantine", origin.edge)) rel="noreferrer" { (lists.review_link) } }
        @if held.reports.is_empty() { p.empty { (lists.nothing) } }
        @for report in &held.reports { (held_back(&names, report)) }
        (held.onwards(signed, "/console/review"))
    }))
}

fn held_back(names: &Names<'_>, stored: &StoredReport) -> Markup {
    let lists = &names.language.words().lists;
    let head = &stored.head;
    html! {
        article.card {
            h2 { (names.category(&head.category)) " " (number(&head.number)) }
            blockquote.typed dir="auto" { (stored.report.description) }
            p.hint { (dates::ago(head.received_at, sys::now(), names.language)) }
            @if !stored.reasons.is_empty() {
                p.hint { (lists.why) ":" }
                ul { @for reason in &stored.reasons {
                    li { (names.language.mark(*reason)) }
                } }
            }
            p { a href=(format!("/console/reports/{}", head.number)) { (lists.open) } }
        }
    }
}
