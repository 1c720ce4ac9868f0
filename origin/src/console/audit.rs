//! `/console/audit`: who of the staff looked at what, and what for. For administrators.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use balagh_shared::reason::{Reason, Violation};
use maud::html;

use super::fields::Fields;
use super::frame::frame;
use super::names::{Names, number};
use super::{Signed, dates, failure};
use crate::server::Origin;
use crate::staff::Role;
use crate::store::AuditFilter;
use crate::sys;

/// Lines of a page.
const PAGE: u32 = 100;

/// `GET /console/audit`.
pub(super) async fn show(
    State(origin): State<Arc<Origin>>,
    signed: Signed,
    RawQuery(query): RawQuery,
) -> Response {
    if signed.member.role != Role::Administrator {
        return failure::refused(&signed, &Violation::new(Reason::StaffForbidden, ""));
    }
    let Some(names) = Names::of(&origin, &signed) else {
        return failure::failed(&signed);
    };
    let fields = Fields::parse(query.unwrap_or_default().as_bytes());
    let chosen = |name| fields.some(name).map(str::to_owned);
    let filter = AuditFilter {
        municipality: signed.member.municipality.clone(),
        staff: chosen("staff"),
        object: chosen("object"),
        action: chosen("action"),
        before: fields.some("before").and_then(|it| it.parse().ok()),
    };
    // Who looks at the looks stands among them.
    let own = origin
        .store
        .audit(&signed.member.name, "audit", "list", sys::now());
    let lines = match own.await {
        Ok(()) => origin.store.audited(&filter, PAGE).await,
        Err(error) => Err(error),
    };
    let Ok(lines) = lines else {
        return failure::failed(&signed);
    };
    let words = &signed.words().customer;
    let zone = &names.document().time_zone;
    let older = lines.last().filter(|_| lines.len() == PAGE as usize);
    let older = older.map(|last| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for name in ["staff", "object", "action"] {
            if let Some(value) = fields.some(name) {
                query.append_pair(name, value);
            }
        }
        query.append_pair("before", &last.id.to_string());
        format!("/console/audit?{}", query.finish())
    });
    let body = html! {
        p.hint { (words.audit_hint) }
        form.card method="get" action="/console/audit" {
            div.pair {
                @for (name, label) in [("staff", words.staff), ("object", words.object), ("action", words.action)] {
                    label.field { span { (label) } input name=(name) autocomplete="off" value=(fields.text(name)); }
                }
            }
            button.quiet { (words.look) }
        }
        @if lines.is_empty() { p.hint { (words.nobody) } } @else {
            ol.rows {
                @for line in &lines {
                    li.row {
                        span { b { bdi { (line.staff) } } }
                        span { bdi dir="ltr" { (line.look.action) } " · " (number(&line.look.object)) }
                        span.when { (dates::moment(line.look.at, zone, signed.language)) }
                        span { bdi { (line.look.why) } }
                    }
                }
            }
        }
        @if let Some(older) = older { p { a href=(older) { (words.older) } } }
    };
    frame(&signed, words.audit, body)
}
