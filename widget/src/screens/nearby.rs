//! Between the second stop and the third: what others already reported here.

use balagh_shared::nearby::{NearbyReport, SQUARES_PER_DEGREE};

use wasm_bindgen::prelude::*;

use super::{stage, subject_top};
use crate::app::{App, Screen};
use crate::draft::Step;
use crate::view::{El, button, el, foot, isolated, link, note, title};
use crate::{js, nearby};

const DAY_MS: f64 = 86_400_000.0;

pub(super) fn top(app: App) -> Vec<El> {
    subject_top(app, Step::Where, None)
}

pub(super) fn body(app: App) -> Vec<El> {
    let reports = app.near.reports.now();
    let cards = (1..).zip(&reports).map(|(n, report)| card(app, n, report));
    let body = el("div")
        .class("body stack s12")
        .child(title(app, &app.t("dup"), Some(Step::Where)))
        .child(el("p").class("sub").text(&app.t("dup.why")))
        .maybe(stage::picture(app, "mini", Some((marks(app), zoom(app)))))
        .child(
            el("ul")
                .class("near-by")
                .children(cards.collect::<Vec<_>>()),
        );
    let no = button("", &app.t("dup.no")).icon("next", "s flip");
    vec![
        body,
        foot("").child(no.on("click", move |_| nearby::is_new(app))),
    ]
}

fn card(app: App, n: u32, report: &NearbyReport) -> El {
    let name = report.text.clone();
    let name = name.unwrap_or_else(|| app.category_name(&report.category));
    let away = app.distance(f64::from(report.distance_m));
    let days = (js::now() - report.received_at.millis() as f64) / DAY_MS;
    let age = app
        .locale
        .peek(|locale| locale.days_ago(days.max(0.0).floor()));
    // Who reported it first is one of them.
    let people = app.count("dup.people", report.joined as usize + 1);
    let facts = [app.fill("dup.away", &[("m", &away)]), age, people];
    let number = report.number.clone();
    let (id, called) = (["near-", &n.to_string()].concat(), report.photo.as_deref());
    let photo = called.map(|address| {
        let edge = app.options(|options| options.edge.clone());
        let address = match address.strip_prefix('/') {
            Some(path) => [&edge, "/", path].concat(),
            None => address.to_owned(),
        };
        el("img")
            .class("thumb m")
            .attr("alt", "")
            .attr("loading", "lazy")
            .attr("src", &address)
    });
    // As on the map, which is for the eye.
    let badge = el("span")
        .class("nth")
        .attr("aria-hidden", "true")
        .text(&n.to_string());
    let join = link(&app.t("dup.join"))
        .attr("aria-describedby", &id)
        .on("click", move |_| nearby::join(app, &number));
    let words = el("div")
        .class("near-by-t")
        .child(el("b").attr("id", &id).attr("dir", "auto").text(&name))
        .child(el("small").text(&facts.join(&app.t("comma"))))
        .child(join);
    el("li")
        .class("card")
        .child(badge)
        .child(words)
        .maybe(photo)
}

/// Where they are, numbered as in the list.
fn marks(app: App) -> JsValue {
    let reports = app.near.reports.now();
    let marks = (1..).zip(&reports).filter_map(|(n, report)| {
        let [lon, lat] = report.square?;
        let degrees = |steps: i32| JsValue::from(f64::from(steps) / SQUARES_PER_DEGREE);
        let text = u32::to_string(&n);
        let mark = [
            ("lon", degrees(lon)),
            ("lat", degrees(lat)),
            ("text", text.into()),
        ];
        Some(js::object(mark))
    });
    js::array(marks)
}

/// The scale at which all of them are in sight: a small map is some 50 metres high each way at its
/// closest.
fn zoom(app: App) -> f64 {
    let far = |reports: &Vec<NearbyReport>| reports.iter().map(|it| it.distance_m).max();
    match app.near.reports.peek(far).unwrap_or_default() {
        0..=40 => stage::CLOSE,
        41..=80 => stage::CLOSE - 1.0,
        _ => stage::CLOSE - 2.0,
    }
}

/// Shows them on the map beside the form while they are compared with, and takes them off after it.
pub(super) fn mark(app: App) {
    let comparing = app.screen.now() == Screen::Nearby;
    let marks = if comparing { marks(app) } else { js::array([]) };
    stage::tell(app, "setMarks", &[marks]);
    let at = app.draft.peek(|draft| draft.place.at);
    if let Some(at) = at.filter(|_| comparing) {
        let around = [at.lon, at.lat, zoom(app)].map(JsValue::from);
        stage::tell(app, "setCenter", &around);
    }
}

/// That the report will be added to another, for who looks it over.
pub(super) fn joining(app: App) -> Option<El> {
    let number = app.draft.peek(|draft| draft.joins.clone())?;
    let words = isolated(el("span"), &app.t("dup.joining"), "n", &number);
    Some(
        el("div")
            .class("card tint gap-t8")
            .child(note("mid", "people", words)),
    )
}
