//! What happened elsewhere while the citizen is at a report: others wait, others arrived.

use leptos::task::spawn_local;

use crate::app::{App, Screen};
use crate::keep;
use crate::view::{El, el, link, number};

/// The lines of it, under the header.
pub(super) fn news(app: App) -> Vec<El> {
    let screen = app.screen.get();
    let mut lines = Vec::new();
    let unseen = app
        .unseen
        .with(|unseen| unseen.last().map(|done| done.receipt.number.clone()));
    if let Some(arrived) = unseen {
        let show = link(&app.t("unseen.show")).on("click", move |_| {
            let done = app.unseen.update(Vec::pop);
            // What is typed stays in the form, behind the receipt.
            if let Some(done) = &done {
                let key = keep::receipt_key(done);
                spawn_local(async move { keep::erase(app, &key).await });
            }
            app.done.set(done);
            app.show(Screen::Receipt);
        });
        let words = el("span")
            .text(&app.t("unseen"))
            .text(" ")
            .child(number(&arrived));
        lines.push(line("check").child(words).child(show));
    }
    let waiting = app.waiting.with(|all| all.len());
    let sending = app.sending.get() != crate::app::Sending::Idle;
    if waiting > 0 && !sending && !matches!(screen, Screen::Queued | Screen::Code) {
        let show = link(&app.t("waiting.show")).on("click", move |_| app.show(Screen::Queued));
        let words = el("span").text(&app.count("waiting", waiting));
        lines.push(line("clock").child(words).child(show));
    }
    lines
}

fn line(icon: &str) -> El {
    el("div")
        .class("banner")
        .attr("role", "status")
        .icon(icon, "s")
}
