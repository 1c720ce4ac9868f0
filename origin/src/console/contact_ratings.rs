//! `/console/contact-ratings`: what people said of agents and answers, for who leads them. No rating
//! is shown alone, and none with its report.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::time::Timestamp;
use maud::{Markup, html};

use super::fields::Fields;
use super::frame::frame;
use super::names::Names;
use super::words::filled;
use super::{Signed, failure};
use crate::server::Origin;
use crate::staff::Role;
use crate::store::ContactFigures;
use crate::sys;

/// Days that are shown where none are chosen.
const DAYS: i64 = 90;
/// Fewer are somebody's, and are not shown.
const FEWEST: u64 = 5;

/// `GET /console/contact-ratings`.
pub(super) async fn show(
    State(origin): State<Arc<Origin>>,
    signed: Signed,
    RawQuery(query): RawQuery,
) -> Response {
    if !matches!(signed.member.role, Role::Supervisor | Role::Administrator) {
        return failure::refused(&signed, &Violation::new(Reason::StaffForbidden, ""));
    }
    let Some(names) = Names::of(&origin, &signed) else {
        return failure::failed(&signed);
    };
    let zone = &names.document().time_zone;
    let fields = Fields::parse(query.unwrap_or_default().as_bytes());
    let day = |name| {
        let noon = format!("{}T12:00:00Z", fields.some(name)?);
        Some(zone.local_day(Timestamp::parse(&noon).ok()?))
    };
    let until = day("until").unwrap_or_else(|| zone.local_day(sys::now()));
    let from = day("from").unwrap_or(until - DAYS);
    let municipality = &signed.member.municipality;
    let figures = origin.store.contact_figures(municipality, from, until);
    let Ok(figures) = figures.await else {
        return failure::failed(&signed);
    };
    let words = &signed.words().customer;
    let body = html! {
        p.hint { (words.ratings_hint) }
        form.card method="get" action="/console/contact-ratings" {
            div.pair {
                @for (name, label) in [("from", words.from), ("until", words.until)] {
                    label.field { span { (label) } input type="date" name=(name) value=(fields.text(name)); }
                }
            }
            button.quiet { (words.look) }
        }
        @if figures.is_empty() { p.hint { (words.nobody) } }
        ol.rows {
            @for one in &figures {
                li.row {
                    span { b { bdi { (one.staff) } } }
                    span { (names.channel(&one.channel)) }
                    (marks(one, words.rated, words.few))
                }
            }
        }
    };
    frame(&signed, words.ratings, body)
}

fn marks(one: &ContactFigures, rated: &str, few: &str) -> Markup {
    if one.ratings < FEWEST {
        return html! { span { (few) } };
    }
    let percent = |pleased: u64| ((pleased * 200 + one.ratings) / (2 * one.ratings)).to_string();
    let (agent, answer) = (
        percent(one.pleased_with_agent),
        percent(one.pleased_with_answer),
    );
    let count = one.ratings.to_string();
    let values = [
        ("agent", agent.as_str()),
        ("answer", &answer),
        ("n", &count),
    ];
    html! { span { (filled(rated, &values)) } }
}
