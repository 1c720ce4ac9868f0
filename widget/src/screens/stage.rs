//! Beside the form, or under it on a phone: the evening sky, then the map, then the summary.

use std::cell::RefCell;
use std::rc::Rc;

use crate::live::{Live, at_the_end, derived, follow};
use balagh_shared::district::Pack;
use balagh_shared::report::{PlaceSource, Point};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::*;
use web_sys::Element;

use crate::app::{App, Screen};
use crate::draft::Step;
use crate::later::Later;
use crate::options::{self, Options};
use crate::view::{El, el, lattice};
use crate::{js, place};

/// The scale at which a place is shown, as a web-map zoom level.
pub(super) const CLOSE: f64 = 17.0;
/// The scale of a small picture without a town's map: only names and borders tell where it is.
const FAR: f64 = 12.0;
/// Movements below this many degrees are the browser's layout, not the citizen's hand.
const STILL: f64 = 1e-6;

/// What stands there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Nothing,
    Sky,
    Map,
    Recap,
}

/// The stage, made anew only when what stands there changes: the map stays through three stops.
pub(super) fn stage(app: App) -> impl Fn() -> Vec<El> {
    let kind = derived(move || match app.screen.get() {
        Screen::Step(Step::Where) => Kind::Map,
        Screen::Step(Step::What | Step::Details) | Screen::Group(_) | Screen::Nearby
            if app.map_opened.get() =>
        {
            Kind::Map
        }
        Screen::Step(Step::What) | Screen::Group(_) => Kind::Sky,
        Screen::Step(Step::You | Step::Review) => Kind::Recap,
        _ => Kind::Nothing,
    });
    move || {
        app.locale.track();
        let kind = kind.get();
        untrack(|| match kind {
            Kind::Nothing => Vec::new(),
            Kind::Sky => vec![sky(app)],
            Kind::Map | Kind::Recap => {
                let beside = |it: &dyn Later| it.beside(app, kind == Kind::Recap);
                app.later().map(beside).into_iter().collect()
            }
        })
    }
}

fn sky(app: App) -> El {
    let names = app.document(|document| document.names.clone());
    let inner = el("div")
        .class("sky-in")
        .mark()
        .child(el("b").text(&app.label(&names)));
    el("aside")
        .class("stage sky")
        .attr("aria-hidden", "true")
        .markup(lattice())
        .child(inner)
}

/// The map.
pub(super) fn map(app: App) -> El {
    app.map_opened.set(true);
    let moving = Live::new(false);
    let container = el("div")
        .class("map")
        .attr("id", "map")
        .attr("tabindex", "0")
        .attr("role", "application")
        .attr("aria-label", &app.t("map.keys"));
    let under = Live::new(String::new());
    start(app, container.node().clone(), moving, under);
    let names = app.document(|document| document.names.clone());
    let credit = app.document(|document| document.tiles.as_ref().map(|it| it.attribution.clone()));
    let credit = credit.unwrap_or_else(|| app.label(&names));
    let panning = Live::new(false);
    follow(Box::new(move || {
        app.screen.track();
        super::nearby::mark(app);
    }));
    el("section")
        .live_attr("class", move || {
            let here = app.screen.get() == Screen::Step(Step::Where);
            let classes = match (here, moving.get()) {
                (false, _) => "stage aside",
                (true, false) => "stage",
                (true, true) => "stage moving",
            };
            Some(classes.to_owned())
        })
        .attr("part", "map")
        .attr("aria-label", &app.t("map"))
        .child(container)
        .pin("pin-map")
        .child(
            el("span")
                .class("under")
                .attr("aria-hidden", "true")
                .live_text(move || under.get()),
        )
        .child(without_map(app, "fab start", "list"))
        .live(move || {
            if panning.get() {
                vec![pan(app)]
            } else {
                Vec::new()
            }
        })
        .child(tools(app, panning))
        .child(el("span").class("attr").text(&credit))
}

/// The place as a small picture, for who looks everything over; with `marks` on it, at a scale that
/// shows them. Nothing where no point was set, and for who went without the map: it is not fetched
/// for this.
pub(super) fn picture(app: App, class: &str, marks: Option<(JsValue, f64)>) -> Option<El> {
    let placed = app.draft.peek(|draft| {
        draft.place.at.is_some() && app.document(|of| Step::Where.applies(draft, of))
    });
    if !placed || !app.map_opened.now() {
        return None;
    }
    let container = el("div").class("map");
    let drawn = Rc::new(RefCell::new(None));
    let gone = drawn.clone();
    at_the_end(Box::new(move || {
        if let Some(map) = gone.take() {
            js::call(&map, "destroy", &[]);
        }
    }));
    let node = container.node().clone();
    spawn_local(async move {
        let packed = place::fetch_pack(app).await;
        let module = map_module(app).await;
        // Of the two on this screen one is in sight: beside the form, or in it.
        if !app.alive() || node.client_width() == 0 {
            return;
        }
        let made = match (module, packed) {
            (Ok(module), true) => {
                let options =
                    place::with_pack(app, |pack| map_options(app, pack)).unwrap_or_default();
                js::set(&options, "picture", true.into());
                if app.document(|document| document.tiles.is_none()) {
                    js::set(&options, "zoom", FAR.into());
                }
                if let Some((marks, zoom)) = marks {
                    js::set(&options, "marks", marks);
                    js::set(&options, "zoom", zoom.into());
                }
                let arguments = [node.clone().into(), options];
                js::settled(js::call(&module, "createMap", &arguments)).await
            }
            _ => Err(JsValue::UNDEFINED),
        };
        match made {
            Ok(map) if node.is_connected() => drop(drawn.replace(Some(map))),
            Ok(map) => drop(js::call(&map, "destroy", &[])),
            Err(_) => node.parent_element().iter().for_each(Element::remove),
        }
    });
    let frame = el("div").class(class).attr("aria-hidden", "true");
    Some(frame.child(container).pin("pin-map"))
}

/// The button that leads to the form without the map.
pub(super) fn without_map(app: App, class: &str, icon: &str) -> El {
    let button = el("button").class(class).attr("type", "button");
    let button = if icon.is_empty() {
        button
    } else {
        button.icon(icon, "s flip")
    };
    button.text(&app.t("nomap")).on("click", move |_| {
        app.edit(|draft| draft.place.listed = true);
        app.go(Step::Where);
    })
}

fn tools(app: App, panning: Live<bool>) -> El {
    let tool = |name: &str, icon: &str| {
        let button = el("button").class("tool").attr("type", "button");
        button.attr("aria-label", &app.t(name)).icon(icon, "s")
    };
    let scale = el("div")
        .class("tool-set")
        .child(tool("map.in", "plus").on("click", move |_| tell(app, "zoomIn", &[])))
        .child(tool("map.out", "minus").on("click", move |_| tell(app, "zoomOut", &[])))
        .child(
            tool("map.move", "move")
                .live_attr("aria-expanded", move || Some(panning.get().to_string()))
                .on("click", move |_| panning.update(|on| *on = !*on)),
        );
    let device = tool("device", "locate").on("click", move |_| device(app));
    el("div")
        .class("tools")
        .child(scale)
        .child(el("div").class("tool-set").child(device))
}

/// Four buttons, for who cannot drag.
fn pan(app: App) -> El {
    let ways = [
        ("n", "map.north", "s", 0.0, -80.0),
        ("s", "map.south", "s turn-s", 0.0, 80.0),
        ("e", "map.east", "s turn-e", 80.0, 0.0),
        ("west", "map.west", "s turn-w", -80.0, 0.0),
    ];
    el("div")
        .class("pan")
        .children(ways.map(|(class, name, icon, right, down)| {
            let button = el("button").class(class).attr("type", "button");
            let button = button.attr("aria-label", &app.t(name)).icon("up", icon);
            button.on("click", move |_| {
                tell(app, "pan", &[f64::into(right), f64::into(down)])
            })
        }))
}

/// Tells the map, if there is one.
pub(super) fn tell(app: App, method: &str, arguments: &[JsValue]) {
    if let Some(map) = app.map.now() {
        js::call(&map, method, arguments);
    }
}

/// Brings a place under the pin.
pub(super) fn show(app: App, lon: f64, lat: f64) {
    tell(app, "setCenter", &[lon.into(), lat.into(), CLOSE.into()]);
}

/// Asks the device where it is.
pub(super) fn device(app: App) {
    let geolocation = js::get(&js::get(&js::window(), "navigator"), "geolocation");
    let denied = move || {
        if app.alive() {
            let place = app.screen.now() == Screen::NoMap;
            let field = if place { "district" } else { "place" };
            app.lacking(vec![crate::draft::Lack {
                step: Step::Where,
                field: field.to_owned(),
                key: "denied",
                params: Vec::new(),
            }]);
        }
    };
    if !geolocation.is_object() {
        denied();
        return;
    }
    let found = Closure::once_into_js(move |position: JsValue| {
        let at = js::get(&position, "coords");
        let number = |key| js::number(&at, key);
        if let (Some(lon), Some(lat), true) = (number("longitude"), number("latitude"), app.alive())
        {
            let accuracy = number("accuracy");
            place::put(app, lon, lat, accuracy, PlaceSource::Device);
            app.lacks.set(Vec::new());
            show(app, lon, lat);
            tell(app, "setAccuracy", &[accuracy.unwrap_or(0.0).into()]);
        }
    });
    let failed = Closure::once_into_js(move |_: JsValue| denied());
    let wishes = js::object([
        ("enableHighAccuracy", true.into()),
        ("timeout", 12_000.into()),
        ("maximumAge", 30_000.into()),
    ]);
    js::call(&geolocation, "getCurrentPosition", &[found, failed, wishes]);
}

/// Fetches what the map needs and draws it; where that fails, the form without the map takes over.
fn start(app: App, container: Element, moving: Live<bool>, under: Live<String>) {
    let moved = Closure::<dyn Fn(f64, f64, bool, bool)>::wrap(Box::new(
        move |lon, lat, rests: bool, by_user: bool| {
            if !app.alive() {
                return;
            }
            if moving.now() == rests {
                moving.set(!rests);
            }
            if by_user && rests {
                came_to_rest(app, lon, lat);
            } else if !rests {
                under.change(whose(app, lon, lat));
            }
        },
    ));
    let entered = Closure::<dyn Fn()>::wrap(Box::new(move || {
        if app.alive() {
            app.leave(Step::Where);
        }
    }));
    let on = [
        ("onMove", moved.as_ref().clone()),
        ("onEnter", entered.as_ref().clone()),
    ];
    // They live as long as the stage does.
    StoredValue::new_local((moved, entered));
    at_the_end(Box::new(move || {
        if let Some(map) = app.map.update(Option::take) {
            js::call(&map, "destroy", &[]);
        }
    }));
    // Names on the map are welcome later; it does not wait for them.
    spawn_local(async move {
        place::fetch_gazetteer(app).await;
        if app.alive() {
            tell(app, "setPlaces", &[names(app)]);
        }
    });
    spawn_local(async move {
        let packed = place::fetch_pack(app).await;
        if app.alive() {
            place::locate(app);
        }
        let module = map_module(app).await;
        if !app.alive() || !container.is_connected() {
            return;
        }
        let made = match (module, packed) {
            (Ok(module), true) => {
                let options =
                    place::with_pack(app, |pack| map_options(app, pack)).unwrap_or_default();
                for (name, function) in on {
                    js::set(&options, name, function);
                }
                js::settled(js::call(
                    &module,
                    "createMap",
                    &[container.clone().into(), options],
                ))
                .await
            }
            _ => Err(JsValue::UNDEFINED),
        };
        if !app.alive() {
            return;
        }
        match made {
            Ok(map) if map.is_object() && container.is_connected() => {
                app.map.set(Some(map));
                // What came while the map was made.
                tell(app, "setPlaces", &[names(app)]);
                if let Some(at) = app.draft.peek(|draft| draft.place.at) {
                    show(app, at.lon, at.lat);
                }
                mark(app);
                super::nearby::mark(app);
            }
            Ok(map) if !container.is_connected() => {
                js::call(&map, "destroy", &[]);
            }
            _ if app.screen.now() == Screen::Step(Step::Where) => {
                app.unmapped.set(true);
                app.polite.set(app.t("map.failed"));
                app.edit(|draft| draft.place.listed = true);
                app.go(Step::Where);
            }
            _ => {}
        }
    });
}

/// Whose the point is, while the map is on the move: a name for the eye. Where it comes to rest is
/// said in words.
fn whose(app: App, lon: f64, lat: f64) -> String {
    let at = Point {
        lon,
        lat,
        accuracy_m: None,
    };
    match place::under(app, at) {
        place::Found::Inside { id, .. } => app.district(&id),
        place::Found::Near { ids, .. } => {
            let names: Vec<String> = ids.iter().map(|id| app.district(id)).collect();
            names.join(" / ")
        }
        place::Found::Outside {
            agency: Some(agency),
        } => app.agency(&agency.id),
        place::Found::Outside { agency: None } => app.t("outside.short"),
        place::Found::Nothing => String::new(),
    }
}

/// The citizen moved the map. Only on the second stop: elsewhere it is a picture, and what moves it
/// is the layout.
fn came_to_rest(app: App, lon: f64, lat: f64) {
    if app.screen.now() != Screen::Step(Step::Where) {
        return;
    }
    let before = app.draft.peek(|draft| draft.place.at);
    let (was_lon, was_lat) = match before {
        Some(at) => (at.lon, at.lat),
        None => app.document(|document| document.view.center.into()),
    };
    if (lon - was_lon).abs() < STILL && (lat - was_lat).abs() < STILL {
        return;
    }
    tell(app, "setAccuracy", &[0.into()]);
    place::put(app, lon, lat, None, PlaceSource::Map);
    app.lacks.set(Vec::new());
}

/// Shows on the map where the point lies.
pub(super) fn mark(app: App) {
    let (ids, kind) = match app.found.now() {
        place::Found::Near { ids, .. } => (ids, "near"),
        place::Found::Inside { id, .. } => (vec![id], "inside"),
        _ => (Vec::new(), "none"),
    };
    tell(
        app,
        "highlight",
        &[
            js::array(ids.iter().map(|id| id.as_str().into())),
            kind.into(),
        ],
    );
}

fn map_options(app: App, pack: &Pack) -> JsValue {
    let lang = app.lang();
    let line = |line: &[(f64, f64)]| js::array(line.iter().map(|&(lon, lat)| pair(lon, lat)));
    let areas = pack.districts().map(|area| {
        let (lon, lat) = area.label_point();
        let polygons = area.polygons();
        let rings = polygons
            .iter()
            .map(|polygon| js::array(polygon.iter().map(|ring| line(ring))));
        js::object([
            ("id", area.id().into()),
            ("name", app.district(area.id()).into()),
            ("rings", js::array(rings)),
            ("label", pair(lon, lat)),
        ])
    });
    let shown = place::with_shown(app, |pack| {
        let lines = pack.arcs().map(|border| line(&border.line()));
        lines.collect::<Vec<_>>()
    });
    let shown = shown.unwrap_or_default();
    let [west, south, east, north] = pack.districts().map(|area| area.bbox()).fold(
        [f64::MAX, f64::MAX, f64::MIN, f64::MIN],
        |[w, s, e, n], [west, south, east, north]| {
            [w.min(west), s.min(south), e.max(east), n.max(north)]
        },
    );
    let (center, zoom, tiles) = app.document(|document| {
        (
            document.view.center,
            document.view.zoom,
            document.tiles.as_ref().map(|it| it.url.clone()),
        )
    });
    let at = app.draft.peek(|draft| draft.place.at);
    let [lon, lat] = center;
    let (center, zoom) = at.map_or((pair(lon, lat), zoom), |at| (pair(at.lon, at.lat), CLOSE));
    let reduced = js::call(
        &js::window(),
        "matchMedia",
        &["(prefers-reduced-motion:reduce)".into()],
    );
    js::object([
        ("areas", js::array(areas)),
        (
            "borders",
            js::array(pack.arcs().map(|border| line(&border.line())).chain(shown)),
        ),
        ("places", names(app)),
        ("center", center),
        ("zoom", zoom.into()),
        ("bounds", js::array([pair(west, south), pair(east, north)])),
        ("lang", lang.into()),
        (
            "tiles",
            tiles.map_or(JsValue::NULL, |url| js::object([("url", url.into())])),
        ),
        (
            "labels",
            js::object([("badges", js::array(badges(app).map(JsValue::from)))]),
        ),
        ("reducedMotion", js::get(&reduced, "matches")),
    ])
}

/// What draws it.
async fn map_module(app: App) -> Result<JsValue, JsValue> {
    let tiles = app.document(|document| document.tiles.is_some());
    options::map_module(app.options(Options::functions), tiles).await
}

/// The named places, to be written on the map.
fn names(app: App) -> JsValue {
    let lang = app.lang();
    let place = |name: &str, (lon, lat): (f64, f64)| {
        js::object([
            ("name", name.into()),
            ("lon", lon.into()),
            ("lat", lat.into()),
        ])
    };
    let shown = place::with_shown(app, |pack| {
        let areas = pack.districts();
        let named = areas.map(|area| place(&place::area_name(&area, &lang), area.label_point()));
        named.collect::<Vec<_>>()
    });
    app.gazetteer.peek(|places| {
        let known = places.0.iter();
        let known = known.map(|it| place(it.names.in_language(&lang), it.at.into()));
        js::array(shown.unwrap_or_default().into_iter().chain(known))
    })
}

/// The letters of the two areas at a border.
pub(super) fn badges(app: App) -> [String; 2] {
    [app.t("badge.a"), app.t("badge.b")]
}

fn pair(lon: f64, lat: f64) -> JsValue {
    js::array([lon.into(), lat.into()])
}
