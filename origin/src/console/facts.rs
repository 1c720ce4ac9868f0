//! What is known of a report.

use balagh_shared::delivery::{StoredPhoto, Verdict};
use balagh_shared::municipality::{ClosingBy, Datatype};
use balagh_shared::report::{Contact, Place};
use balagh_shared::status::State;
use maud::{Markup, html};

use super::Signed;
use super::customer;
use super::dates;
use super::names::{Names, language_name, number, state};
use super::words::filled;
use crate::clearance;
use crate::lifecycle::policy::Policy;
use crate::server::Origin;
use crate::store::StoredReport;
use crate::sys;

/// How it stands, in a line.
pub(super) fn standing(names: &Names<'_>, report: &StoredReport) -> Markup {
    let language = names.language;
    let words = language.words();
    let (life, now) = (report.life(), sys::now());
    let zone = &names.document().time_zone;
    let is_late = life.state.is_open() && life.due < now;
    html! {
        div.standing {
            (state(life.state, language))
            @if life.level > 0 {
                span.tag.late { (filled(words.lists.level, &[("n", &life.level.to_string())])) }
            }
            span { (words.report.received) ": " (dates::moment(report.head.received_at, zone, language)) }
            @if life.state.is_open() {
                span.late[is_late] {
                    (dates::due(life.due, now, language)) " · " (dates::moment(life.due, zone, language))
                }
            }
        }
        @if let Some(leader) = &life.joins {
            p.said { (linked(words.report.follows, leader)) }
        }
        @if report.report.test { p.said.note { (words.report.trial) } }
        @if report.verdict == Verdict::Quarantine && life.state == State::Received {
            p.said.note { (words.report.quarantined) }
        }
    }
}

/// A sentence with a report's number in it, as a link.
pub(super) fn linked(sentence: &str, of: &str) -> Markup {
    let (before, after) = sentence.split_once("{number}").unwrap_or((sentence, ""));
    html! { (before) a href=(format!("/console/reports/{of}")) { (number(of)) } (after) }
}

/// Everything that was said of the problem.
pub(super) fn about(names: &Names<'_>, stored: &StoredReport) -> Markup {
    let words = &names.language.words().report;
    let (life, report) = (stored.life(), &stored.report);
    let document = names.document();
    let agency = life.agency.as_deref();
    let agency = agency.and_then(|id| document.agencies.iter().find(|it| it.id == id));
    let category = document.category(&stored.head.category);
    let needs_women = category.and_then(|it| it.inspectors.as_deref()) == Some("women");
    html! {
        section.card {
            h2 { (words.about) }
            @if report.description.trim().is_empty() {
                p.hint { (words.nothing_said) }
            } @else {
                blockquote.typed dir="auto" lang=(report.lang) { (report.description) }
            }
            (answers(names, stored))
            dl.facts {
                @if let Some(place) = &report.place { (placed(names, stored, place)) }
                (fact(words.department, html! { (names.department(&life.department)) }))
                @if let Some(agency) = agency {
                    (fact(words.agency, html! { (agency.names.in_language(names.language.code())) }))
                    (fact(words.agency_contact, html! { bdi { (agency.contact) } }))
                    @if let Some(reference) = &life.agency_reference {
                        (fact(words.reference, html! { bdi { (reference) } }))
                    }
                }
                @if needs_women { (fact(words.inspectors, html! { (words.women) })) }
                (fact(words.channel, html! { (names.channel(&report.channel)) }))
                (fact(words.language, html! { (language_name(&report.lang)) }))
                @if !stored.reasons.is_empty() {
                    (fact(words.marks, html! {
                        ul { @for reason in &stored.reasons {
                            li { (names.language.mark(*reason)) }
                        } }
                    }))
                }
            }
            (standing_by(names, stored))
            p.screen { a href=(format!("/console/reports/{}/slip", stored.head.number)) { (words.slip) } }
        }
    }
}

/// How it goes on: what was joined, asked again, and how it closes.
fn standing_by(names: &Names<'_>, stored: &StoredReport) -> Markup {
    let words = &names.language.words().report;
    let life = stored.life();
    let policy = Policy::of(names.document(), &stored.head.category);
    let closing = (life.state == State::Resolved && life.joins.is_none()).then(|| policy.closing());
    let by_itself = life.resolved_at.and_then(|at| policy.closes_by_itself(at));
    html! {
        @if life.is_published { p.hint { (words.public) } }
        @if life.follow_ups > 0 {
            p.hint { (filled(words.asked_times, &[("n", &life.follow_ups.to_string())])) }
        }
        @if let Some(closing) = closing {
            p.hint {
                @match closing.by {
                    ClosingBy::Survey => (words.by_survey),
                    _ => (words.by_code),
                }
                @if let Some(at) = by_itself {
                    @let when = dates::said(at, &names.document().time_zone, names.language);
                    " " (filled(words.closes, &[("when", &when)]))
                }
            }
        }
        @if !life.gained.is_empty() {
            div {
                p.hint { (filled(words.leads, &[("n", &life.gained.len().to_string())])) }
                ul.numbers { @for of in life.gained.iter().take(50) {
                    li { a href=(format!("/console/reports/{of}")) { (number(of)) } }
                } }
            }
        }
    }
}

fn fact(name: &str, value: Markup) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

fn placed(names: &Names<'_>, stored: &StoredReport, place: &Place) -> Markup {
    let words = &names.language.words().report;
    html! {
        @if let Some(district) = &stored.head.district {
            (fact(names.language.words().lists.district, html! { (names.district(district)) }))
        } @else if !place.candidates.is_empty() {
            (fact(words.candidates, html! {
                ul { @for id in &place.candidates { li { (names.district(id)) } } }
            }))
        }
        @if let Some(landmark) = &place.landmark {
            (fact(words.landmark, html! { bdi { (landmark) } }))
        }
        @if let Some(asset) = &place.asset { (fact(words.asset, html! { bdi { (asset) } })) }
        @if let Some(at) = place.at {
            // `geo:` opens whatever map the machine has: nothing is fetched from anybody.
            @let text = format!("{:.6}, {:.6}", at.lat, at.lon);
            (fact(words.coordinates, html! {
                a href=(format!("geo:{:.6},{:.6}", at.lat, at.lon)) { bdi dir="ltr" { (text) } }
            }))
        }
    }
}

fn answers(names: &Names<'_>, stored: &StoredReport) -> Markup {
    let language = names.language.code();
    let category = names.document().category(&stored.head.category);
    let questions = category.map_or(&[][..], |category| &category.questions);
    html! {
        @if !stored.report.answers.is_empty() {
            dl.facts aria-label=(names.language.words().report.answers) {
                @for answer in &stored.report.answers {
                    @let question = questions.iter().find(|it| it.code == answer.question);
                    @let name = question.map_or(answer.question.as_str(), |it| it.names.in_language(language));
                    (fact(name, html! {
                        ul { @for value in &answer.values {
                            @let chosen = question
                                .filter(|it| matches!(it.datatype, Datatype::SingleValueList | Datatype::MultiValueList))
                                .and_then(|it| it.values.iter().find(|it| it.code == *value));
                            li { bdi { (chosen.map_or(value.as_str(), |it| it.names.in_language(language))) } }
                        } }
                    }))
                }
            }
        }
    }
}

/// Its photos, each opened on its own.
pub(super) fn photos(names: &Names<'_>, of: &str, photos: &[StoredPhoto]) -> Markup {
    let words = &names.language.words().report;
    let all = photos.len().to_string();
    html! {
        @if !photos.is_empty() {
            section.card {
                h2 { (words.photos) }
                div.photos {
                    @for (index, photo) in photos.iter().enumerate() {
                        @let n = (index + 1).to_string();
                        @let address = format!("/console/reports/{of}/photos/{}", photo.sha256);
                        a href=(address) {
                            img src=(address) width=(photo.width) height=(photo.height) loading="lazy"
                                alt=(filled(words.photo, &[("n", &n), ("all", &all)]));
                        }
                    }
                }
            }
        }
    }
}

/// Who reported: behind a button, because each look is written down.
pub(super) fn reporter(
    origin: &Origin,
    signed: &Signed,
    report: &StoredReport,
    contact: Option<&Contact>,
) -> Markup {
    let words = &signed.words().report;
    let action = format!("/console/reports/{}/contact", report.head.number);
    html! {
        section.card {
            h2 { (words.reporter) }
            @if let Some(Contact { phone, email, name }) = contact {
                dl.facts {
                    @if let Some(name) = name { (fact(words.name, html! { bdi { (name) } })) }
                    @if let Some(phone) = phone {
                        (fact(words.phone, html! { a href=(format!("tel:{phone}")) { bdi dir="ltr" { (phone) } } }))
                    }
                    @if let Some(email) = email {
                        (fact(words.email, html! { a href=(format!("mailto:{email}")) { bdi dir="ltr" { (email) } } }))
                    }
                }
                p.hint role="status" { (words.shown) }
            } @else if report.contact.is_none() {
                p.hint { (words.no_contact) }
            } @else if clearance::may_see_reporter(origin, &signed.member, report) {
                form method="post" action=(action) {
                    (signed.word(&action))
                    button.quiet { (words.show_contact) }
                    p.hint { (words.show_hint) }
                }
            } @else {
                p.hint { (words.hidden_contact) }
            }
            (customer::link(signed, &report.head.number))
        }
    }
}
