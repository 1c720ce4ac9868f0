//! What happened to a report, the newest first.

use balagh_shared::status::State;
use maud::{Markup, html};

use super::dates;
use super::facts::linked;
use super::names::Names;
use super::words::{Words, filled};
use crate::lifecycle::{Actor, Event, What};
use crate::store::StoredReport;

/// All of it.
pub(super) fn card(names: &Names<'_>, report: &StoredReport) -> Markup {
    html! {
        section.card {
            h2 { (names.language.words().report.timeline) }
            ol.timeline reversed {
                @for event in report.log.events().iter().rev() {
                    (line(names, Some(&report.head.number), event))
                }
            }
        }
    }
}

/// Some of it, the oldest first.
pub(super) fn brief(names: &Names<'_>, events: &[Event]) -> Markup {
    html! { ol.timeline { @for event in events { (line(names, None, event)) } } }
}

/// A line; with the photo that came with it where the report's number is given.
fn line(names: &Names<'_>, of: Option<&str>, event: &Event) -> Markup {
    let words = names.language.words();
    let zone = &names.document().time_zone;
    let is_inner = matches!(event.what, What::Note { internal: true });
    html! {
        li.moved[event.what.moves()].inner[is_inner] {
            p { b { (happened(names, event)) } }
            p.hint {
                (dates::moment(event.at, zone, names.language)) " · "
                @match &event.staff {
                    Some(name) => bdi { (name) },
                    None => (actor(words, event.actor)),
                }
            }
            @if let Some(note) = &event.note { blockquote.typed dir="auto" { (note) } }
            @if let (Some(of), What::Pictured { sha256, width, height, is_public }) = (of, &event.what) {
                @let address = format!("/console/reports/{of}/photos/{sha256}");
                a.pictured href=(address) {
                    img src=(address) width=(width) height=(height) loading="lazy" alt=(words.report.pictured);
                }
                p.hint { (if *is_public { words.report.picture_seen } else { words.report.picture_private }) }
            }
        }
    }
}

fn actor(words: &Words, actor: Actor) -> &'static str {
    let report = &words.report;
    match actor {
        Actor::Edge => report.by_edge,
        Actor::Origin => report.by_origin,
        Actor::Partner => report.by_partner,
        Actor::Staff => report.by_staff,
        Actor::Reporter => report.by_reporter,
    }
}

fn happened(names: &Names<'_>, event: &Event) -> Markup {
    let words = names.language.words();
    let report = &words.report;
    let text = |sentence: &str, values: &[(&str, &str)]| html! { (filled(sentence, values)) };
    match &event.what {
        What::State if event.state == State::Received => html! { (report.came_in) },
        What::State => text(report.moved, &[("state", words.state(event.state))]),
        What::Assigned { department } => text(
            report.given,
            &[("department", names.department(department))],
        ),
        What::Transferred { agency, reference } => html! {
            (filled(report.passed, &[("agency", names.agency(agency))]))
            @if let Some(reference) = reference {
                "; " (filled(report.their_number, &[("number", reference)]))
            }
        },
        What::Reopened { due } => {
            let due = dates::said(*due, &names.document().time_zone, names.language);
            text(report.reopened_due, &[("due", &due)])
        }
        What::FollowUp => html! { (report.asked_again) },
        What::Note { internal: true } => html! { (report.noted) },
        What::Note { internal: false } => html! { (report.wrote) },
        What::Rated {
            quality,
            speed,
            service,
        } => {
            let marks = [quality, speed, service].map(u8::to_string);
            let [quality, speed, service] = &marks;
            let values = [
                ("quality", quality.as_str()),
                ("speed", speed),
                ("service", service),
            ];
            text(report.rated, &values)
        }
        What::Joined { to } => linked(report.joined, to),
        What::Gained { number } => linked(report.gained, number),
        What::Escalated { level } => text(report.escalated, &[("level", &level.to_string())]),
        What::Miscoded => html! { (report.miscoded) },
        What::Published => html! { (report.published) },
        What::Photo => html! { (report.photo_came) },
        What::Pictured { .. } => html! { (report.pictured) },
        What::Erased => html! { (report.erased) },
    }
}
