//! Fourth stop: who reports. How the data is used comes first; then only what the policy needs.

use balagh_shared::municipality::ContactRule;
use balagh_shared::text::without_controls;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::subject_top;
use crate::app::App;
use crate::draft::Step;
use crate::view::{El, button, el, errors, field_error, foot, invalid, link, note, title};

pub(super) fn top(app: App) -> Vec<El> {
    subject_top(app, Step::You, None)
}

pub(super) fn body(app: App) -> Vec<El> {
    let may_go_without = app.document(|document| document.contact.phone) == ContactRule::Optional
        || app.category(|category| category.anonymous).unwrap_or(false);
    let without = link(&app.t("anon")).on("click", move |_| {
        app.edit(|draft| draft.phone.clear());
        app.leave(Step::You);
    });
    let body = el("div")
        .class("body stack s16")
        .child(title(app, &app.t("phone"), Some(Step::You)))
        .child(errors(app))
        .child(notice(app))
        .child(phone(app))
        .maybe(may_go_without.then_some(without));
    let next = button("", &app.t("next")).icon("next", "s flip");
    vec![
        body,
        foot("").child(next.on("click", move |_| app.leave(Step::You))),
    ]
}

fn notice(app: App) -> El {
    let privacy = app.document(|document| document.privacy.clone());
    let row = |term: &str, words: String| {
        let words = el("dd").attr("dir", "auto").text(&words);
        el("div").child(el("dt").text(&app.t(term))).child(words)
    };
    let list = el("dl")
        .class("stack")
        .child(row("privacy.who", app.label(&privacy.controller)))
        .child(row("privacy.why", app.label(&privacy.purpose)))
        .child(row("privacy.basis", app.label(&privacy.basis)))
        .child(row("privacy.seen", app.label(&privacy.recipients)))
        .child(row("privacy.long", app.label(&privacy.retention)))
        .child(row("privacy.ask", privacy.contact.clone()));
    let heading = el("span").child(el("b").text(&app.t("privacy")));
    el("section")
        .class("card notice")
        .child(note("", "lock", heading))
        .child(list)
}

fn phone(app: App) -> El {
    let names = app.document(|document| document.names.clone());
    let why = app.fill("phone.why", &[("org", &app.label(&names))]);
    let typed = app.draft.peek(|draft| draft.phone.clone());
    let input = el("input")
        .class("inp")
        .attr("part", "field")
        .attr("type", "tel");
    let input = invalid(app, "phone", "phone-why", input)
        .attr("dir", "ltr")
        .attr("inputmode", "tel")
        .attr("autocomplete", "tel")
        .prop("value", typed.as_str())
        .on("input", move |event| {
            let input = event
                .target()
                .and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
            let typed = input.map(|it| it.value()).unwrap_or_default();
            app.edit(|draft| draft.phone = without_controls(&typed));
        });
    el("div")
        .class("fld")
        .child(el("label").attr("for", "phone").text(&app.t("phone")))
        .child(el("p").class("hint").attr("id", "phone-why").text(&why))
        .child(input)
        .child(field_error(app, "phone"))
}
