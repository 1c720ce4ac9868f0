//! Asking where a report stands: number and code, nothing to sign in to.

use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::lost;
use crate::app::App;
use crate::live::Live;
use crate::renewed::{self, RENEWED};
use crate::track::{self, Going, TROUBLE};
use crate::view::{
    El, Top, busy_button, el, enters, errors, field_error, foot, head, invalid, link, title,
};

pub(super) fn top(app: App) -> Vec<El> {
    let names = app.document(|document| document.names.clone());
    vec![head(
        app,
        Top {
            back: true,
            line: app.label(&names),
            ..Top::default()
        },
    )]
}

pub(super) fn body(app: App) -> Vec<El> {
    let [number, secret] = app.track.typed;
    let body = el("div")
        .class("body stack s16")
        .child(title(app, &app.t("track"), None))
        .child(errors(app))
        .child(field(app, "number", number))
        .child(field(app, "secret", secret))
        .maybe(lost::link(app));
    let busy = move || app.track.going.get() != Going::Idle;
    let slow = el("div").attr("role", "status").live(move || {
        let slow = app.track.going.get() == Going::Slow;
        slow.then(|| el("p").class("foot-line").text(&app.t("slow.look")))
            .into_iter()
            .collect()
    });
    let go = busy_button(&app.t("track"), busy);
    let go = go.on("click", move |_| {
        track::look(app, &number.now(), &secret.now())
    });
    vec![body, foot("").child(trouble(app)).child(slow).child(go)]
}

/// What came to nothing, over the button that asked for it; with the way on where that is a page
/// loaded again.
pub(super) fn trouble(app: App) -> El {
    let renewed = move || {
        app.lacks
            .with(|lacks| lacks.iter().any(|lack| lack.key == RENEWED))
    };
    let reload = move || link(&app.t("reload")).on("click", move |_| renewed::reload(app));
    field_error(app, TROUBLE).live(move || renewed().then(reload).into_iter().collect())
}

/// The field `id`, its name under the same key, for what is written from left to right.
pub(super) fn field(app: App, id: &'static str, typed: Live<String>) -> El {
    let input = el("input")
        .class("inp")
        .attr("part", "field")
        .attr("dir", "ltr");
    let before = typed.now();
    let input = enters(app, invalid(app, id, "", input))
        .prop("value", before.as_str())
        .attr("autocomplete", "off")
        .on("input", move |event| {
            let input = event
                .target()
                .and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
            typed.set(input.map(|it| it.value()).unwrap_or_default());
        });
    el("div")
        .class("fld")
        .child(el("label").attr("for", id).text(&app.t(id)))
        .child(input)
        .child(field_error(app, id))
}
