//! How a report stands: where it is, who has it, what happened, and what its reporter may do now.

use balagh_messages::states::state_name;
use balagh_shared::status::{PublicStatus, ReporterAction, State, StatusEvent, What};
use maud::{Markup, html};

use super::{Desk, may};
use crate::http::Response;
use crate::pages::door::Api;
use crate::pages::field::{Choice, Field};
use crate::pages::form::Form;
use crate::pages::frame::icon;
use crate::pages::hijri::hijri;
use crate::pages::report::Fault;

/// What a page of a report may have said to its reporter last: said again where the page is only
/// shown again, be it in another language.
const SAID: [&str; 5] = [
    "follow.done",
    "close.done",
    "reopen.done",
    "rate.done",
    "rate.reopened",
];

/// The page of a report; `done`: the word for what its reporter just did.
pub(super) fn page(
    desk: &Desk<'_, impl Api>,
    status: &PublicStatus,
    form: &Form,
    done: Option<&'static str>,
    faults: &[Fault],
) -> Response {
    let words = desk.words;
    let called = words.by_kind("number", status.kind.unwrap_or_default());
    let title = format!("{called} {}", status.number);
    let is_shown_again = done.is_none() && faults.is_empty();
    let said = SAID.into_iter().find(|it| *it == form.text("said"));
    let done = done.or(said.filter(|_| is_shown_again));
    let was_lost = form.text("go") == "lost-check" || form.has("found");
    let acts = acts(desk, status, form, faults);
    let body = html! {
        (desk.errors(faults, &acts))
        h1 { (called) " " bdi class="num whole" dir="ltr" { (status.number) } }
        // One form, so that whichever button is pressed, what was typed anywhere comes along.
        form id="form" method="post" action=(desk.address(words.language())) novalidate {
        (desk.known())
        @if let Some(done) = done {
            input type="hidden" name="said" value=(done);
            p class="card tint" role="status" { b { (words.say(done)) } }
        }
        @if was_lost { input type="hidden" name="found" value="1"; }
        p class="state" { span class="lab" { (words.say("state")) } " " b { (name_of(desk, status.state)) } }
        @if was_lost {
            div class="card tint" role="status" {
                p { (words.say("secret")) ": " bdi class="num" dir="ltr" { b { (desk.code) } } }
                p { (words.by_kind("keep", status.kind.unwrap_or_default())) }
            }
        }
        (closing(desk, status))
        (acts)
        (facts(desk, status))
        h2 class="h3" { (words.say("history")) }
        ol class="tl" { @for event in status.events.iter().rev() { (happened(desk, event)) } }
        div class="foot screen" {
            button class="btn quiet" name="go" value="show" { (words.say("news.again")) }
        }
        }
        p class="links screen" {
            a href=(desk.address(words.language())) { (words.say("track.again")) }
            " "
            a href={ "/" (desk.door.served.id()) "/report?lang=" (words.language()) } { (words.say("again")) }
        }
    };
    let code = if faults.is_empty() { 200 } else { 422 };
    desk.page(
        &title,
        !faults.is_empty(),
        desk.languages("show", "show"),
        body,
        code,
    )
}

fn name_of(desk: &Desk<'_, impl Api>, state: State) -> &'static str {
    state_name(desk.words.language(), state)
}

/// The code that closes it, and by when it closes without one.
fn closing(desk: &Desk<'_, impl Api>, status: &PublicStatus) -> Markup {
    let words = desk.words;
    let zone = &desk.door.served.document().time_zone;
    let Some(closing) = &status.closing else {
        return html! {};
    };
    html! {
        div class="card warn" {
            @if let Some(code) = &closing.code {
                p { (words.say("code.name")) ": " b { bdi class="num big" dir="ltr" { (code) } } }
                p { (words.say("code")) }
            }
            @if let Some(until) = closing.until {
                p { (words.fill("code.until", &[("t", &words.moment(until, zone))])) }
            }
        }
    }
}

fn facts(desk: &Desk<'_, impl Api>, status: &PublicStatus) -> Markup {
    let (words, served) = (desk.words, desk.door.served);
    let (language, public) = (words.language(), served.public());
    let zone = &served.document().time_zone;
    let category = served.document().category(&status.category);
    let category = category.map_or(status.category.as_str(), |it| {
        it.names.in_language(language)
    });
    let district = status.district.as_deref();
    let district = district.map(|id| {
        let known = public.district(id);
        known.map_or(id, |it| it.names.in_language(language))
    });
    let agency = status.agency.as_deref();
    let agency = agency.map(|id| (id, public.agency(id)));
    let department = status.department.as_deref().filter(|_| agency.is_none());
    let department = department.map(|code| {
        let known = public.departments.get(code);
        known.map_or(code, |it| it.in_language(language))
    });
    let joined = status.joined.to_string();
    html! {
        @if let Some((id, agency)) = agency {
            div class="card tint" {
                @match agency {
                    Some(agency) => {
                        @let name = agency.names.in_language(language);
                        p { b { (words.fill("moved", &[("a", name), ("contact", &agency.contact)])) } }
                    }
                    None => { p { b { (words.fill("told.transferred", &[("a", id)])) } } }
                }
                @if let Some(theirs) = &status.agency_reference {
                    p { (words.say("moved.number")) ": " bdi class="num" dir="ltr" { (theirs) } }
                }
            }
        }
        dl class="sum card" {
            div { dt { (words.say("what")) } dd { (category) } }
            @if let Some(district) = district { div { dt { (words.say("district")) } dd { (district) } } }
            @if let Some(department) = department { div { dt { (words.say("with")) } dd { (department) } } }
            div { dt { (words.say("received")) } dd { (words.moment(status.received_at, zone)) } }
            @if let Some(due) = status.due {
                @let is_late = status.state.is_open() && due.millis() < crate::pages::clock::now().millis();
                div {
                    dt { (words.say(if is_late { "due.late" } else { "due" })) }
                    dd { (words.moment(due, zone))
                        @if let Some(day) = hijri(words, served, due) { br; (day) } }
                }
            }
        }
        @if let Some(joins) = &status.joins { p { (words.fill("joins", &[("n", joins)])) } }
        @if status.joined > 0 { p { (words.fill("joined.count", &[("n", &joined)])) } }
        @if let Some(rating) = &status.rating {
            section {
                h2 class="h3" { (words.say("rate.yours")) }
                dl class="sum card" {
                    @for (key, stars) in [("rate.quality", rating.quality), ("rate.speed", rating.speed), ("rate.service", rating.service)] {
                        div { dt { (words.say(key)) } dd { (words.fill("stars.of", &[("n", &stars.to_string())])) } }
                    }
                }
            }
        }
    }
}

fn happened(desk: &Desk<'_, impl Api>, event: &StatusEvent) -> Markup {
    let words = desk.words;
    let said = match event.what {
        Some(What::FollowUp) => words.say("event.follow_up"),
        Some(What::Note) => words.say("event.note"),
        Some(What::Rated) => words.say("event.rated"),
        Some(What::Joined) => words.say("event.joined"),
        Some(What::Photo) if event.photo.is_some() => words.say("event.photo.team"),
        Some(What::Photo) => words.say("event.photo"),
        None => name_of(desk, event.state),
    };
    let at = words.moment(event.at, &desk.door.served.document().time_zone);
    html! {
        li {
            b { (said) }
            small { (at) }
            @if let Some(note) = event.note.as_deref().filter(|it| !it.is_empty()) {
                p class="said" dir="auto" { (note) }
            }
            @if let Some((photo, url)) = event.photo.as_ref().and_then(|it| Some((it, it.url.as_deref()?))) {
                a class="pictured" href=(url) {
                    img src=(url) width=(photo.width) height=(photo.height) loading="lazy"
                        alt=(words.fill("photo.team.alt", &[("t", &at)]));
                }
            }
        }
    }
}

/// What the reporter may do now, the nearest thing first.
fn acts(desk: &Desk<'_, impl Api>, status: &PublicStatus, form: &Form, faults: &[Fault]) -> Markup {
    let words = desk.words;
    let may = |action| may(status, action);
    let zone = &desk.door.served.document().time_zone;
    let asked = status.follow_up.and_then(|it| it.next);
    let asked = asked.filter(|_| status.state.is_open() && !may(ReporterAction::FollowUp));
    let why = form.text("why");
    let is_why = faults.iter().any(|fault| fault.field == "why") || !why.trim().is_empty();
    html! {
        @if may(ReporterAction::Close) || may(ReporterAction::Reopen) {
            section class="card act" {
                h2 class="h3" { (words.say(if may(ReporterAction::Close) { "close" } else { "reopen.after" })) }
                @if may(ReporterAction::Close) {
                    button class="btn" name="go" value="close" {
                        (icon(include_str!("../../../../widget/icons/check.svg")))
                        span { (words.say("close.yes")) }
                    }
                }
                @if may(ReporterAction::Reopen) {
                    details class="more" open[is_why] {
                        summary { (words.say("reopen")) }
                        (desk.field(faults, "why", words.say("reopen.why"), "").area(3, why))
                        button class="btn quiet" name="go" value="reopen" { (words.say("reopen.send")) }
                    }
                }
            }
        }
        @if may(ReporterAction::Rate) { (rate(desk, form, faults)) }
        @if may(ReporterAction::FollowUp) {
            section class="card act" {
                h2 class="h3" { (words.say("follow")) }
                @let note = Field { optional: true, ..desk.field(faults, "note", words.say("follow.note"), "") };
                (note.area(3, form.text("note")))
                button class="btn quiet" name="go" value="follow-up" { (words.say("follow.send")) }
            }
        }
        @if let Some(next) = asked {
            p class="hint" { (words.fill("follow.next", &[("t", &words.moment(next, zone))])) }
        }
        (left(desk, status, form))
    }
}

/// What was typed where nothing can be typed any more: to be copied, and never lost.
fn left(desk: &Desk<'_, impl Api>, status: &PublicStatus, form: &Form) -> Markup {
    let fields = [
        ("why", "reopen.why", ReporterAction::Reopen),
        ("comment", "rate.remark", ReporterAction::Rate),
        ("note", "follow.note", ReporterAction::FollowUp),
    ];
    html! {
        @for (name, label, action) in fields {
            @let typed = form.text(name);
            @if !typed.trim().is_empty() && !may(status, action) {
                (desk.field(&[], name, desk.words.say(label), "").kept(typed))
            }
        }
    }
}

fn rate(desk: &Desk<'_, impl Api>, form: &Form, faults: &[Fault]) -> Markup {
    let words = desk.words;
    let choices = ["1", "2", "3", "4", "5"].map(|n| Choice {
        value: n,
        label: n,
        hint: "",
    });
    let mut comment = desk.field(faults, "comment", words.say("rate.remark"), "");
    comment.optional = true;
    html! {
        section class="card act rate" {
            h2 class="h3" { (words.say("rate")) }
            p class="hint" { (words.say("rate.scale")) }
            @for (name, key) in [("quality", "rate.quality"), ("speed", "rate.speed"), ("service", "rate.service")] {
                (desk.field(faults, name, words.say(key), "")
                    .choices(&choices, &[form.text(name).to_owned()], false))
            }
            (comment.area(3, form.text("comment")))
            button class="btn quiet" name="go" value="rate" { (words.say("rate.send")) }
        }
    }
}
