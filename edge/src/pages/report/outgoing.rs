//! The draft as it is sent.

use balagh_shared::municipality::{Datatype, PublicMunicipality, TimeZone};
use balagh_shared::report::{Answer, Contact, Report, ReporterType};
use balagh_shared::time::Timestamp;

use super::draft::Draft;
use super::place::place;
use super::step::Step;
use crate::served::Served;

/// By what reports of this form came in.
const CHANNEL: &str = "web_form";

/// What is sent for `draft`. The same draft gives the same report, so
/// that sending it again is sending the same.
pub(super) fn report(draft: &Draft, served: &Served) -> Report {
    let of = served.public();
    let passes = |step: Step| step.applies(draft, of);
    let said = |typed: &str| Some(typed.trim().to_owned()).filter(|it| !it.is_empty());
    let contact = Contact {
        phone: said(&draft.phone),
        email: said(&draft.email),
        name: None,
    };
    let is_reached = contact.phone.is_some() || contact.email.is_some();
    Report {
        category: draft.category.clone().unwrap_or_default(),
        description: draft.description.trim().to_owned(),
        lang: draft.lang.clone(),
        place: place(draft, served).filter(|_| passes(Step::Where)),
        pack: None,
        answers: answers(draft, of, &served.document().time_zone),
        photos: match passes(Step::Photos) {
            true => draft.photos.iter().map(|it| it.sha256.clone()).collect(),
            false => Vec::new(),
        },
        contact: Some(contact).filter(|_| is_reached && passes(Step::You)),
        share_contact: false,
        observed_at: None,
        declared: draft.declared,
        reporter_type: ReporterType::Person,
        channel: CHANNEL.to_owned(),
        partner_reference: draft.reference.clone(),
        test: false,
    }
}

/// The answers that count; a time as the municipality's clocks show it, which is what browsers give.
fn answers(draft: &Draft, of: &PublicMunicipality, zone: &TimeZone) -> Vec<Answer> {
    let questions = draft.category(of).map_or(&[][..], |it| &it.questions);
    let is_time = |code: &str| {
        let question = questions.iter().find(|it| it.code == code);
        question.is_some_and(|it| it.datatype == Datatype::Datetime)
    };
    let mut counted = draft.counted(of);
    for answer in counted.iter_mut().filter(|it| is_time(&it.question)) {
        for value in &mut answer.values {
            if let Some(at) = at_local(value, zone) {
                *value = at;
            }
        }
    }
    counted
}

/// A local time, `2026-11-21T09:41`, with the zone's offset; nothing for anything else.
fn at_local(typed: &str, zone: &TimeZone) -> Option<String> {
    let typed = typed.trim();
    if !matches!(typed.len(), 16 | 19) {
        return None;
    }
    let seconds = if typed.len() == 16 { ":00" } else { "" };
    let written = |minutes: i32| {
        let sign = if minutes < 0 { '-' } else { '+' };
        let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
        format!("{typed}{seconds}{sign}{hours:02}:{rest:02}")
    };
    let near = Timestamp::parse(&written(zone.offset_minutes)).ok()?;
    Some(written(zone.offset_minutes_at(near)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_a_browser_gives_is_the_municipalitys() {
        let zone = TimeZone {
            name: "Asia/Riyadh".into(),
            offset_minutes: 180,
            transitions: Vec::new(),
        };
        for (typed, expected) in [
            ("2026-11-21T09:41", Some("2026-11-21T09:41:00+03:00")),
            ("2026-11-21T09:41:07", Some("2026-11-21T09:41:07+03:00")),
            ("2026-11-21T09:41:07+03:00", None),
            ("yesterday at noon", None),
            ("2026-13-21T09:41", None),
            ("", None),
        ] {
            assert_eq!(at_local(typed, &zone).as_deref(), expected, "{typed}");
        }
    }
}
