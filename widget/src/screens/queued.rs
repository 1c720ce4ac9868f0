//! The report waits on the device: what happens next, and what can be done meanwhile.

use crate::live::Live;
use leptos::task::spawn_local;

use super::{review, shots};
use crate::app::{App, Sending};
use crate::draft::Step;
use crate::view::{El, Top, button, el, foot, head, journey, note, title};
use crate::{keep, sender};

pub(super) fn top(app: App) -> Vec<El> {
    let names = app.document(|document| document.names.clone());
    vec![head(
        app,
        Top {
            line: app.label(&names),
            ..Top::default()
        },
    )]
}

pub(super) fn body(app: App) -> Vec<El> {
    let asking = Live::new(false);
    let body = el("div")
        .class("body")
        .markup(journey())
        .child(title(app, &app.t("queued"), None))
        .child(el("p").class("sub").text(&app.t("queued.b")))
        .child(card(app))
        .live(move || trouble(app))
        .live(move || {
            if asking.get() {
                vec![confirm(app, asking)]
            } else {
                vec![delete(app, asking)]
            }
        });
    let now = button("", "")
        .live_attr("aria-busy", move || {
            (app.sending.get() != Sending::Idle).then(|| "true".to_owned())
        })
        .live(move || {
            let busy = app.sending.get() != Sending::Idle;
            let spinner = busy.then(|| el("span").class("spin").attr("aria-hidden", "true"));
            spinner
                .into_iter()
                .chain([el("span").text(&app.t("queued.now"))])
                .collect()
        });
    let now = now.on("click", move |_| {
        if app.online.now() {
            sender::wake(app);
        } else {
            app.assertive.set(app.t("offline"));
        }
    });
    let edit = button("quiet fit", &app.t("edit")).on("click", move |_| {
        spawn_local(async move {
            sender::take_back(app).await;
            if app.alive() && app.done.peek(Option::is_none) {
                app.go(Step::Review);
            }
        });
    });
    vec![body, foot("two").child(now).child(edit)]
}

fn card(app: App) -> El {
    let draft = app.draft.now();
    let category = app.category_name(&draft.category.unwrap_or_default());
    let photos: Vec<u32> = app
        .photos
        .peek(|it| it.iter().filter(|it| it.is_usable()).map(|it| it.id).collect());
    let thumb = photos
        .first()
        .map(|id| el("span").class("thumb m").child(shots::canvas(app, *id)));
    let mut lines = vec![review::place_words(app)];
    if !photos.is_empty() {
        lines.push(app.count("photos.n", photos.len()));
    }
    lines.retain(|line| !line.is_empty());
    let lines = el("span")
        .class("lab")
        .attr("dir", "auto")
        .text(&lines.join(&app.t("comma")));
    let words = el("span").child(el("b").text(&category)).child(lines);
    let first = el("div").class("note mid").maybe(thumb).child(words);
    let since = draft.waiting_since.unwrap_or_else(crate::js::now);
    let since = app.locale.peek(|locale| locale.clock(since));
    let since = el("span").text(&app.fill("queued.since", &[("t", &since)]));
    let since = note("mid lab", "clock", since);
    el("div")
        .class("card gap-t16")
        .child(first)
        .child(el("hr"))
        .child(since)
}

/// Why it waits, where the edge said more than nothing.
fn trouble(app: App) -> Vec<El> {
    let reason = app.trouble.get();
    let words = reason.map(|reason| el("span").text(&app.t(reason.code())));
    words
        .map(|words| note("gap-t16 lab", "info", words))
        .into_iter()
        .collect()
}

fn delete(app: App, asking: Live<bool>) -> El {
    let delete = el("button")
        .class("lk danger")
        .attr("type", "button")
        .icon("trash", "s");
    delete
        .text(&app.t("queued.delete"))
        .on("click", move |_| asking.set(true))
}

fn confirm(app: App, asking: Live<bool>) -> El {
    let sure = button("danger", &app.t("queued.delete")).on("click", move |_| {
        spawn_local(async move {
            // It may have arrived: then its receipt is worth more than its absence.
            if sender::arrived(app).await || !app.alive() {
                return;
            }
            let id = app.draft.peek(|draft| draft.id.clone());
            keep::erase(app, &id).await;
            if app.alive() {
                app.renew();
            }
        });
    });
    let keep_it = button("quiet", &app.t("queued.keep")).on("click", move |_| asking.set(false));
    el("div")
        .class("card warn gap-t16 stack s12")
        .attr("role", "group")
        .child(el("b").text(&app.t("queued.sure")))
        .child(sure)
        .child(keep_it)
}
