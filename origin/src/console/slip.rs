//! `/console/reports/{number}/slip`: what the caller is told, to be read out and printed. Nothing on
//! it says who they are.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use maud::html;

use super::frame::frame;
use super::names::{Names, number};
use super::report::looked_at;
use super::words::filled;
use super::{Signed, dates, failure, rate, taken};
use crate::server::Origin;

/// `GET /console/reports/{number}/slip`.
pub(super) async fn show(
    State(origin): State<Arc<Origin>>,
    signed: Signed,
    Path(of): Path<String>,
) -> Response {
    let report = match looked_at(&origin, &signed, &of, "slip").await {
        Ok(report) => report,
        Err(refusal) => return failure::refused(&signed, refusal.violation()),
    };
    let Some(names) = Names::of(&origin, &signed) else {
        return failure::failed(&signed);
    };
    let words = &signed.words().taken;
    let (life, document) = (report.life(), names.document());
    // Letter by letter, a pause where the hyphen is.
    let spelled: Vec<String> = of
        .split('-')
        .map(|group| {
            group
                .chars()
                .map(String::from)
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    let who = match &life.agency {
        Some(agency) => names.agency(agency),
        None => names.department(&life.department),
    };
    // Whoever took it in; what came by itself was taken in by nobody.
    let by = report.log.events().first();
    let by = by.and_then(|event| event.staff.as_deref());
    let body = html! {
        section.card.narrow.slip {
            p.municipality { (signed.municipality) }
            p.big { (number(&of)) }
            p.hint { (words.spelled) ": " bdi dir="ltr" { (spelled.join("  ·  ")) } }
            dl.facts {
                div { dt { (signed.words().lists.category) } dd { (names.category(&report.head.category)) } }
                div { dt { (words.with) } dd { (who) } }
                div { dt { (words.expected) } dd { (dates::moment(life.due, &document.time_zone, signed.language)) } }
                div { dt { (words.ask) } dd { bdi { (document.help.phone) } } }
            }
            p.hint { (words.told) }
            @if let Some(by) = by { p.hint { (filled(words.taken_by, &[("name", by)])) } }
        }
        p.hint.screen { (words.slip_hint) }
        @if let Some(address) = rate::address(&origin.keys.closing, &report) {
            p.screen { a.button.quiet href=(address) { (signed.words().customer.hand_over) } }
            p.hint.screen { (signed.words().customer.hand_over_hint) }
        }
        div.actions.screen {
            a.button href=(format!("/console/reports/{of}")) { (words.open) }
            @if taken::may_take_in(signed.member.role) {
                a href="/console/new" { (words.next) }
            }
        }
    };
    frame(&signed, words.slip, body)
}
