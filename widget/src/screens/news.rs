//! What happened elsewhere while the citizen is at a report: others wait, others arrived.

use leptos::task::spawn_local;

use super::bar;
use crate::app::{App, Screen, Sending};
use crate::keep;
use crate::live::derived;
use crate::view::{El, el, link, number};

/// Adds the lines of it to those under the header. Each follows what it says and nothing else: the
/// attempts to send what waits would have it read again, and take the focus from its link.
pub(super) fn news(app: App, notes: El) -> El {
    let arrived = derived(move || {
        app.unseen
            .with(|unseen| unseen.last().map(|done| done.receipt.number.clone()))
    });
    let waiting = derived(move || {
        let elsewhere = |screen: &Screen| !matches!(screen, Screen::Queued | Screen::Code);
        let shown = app.screen.with(elsewhere) && app.sending.get() == Sending::Idle;
        app.waiting.with(Vec::len) * usize::from(shown)
    });
    notes
        .live(move || {
            app.locale.track();
            arrived.with(|number| number.iter().map(|it| receipt(app, it)).collect())
        })
        .live(move || {
            app.locale.track();
            match waiting.get() {
                0 => Vec::new(),
                many => vec![others(app, many)],
            }
        })
}

/// A receipt that was not seen yet.
fn receipt(app: App, arrived: &str) -> El {
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
    let words = el("span").text(&app.t("unseen")).text(" ");
    bar("check", words.child(number(arrived))).child(show)
}

/// How many reports wait.
fn others(app: App, waiting: usize) -> El {
    let show = link(&app.t("waiting.show")).on("click", move |_| app.show(Screen::Queued));
    let words = el("span").text(&app.count("waiting", waiting));
    bar("clock", words).child(show)
}
