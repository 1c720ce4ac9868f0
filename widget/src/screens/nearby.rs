//! Between the second stop and the third: what others already reported here.

use balagh_shared::nearby::NearbyReport;

use super::subject_top;
use crate::app::App;
use crate::draft::Step;
use crate::nearby;
use crate::view::{El, button, el, foot, isolated, link, note, title};

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
    let days = (crate::js::now() - report.received_at.millis() as f64) / DAY_MS;
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
    let badge = || {
        el("span")
            .class("nth")
            .attr("aria-hidden", "true")
            .text(&n.to_string())
    };
    let join = link(&app.t("dup.join"))
        .attr("aria-describedby", &id)
        .on("click", move |_| nearby::join(app, &number));
    let words = el("div")
        .class("near-by-t")
        .child(el("b").attr("id", &id).attr("dir", "auto").text(&name))
        .child(el("small").text(&facts.join(&app.t("comma"))))
        .child(join);
    let picture = photo.unwrap_or_else(badge);
    el("li").class("card").child(picture).child(words)
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
