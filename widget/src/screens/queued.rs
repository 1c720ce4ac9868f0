//! What waits on the device: what happens next, and what can be done meanwhile.

use balagh_shared::reason::Reason;
use wasm_bindgen::JsCast;
use web_sys::HtmlCanvasElement;

use super::review;
use crate::app::App;
use crate::confirm;
use crate::departure;
use crate::live::{Live, derived};
use crate::outgoing::{Need, Outgoing};
use crate::photos;
use crate::sender;
use crate::view::{El, Top, busy_button, button, el, foot, head, journey, link, note, title};

/// The pixels of a thumbnail's side: twice what is shown, for sharp screens.
const SIDE: &str = "120";

/// What is shown of a report that waits.
#[derive(Clone, PartialEq)]
struct Row {
    key: String,
    needs: Option<Need>,
    trouble: Option<Reason>,
    busy: bool,
}

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

fn row(report: &Outgoing) -> Row {
    Row {
        key: report.draft.id.clone(),
        needs: report.needs,
        trouble: report.last.as_ref().and_then(crate::api::Came::reason),
        busy: report.busy,
    }
}

pub(super) fn body(app: App) -> Vec<El> {
    let rows = derived(move || {
        app.waiting
            .with(|all| all.iter().map(row).collect::<Vec<_>>())
    });
    let keys =
        derived(move || rows.with(|rows| rows.iter().map(|it| it.key.clone()).collect::<Vec<_>>()));
    let words = derived(move || {
        app.keeping.track();
        app.waiting.track();
        departure::words(app)
    });
    let body = el("div")
        .class("body")
        .markup(journey())
        .live(move || {
            let many = keys.with(Vec::len);
            let text = match (words.get(), many) {
                ("queued", 2..) => app.count("queued.n", many),
                (key, _) => app.t(key),
            };
            vec![title(app, &text, None)]
        })
        .live(move || {
            let key = match words.get() {
                "queued" => "queued.b",
                _ => "queued.open",
            };
            vec![el("p").class("sub").text(&app.t(key))]
        })
        .live(move || {
            let keys = keys.get();
            let single = keys.len() < 2;
            keys.into_iter()
                .map(|key| card(app, rows, key, single))
                .collect()
        })
        .live(move || {
            let single = keys.with(|keys| keys.len() < 2);
            let again = link(&app.t("again")).on("click", move |_| app.renew());
            let again = single.then(|| el("div").class("gap-t16").child(again));
            again.into_iter().collect()
        });
    // Where the only one waits for a code, that is what there is to do.
    let code = derived(move || {
        rows.with(|rows| match rows.as_slice() {
            [row] if row.needs == Some(Need::Code) => Some(row.key.clone()),
            _ => None,
        })
    });
    let first = move || match code.get() {
        Some(key) => busy_button(&app.t("otp.ask"), move || app.asking.get())
            .on("click", move |_| confirm::owed(app, &key)),
        None => send_now(app, rows),
    };
    // One is edited here; of several each is edited in its card, and another one begun here.
    let second = move || match <[String; 1]>::try_from(keys.get()) {
        Ok([key]) => {
            button("quiet fit", &app.t("edit")).on("click", move |_| sender::take_back(app, &key))
        }
        Err(_) => button("quiet fit", &app.t("again")).on("click", move |_| app.renew()),
    };
    let foot = foot("two")
        .live(move || vec![first()])
        .live(move || vec![second()]);
    vec![body, foot]
}

fn send_now(app: App, rows: Live<Vec<Row>>) -> El {
    let busy = move || rows.with(|rows| rows.iter().any(|row| row.busy));
    busy_button(&app.t("queued.now"), busy).on("click", move |_| {
        if app.online.now() {
            sender::online(app);
        } else {
            app.assertive.set(app.t("offline"));
        }
    })
}

fn card(app: App, rows: Live<Vec<Row>>, key: String, single: bool) -> El {
    let asking = Live::new(false);
    let of = move |key: &str, rows: &Vec<Row>| rows.iter().find(|row| row.key == key).cloned();
    let (about, changing) = (key.clone(), key.clone());
    el("section")
        .class("card gap-t16 stack s12")
        .children(what(app, &key))
        .live(move || {
            let row = rows.with(|rows| of(&about, rows));
            row.map(|row| state(app, row, single)).unwrap_or_default()
        })
        .live(move || {
            if asking.get() {
                vec![confirm_delete(app, asking, &changing)]
            } else {
                vec![actions(app, asking, &changing, single)]
            }
        })
}

/// What it is about, and since when it waits.
fn what(app: App, key: &str) -> Vec<El> {
    let found = app.waiting.peek(|all| {
        let report = all.iter().find(|it| it.draft.id == key)?;
        Some((report.draft.clone(), report.photos.clone(), report.since))
    });
    let Some((draft, photos, since)) = found else {
        return Vec::new();
    };
    let category = app.category_name(&draft.category.unwrap_or_default());
    let mut lines = vec![review::words_of(app, &draft.place)];
    if !photos.is_empty() {
        lines.push(app.count("photos.n", photos.len()));
    }
    lines.retain(|line| !line.is_empty());
    let thumb = photos.into_iter().find_map(|photo| photo.bytes);
    let thumb = thumb.map(|bytes| {
        let canvas = el("canvas").attr("width", SIDE).attr("height", SIDE);
        if let Ok(drawn) = canvas.node().clone().dyn_into::<HtmlCanvasElement>() {
            photos::draw(app, bytes, drawn);
        }
        el("span")
            .class("thumb m")
            .attr("aria-hidden", "true")
            .child(canvas)
    });
    let lines = el("span")
        .class("lab")
        .attr("dir", "auto")
        .text(&lines.join(&app.t("comma")));
    let words = el("span").child(el("b").text(&category)).child(lines);
    let first = el("div").class("note mid").maybe(thumb).child(words);
    let since = app.locale.peek(|locale| locale.clock(since));
    let since = el("span").text(&app.fill("queued.since", &[("t", &since)]));
    let since = note("mid lab", "clock", since);
    vec![first, el("hr"), since]
}

/// What it waits for besides the network, and why, where the edge said so.
fn state(app: App, row: Row, single: bool) -> Vec<El> {
    if row.busy {
        let text = if app.working.get() {
            "working"
        } else {
            "queued.going"
        };
        let words = el("span").attr("role", "status").text(&app.t(text));
        return vec![note("mid lab", "send", words)];
    }
    let key = row.key;
    match row.needs {
        Some(Need::Code) => {
            let words = note("", "phone", el("span").text(&app.t("queued.c")));
            let ask = button("quiet", &app.t("otp.ask"));
            let ask = ask.on("click", move |_| confirm::owed(app, &key));
            [words]
                .into_iter()
                .chain((!single).then_some(ask))
                .collect()
        }
        Some(Need::Identity) => vec![note("", "user", el("span").text(&app.t("queued.identity")))],
        None => {
            let words = row
                .trouble
                .map(|reason| el("span").text(&app.t(reason.code())));
            words
                .map(|words| note("lab", "info", words))
                .into_iter()
                .collect()
        }
    }
}

fn actions(app: App, asking: Live<bool>, key: &str, single: bool) -> El {
    let delete = el("button")
        .class("lk danger")
        .attr("type", "button")
        .icon("trash", "s")
        .text(&app.t("queued.delete"))
        .on("click", move |_| asking.set(true));
    let key = key.to_owned();
    let edit =
        (!single).then(|| link(&app.t("edit")).on("click", move |_| sender::take_back(app, &key)));
    el("div").class("split").child(delete).maybe(edit)
}

fn confirm_delete(app: App, asking: Live<bool>, key: &str) -> El {
    let key = key.to_owned();
    let sure =
        button("danger", &app.t("queued.delete")).on("click", move |_| sender::delete(app, &key));
    let keep_it = button("quiet", &app.t("queued.keep")).on("click", move |_| asking.set(false));
    el("div")
        .class("card warn stack s12")
        .attr("role", "group")
        .child(el("b").text(&app.t("queued.sure")))
        .child(sure)
        .child(keep_it)
}
