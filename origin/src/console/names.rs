//! What codes are called in the municipality's document.

use balagh_shared::language::OWN_NAMES;
use balagh_shared::municipality::Municipality;
use balagh_shared::status::State;
use maud::{Markup, html};

use super::Signed;
use super::words::Language;
use crate::municipalities::Served;
use crate::server::Origin;

/// The names of one municipality in one language. What its document has no more is called by its
/// code.
#[derive(Clone, Copy)]
pub(super) struct Names<'a> {
    pub(super) served: &'a Served,
    pub(super) language: Language,
}

impl<'a> Names<'a> {
    /// Those of somebody's municipality; nothing where it is not served any more.
    pub(super) fn of(origin: &'a Origin, signed: &Signed) -> Option<Names<'a>> {
        let served = origin.municipalities.by_id(&signed.member.municipality)?;
        Some(Names {
            served,
            language: signed.language,
        })
    }

    pub(super) fn document(&self) -> &'a Municipality {
        &self.served.document
    }

    pub(super) fn category(&self, code: &'a str) -> &'a str {
        let category = self.document().category(code);
        category.map_or(code, |it| it.names.in_language(self.language.code()))
    }

    pub(super) fn department(&self, code: &'a str) -> &'a str {
        let departments = self.document().departments.iter();
        let department = departments.clone().find(|it| it.code == code);
        department.map_or(code, |it| it.names.in_language(self.language.code()))
    }

    pub(super) fn agency(&self, id: &'a str) -> &'a str {
        let agency = self.document().agencies.iter().find(|it| it.id == id);
        agency.map_or(id, |it| it.names.in_language(self.language.code()))
    }

    pub(super) fn district(&self, id: &'a str) -> &'a str {
        let district = self.served.public.districts.iter().find(|it| it.id == id);
        district.map_or(id, |it| it.names.in_language(self.language.code()))
    }

    pub(super) fn channel(&self, code: &'a str) -> &'a str {
        self.language.words().common.channel(code)
    }
}

/// A language of the form by its own name.
pub(super) fn language_name(code: &str) -> &str {
    let known = OWN_NAMES.iter().find(|(known, _)| *known == code);
    known.map_or(code, |(_, name)| name)
}

/// A state: a shape, a colour and a word, so that each of them can be missed.
pub(super) fn state(state: State, language: Language) -> Markup {
    let (tone, shape) = match state {
        State::Received | State::Screened => ("fresh", "M8 2 14 8 8 14 2 8z"),
        State::Assigned | State::InProgress => ("work", "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2z"),
        State::WaitingForReporter | State::Transferred => {
            ("away", "M3 3h3.5v10H3zM9.5 3H13v10H9.5z")
        }
        State::Resolved => (
            "done",
            "M6.5 13 1.8 8.300 3.400 6.700 6.500 9.800 12.600 3.700 14.200 5.300z",
        ),
        State::Reopened => ("again", "M8 1.500 15 14H1z"),
        State::Closed | State::Rejected => ("over", "M2 6.500h12v3H2z"),
    };
    html! {
        span.state.(tone) {
            svg viewBox="0 0 16 16" aria-hidden="true" focusable="false" { path d=(shape); }
            (language.words().state(state))
        }
    }
}

/// A number of a report, written from left to right among whatever stands around it.
pub(super) fn number(number: &str) -> Markup {
    html! { bdi.number dir="ltr" { (number) } }
}
