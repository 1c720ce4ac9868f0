//! The receipt: a ticket with number and code, who has it, and by when.

use balagh_shared::receipt::Receipt;

use super::track;
use crate::app::App;
use crate::js;
use crate::view::{
    El, Top, button, el, foot, head, icon_button, lattice, link, note, number, title,
};

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
    let receipt = done.receipt;
    let below = el("div")
        .class("stack s12 gap-t16")
        .maybe(due(app, &receipt))
        .live(move || photos_left(app))
        .child(link(&app.t("again")).on("click", move |_| app.renew()));
    let body = el("div")
        .class("body")
        .child(ticket(app, &receipt))
        .child(below);
    let track = button("", &app.t("track")).icon("next", "s flip");
    let track = track.on("click", move |_| {
        track::look(app, receipt.number.clone(), receipt.secret.clone());
    });
    vec![body, foot("").child(track)]
}

fn ticket(app: App, receipt: &Receipt) -> El {
    let to = goes_to(app, receipt);
    let to = to.map(|to| {
        el("p")
            .class("sub")
            .text(&app.fill("done.to", &[("u", &to)]))
    });
    let first = el("div")
        .class("ticket-top")
        .child(el("span").class("seal").icon("check", ""))
        .child(title(app, &app.t("done"), None))
        .maybe(to)
        .child(el("p").class("lab gap-t8").text(&app.t("number")))
        .child(
            el("div")
                .class("ticket-no")
                .child(number(&receipt.number).attr("id", "number"))
                .child(copy(app, "copy.number", &receipt.number)),
        );
    let code = el("span")
        .child(number(&receipt.secret).attr("id", "secret"))
        .child(copy(app, "copy.secret", &receipt.secret));
    let last = el("div")
        .class("ticket-end")
        .child(
            el("div")
                .class("ticket-key")
                .child(el("span").class("lab").text(&app.t("secret")))
                .child(code),
        )
        .child(el("p").class("lab").text(&app.t("keep")));
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
    let department = || {
        let code = receipt.department.as_deref()?;
        let names = app.document(|document| document.departments.get(code).cloned())?;
        Some(app.label(&names))
    };
    agency.or_else(district).or_else(department)
}

fn due(app: App, receipt: &Receipt) -> Option<El> {
    let at = receipt.due?;
    let (zone, hijri) = app.document(|document| (document.time_zone.clone(), document.hijri));
    let (day, other) = app.locale.peek(|locale| {
        (
            locale.moment(at, &zone),
            hijri.then(|| locale.hijri(at, &zone)),
        )
    });
    let other = other.map(|day| {
        el("span")
            .class("lab")
            .text(&app.fill("hijri", &[("d", &day)]))
    });
    let words = el("span")
        .child(el("span").class("lab").text(&app.t("due")))
        .child(el("b").text(&day))
        .maybe(other);
    Some(note("", "clock", words))
}

fn photos_left(app: App) -> Vec<El> {
    let left = app.owed.get();
    let words = || el("span").text(&app.count("photos.left", left));
    (left > 0)
        .then(|| note("mid lab", "camera", words()))
        .into_iter()
        .collect()
}

fn copy(app: App, name: &str, text: &str) -> El {
    let text = text.to_owned();
    icon_button(&app.t(name), "copy", "s").on("click", move |_| {
        let clipboard = js::get(&js::get(&js::window(), "navigator"), "clipboard");
        js::call(&clipboard, "writeText", &[text.as_str().into()]);
        app.polite.set(app.t("copied"));
    })
}
