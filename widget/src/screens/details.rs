//! Third stop: the words carried over, the category's questions, photos.

use balagh_shared::municipality::{Ask, Datatype, Kind, PhotoRule, Question};
use balagh_shared::text;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement, HtmlTextAreaElement};

use super::{procedure, search, shots, subject_top};
use crate::app::{App, Keeping};
use crate::draft::Step;
use crate::js;
use crate::view::{El, button, el, errors, field_error, foot, invalid, number, title};

pub(super) fn top(app: App) -> Vec<El> {
    subject_top(app, Step::Details, None)
}

pub(super) fn body(app: App) -> Vec<El> {
    let (questions, mut photo) = app
        .category(|it| (it.questions.clone(), it.photo))
        .unwrap_or_default();
    let asks = app
        .draft
        .peek(|draft| app.document(|of| draft.kind_asks(of)));
    if asks.photos == Ask::None && photo == PhotoRule::Optional {
        // The category does not say more than its kind, and that needs no picture.
        photo = PhotoRule::None;
    }
    let body = el("div")
        .class("body stack s16")
        .child(title(app, &app.t(words(app).0), Some(Step::Details)))
        .children(untrack(|| search::about(app)))
        .maybe(procedure::procedure(app))
        .child(errors(app))
        .child(description(app))
        .children(questions.into_iter().map(|question| ask(app, question)))
        .maybe((photo != PhotoRule::None).then(|| shots::shots(app, photo)));
    let next = button("", &app.t("next")).icon("next", "s flip");
    vec![
        body,
        foot("").child(next.on("click", move |_| app.leave(Step::Details))),
    ]
}

/// The title, and what is asked for in the citizen's own words, by kind.
fn words(app: App) -> (&'static str, &'static str) {
    match app.draft.peek(|draft| draft.kind) {
        Kind::Report => ("details", "description"),
        Kind::Complaint => ("details.complaint", "description.complaint"),
        Kind::Suggestion => ("details.suggestion", "description.suggestion"),
        Kind::InformationRequest => (
            "details.information_request",
            "description.information_request",
        ),
        Kind::ServiceRequest => ("details", "description.service_request"),
        Kind::Thanks => ("details.thanks", "description.thanks"),
    }
}

fn description(app: App) -> El {
    let most = app.document(|document| f64::from(document.text.max));
    let typed = app.draft.peek(|draft| draft.description.clone());
    let area = el("textarea")
        .class("ta")
        .attr("part", "field")
        .attr("dir", "auto");
    let area = invalid(app, "description", "description-hint", area)
        .prop("value", typed.as_str())
        .on("input", move |event| {
            let area = event
                .target()
                .and_then(|it| it.dyn_into::<HtmlTextAreaElement>().ok());
            let typed = area.map(|it| it.value()).unwrap_or_default();
            app.edit(|draft| draft.description = text::without_controls(&typed));
        });
    let kept = el("span").live_text(move || match app.keeping.get() {
        Keeping::Opening => String::new(),
        Keeping::Kept => app.t("kept"),
        Keeping::Forbidden => app.t("kept.not"),
        Keeping::Full => app.t("kept.full"),
    });
    let counter = number("").live_text(move || {
        let typed = app
            .draft
            .with(|draft| text::length(draft.description.trim()));
        app.locale.peek(|words| {
            [
                words.number(f64::from(typed)),
                " / ".into(),
                words.number(most),
            ]
            .concat()
        })
    });
    el("div")
        .class("fld")
        .child(
            el("label")
                .attr("for", "description")
                .text(&app.t(words(app).1)),
        )
        .child(
            el("p")
                .class("hint")
                .attr("id", "description-hint")
                .text(&app.t("private")),
        )
        .child(area)
        .child(el("div").class("under").child(kept).child(counter))
        .child(field_error(app, "description"))
}

fn ask(app: App, question: Question) -> El {
    let id = ["q-", &question.code].concat();
    let name = app.label(&question.names);
    let name = if question.required {
        name
    } else {
        [&name, " ", &app.t("optional")].concat()
    };
    let group = match question.datatype {
        Datatype::SingleValueList | Datatype::MultiValueList => choices(app, &question, &id, &name),
        _ => typed(app, &question, &id, &name),
    };
    let lacking = id.clone();
    group
        .child(field_error(app, &lacking))
        .live_attr("hidden", move || {
            app.draft
                .with(|draft| app.document(|of| !draft.asks(&question, of)))
                .then(String::new)
        })
}

fn choices(app: App, question: &Question, id: &str, name: &str) -> El {
    let single = question.datatype == Datatype::SingleValueList;
    let given = app
        .draft
        .peek(|draft| draft.answer(&question.code).to_vec());
    let chips = question.values.iter().map(|value| {
        let (question, value, label) = (
            question.code.clone(),
            value.code.clone(),
            app.label(&value.names),
        );
        let input = el("input")
            .attr("type", if single { "radio" } else { "checkbox" })
            .attr("name", id)
            .prop("checked", given.contains(&value))
            .on("change", move |event| {
                let ticked = event
                    .target()
                    .and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
                let ticked = ticked.is_some_and(|input| input.checked());
                app.edit(|draft| {
                    let mut values = draft.answer(&question).to_vec();
                    values.retain(|it| !single && *it != value);
                    if ticked {
                        values.push(value.clone());
                    }
                    draft.set_answer(&question, values);
                });
            });
        el("label")
            .class("chip")
            .child(input)
            .child(el("span").text(&label))
    });
    el("fieldset")
        .attr("role", if single { "radiogroup" } else { "group" })
        .attr("id", id)
        .child(el("legend").class("fld-l").text(name))
        .child(el("div").class("chips").children(chips))
}

fn typed(app: App, question: &Question, id: &str, name: &str) -> El {
    let given = app
        .draft
        .peek(|it| it.answer(&question.code).first().cloned());
    let given = given.unwrap_or_default();
    let (tag, kind, mode) = match question.datatype {
        Datatype::Text => ("textarea", "", ""),
        Datatype::Number => ("input", "text", "decimal"),
        Datatype::Datetime => ("input", "datetime-local", ""),
        _ => ("input", "text", ""),
    };
    let moment = question.datatype == Datatype::Datetime;
    let field = el(tag)
        .class(if tag == "input" { "inp" } else { "ta short" })
        .attr("part", "field");
    let field = if tag == "input" {
        field.attr("type", kind)
    } else {
        field
    };
    let field = if mode.is_empty() {
        field
    } else {
        field.attr("inputmode", mode)
    };
    let field = if moment {
        field
    } else {
        field.attr("dir", "auto")
    };
    let code = question.code.clone();
    let field = field
        .attr("id", id)
        .prop("value", if moment { local(&given) } else { given })
        .on("input", move |event| {
            let value = value_of(&event);
            let value = if moment { universal(&value) } else { value };
            let values = if value.is_empty() {
                Vec::new()
            } else {
                vec![value]
            };
            app.edit(|draft| draft.set_answer(&code, values));
        });
    el("div")
        .class("fld")
        .child(el("label").attr("for", id).text(name))
        .child(field)
}

fn value_of(event: &Event) -> String {
    event
        .target()
        .and_then(|target| js::text(&target, "value"))
        .unwrap_or_default()
}

/// The device's time of day as an instant, RFC 3339; empty where there is none.
fn universal(local: &str) -> String {
    let date = js_sys::Date::new(&local.into());
    js::call(&date, "toJSON", &[])
        .as_string()
        .unwrap_or_default()
}

/// An instant as the device's time of day, `2026-11-21T09:41`.
fn local(universal: &str) -> String {
    let date = js_sys::Date::new(&universal.into());
    let here = date.get_time() - date.get_timezone_offset() * 60_000.0;
    let text = js::call(&js_sys::Date::new(&here.into()), "toJSON", &[]).as_string();
    text.and_then(|text| text.get(..16).map(str::to_owned))
        .unwrap_or_default()
}
