//! The one-time code that confirms a contact.

use balagh_shared::text::with_ascii_digits;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::{subject_top, track};
use crate::app::{App, Screen};
use crate::confirm::{self, Confirming};
use crate::draft::Step;
use crate::view::{El, busy_button, el, enters, field_error, foot, invalid, isolated, link, title};

pub(crate) fn top(app: App) -> Vec<El> {
    if is_lost(app) {
        return track::top(app);
    }
    subject_top(app, Step::You, None)
}

pub(crate) fn body(app: App) -> Vec<El> {
    let Some(confirming) = app.confirming.now() else {
        return Vec::new();
    };
    let to = isolated(
        el("p").class("sub"),
        &app.t("otp"),
        "p",
        &confirming.contact,
    );
    let other = if confirming.by_email {
        "otp.change.email"
    } else {
        "otp.change"
    };
    let change = link(&app.t(other)).on("click", move |_| app.back());
    let body = el("div")
        .class("body stack s16")
        .child(title(
            app,
            &app.t("otp.title"),
            (!is_lost(app)).then_some(Step::You),
        ))
        .child(to)
        .child(code(app))
        .child(
            el("div")
                .class("split")
                .live(move || again(app))
                .child(change),
        );
    let next = busy_button(&app.t("otp.confirm"), move || app.asking.get());
    let next = next.on("click", move |_| confirm::verify(app, app.code.now()));
    vec![body, foot("").child(next)]
}

fn code(app: App) -> El {
    let input = el("input")
        .class("inp code")
        .attr("part", "field")
        .attr("type", "text");
    let input = enters(app, invalid(app, "code", "code-hint", input))
        .attr("dir", "ltr")
        .attr("inputmode", "numeric")
        .attr("autocomplete", "one-time-code")
        .attr("maxlength", "12")
        .prop("value", app.code.now())
        .on("input", move |event| {
            let input = event
                .target()
                .and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
            let Some(input) = input else { return };
            // Pasted with the spaces and in the digits that a message has it in.
            let digits = with_ascii_digits(&input.value());
            let digits: String = digits
                .chars()
                .filter(char::is_ascii_digit)
                .take(6)
                .collect();
            if input.value() != digits {
                input.set_value(&digits);
            }
            app.code.set(digits);
        });
    el("div")
        .class("fld")
        .child(el("label").attr("for", "code").text(&app.t("otp.code")))
        .child(
            el("p")
                .class("hint")
                .attr("id", "code-hint")
                .text(&app.t("otp.hint")),
        )
        .child(input)
        .child(field_error(app, "code"))
}

/// Another code, or how long until one may be asked for.
fn again(app: App) -> Vec<El> {
    let left = app
        .confirming
        .with(|it| it.as_ref().map_or(0, |it| it.again_s));
    if left > 0 {
        let words = app.count("otp.wait", left as usize);
        return vec![el("span").class("lab").text(&words)];
    }
    vec![link(&app.t("otp.again")).on("click", move |_| confirm::again(app))]
}

/// Whether the code is asked for because a tracking code was lost: then nothing is reported.
fn is_lost(app: App) -> bool {
    let of = |it: &Option<Confirming>| it.as_ref().is_some_and(|it| it.lost.is_some());
    app.confirming.peek(of)
}

/// Where the way back leads: to the queue, or to the contact.
pub(crate) fn back(app: App) {
    let lost = is_lost(app);
    let waits = app
        .confirming
        .peek(|it| it.as_ref().is_some_and(|it| it.waiting.is_some()));
    app.confirming.set(None);
    if lost {
        app.show(Screen::Lost);
    } else if waits {
        app.show(Screen::Queued);
    } else {
        app.go(Step::You);
    }
}
