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
use crate::clearance;
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
    let who = match &life.agency {
        Some(agency) => names.agency(agency),
        None => names.department(&life.department),
    };
    // Whoever took it in; what came by itself was taken in by nobody.
    let by = report.taken_in_by();
    // Who holds it acts for the reporter: it is theirs, and of the staff only who hands it over sees it.
    let secret = by
        .filter(|by| *by == signed.member.name)
        .and_then(|_| clearance::tracking_code(&origin.keys, &report));
    let body = html! {
        section.card.narrow.slip {
            p.municipality { (signed.municipality) }
            p.big { (number(&of)) }
            p.hint { (words.spelled) ": " bdi dir="ltr" { (spelled(&of)) } }
            @if let Some(secret) = &secret {
                p.code { (words.tracking_code) }
                p.secret { bdi dir="ltr" { (secret) } }
                p.hint { (words.spelled) ": " bdi dir="ltr" { (spelled(secret)) } }
                p.hint { (words.track_at) " " bdi dir="ltr" { (origin.edge) "/" (document.id) "/track" } }
            }
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
        @if secret.is_some() { p.hint.screen { (words.code_hint) } }
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

/// Letter by letter, a pause where a hyphen is.
fn spelled(written: &str) -> String {
    let letters = |group: &str| {
        group
            .chars()
            .map(String::from)
            .collect::<Vec<_>>()
            .join(" ")
    };
    let groups: Vec<String> = written.split('-').map(letters).collect();
    groups.join("  ·  ")
}
