//! How it was: three rows of stars, each a group of radio buttons.

use balagh_shared::status::PublicStatus;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement, KeyboardEvent};

use super::forms;
use crate::app::App;
use crate::js;
use crate::live::Live;
use crate::track::{self, RATED};
use crate::view::{El, el, field_error};

/// The stars there are.
const STARS: u8 = 5;

/// Asks how it was.
pub(super) fn ask(app: App) -> El {
    let words = ["rate.quality", "rate.speed", "rate.service"];
    let rows = RATED.into_iter().zip(words).zip(app.track.stars);
    let rows: Vec<El> = rows
        .map(|((what, words), stars)| row(app, what, words, stars))
        .collect();
    let remark = el("div")
        .class("fld gap-t8")
        .child(
            el("label")
                .attr("for", "remark")
                .text(&app.t("rate.remark"))
                .child(
                    el("span")
                        .class("opt-mark")
                        .text(&[" ", &app.t("optional")].concat()),
                ),
        )
        .child(forms::words(app, "remark", "", app.track.remark));
    el("section")
        .class("card rate gap-t16")
        .attr("aria-labelledby", "rate")
        .child(el("h3").class("h3").attr("id", "rate").text(&app.t("rate")))
        .children(rows)
        .live(move || {
            let low = || el("p").class("lab").text(&app.t("rate.low"));
            reopens(app).then(low).into_iter().collect()
        })
        .child(remark)
}

/// Whether these stars open the report again, by the category's rule or the municipality's.
fn reopens(app: App) -> bool {
    let stars = app.track.stars.map(Live::get);
    let category = app
        .track
        .report
        .peek(|it| it.as_ref().map(|it| it.status.category.clone()));
    let below = app.document(|document| {
        let own = document.category(&category.unwrap_or_default());
        let own = own.and_then(|category| category.closing);
        own.unwrap_or(document.closing).reopen_below
    });
    track::is_low(stars, below)
}

fn row(app: App, what: &str, words: &str, stars: Live<u8>) -> El {
    let id = ["rate-", what].concat();
    let star = |n: u8| {
        let input = el("input")
            .attr("type", "radio")
            .attr("name", &id)
            .attr("value", &n.to_string())
            .attr("aria-label", &app.count("stars", n.into()))
            .prop("checked", stars.now() == n)
            .on("change", move |_| stars.set(n));
        el("label").class("star").child(input).icon("star", "")
    };
    let group = el("span").class("g").children((1..=STARS).map(star));
    let row = el("fieldset")
        .class("stars")
        .attr("id", &id)
        .child(el("legend").text(&app.t(words)))
        .child(group.on("keydown", to_the_end));
    el("div").child(row).child(field_error(app, &id))
}

/// Home and End choose the first and the last star; the arrows are the browser's own.
fn to_the_end(event: Event) {
    let Some(key) = event.dyn_ref::<KeyboardEvent>().map(KeyboardEvent::key) else {
        return;
    };
    let which = match key.as_str() {
        "Home" => ":first-child > input",
        "End" => ":last-child > input",
        _ => return,
    };
    let group = event.current_target();
    let group = group.and_then(|it| it.dyn_into::<web_sys::Element>().ok());
    let found = group.and_then(|it| it.query_selector(which).ok().flatten());
    if let Some(input) = found.and_then(|it| it.dyn_into::<HtmlInputElement>().ok()) {
        event.prevent_default();
        js::call(&input, "focus", &[]);
        js::call(&input, "click", &[]);
    }
}

/// What was said already.
pub(super) fn given(app: App, status: &PublicStatus) -> Vec<El> {
    let Some(rating) = status.rating else {
        return Vec::new();
    };
    let rows = [
        ("rate.quality", rating.quality),
        ("rate.speed", rating.speed),
        ("rate.service", rating.service),
    ];
    let rows = rows.map(|(key, stars)| {
        let full = stars.min(STARS);
        let drawn = (1..=STARS).fold(
            el("span").class("given").attr("aria-hidden", "true"),
            |all, n| all.icon("star", if n <= full { "on" } else { "" }),
        );
        el("div").child(el("dt").text(&app.t(key))).child(
            el("dd").child(drawn).child(
                el("span")
                    .class("vh")
                    .text(&app.count("stars", full.into())),
            ),
        )
    });
    let card = el("section")
        .class("card gap-t16")
        .child(el("h3").class("h3").text(&app.t("rate.yours")))
        .child(el("dl").class("rated").children(rows));
    vec![card]
}
