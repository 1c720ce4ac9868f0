//! A contact that went to somebody else: from which day on, and taken back where that was wrong.
//!
//! Each is done for a reason that stands in the audit, as every look at the person does.

use axum::response::Response;
use balagh_shared::municipality::TimeZone;
use balagh_shared::time::{DAY_MS, Timestamp};
use maud::{Markup, html};

use super::customer::{self, Found, form, mend, unread};
use super::fields::Fields;
use super::names::Names;
use super::words::filled;
use super::{Signed, dates, failure};
use crate::refusal::Refusal;
use crate::server::Origin;
use crate::staff::Role;
use crate::sys;

const MINUTE_MS: i64 = 60_000;

/// Whether somebody of this role may say so.
pub(super) fn may_note(role: Role) -> bool {
    matches!(role, Role::Supervisor | Role::Administrator)
}

/// Notes that the contact is another person's from a day on: today, or one since the first of the
/// reports that it would part.
pub(super) async fn note(
    origin: &Origin,
    signed: &Signed,
    fields: &Fields,
    found: &Found,
) -> Result<Response, Refusal> {
    let Some(names) = Names::of(origin, signed) else {
        return Ok(failure::failed(signed));
    };
    let zone = &names.document().time_zone;
    let words = &signed.words().customer;
    let now = sys::now();
    let first = origin.store.first_of(&found.prints, found.at).await;
    let first = zone.local_day(first.map_err(unread)?.unwrap_or(now));
    let today = zone.local_day(now);
    let day = match fields.some("since") {
        None => Some(today),
        Some(typed) => typed_day(typed),
    };
    let Some(day) = day.filter(|day| (first..=today).contains(day)) else {
        let (first, today) = (written(first), written(today));
        let values = [("first", first.as_str()), ("today", &today)];
        let said = filled(words.since_when, &values);
        return Ok(mend(origin, signed, fields, Some(found), said));
    };
    let noted = origin
        .store
        .contact_changed(&found.prints, start_of(day, zone));
    noted.await.map_err(unread)?;
    Ok(done(origin, signed, words.changed_done))
}

/// Takes back that it is.
pub(super) async fn take_back(
    origin: &Origin,
    signed: &Signed,
    fields: &Fields,
    found: &Found,
) -> Result<Response, Refusal> {
    let words = &signed.words().customer;
    let since = Timestamp::parse(fields.text("since")).ok();
    let was_noted = match since {
        Some(since) => {
            let taken_back = origin.store.contact_unchanged(&found.prints, since);
            taken_back.await.map_err(unread)?
        }
        None => false,
    };
    // Somebody else may have been first.
    Ok(match was_noted {
        true => done(origin, signed, words.unchanged_done),
        false => {
            let said = words.unchanged_before.to_owned();
            mend(origin, signed, fields, Some(found), said)
        }
    })
}

/// What was noted, each with the way back, and the form that notes it.
pub(super) fn shown(signed: &Signed, names: &Names<'_>, fields: &Fields, found: &Found) -> Markup {
    let words = &signed.words().customer;
    let zone = &names.document().time_zone;
    let may_note = may_note(signed.member.role);
    let today = written(zone.local_day(sys::now()));
    html! {
        @for since in &found.changes {
            section.card {
                p { (words.changed_since) " " (dates::moment(*since, zone, signed.language)) }
                @if may_note {
                    (form(signed, fields, "unchanged", html! {
                        input type="hidden" name="since" value=(since);
                        button.quiet { (words.unchanged) }
                    }))
                }
            }
        }
        @if may_note && !found.prints.is_empty() && !found.is_empty() {
            details.card {
                summary { (words.changed) }
                p.hint { (words.changed_hint) }
                (form(signed, fields, "changed", html! {
                    label.field { span { (words.since) }
                        input type="date" name="since" max=(today) value=(fields.text("since"));
                    }
                    button.quiet { (words.changed) }
                }))
            }
        }
    }
}

fn done(origin: &Origin, signed: &Signed, said: &str) -> Response {
    customer::page(
        origin,
        signed,
        &Fields::default(),
        None,
        Some(said.to_owned()),
    )
}

/// A day as a form sends it, in days since 1970.
fn typed_day(typed: &str) -> Option<i64> {
    let midnight = Timestamp::parse(&format!("{typed}T00:00:00Z")).ok()?;
    Some(midnight.millis().div_euclid(DAY_MS))
}

/// The same, written.
fn written(day: i64) -> String {
    let text = Timestamp::from_millis(day * DAY_MS).to_string();
    text.get(..10).unwrap_or_default().to_owned()
}

/// When a day begins on the municipality's clocks.
fn start_of(day: i64, zone: &TimeZone) -> Timestamp {
    let midnight = Timestamp::from_millis(day * DAY_MS);
    let east = i64::from(zone.offset_minutes_at(midnight)) * MINUTE_MS;
    let east = i64::from(zone.offset_minutes_at(midnight.plus_millis(-east))) * MINUTE_MS;
    midnight.plus_millis(-east)
}
