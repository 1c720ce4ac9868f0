//! What is typed to say where it is: names of the municipality's places, coordinates, codes, the
//! number on a lamp post, and any other words.

use balagh_shared::district::Area;
use balagh_shared::municipality::PublicDistrict;
use balagh_shared::report::{PlaceSource, Point};
use balagh_shared::text::{fold, length};
use balagh_shared::translated::Translated;
use balagh_shared::typed_place::{PlusCode, asset_number, coordinates, national_address};
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, KeyboardEvent};

use super::stage;
use crate::app::App;
use crate::js;
use crate::live::{Live, derived};
use crate::place::{self, Found};
use crate::view::{El, el, icon_button, isolated, link};

/// Most named places offered for a search.
const RESULTS: usize = 6;
/// Fewest characters that are offered to be passed on in words.
const WORDS: u32 = 3;
/// Metres in a degree of latitude.
const DEGREE_M: f64 = 111_320.0;

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

impl Hit {
    fn at(name: &str, (lon, lat): (f64, f64), source: PlaceSource) -> Hit {
        let at = Point {
            lon,
            lat,
            accuracy_m: None,
        };
        Hit {
            name: name.to_owned(),
            about: None,
            meant: Meant::At(at, source),
        }
    }
}

/// The points that `typed` gives by itself, without a name: coordinates, or a plus code.
pub(super) fn points(app: App, typed: &str) -> Vec<Hit> {
    let name = typed.trim();
    if let Some((lon, lat)) = coordinates(name) {
        let read = Hit::at(name, (lon, lat), PlaceSource::Coordinates);
        // Programs write longitude first. Where only that reading is in a district, it is offered too.
        let is_ours = |lon, lat| {
            let at = Point {
                lon,
                lat,
                accuracy_m: None,
            };
            matches!(
                place::under(app, at),
                Found::Inside { .. } | Found::Near { .. }
            )
        };
        let other = !is_ours(lon, lat) && lon.abs() <= 90.0 && is_ours(lat, lon);
        let other = other.then(|| Hit {
            about: Some(app.t("find.exchanged")),
            ..Hit::at(name, (lat, lon), PlaceSource::Coordinates)
        });
        return other.into_iter().chain([read]).collect();
    }
    plus_code(app, name).into_iter().collect()
}

fn plus_code(app: App, typed: &str) -> Option<Hit> {
    let (code, beside) = PlusCode::parse(typed)?;
    let near = if code.is_full() || beside.is_empty() {
        None
    } else {
        named(app, &beside).into_iter().next()
    };
    let (reference, about) = match near {
        Some(Hit {
            name,
            meant: Meant::At(at, _),
            ..
        }) => (
            (at.lon, at.lat),
            Some(app.fill("find.near", &[("p", &name)])),
        ),
        _ if code.is_full() => ((0.0, 0.0), None),
        // A short code alone is meant for where one looks.
        _ => {
            let at = app.draft.peek(|draft| draft.place.at);
            let center = app.document(|document| document.view.center.into());
            let about = app.t("find.near.here");
            (at.map_or(center, |at| (at.lon, at.lat)), Some(about))
        }
    };
    let cell = code.near(reference.0, reference.1);
    let at = Point {
        lon: cell.lon,
        lat: cell.lat,
        accuracy_m: Some((cell.height * DEGREE_M / 2.0).ceil()),
    };
    Some(Hit {
        // A code is of ASCII letters; other cases' tables weigh 5 KB.
        name: typed.to_ascii_uppercase(),
        about,
        meant: Meant::At(at, PlaceSource::PlusCode),
    })
}

/// The municipality's own places of this name, in any language: sub-municipalities first, then the
/// gazetteer.
fn named(app: App, typed: &str) -> Vec<Hit> {
    let wanted = fold(typed);
    if wanted.is_empty() {
        return Vec::new();
    }
    let lang = app.lang();
    let matches = |names: &Translated| names.0.values().any(|name| fold(name).contains(&wanted));
    let hit = |names: &Translated, at| Hit::at(names.in_language(&lang), at, PlaceSource::Map);
    let districts = app.document(|document| document.districts.clone());
    let mut found: Vec<Hit> = place::with_pack(app, |pack| {
        let matching = districts.iter().filter(|district| matches(&district.names));
        let at = |district: &PublicDistrict| {
            let at = pack.district(&district.id)?.label_point();
            Some(hit(&district.names, at))
        };
        matching.filter_map(at).take(RESULTS / 2).collect()
    })
    .unwrap_or_default();
    let areas = place::with_shown(app, |pack| {
        let matching = pack.districts().filter(|area| {
            let mut names = area.names();
            names.any(|(_, name)| fold(name).contains(&wanted))
        });
        let hit = |area: Area<'_>| {
            let name = place::area_name(&area, &lang);
            Hit::at(&name, area.label_point(), PlaceSource::Map)
        };
        matching.map(hit).take(RESULTS / 2).collect::<Vec<_>>()
    });
    found.extend(areas.unwrap_or_default());
    app.gazetteer.peek(|places| {
        let matching = places.0.iter().filter(|place| matches(&place.names));
        let left = RESULTS.saturating_sub(found.len());
        found.extend(
            matching
                .take(left)
                .map(|place| hit(&place.names, place.at.into())),
        );
    });
    found
}

/// All that `typed` may mean. Whatever it is, something can be chosen: nothing is refused in silence.
fn hits(app: App, typed: &str) -> Vec<Hit> {
    let typed = typed.trim();
    let mut found = points(app, typed);
    if !found.is_empty() {
        return found;
    }
    found = named(app, typed);
    let mut offer = |name: &str, about: &str, meant| {
        found.push(Hit {
            name: name.to_owned(),
            about: Some(app.t(about)),
            meant,
        });
    };
    if let Some(address) = national_address(typed) {
        offer(&address, "find.national", Meant::NationalAddress);
    }
    if let Some(number) = asset_number(typed) {
        offer(&number, "find.asset", Meant::Asset);
    }
    if length(typed) >= WORDS {
        offer(typed, "find.words", Meant::Words);
    }
    found
}

/// The field over the map, with what it finds.
pub(super) fn search(app: App) -> El {
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
