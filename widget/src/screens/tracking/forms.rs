//! What a follow-up should say, and why a report is opened again.

use gloo_timers::future::TimeoutFuture;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;

use crate::app::App;
use crate::live::Live;
use crate::track::Form;
use crate::view::{El, el, field_error, invalid};

/// The form that is open.
pub(super) fn form(app: App, form: Form) -> El {
    let (label, hint) = match form {
        Form::Reopen => ("reopen.why", "private"),
        Form::FollowUp | Form::Closed => ("follow.note", "private"),
    };
    let optional = (form != Form::Reopen).then(|| {
        el("span")
            .class("opt-mark")
            .text(&[" ", &app.t("optional")].concat())
    });
    let label = el("label")
        .attr("for", "note")
        .text(&app.t(label))
        .maybe(optional);
    el("div").class("card gap-t16").child(
        el("div")
            .class("fld")
            .child(label)
            .child(
                el("p")
                    .class("hint")
                    .attr("id", "note-hint")
                    .text(&app.t(hint)),
            )
            .child(words(app, "note", "note-hint", app.track.note))
            .child(field_error(app, "note")),
    )
}

/// A field of several lines that keeps what is typed in `typed`.
pub(super) fn words(app: App, id: &'static str, hint: &'static str, typed: Live<String>) -> El {
    let area = el("textarea")
        .class("inp area")
        .attr("part", "field")
        .attr("rows", "3")
        .attr("maxlength", "1000")
        .attr("dir", "auto");
    let before = typed.now();
    invalid(app, id, hint, area)
        .prop("value", before.as_str())
        .on("input", move |event| {
            let area = event
                .target()
                .and_then(|it| it.dyn_into::<HtmlTextAreaElement>().ok());
            typed.set(area.map(|it| it.value()).unwrap_or_default());
        })
}

/// The focus goes into the form that has just been opened.
pub(super) fn focus(app: App) {
    spawn_local(async move {
        // It is in the document only after the effects have run.
        TimeoutFuture::new(0).await;
        if app.alive() {
            app.focus_field("note");
        }
    });
}
