//! The stop before a dangerous subject: the danger first, the data after.

use crate::app::App;
use crate::draft::Step;
use crate::view::{El, Top, button, el, foot, head, isolated, title};

/// The icons of the tips, in order: keep away, keep others away, no photo.
const TIPS: [&str; 3] = ["distance", "people", "camera"];

pub(super) fn top(app: App) -> Vec<El> {
    let code = app
        .draft
        .peek(|draft| draft.category.clone())
        .unwrap_or_default();
    let line = app.category_name(&code);
    vec![head(
        app,
        Top {
            back: true,
            line,
            step: Some(Step::What),
            ..Top::default()
        },
    )]
}

pub(super) fn body(app: App) -> Vec<El> {
    let Some(danger) = app.category(|category| category.danger.clone()).flatten() else {
        return Vec::new();
    };
    let call = danger.number.as_str();
    let advice = app.fill("stop.body", &[("advice", &app.label(&danger.advice))]);
    app.assertive
        .set([app.t("stop"), " ".into(), advice.replace("{n}", call)].concat());
    let lang = app.lang();
    let tips = danger.tips.in_language(&lang).iter();
    let tips = tips.zip(TIPS).map(|(tip, icon)| {
        el("li")
            .class("note danger")
            .icon(icon, "")
            .child(el("span").text(tip))
    });
    let body = el("div")
        .class("body stop")
        .attr("role", "alertdialog")
        .attr("aria-labelledby", "danger")
        .attr("aria-describedby", "danger-what")
        .child(el("span").class("niche big danger").icon("warning", ""))
        .child(title(app, &app.t("stop"), None).attr("id", "danger"))
        .child(isolated(
            el("p").class("lead").attr("id", "danger-what"),
            &advice,
            "n",
            call,
        ))
        .child(el("ul").class("tips").children(tips));
    let dial = el("a")
        .class("btn danger")
        .attr("part", "button")
        .attr("href", &["tel:", call].concat())
        .icon("phone", "s")
        .child(isolated(el("span"), &app.t("stop.call"), "n", call));
    let on = button("quiet", &app.t("stop.go")).on("click", move |_| app.leave(Step::What));
    vec![body, foot("bare").child(dial).child(on)]
}
