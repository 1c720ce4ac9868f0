//! The receipt: number and code, who has it, what happens next. Its address holds neither: it is the
//! answer to the form, and coming back with the same form it is the same.

use balagh_shared::municipality::Kind;
use balagh_shared::receipt::Receipt;
use maud::{Markup, html};

use super::draft::Draft;
use super::step::Step;
use crate::http::Response;
use crate::pages::door::{Api, Door};
use crate::pages::frame::{icon, language_menu};
use crate::pages::hijri::hijri;
use crate::pages::{Page, Words};

/// The page.
pub(super) fn page(door: &Door<'_, impl Api>, draft: &Draft, receipt: &Receipt) -> Response {
    let words = door.words;
    let title = words.by_kind("done", draft.kind);
    let body = html! {
        (ticket(door, draft, receipt))
        (after(door, draft, receipt))
        (resend(door, draft))
    };
    let page = Page {
        served: Some(door.served),
        languages: languages(door),
        sky: Some(html! { h1 { (title) } }),
        ..Page::new(words, title, body)
    };
    page.response(200)
}

/// The page for a draft that was changed after it had been sent.
pub(super) fn changed(door: &Door<'_, impl Api>, draft: &Draft, receipt: &Receipt) -> Response {
    let words = door.words;
    let title = words.say("changed");
    let body = html! {
        h1 { (title) }
        p { (words.say("changed.why")) }
        (ticket(door, draft, receipt))
        form method="post" action=(address(door, words.language())) {
            (carried(draft))
            div class="foot" {
                button class="btn" name="go" value="anew" { (words.say("changed.anew")) }
            }
        }
        (tracking(door, draft, receipt))
    };
    let page = Page {
        served: Some(door.served),
        ..Page::new(words, title, body)
    };
    page.response(200)
}

fn ticket(door: &Door<'_, impl Api>, draft: &Draft, receipt: &Receipt) -> Markup {
    let (words, served) = (door.words, door.served);
    let language = words.language();
    let public = served.public();
    let agency = receipt.agency.as_deref().and_then(|id| public.agency(id));
    let department = receipt.department.as_deref();
    let department = department.and_then(|code| public.departments.get(code));
    let with = agency
        .map(|it| &it.names)
        .or(department)
        .map(|it| it.in_language(language));
    let district = receipt
        .district
        .as_deref()
        .and_then(|id| public.district(id));
    let zone = &served.document().time_zone;
    html! {
        section class="ticket" aria-label=(words.by_kind("number", draft.kind)) {
            span class="seal" { (icon(include_str!("../../../../widget/icons/check.svg"))) }
            p class="lab" { (words.by_kind("number", draft.kind)) }
            p class="no" { bdi class="num" dir="ltr" { (receipt.number) } }
            hr;
            // Paper is left lying about: it shows the number alone, unless this is wanted. It stands
            // before what it shows, as old browsers know only what follows.
            input type="checkbox" id="print-code" class="screen";
            label for="print-code" class="screen" { (words.say("after.print.code")) }
            div class="secret" {
                p class="lab" { (words.say("secret")) }
                p class="no" { bdi class="num" dir="ltr" { (receipt.secret) } }
                p class="keep" { (words.by_kind("keep", draft.kind)) }
                p class="keep" { (words.say("save.code.why")) }
            }
            dl class="pairs" {
                @if let Some(with) = with {
                    div { dt { (words.say("with")) } dd { (with) } }
                }
                @if let Some(district) = district {
                    div { dt { (words.say("district")) } dd { (district.names.in_language(language)) } }
                }
                div { dt { (words.say("received")) } dd { (words.moment(receipt.received_at, zone)) } }
                @if let Some(due) = receipt.due {
                    div { dt { (words.say("due")) } dd {
                        (words.moment(due, zone))
                        @if let Some(day) = hijri(words, served, due) { br; (day) }
                    } }
                }
            }
        }
    }
}

/// What happens next, and what can be done with it.
fn after(door: &Door<'_, impl Api>, draft: &Draft, receipt: &Receipt) -> Markup {
    let (words, served) = (door.words, door.served);
    let agency = receipt.agency.as_deref();
    let agency = agency.and_then(|id| served.public().agency(id));
    let is_reached = !draft.phone.trim().is_empty() || !draft.email.trim().is_empty();
    html! {
        section {
            h2 class="h3" { (words.say("after")) }
            ol class="after" {
                @if let Some(agency) = agency {
                    @let name = agency.names.in_language(words.language());
                    li { (words.fill("moved", &[("a", name), ("contact", &agency.contact)])) }
                } @else {
                    li { (words.by_kind("after.looked", draft.kind)) }
                }
                @if is_reached { li { (words.say("after.told")) } }
                @else { li { (words.say("after.track")) } }
                // Who gives thanks waits for nothing.
                @if draft.kind != Kind::Thanks { li { (words.by_kind("after.done", draft.kind)) } }
            }
            @if let Some(reference) = &draft.reference {
                p { (words.say("reference")) ": " bdi { (reference) } }
            }
            p class="hint screen" { (words.say("after.print")) }
        }
        (tracking(door, draft, receipt))
        p class="links screen" {
            a href=(address(door, words.language())) { (words.say("again")) }
        }
    }
}

/// To the tracking page: number and code go in the body, as always.
fn tracking(door: &Door<'_, impl Api>, draft: &Draft, receipt: &Receipt) -> Markup {
    let (words, id) = (door.words, door.served.id());
    html! {
        form class="screen" method="post" action={ "/" (id) "/track?lang=" (words.language()) } {
            input type="hidden" name="number" value=(receipt.number);
            input type="hidden" name="code" value=(receipt.secret);
            button class="btn quiet" { (words.by_kind("track", draft.kind)) }
        }
    }
}

fn address(door: &Door<'_, impl Api>, language: &str) -> String {
    format!("/{}/report?lang={language}", door.served.id())
}

fn carried(draft: &Draft) -> Markup {
    html! {
        input type="hidden" name="draft" value=(draft.carried(Step::Review));
        input type="hidden" name="step" value=(Step::Review.code());
        @if draft.declared { input type="hidden" name="declared" value="yes"; }
    }
}

/// The form as it was sent, for the receipt in another language: the same form is the same receipt.
fn resend(door: &Door<'_, impl Api>, draft: &Draft) -> Markup {
    html! {
        form id="form" method="post" action=(address(door, door.words.language())) { (carried(draft)) }
    }
}

fn languages(door: &Door<'_, impl Api>) -> Markup {
    let offered = &door.served.document().languages;
    language_menu(door.words, offered, |language| {
        html! {
            button form="form" name="go" value="send" formaction=(address(door, language))
                lang=(language) { (Words::name_of(language)) }
        }
    })
}
