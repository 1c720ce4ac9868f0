//! What can be kept of a receipt: a picture, a page on paper, the number for somebody else.
//!
//! None of them carries the tracking code, but the picture where the reporter ticks it: whoever has
//! it can act on the report.

use std::future::Future;
use std::pin::Pin;

use leptos::task::spawn_local;
use wasm_bindgen::prelude::*;

use super::leaf;
use crate::app::{App, Done};
use crate::js;
use crate::live::Live;
use crate::part::{self, Part};
use crate::renewed;
use crate::track::{self, UNREACHABLE};
use crate::view::{El, el, icon_button};

/// What only who keeps a picture or a page of the receipt needs.
trait Keeping {
    /// The picture as it will be saved, and the button that saves it.
    fn picture(&self, app: App, done: &Done) -> El;
    /// Prints the receipt.
    fn print(&self, app: App, done: &Done) -> Pin<Box<dyn Future<Output = ()>>>;
}

struct Whole;

impl Keeping for Whole {
    fn picture(&self, app: App, done: &Done) -> El {
        leaf::picture(app, done)
    }

    fn print(&self, app: App, done: &Done) -> Pin<Box<dyn Future<Output = ()>>> {
        let paper = leaf::leaf(app, done, false);
        Box::pin(leaf::print(app, paper))
    }
}

thread_local! {
    static KEEPING: Part<dyn Keeping> = const { Part::new("keeping", &Whole) };
}

/// Hands in the part, of which this is.
#[wasm_bindgen]
pub fn come_keeping() {
    KEEPING.with(|it| it.bring(&Whole));
}

/// The part, fetched where it has not come; where it does not come, that is said.
async fn part(app: App) -> Option<&'static dyn Keeping> {
    said(app, part::fetch(app, &KEEPING).await)
}

/// What was fetched for what is kept, where the widget is still there; where it did not come, why.
pub(super) fn said<T>(app: App, fetched: Result<T, JsValue>) -> Option<T> {
    if !app.alive() {
        return None;
    }
    app.lacks.change(Vec::new());
    if let Err(error) = &fetched {
        track::trouble(app, renewed::words(app, error, UNREACHABLE));
    }
    fetched.ok()
}

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
        .on("click", move |_| {
            if saving.now() {
                return saving.set(false);
            }
            spawn_local(async move {
                saving.set(part(app).await.is_some());
            });
        });
    let number = done.receipt.number.clone();
    let share_it = act("share", "share").on("click", move |_| share(app, &number));
    let printed = done.clone();
    let print = act("print", "print").on("click", move |_| {
        let done = printed.clone();
        spawn_local(async move {
            if let Some(part) = part(app).await {
                part.print(app, &done).await;
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
                let part = part::came(&KEEPING);
                part.map(|it| it.picture(app, &done)).into_iter().collect()
            } else {
                Vec::new()
            }
        })
}

/// Where anybody follows a report who has its code too: the address carries the number alone.
pub(super) fn address(app: App, number: &str) -> String {
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
