//! The second stop without the map: a list and words, or the device.

use balagh_shared::typed_place::national_address;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{HtmlSelectElement, HtmlTextAreaElement};

use super::{find, stage, subject_top, where_};
use crate::app::App;
use crate::draft::Step;
use crate::js;
use crate::live::derived;
use crate::place::{self, Found};
use crate::view::{El, button, el, errors, field_error, invalid, link, note, title};

pub(super) fn top(app: App) -> Vec<El> {
    subject_top(app, Step::Where, None)
}

pub(super) fn body(app: App) -> Vec<El> {
    // The device's position can then be told a district from; without a network the list remains.
    spawn_local(async move {
        if place::fetch_pack(app).await && app.alive() {
            place::locate(app);
        }
    });
    let body = el("div")
        .class("body stack s16")
        .child(title(app, &app.t("where"), Some(Step::Where)))
        .child(errors(app))
        .maybe(app.unmapped.now().then(|| {
            let why = el("span").text(&app.t("map.failed"));
            note("mid", "info", why)
        }))
        .child(districts(app))
        .child(landmark(app))
        .child(asset(app))
        .child(
            button("quiet", &app.t("device"))
                .icon("locate", "s")
                .on("click", move |_| stage::device(app)),
        )
        .live(move || match app.found.get() {
            Found::Nothing => Vec::new(),
            _ => where_::result(app),
        })
        .child(link(&app.t("map.back")).on("click", move |_| {
            app.unmapped.set(false);
            app.edit(|draft| draft.place.listed = false);
            app.go(Step::Where);
        }));
    vec![body, where_::footer(app)]
}

fn districts(app: App) -> El {
    let chosen = app.draft.peek(|draft| draft.place.district.clone());
    let districts = app.document(|document| document.districts.clone());
    let choices = districts.iter().map(|district| {
        let choice = el("option")
            .attr("value", &district.id)
            .text(&app.label(&district.names));
        choice.flag("selected", chosen.as_ref() == Some(&district.id))
    });
    let select = el("select").class("inp").attr("part", "field");
    let select = invalid(app, "district", "", select)
        .child(
            el("option")
                .attr("value", "")
                .text(&app.t("district.choose")),
        )
        .children(choices)
        .on("change", move |event| {
            let select = event
                .target()
                .and_then(|it| it.dyn_into::<HtmlSelectElement>().ok());
            let id = select
                .map(|select| select.value())
                .filter(|id| !id.is_empty());
            // What is chosen here goes before what the device found.
            app.edit(|draft| {
                draft.place.at = None;
                draft.place.outside = false;
                draft.place.undecided = false;
                draft.place.candidates.clear();
                draft.place.district = id;
            });
            app.found.set(Found::Nothing);
        });
    let label = el("label").attr("for", "district").text(&app.t("district"));
    el("div")
        .class("fld")
        .child(label)
        .child(select)
        .child(field_error(app, "district"))
}

fn landmark(app: App) -> El {
    let typed = app.draft.peek(|draft| draft.place.landmark.clone());
    let area = el("textarea")
        .class("ta short")
        .attr("part", "field")
        .attr("dir", "auto");
    let area = invalid(app, "landmark", "landmark-hint", area)
        .prop("value", typed.as_str())
        .on("input", move |event| {
            let area = event
                .target()
                .and_then(|it| it.dyn_into::<HtmlTextAreaElement>().ok());
            app.edit(|draft| draft.place.landmark = area.map(|it| it.value()).unwrap_or_default());
        });
    el("div")
        .class("fld")
        .child(el("label").attr("for", "landmark").text(&app.t("landmark")))
        .child(
            el("p")
                .class("hint")
                .attr("id", "landmark-hint")
                .text(&app.t("landmark.hint")),
        )
        .child(area)
        .child(field_error(app, "landmark"))
        .live(move || address(app))
        .live(move || pasted(app))
}

/// A national address is told apart from other words; the list says whose it is.
fn address(app: App) -> Vec<El> {
    let is_one = derived(move || {
        app.draft
            .with(|draft| national_address(&draft.place.landmark).is_some())
    });
    let words = is_one.get().then(|| app.t("noted.national.list"));
    let words = words.map(|words| el("p").class("hint").attr("role", "status").text(&words));
    words.into_iter().collect()
}

/// Coordinates or a plus code among the words are a point, for who wants it to be.
fn pasted(app: App) -> Vec<El> {
    app.packed.track();
    let typed = app.draft.with(|draft| draft.place.landmark.clone());
    let uses = find::points(app, &typed).into_iter().map(|hit| {
        let use_it = button("quiet fit", &app.t("noted.point")).icon("locate", "s");
        use_it.on("click", move |_| {
            find::take(app, &hit);
            app.lacks.set(Vec::new());
        })
    });
    uses.take(1).collect()
}

/// The number on a lamp post, container or sign: it tells the team which one is meant.
fn asset(app: App) -> El {
    let typed = app.draft.peek(|draft| draft.place.asset.clone());
    let name = [&app.t("asset"), " ", &app.t("optional")].concat();
    let input = el("input")
        .class("inp")
        .attr("part", "field")
        .attr("type", "text")
        .attr("id", "asset")
        .attr("dir", "auto")
        .attr("autocomplete", "off")
        .prop("value", typed.as_str())
        .on("input", move |event| {
            let typed = event.target().and_then(|it| js::text(&it, "value"));
            app.edit(|draft| draft.place.asset = typed.unwrap_or_default());
        });
    el("div")
        .class("fld")
        .child(el("label").attr("for", "asset").text(&name))
        .child(input)
}
