//! The receipt: a ticket with number and code, who has it, and by when; and what can be kept of it.

mod keeping;
mod phone;

use balagh_shared::receipt::Receipt;

use super::track::trouble;
use crate::app::{App, Done};
use crate::track::{self, Going};
use crate::view::{
    El, Top, busy_button, el, foot, head, icon_button, isolated, lattice, link, note, number, title,
};
pub(super) use keeping::{copy_button, share_button};
pub(crate) use phone::masked;

pub(super) fn top(app: App) -> Vec<El> {
    let names = app.document(|document| document.names.clone());
    let close = icon_button(&app.t("close.receipt"), "close", "").on("click", move |_| app.renew());
    let head = head(
        app,
        Top {
            line: app.label(&names),
            ..Top::default()
        },
    )
    .child(close);
    vec![el("div").class("dusk").markup(lattice()), head]
}

pub(super) fn body(app: App) -> Vec<El> {
    let Some(done) = app.done.now() else {
        return Vec::new();
    };
    let receipt = &done.receipt;
    let below = el("div")
        .class("stack s12 gap-t16")
        .maybe(due(app, receipt))
        .maybe(done.phone.as_deref().map(|phone| news_to(app, phone)))
        .live(move || photos_left(app))
        .child(keeping::acts(app, &done))
        .child(link(&app.t("again")).on("click", move |_| app.renew()));
    let body = el("div")
        .class("body")
        .child(ticket(app, &done))
        .child(below);
    let (number, secret) = (receipt.number.clone(), receipt.secret.clone());
    let busy = move || app.track.going.get() != Going::Idle;
    let words = app.for_kind_of("track", &done.category);
    let track = busy_button(&words, busy).icon("next", "s flip");
    let track = track.on("click", move |_| track::look(app, &number, &secret));
    vec![body, foot("").child(trouble(app)).child(track)]
}

fn ticket(app: App, done: &Done) -> El {
    let receipt = &done.receipt;
    let words = |key: &str| app.for_kind_of(key, &done.category);
    let to = goes_to(app, receipt).map(|to| {
        el("p")
            .class("sub")
            .text(&words("done.to").replace("{u}", &to))
    });
    let joins = receipt.joins.as_deref().map(|other| {
        isolated(
            el("p").class("sub").attr("id", "joins"),
            &app.t("joins"),
            "n",
            other,
        )
    });
    let first = el("div")
        .class("ticket-top")
        .child(el("span").class("seal").icon("check", ""))
        .child(title(app, &words("done"), None))
        .maybe(to)
        .maybe(joins)
        .child(el("p").class("lab gap-t8").text(&words("number")))
        .child(
            el("div")
                .class("ticket-no")
                .child(number(&receipt.number).attr("id", "number"))
                .child(copy_button(app, &words("copy.number"), &receipt.number)),
        );
    let code = el("span")
        .child(number(&receipt.secret).attr("id", "secret"))
        .child(copy_button(app, &app.t("copy.secret"), &receipt.secret));
    let last = el("div")
        .class("ticket-end")
        .child(
            el("div")
                .class("ticket-key")
                .child(el("span").class("lab").text(&app.t("secret")))
                .child(code),
        )
        .child(el("p").class("lab").text(&words("keep")));
    el("section")
        .class("ticket")
        .attr("part", "ticket")
        .child(first)
        .child(el("div").class("perf"))
        .child(last)
}

/// Who has it: the agency it is passed to, the sub-municipality, or the department.
fn goes_to(app: App, receipt: &Receipt) -> Option<String> {
    let agency = receipt.agency.as_deref().map(|id| app.agency(id));
    let district = || receipt.district.as_deref().map(|id| app.district(id));
    let department = || app.department(receipt.department.as_deref()?);
    agency.or_else(district).or_else(department)
}

fn due(app: App, receipt: &Receipt) -> Option<El> {
    let at = receipt.due?;
    let other = app.hijri(at).map(|day| el("span").class("lab").text(&day));
    let words = el("span")
        .child(el("span").class("lab").text(&app.t("due")))
        .child(el("b").text(&app.moment(at)))
        .maybe(other);
    Some(note("", "clock", words))
}

/// Where news of it go, as far as the sender should recognise it.
fn news_to(app: App, phone: &str) -> El {
    let words = isolated(el("span"), &app.t("news.to"), "p", phone);
    note("mid lab", "message", words)
}

fn photos_left(app: App) -> Vec<El> {
    let left = app.owed.get();
    let words = || el("span").text(&app.count("photos.left", left));
    (left > 0)
        .then(|| note("mid lab", "camera", words()))
        .into_iter()
        .collect()
}
