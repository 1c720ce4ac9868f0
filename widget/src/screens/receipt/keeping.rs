//! What can be kept of a receipt: a picture, a page on paper, the number for somebody else.
//!
//! None of them carries the tracking code, but the picture where the reporter ticks it: whoever has
//! it can act on the report.

use leptos::task::spawn_local;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlCanvasElement, HtmlInputElement};

use super::goes_to;
use crate::app::{App, Done};
use crate::js;
use crate::live::Live;
use crate::track::{self, UNREACHABLE};
use crate::view::{El, button, check_row, el, icon_button};
use crate::{options, renewed};

/// Save, share, print; and the picture, once it is asked for.
pub(super) fn acts(app: App, done: &Done) -> El {
    let saving = Live::new(false);
    let act = |icon: &str, key: &str| {
        el("button")
            .class("act")
            .attr("type", "button")
            .icon(icon, "")
            .child(el("span").text(&app.t(key)))
    };
    let save = act("save", "save")
        .live_attr("aria-expanded", move || Some(saving.get().to_string()))
        .on("click", move |_| saving.set(!saving.now()));
    let number = done.receipt.number.clone();
    let share_it = act("share", "share").on("click", move |_| share(app, &number));
    let paper = leaf(app, done, false);
    let print = act("print", "print").on("click", move |_| {
        let paper = paper.clone();
        spawn_local(async move {
            let Some(module) = module(app).await else {
                return;
            };
            if let Some(frame) = app.find(".w") {
                let printed = js::call(&module, "print", &[frame.into(), paper]);
                let _ = js::settled(printed).await;
            }
        });
    });
    let done = done.clone();
    el("div")
        .class("keeping")
        .child(
            el("div")
                .class("acts")
                .child(save)
                .child(share_it)
                .child(print),
        )
        .live(move || {
            if saving.get() {
                vec![picture(app, &done)]
            } else {
                Vec::new()
            }
        })
}

/// The picture as it will be saved, whether it carries the code, and the button that saves it.
fn picture(app: App, done: &Done) -> El {
    let with_code = Live::new(false);
    let leaves = [false, true].map(|with| leaf(app, done, with));
    let leaf = move || {
        let [without, with] = &leaves;
        if with_code.get() { with } else { without }.clone()
    };
    let drawn = Live::new(None::<HtmlCanvasElement>);
    let canvas = el("canvas")
        .class("picture")
        .attr("role", "img")
        .attr("aria-label", &app.t("save.picture"))
        .follow_with(move |node| {
            let (leaf, canvas) = (leaf(), node.clone());
            spawn_local(async move {
                let Some(module) = module(app).await else {
                    return;
                };
                js::call(&module, "draw", &[canvas.clone().into(), leaf]);
                drawn.set(canvas.dyn_into().ok());
            });
        });
    let tick = check_row("", &app.t("save.code"), el("input").attr("id", "save-code"));
    let tick = tick.on("change", move |event| {
        let input = event
            .target()
            .and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
        with_code.set(input.is_some_and(|input| input.checked()));
    });
    let name = [&done.receipt.number, ".png"].concat();
    let save = button("quiet", &app.t("save.now"))
        .icon("save", "s")
        .on("click", move |_| {
            let Some(canvas) = drawn.now() else { return };
            let name = name.clone();
            spawn_local(async move {
                let Some(module) = module(app).await else {
                    return;
                };
                let saved = js::call(&module, "save", &[canvas.into(), name.into()]);
                if js::settled(saved).await.is_ok() && app.alive() {
                    app.polite.set(app.t("save.done"));
                }
            });
        });
    el("div")
        .class("card gap-t8 stack s12")
        .child(canvas)
        .child(tick)
        .child(el("p").class("lab").text(&app.t("save.code.why")))
        .child(save)
}

/// What stands on the picture and on paper.
fn leaf(app: App, done: &Done, with_code: bool) -> JsValue {
    let receipt = &done.receipt;
    let (names, zone) =
        app.document(|document| (document.names.clone(), document.time_zone.clone()));
    let received = app
        .locale
        .peek(|locale| locale.moment(receipt.received_at, &zone));
    let mut rows = vec![(app.t("what"), app.category_name(&done.category))];
    rows.extend(goes_to(app, receipt).map(|to| (app.t("with"), to)));
    rows.push((app.t("received"), received));
    if let Some(due) = receipt.due {
        let days = [Some(app.moment(due)), app.hijri(due)];
        let days: Vec<String> = days.into_iter().flatten().collect();
        rows.push((app.t("due"), days.join("\n")));
    }
    let rows = rows
        .into_iter()
        .map(|(term, words)| js::array([term.into(), words.into()]));
    let words = |key: &str| app.for_kind_of(key, &done.category);
    let direction = app.locale.peek(|locale| locale.direction());
    let leaf = js::object([
        ("lang", app.lang().into()),
        ("dir", direction.into()),
        ("org", app.label(&names).into()),
        ("title", words("done").into()),
        ("numberName", words("number").into()),
        ("number", receipt.number.as_str().into()),
        ("rows", js::array(rows)),
        ("link", address(app, &receipt.number).into()),
        ("linkName", words("print.track").into()),
        ("note", app.t("print.code").into()),
    ]);
    if with_code {
        js::set(&leaf, "secretName", app.t("secret").into());
        js::set(&leaf, "secret", receipt.secret.as_str().into());
    }
    leaf
}

/// Where anybody follows a report who has its code too: the address carries the number alone.
fn address(app: App, number: &str) -> String {
    let (edge, id) = app.options(|options| (options.edge.clone(), options.municipality.clone()));
    [
        &edge,
        "/",
        &id,
        "/track?lang=",
        &app.lang(),
        "&number=",
        number,
    ]
    .concat()
}

async fn module(app: App) -> Option<JsValue> {
    let functions = app.options(|options| options.functions());
    let module = options::receipt_module(functions).await;
    if !app.alive() {
        return None;
    }
    app.lacks.change(Vec::new());
    if let Err(error) = &module {
        track::trouble(app, renewed::words(app, error, UNREACHABLE));
    }
    module.ok()
}

/// A button that shares the number of a report.
pub(in crate::screens) fn share_button(app: App, number: &str) -> El {
    let number = number.to_owned();
    icon_button(&app.t("share"), "share", "").on("click", move |_| share(app, &number))
}

/// Hands the number, never the code, to whatever the device shares by; or copies it.
fn share(app: App, number: &str) {
    let text = [&app.t("number"), ": ", number].concat();
    let shared = js::object([
        ("text", text.as_str().into()),
        ("url", address(app, number).into()),
    ]);
    let navigator = js::get(&js::window(), "navigator");
    if js::get(&navigator, "share").is_undefined() {
        return copy(app, number.to_owned());
    }
    // Asked for within the press itself, or browsers refuse it.
    let sharing = js::call(&navigator, "share", &[shared]);
    let number = number.to_owned();
    spawn_local(async move {
        if let Err(why) = js::settled(sharing).await {
            // Who thinks better of it needs nothing in its place.
            let left = js::text(&why, "name").as_deref() == Some("AbortError");
            if !left && app.alive() {
                copy(app, number);
            }
        }
    });
}

/// A button that copies `text`.
pub(in crate::screens) fn copy_button(app: App, name: &str, text: &str) -> El {
    let text = text.to_owned();
    icon_button(name, "copy", "s").on("click", move |_| copy(app, text.clone()))
}

fn copy(app: App, text: String) {
    let clipboard = js::get(&js::get(&js::window(), "navigator"), "clipboard");
    let copying = js::call(&clipboard, "writeText", &[text.into()]);
    // In a frame, or without https, there may be no clipboard at all.
    let lacks_it = clipboard.is_undefined();
    spawn_local(async move {
        let copied = js::settled(copying).await.is_ok() && !lacks_it;
        if app.alive() {
            app.polite
                .set(app.t(if copied { "copied" } else { "copied.not" }));
        }
    });
}
