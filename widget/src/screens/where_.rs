//! Second stop: where it is. The pin stands still and the map moves under it.

use crate::live::Live;
use balagh_shared::municipality::PublicDistrict;
use balagh_shared::report::PlaceSource;
use balagh_shared::text::fold;
use balagh_shared::translated::Translated;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, KeyboardEvent};

use super::{stage, subject_top};
use crate::app::App;
use crate::draft::Step;
use crate::js;
use crate::place::{self, Found};
use crate::view::{El, busy_button, el, field_error, foot, icon_button, option, title};

/// Most places offered for a search.
const RESULTS: usize = 6;

pub(super) fn top(app: App) -> Vec<El> {
    subject_top(app, Step::Where, Some(app.t("where")))
}

pub(super) fn bar(app: App) -> El {
    let title = el("div")
        .class("split")
        .child(title(app, &app.t("where"), Some(Step::Where)))
        .child(stage::without_map(app, "lk only-wide", ""));
    el("div").class("where-bar").child(title).child(search(app))
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
        .child(field_error(app, "place"));
    let asking = move || app.near.asking.get();
    let confirm = busy_button("", &app.t("confirm"), asking).icon("next", "s flip");
    vec![
        body,
        foot("").child(confirm.on("click", move |_| app.leave(Step::Where))),
    ]
}

/// Where the pin is, in words; near a border, the question whose it is.
pub(super) fn result(app: App) -> Vec<El> {
    let found = app.found.get();
    untrack(|| {
        stage::mark(app);
        match found {
            Found::Nothing => {
                let words = el("span").text(&app.t("where.hint"));
                vec![el("p").class("note mid lab").icon("info", "s").child(words)]
            }
            Found::Inside { id, metres } => vec![inside(app, &id, metres)],
            Found::Near { ids, metres } => vec![near(app, &ids, metres)],
            Found::Outside { agency } => vec![outside(app, agency)],
        }
    })
}

fn inside(app: App, id: &str, metres: f64) -> El {
    let name = app.district(id);
    let how_far = app.fill("inside", &[("m", &app.distance(metres))]);
    app.polite.set([&name, ". ", &how_far].concat());
    let words = el("span")
        .child(el("b").text(&name))
        .child(el("span").class("lab").text(&how_far));
    let tick = el("span").class("niche small").icon("check", "s");
    el("p").class("note mid").child(tick).child(words)
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

fn outside(app: App, agency: Option<String>) -> El {
    let org = app.document(|document| document.names.clone());
    let org = app.label(&org);
    let (words, contact) = match agency {
        Some(id) => {
            let contact =
                app.document(|document| document.agency(&id).map(|it| it.contact.clone()));
            (
                app.fill("outside", &[("org", &org), ("a", &app.agency(&id))]),
                contact,
            )
        }
        None => (app.fill("outside.unknown", &[("org", &org)]), None),
    };
    app.polite.set(words.clone());
    let contact = contact.map(|contact| el("span").class("sub").attr("dir", "auto").text(&contact));
    let words = el("span").child(el("b").text(&words)).maybe(contact);
    let words = words.child(el("span").class("sub").text(&app.t("outside.then")));
    el("div")
        .class("card warn")
        .child(el("div").class("note").icon("warning", "").child(words))
}

/// A place found by its name or its coordinates.
#[derive(Clone, PartialEq)]
struct Hit {
    name: String,
    lon: f64,
    lat: f64,
    source: PlaceSource,
}

fn hits(app: App, typed: &str) -> Vec<Hit> {
    if let Some((lon, lat)) = place::coordinates(typed) {
        let name = typed.trim().to_owned();
        return vec![Hit {
            name,
            lon,
            lat,
            source: PlaceSource::Coordinates,
        }];
    }
    let wanted = fold(typed);
    if wanted.is_empty() {
        return Vec::new();
    }
    let lang = app.lang();
    let matches = |names: &Translated| names.0.values().any(|name| fold(name).contains(&wanted));
    let hit = |names: &Translated, lon, lat| {
        let name = names.in_language(&lang).to_owned();
        Hit {
            name,
            lon,
            lat,
            source: PlaceSource::Map,
        }
    };
    // The sub-municipalities first, then the gazetteer.
    let districts = app.document(|document| document.districts.clone());
    let mut found: Vec<Hit> = place::with_pack(app, |pack| {
        let matching = districts.iter().filter(|district| matches(&district.names));
        let at = |district: &PublicDistrict| {
            let (lon, lat) = pack.district(&district.id)?.label_point();
            Some(hit(&district.names, lon, lat))
        };
        matching.filter_map(at).take(RESULTS / 2).collect()
    })
    .unwrap_or_default();
    app.gazetteer.peek(|places| {
        let matching = places.0.iter().filter(|place| matches(&place.names));
        let left = RESULTS.saturating_sub(found.len());
        found.extend(matching.take(left).map(|place| {
            let [lon, lat] = place.at;
            hit(&place.names, lon, lat)
        }));
    });
    found
}

fn search(app: App) -> El {
    let found = Live::new(Vec::<Hit>::new());
    let active = Live::new(None::<usize>);
    // Whether the citizen is searching: what they chose or closed is not offered again.
    let searching = Live::new(false);
    let name = app.t("where.search");
    let typed = app.draft.peek(|draft| draft.place.landmark.clone());
    let input = el("input")
        .attr("type", "text")
        .attr("dir", "auto")
        .attr("id", "find")
        .attr("role", "combobox")
        .attr("autocomplete", "off")
        .attr("aria-label", &name)
        .attr("aria-controls", "hits")
        .attr("placeholder", &name)
        .prop("value", typed.as_str())
        .live_attr("aria-expanded", move || {
            Some((!found.get().is_empty()).to_string())
        })
        .live_attr("aria-activedescendant", move || {
            Some(["hit-", &active.get()?.to_string()].concat())
        })
        .on("input", move |event| {
            let Some(input) = event
                .target()
                .and_then(|it| it.dyn_into::<HtmlInputElement>().ok())
            else {
                return;
            };
            // Whatever else it is, it is the place in words.
            app.edit(|draft| draft.place.landmark = input.value());
            app.lacks.change(Vec::new());
            active.set(None);
            searching.set(true);
            found.set(hits(app, &input.value()));
        })
        // The places may come after their names were typed.
        .follow_with(move |input| {
            app.gazetteer.track();
            app.packed.track();
            if searching.now() {
                let typed = js::text(input, "value").unwrap_or_default();
                found.set(hits(app, &typed));
            }
        })
        .on("keydown", move |event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
                return;
            };
            let many = found.peek(Vec::len);
            let at = active.now();
            match event.key().as_str() {
                "ArrowDown" if many > 0 => active.set(Some(at.map_or(0, |at| (at + 1) % many))),
                "ArrowUp" if many > 0 => {
                    active.set(Some(at.map_or(many - 1, |at| (at + many - 1) % many)));
                }
                "Enter" if many > 0 && !event.ctrl_key() && !event.meta_key() => {
                    let hit = found.peek(|hits| hits.get(at.unwrap_or(0)).cloned());
                    if let Some(hit) = hit {
                        searching.set(false);
                        choose(app, &hit, found);
                    }
                }
                "Escape" if many > 0 => {
                    searching.set(false);
                    found.set(Vec::new());
                }
                _ => return,
            }
            event.prevent_default();
        });
    let clear = icon_button(&app.t("clear"), "close", "s").on("click", move |_| {
        app.edit(|draft| draft.place.landmark.clear());
        searching.set(false);
        found.set(Vec::new());
        if let Some(input) = app
            .find("#find")
            .and_then(|it| it.dyn_into::<HtmlInputElement>().ok())
        {
            input.set_value("");
            let _ = input.focus();
        }
    });
    let clear = clear.live_attr("hidden", move || {
        app.draft
            .with(|draft| draft.place.landmark.is_empty())
            .then(String::new)
    });
    el("div")
        .class("search")
        .attr("role", "search")
        .icon("search", "s")
        .child(input)
        .child(clear)
        .live(move || {
            let hits = found.get();
            if hits.is_empty() {
                return Vec::new();
            }
            let items = hits.into_iter().enumerate().map(|(index, hit)| {
                let item = el("li")
                    .class("res")
                    .attr("role", "option")
                    .attr("id", &["hit-", &index.to_string()].concat())
                    .attr("dir", "auto")
                    .live_attr("aria-selected", move || {
                        Some((active.get() == Some(index)).to_string())
                    })
                    .child(el("span").text(&hit.name));
                item.on("click", move |_| {
                    searching.set(false);
                    choose(app, &hit, found);
                })
            });
            let list = el("ul")
                .class("results")
                .attr("role", "listbox")
                .attr("id", "hits");
            vec![
                list.attr("aria-label", &app.t("where.results"))
                    .children(items),
            ]
        })
}

fn choose(app: App, hit: &Hit, found: Live<Vec<Hit>>) {
    found.set(Vec::new());
    app.lacks.set(Vec::new());
    if let Some(input) = app
        .find("#find")
        .and_then(|it| it.dyn_into::<HtmlInputElement>().ok())
    {
        input.set_value(&hit.name);
    }
    app.edit(|draft| {
        draft.place.landmark = if hit.source == PlaceSource::Coordinates {
            String::new()
        } else {
            hit.name.clone()
        };
    });
    place::put(app, hit.lon, hit.lat, None, hit.source);
    stage::show(app, hit.lon, hit.lat);
}
