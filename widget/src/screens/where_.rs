//! Second stop: where it is. The pin stands still and the map moves under it.

use balagh_shared::report::PlaceSource;
use balagh_shared::text::with_ascii_digits;
use leptos::prelude::*;

use super::apart::apart;
use super::{find, shots, stage, subject_top};
use crate::app::{App, Screen};
use crate::draft::{Spot, Step};
use crate::place::{self, Found, Neighbour};
use crate::view::{El, busy_button, button, el, field_error, foot, link, note, option, title};

/// A device that knows its place no better than this, in metres, may be streets away.
const ROUGH_M: f64 = 150.0;

pub(super) fn top(app: App) -> Vec<El> {
    subject_top(app, Step::Where, Some(app.t("where")))
}

pub(super) fn bar(app: App) -> El {
    let title = el("div")
        .class("split")
        .child(title(app, &app.t("where"), Some(Step::Where)))
        .child(stage::without_map(app, "lk only-wide", ""));
    el("div")
        .class("where-bar")
        .child(title)
        .child(find::search(app))
}

pub(super) fn body(app: App) -> Vec<El> {
    let body = el("div")
        .class("body")
        .child(
            el("div")
                .attr("id", "place")
                .attr("tabindex", "-1")
                .live(move || result(app)),
        )
        .child(find::noted(app))
        .child(field_error(app, "place"))
        .live(move || shots::offer_place(app));
    vec![body, footer(app)]
}

/// Onwards; without a place too, where the kind leaves that open.
pub(super) fn footer(app: App) -> El {
    let asking = move || app.near.asking.get();
    let confirm = busy_button(&app.t("confirm"), asking).icon("next", "s flip");
    let optional = app
        .draft
        .peek(|draft| app.document(|of| draft.place_is_optional(of)));
    let skip = optional.then(|| {
        link(&app.t("where.skip")).on("click", move |_| {
            app.edit(|draft| draft.place = Spot::default());
            app.found.set(Found::Nothing);
            app.leave(Step::Where);
        })
    });
    foot("")
        .child(confirm.on("click", move |_| app.leave(Step::Where)))
        .maybe(skip.map(|skip| el("div").class("foot-link").child(skip)))
}

/// Where the pin is, in words; near a border, the question whose it is.
pub(super) fn result(app: App) -> Vec<El> {
    let found = app.found.get();
    untrack(|| {
        stage::mark(app);
        match found {
            Found::Nothing => Vec::new(),
            Found::Inside { id, metres } => rough(app, inside(app, &id, metres)),
            Found::Near { ids, metres } => rough(app, near(app, &ids, metres)),
            Found::Outside { agency } => vec![outside(app, agency)],
        }
    })
}

/// What is said of the place, and how far off it may be where the device hardly knows.
fn rough(app: App, found: El) -> Vec<El> {
    let spot = app.draft.peek(|draft| draft.place.clone());
    let by_device = spot.source == PlaceSource::Device;
    let metres = spot.at.and_then(|at| at.accuracy_m);
    let metres = metres.filter(|metres| by_device && *metres > ROUGH_M);
    let words = metres.map(|metres| {
        let words = app.fill("device.rough", &[("m", &app.distance(metres))]);
        app.polite
            .update(|said| said.push_str(&[". ", &words].concat()));
        note("lab", "info", el("span").text(&words))
    });
    [Some(found), words].into_iter().flatten().collect()
}

fn inside(app: App, id: &str, metres: f64) -> El {
    let name = app.district(id);
    let how_far = app.fill("inside", &[("m", &app.distance(metres))]);
    app.polite.set([&name, ". ", &how_far].concat());
    // Who answers for it: the sub-municipality is one of the municipality's.
    let org = app.document(|document| document.names.clone());
    let page = app.draft.peek(|draft| draft.place.at);
    let page = page.and_then(|at| place::page_area(app, at));
    let page = page.map(|area| el("span").class("lab").attr("dir", "auto").text(&area));
    let words = el("span")
        .child(el("b").text(&name))
        .maybe(page)
        .child(el("span").class("lab").text(&app.label(&org)))
        .child(el("span").class("lab").text(&how_far));
    let tick = el("span").class("niche small").icon("check", "s");
    el("div").class("note mid whose").child(tick).child(words)
}

fn near(app: App, ids: &[String], metres: f64) -> El {
    app.polite.set(app.t("near"));
    let letters = stage::badges(app);
    let options = ids.iter().enumerate().map(|(index, id)| {
        let chosen = app.draft.peek(|it| it.place.district.as_ref() == Some(id));
        let badge = letters.get(index).map(|letter| {
            let class = if index == 0 { "bdg" } else { "bdg b" };
            el("i")
                .class(class)
                .attr("aria-hidden", "true")
                .text(letter)
        });
        let card = option("slim", "near", &app.district(id), chosen).maybe(badge);
        let id = id.clone();
        card.on("change", move |_| decide(app, Some(id.clone())))
    });
    let unsure = app.draft.peek(|draft| draft.place.undecided);
    let unsure = option("slim plain", "near", &app.t("unsure"), unsure);
    let why = app.fill("near.why", &[("m", &app.distance(metres))]);
    el("fieldset")
        .class("stack")
        .attr("role", "radiogroup")
        .attr("id", "near")
        .child(el("legend").class("h3 where-q").text(&app.t("near")))
        .child(el("p").class("lab").text(&why))
        .child(
            el("div")
                .class("opts")
                .children(options)
                .child(unsure.on("change", move |_| decide(app, None))),
        )
        .child(field_error(app, "near"))
}

fn decide(app: App, district: Option<String>) {
    app.edit(|draft| {
        draft.place.undecided = district.is_none();
        draft.place.district = district;
    });
    app.lacks.set(Vec::new());
}

fn outside(app: App, agency: Option<Neighbour>) -> El {
    let org = app.document(|document| document.names.clone());
    let org = app.label(&org);
    let Some(agency) = agency else {
        let words = app.fill("outside.unknown", &[("org", &org)]);
        app.polite.set(words.clone());
        let words = el("span")
            .child(el("b").text(&words))
            .child(el("span").class("sub").text(&app.t("outside.then")));
        return el("div")
            .class("card warn stack")
            .child(el("div").class("note").icon("warning", "").child(words))
            .child(actions([move_pin(app)]));
    };
    let name = app.agency(&agency.id);
    let handed = app
        .draft
        .with(|draft| draft.place.district.as_ref() == Some(&agency.area));
    if handed {
        let words = el("span")
            .child(el("b").text(&app.fill("outside.handed", &[("a", &name)])))
            .child(el("span").class("sub").text(&app.t("agency.then")));
        let tick = el("span").class("niche small").icon("check", "s");
        let back = link(&app.t("outside.keep")).on("click", move |_| hand_over(app, None));
        return el("div")
            .class("card tint stack")
            .child(el("div").class("note").child(tick).child(words))
            .child(actions([back]));
    }
    let words = app.fill("outside", &[("org", &org), ("a", &name)]);
    app.polite.set(words.clone());
    let contact = app.document(|of| of.agency(&agency.id).map(|it| it.contact.clone()));
    let words = el("span")
        .child(el("b").text(&words))
        .child(el("span").class("sub").text(&app.t("outside.then")));
    let hand = button("quiet fit", &app.t("outside.hand"));
    let area = agency.area;
    let hand = hand
        .icon("send", "s flip")
        .on("click", move |_| hand_over(app, Some(area.clone())));
    el("div")
        .class("card warn stack")
        .child(el("div").class("note").icon("warning", "").child(words))
        .child(actions(
            contact
                .map(|contact| reach(app, &contact))
                .into_iter()
                .chain([hand, move_pin(app)]),
        ))
}

fn actions(all: impl IntoIterator<Item = El>) -> El {
    el("div").class("ways").children(all)
}

/// Whether the report is to go to the agency of `area`.
fn hand_over(app: App, area: Option<String>) {
    app.edit(|draft| draft.place.district = area);
    app.lacks.set(Vec::new());
    // Said anew, with the way back.
    app.found.update(|_| {});
    app.focus_field("place");
}

/// Back to where the place is set.
fn move_pin(app: App) -> El {
    link(&app.t("outside.move")).on("click", move |_| {
        if app.screen.now() == Screen::NoMap {
            app.edit(|draft| draft.place.listed = false);
            app.go(Step::Where);
        } else {
            app.focus_field("map");
        }
    })
}

/// The way to reach an agency: what its contact is, as a link where that opens something.
fn reach(app: App, contact: &str) -> El {
    let plain = with_ascii_digits(contact.trim());
    let is_phone = plain.len() >= 3
        && plain
            .bytes()
            .all(|it| it.is_ascii_digit() || matches!(it, b'+' | b' ' | b'-' | b'(' | b')'));
    let link = |address: String, icon: &str, words: &str| {
        el("a")
            .class("btn quiet fit")
            .attr("href", &address)
            .icon(icon, "s")
            .text(words)
    };
    if is_phone {
        let digits: String = plain
            .chars()
            .filter(|it| it.is_ascii_digit() || *it == '+')
            .collect();
        let words = app.fill("stop.call", &[("n", &plain)]);
        link(["tel:", &digits].concat(), "phone", &words)
    } else if plain.starts_with("https://") {
        apart(app, link(plain, "globe", &app.t("outside.page")))
    } else if plain.contains('@') && !plain.contains(' ') {
        link(["mailto:", &plain].concat(), "message", &plain)
    } else {
        el("span").class("sub").attr("dir", "auto").text(contact)
    }
}
