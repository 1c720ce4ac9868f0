//! What is typed to say where it is: names of the municipality's places, coordinates, codes, the
//! number on a lamp post, and any other words.

mod hits;
mod part;

use balagh_shared::report::{PlaceSource, Point};
use balagh_shared::text::length;
use balagh_shared::typed_place::national_address;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, KeyboardEvent};

use super::stage;
use crate::app::App;
use crate::js;
use crate::live::{Live, derived};
use crate::place::{self, Found};
use crate::view::{El, el, icon_button, isolated, link};
pub(super) use part::Coming;
pub use part::come_finding;

/// Fewest characters that are offered to be passed on in words.
const WORDS: u32 = 3;

/// Something that what was typed may mean.
#[derive(Clone, PartialEq)]
pub(super) struct Hit {
    name: String,
    /// What becomes of it, where that is not plain.
    about: Option<String>,
    meant: Meant,
}

#[derive(Clone, PartialEq)]
enum Meant {
    /// A point, and how it was given.
    At(Point, PlaceSource),
    /// A short national address, which only the post can find.
    NationalAddress,
    /// The number of a lamp post or the like.
    Asset,
    /// The place in words.
    Words,
}

/// The words themselves, to be passed on, where they are enough to say something.
fn in_words(app: App, typed: &str) -> Vec<Hit> {
    let typed = typed.trim();
    let said = (length(typed) >= WORDS).then(|| Hit {
        name: typed.to_owned(),
        about: Some(app.t("find.words")),
        meant: Meant::Words,
    });
    said.into_iter().collect()
}

/// The field over the map, with what it finds.
pub(super) fn search(app: App) -> El {
    let coming = Coming::new();
    let found = Live::new(Vec::<Hit>::new());
    let active = Live::new(None::<usize>);
    // Whether the citizen is searching: what they chose or closed is not offered again.
    let searching = Live::new(false);
    let name = app.t("where.search");
    // Whether there is something to clear: coordinates that were taken stay in the field.
    let filled = Live::new(app.draft.peek(|draft| !draft.place.landmark.is_empty()));
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
            filled.change(!input.value().is_empty());
            searching.set(true);
            coming.bring(app);
            found.set(coming.hits(app, &input.value()));
        })
        .on("focus", move |_| coming.bring(app))
        // The places, and what finds them, may come after their names were typed.
        .follow_with(move |input| {
            coming.track();
            app.gazetteer.track();
            app.packed.track();
            if searching.now() {
                let typed = js::text(input, "value").unwrap_or_default();
                found.set(coming.hits(app, &typed));
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
                        filled.set(hit.meant != Meant::Asset);
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
        app.lacks.change(Vec::new());
        searching.set(false);
        filled.set(false);
        found.set(Vec::new());
        if let Some(input) = app
            .find("#find")
            .and_then(|it| it.dyn_into::<HtmlInputElement>().ok())
        {
            input.set_value("");
            let _ = input.focus();
        }
    });
    let clear = clear.live_attr("hidden", move || (!filled.get()).then(String::new));
    el("div")
        .class("search")
        .attr("role", "search")
        // The list lies over the map: it goes when the focus moves on. A press on a result moves
        // the focus to nothing.
        .on("focusout", move |event| {
            if js::get(&event, "relatedTarget").is_object() {
                searching.set(false);
                found.set(Vec::new());
            }
        })
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
                    .live_attr("aria-selected", move || {
                        Some((active.get() == Some(index)).to_string())
                    })
                    .child(
                        el("span")
                            .child(el("bdi").text(&hit.name))
                            .maybe(hit.about.as_ref().map(|about| el("small").text(about))),
                    );
                item.on("click", move |_| {
                    searching.set(false);
                    filled.set(hit.meant != Meant::Asset);
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
    let left = if hit.meant == Meant::Asset {
        ""
    } else {
        &hit.name
    };
    if let Some(input) = app
        .find("#find")
        .and_then(|it| it.dyn_into::<HtmlInputElement>().ok())
    {
        input.set_value(left);
    }
    take(app, hit);
}

/// Takes what was chosen as the place, or as a part of what is known about it.
pub(super) fn take(app: App, hit: &Hit) {
    let name = &hit.name;
    app.edit(|draft| match hit.meant {
        Meant::At(_, PlaceSource::Coordinates) => draft.place.landmark.clear(),
        Meant::Asset => {
            draft.place.landmark.clear();
            draft.place.asset.clone_from(name);
        }
        _ => draft.place.landmark.clone_from(name),
    });
    if let Meant::At(at, source) = hit.meant {
        place::put(app, at.lon, at.lat, at.accuracy_m, source);
        stage::show(app, at.lon, at.lat);
    }
}

/// What is known of the place besides the point, said back: nothing that was chosen disappears. Where
/// nothing is known, how to begin.
pub(super) fn noted(app: App) -> El {
    let known = derived(move || {
        let placed = app.found.with(|found| *found != Found::Nothing);
        app.draft.with(|draft| {
            let place = &draft.place;
            let address = national_address(&place.landmark);
            (address, place.asset.clone(), placed)
        })
    });
    let line = move |icon: &str, key: &str, value: &str| {
        let words = isolated(el("span"), &app.t(key), "n", value);
        el("div")
            .class("note mid lab gap-t8")
            .icon(icon, "s")
            .child(words)
    };
    el("div").live(move || {
        let (address, asset, placed) = known.get();
        if address.is_none() && asset.is_empty() {
            let hint = (!placed).then(|| line("info", "where.hint", ""));
            return hint.into_iter().collect();
        }
        let address = address.map(|address| {
            let key = if placed {
                "noted.national"
            } else {
                "noted.national.show"
            };
            line("document", key, &address)
        });
        let asset = (!asset.is_empty()).then(|| {
            let key = if placed {
                "noted.asset"
            } else {
                "noted.asset.show"
            };
            let remove = link(&app.t("noted.remove")).on("click", move |_| {
                app.edit(|draft| draft.place.asset.clear());
                app.focus_field("find");
            });
            line("document", key, &asset).child(remove)
        });
        address.into_iter().chain(asset).collect()
    })
}
