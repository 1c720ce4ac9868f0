//! The forms of what may be done with a report.

use balagh_shared::number::ReportNumber;
use balagh_shared::problem::sentence;
use balagh_shared::reason::Violation;
use maud::{Markup, html};

use super::Signed;
use super::deed::{Deed, Offer, may_show_publicly, offers};
use super::fields::Fields;
use super::names::Names;
use super::report::Typed;
use super::words::filled;
use crate::lifecycle::step::MOST_CODES;
use crate::server::Origin;
use crate::store::StoredReport;

/// A form for each deed that the lifecycle and the role have; the one that was sent is open.
pub(super) fn card(
    origin: &Origin,
    signed: &Signed,
    names: &Names<'_>,
    report: &StoredReport,
    typed: Option<Typed<'_>>,
) -> Markup {
    let words = &signed.words().report;
    let offers = offers(origin, signed, names, report);
    let lost = typed.filter(|typed| !offers.iter().any(|(deed, _)| *deed == typed.deed));
    html! {
        section.card.steps {
            h2 { (words.next) }
            @if let Some(typed) = lost { (kept(signed, typed)) }
            @if offers.is_empty() { p.hint { (words.no_step) } }
            @for (deed, offer) in &offers {
                @let sent = typed.filter(|typed| typed.deed == *deed);
                @match offer {
                    Offer::Open => (form(signed, names, report, *deed, sent)),
                    Offer::Barred(why) => {
                        p.hint { b { (deed.name(signed.language)) } ": " (sentence(why, signed.language.code())) }
                    }
                }
            }
        }
    }
}

/// What was typed into a form that is not there any more: to be copied, never lost.
fn kept(signed: &Signed, typed: Typed<'_>) -> Markup {
    let words = &signed.words().report;
    let said = ["note", "reference", "to"].map(|name| typed.fields.text(name).trim());
    let said: Vec<&str> = said.into_iter().filter(|text| !text.is_empty()).collect();
    html! {
        div.said.note {
            p { b { (typed.deed.name(signed.language)) } ": " (words.not_offered) }
            @for text in said {
                textarea readonly dir="auto" aria-label=(words.words) { (text) }
            }
        }
    }
}

fn form(
    signed: &Signed,
    names: &Names<'_>,
    report: &StoredReport,
    deed: Deed,
    sent: Option<Typed<'_>>,
) -> Markup {
    let action = format!("/console/reports/{}/{}", report.head.number, deed.code());
    let name = deed.name(signed.language);
    let hidden = html! {
        (signed.word(&action))
        input type="hidden" name="revision" value=(report.revision);
        input type="hidden" name="seen" value=(report.log.events().len());
    };
    let violation = sent.and_then(|sent| sent.violation);
    let nothing = Fields::default();
    let fields = sent.map_or(&nothing, |sent| sent.fields);
    if deed == Deed::Start {
        return html! {
            form method="post" action=(action) { (hidden) (mend(signed, violation)) button { (name) } }
        };
    }
    html! {
        details.act open[sent.is_some()] {
            summary { (name) }
            form method="post" action=(action)
                enctype=[(deed == Deed::Picture).then_some("multipart/form-data")] {
                (hidden)
                (mend(signed, violation))
                (asked(signed, names, report, deed, fields))
                button.grave[deed == Deed::Reject] { (name) }
            }
        }
    }
}

fn mend(signed: &Signed, violation: Option<&Violation>) -> Markup {
    html! {
        @if let Some(violation) = violation {
            p.mend { (sentence(violation, signed.language.code())) }
        }
    }
}

/// What a form asks for.
fn asked(
    signed: &Signed,
    names: &Names<'_>,
    report: &StoredReport,
    deed: Deed,
    fields: &Fields,
) -> Markup {
    let words = &signed.words().report;
    let language = signed.language.code();
    let life = report.life();
    let text = |label: &str, hint: Option<&str>, is_needed: bool| {
        html! {
            label.field { span { (label) }
                textarea name="note" dir="auto" required[is_needed] maxlength="1000" { (fields.text("note")) }
                @if let Some(hint) = hint { small.hint { (hint) } }
            }
        }
    };
    let option = |name: &str, current: Option<&str>, value: &str, label: &str| {
        let chosen = fields.some(name).or(current) == Some(value);
        html! { option value=(value) selected[chosen] { (label) } }
    };
    match deed {
        Deed::Start | Deed::Publish => html! {},
        Deed::Assign => html! {
            label.field { span { (words.to_department) }
                select name="department" {
                    @for one in &names.document().departments {
                        (option("department", Some(&life.department), &one.code, one.names.in_language(language)))
                    }
                }
            }
        },
        Deed::Wait => text(words.question, Some(words.question_hint), true),
        Deed::Reject => text(words.why, None, true),
        Deed::Resolve | Deed::Return => text(words.to_reporter, None, false),
        Deed::Transfer => html! {
            label.field { span { (words.to_agency) }
                select name="agency" {
                    @for one in &names.document().agencies {
                        @let label = format!("{} · {}", one.names.in_language(language), one.contact);
                        (option("agency", life.agency.as_deref(), &one.id, &label))
                    }
                }
            }
            label.field { span { (words.reference) }
                input name="reference" dir="auto" maxlength="100" value=(fields.text("reference"));
                small.hint { (words.reference_hint) }
            }
            (text(words.to_reporter, None, false))
        },
        Deed::Close => {
            let left = MOST_CODES.saturating_sub(life.miscoded).to_string();
            let by_code = life.state == balagh_shared::status::State::Resolved;
            html! {
                @if by_code {
                    label.field { span { (words.code) }
                        input name="code" inputmode="numeric" autocomplete="off" dir="ltr" value=(fields.text("code"));
                        small.hint { (filled(words.code_hint, &[("left", &left)])) }
                    }
                }
                (text(words.to_reporter, None, false))
            }
        }
        Deed::Note => html! {
            (text(words.words, None, true))
            label.choice {
                // For colleagues, unless somebody chooses otherwise: what is sent cannot be taken back.
                @let is_fresh = fields.some("revision").is_none();
                input type="checkbox" name="internal" value="1" checked[is_fresh || fields.some("internal").is_some()];
                span { (words.internal) }
            }
        },
        Deed::Picture => html! {
            label.field { span { (words.picture_file) }
                input name="photo" type="file" required accept="image/jpeg,image/png,image/webp";
                small.hint { (words.picture_hint) }
            }
            (text(words.to_reporter, None, false))
            @if may_show_publicly(signed, names, report) {
                label.choice {
                    @let is_fresh = fields.some("revision").is_none();
                    input type="checkbox" name="public" value="1" checked[is_fresh || fields.some("public").is_some()];
                    span { (words.picture_public) }
                }
            } @else { p.hint { (words.picture_private) } }
        },
        Deed::Join => html! {
            label.field { span { (words.which) }
                input name="to" dir="ltr" autocomplete="off" required value=(fields.text("to"));
            }
        },
    }
}

/// The number of the other report, as it is written, whatever was typed.
pub(super) fn other(fields: &Fields) -> String {
    let typed = fields.text("to").trim();
    ReportNumber::parse(typed).map_or_else(|_| typed.to_owned(), |it| it.as_str().to_owned())
}
