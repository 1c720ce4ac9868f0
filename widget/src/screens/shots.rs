//! The photos of a report: added, watched, taken away, drawn on a canvas.

use crate::live::derived;
use balagh_shared::municipality::PhotoRule;
use balagh_shared::report::PlaceSource;
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, HtmlInputElement};

use super::stage;
use crate::app::App;
use crate::draft::Step;
use crate::photos::{self, PhotoState};
use crate::place;
use crate::view::{El, button, el, note};

/// The pixels of a thumbnail's side: twice what is shown, for sharp screens.
const SIDE: u32 = 240;

pub(super) fn shots(app: App, rule: PhotoRule) -> El {
    let most = app.document(|document| usize::from(document.photos.count));
    let ids = derived(move || {
        app.photos
            .with(|photos| photos.iter().map(|photo| photo.id).collect::<Vec<_>>())
    });
    let heading = el("h3").class("h3").text(&app.t("photos")).text(" ").child(
        el("span")
            .class("opt-mark")
            .text(&app.fill("photos.most", &[("n", &most.to_string())])),
    );
    let why = (rule == PhotoRule::Asked).then(|| el("p").class("lab").text(&app.t("photo.asked")));
    let list = el("ul").class("shots gap-t8").live(move || {
        let ids = ids.get();
        let full = ids.len() >= most;
        let shots = ids
            .into_iter()
            .enumerate()
            .map(|(index, id)| shot(app, index + 1, id));
        shots.chain((!full).then(|| adding(app))).collect()
    });
    el("section")
        .attr("id", "photos")
        .child(heading)
        .maybe(why)
        .child(el("p").class("lab").text(&app.t("photo.note")))
        .child(el("p").class("lab").text(&app.t("people")))
        .child(list)
        .child(crate::view::field_error(app, "photos"))
        .live(move || offer_place(app))
}

fn adding(app: App) -> El {
    let input = el("input")
        .attr("type", "file")
        .attr("accept", "image/*")
        .flag("multiple", true);
    let input = input.attr("id", "photo-add").on("change", move |event| {
        let input = event
            .target()
            .and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
        if let Some((input, files)) = input.and_then(|input| Some((input.clone(), input.files()?)))
        {
            photos::add(app, &files);
            // The same file may be chosen again after it was taken away.
            input.set_value("");
        }
    });
    let label = el("label")
        .class("add")
        .icon("camera", "")
        .text(&app.t("photo.add"));
    el("li").child(label.child(input))
}

fn shot(app: App, index: usize, id: u32) -> El {
    let state = move || {
        app.photos.with(|photos| {
            photos
                .iter()
                .find(|it| it.id == id)
                .map(|photo| photo.state)
        })
    };
    let name = app.fill("photo.name", &[("n", &index.to_string())]);
    let remove = app.fill("photo.remove", &[("n", &index.to_string())]);
    let remove = el("button")
        .class("x")
        .attr("type", "button")
        .attr("aria-label", &remove);
    let remove = remove.child(el("span").icon("close", ""));
    el("li")
        .live_attr("class", move || {
            let busy = matches!(
                state(),
                Some(PhotoState::Shrinking(_) | PhotoState::Sending(_))
            );
            Some(if busy { "shot busy" } else { "shot" }.to_owned())
        })
        .child(
            canvas(app, id)
                .attr("role", "img")
                .attr("aria-label", &name),
        )
        .child(remove.on("click", move |_| {
            photos::remove(app, id);
            crate::keep::save_soon(app);
            app.focus_field("photos");
        }))
        .live(move || match state() {
            Some(PhotoState::Shrinking(share)) => vec![gauge(app, "photo.shrinking", share)],
            Some(PhotoState::Sending(share)) => vec![gauge(app, "", share)],
            Some(PhotoState::Refused(reason)) => {
                let again = el("button")
                    .class("st")
                    .attr("type", "button")
                    .icon("retry", "");
                let words = el("span").attr("role", "status").text(&app.t(reason));
                vec![
                    again
                        .child(words)
                        .on("click", move |_| photos::retry(app, id)),
                ]
            }
            _ => Vec::new(),
        })
}

fn gauge(app: App, words: &str, share: f64) -> El {
    let percent = [((share * 100.0).round() as u32).to_string(), "%".into()].concat();
    let shown = if words.is_empty() {
        percent.clone()
    } else {
        app.t(words)
    };
    el("span")
        .class("st")
        .attr("role", "progressbar")
        .attr("aria-valuenow", percent.trim_end_matches('%'))
        .attr("aria-label", &shown)
        .text(&shown)
}

/// A thumbnail.
pub(super) fn canvas(app: App, id: u32) -> El {
    let side = SIDE.to_string();
    let canvas = el("canvas").attr("width", &side).attr("height", &side);
    if let Ok(drawn) = canvas.node().clone().dyn_into::<HtmlCanvasElement>() {
        photos::draw(app, id, drawn);
    }
    canvas
}

/// A photo that tells where it was taken offers that place; it is the citizen's to use.
pub(super) fn offer_place(app: App) -> Vec<El> {
    let taken = app
        .photos
        .with(|photos| photos.iter().find_map(|photo| photo.taken_at));
    let placed = app.draft.peek(|draft| {
        let needed = app.document(|document| Step::Where.applies(draft, document));
        !needed || draft.place.source == PlaceSource::Photo
    });
    let Some((lon, lat)) = taken.filter(|_| !placed) else {
        return Vec::new();
    };
    let words = el("span").text(&app.t("photo.gps"));
    let using = button("quiet fit", &app.t("photo.gps.use")).on("click", move |_| {
        app.edit(|draft| draft.place.listed = false);
        place::put(app, lon, lat, None, PlaceSource::Photo);
        app.go(Step::Where);
        stage::show(app, lon, lat);
    });
    vec![
        el("div")
            .class("card tint gap-t16")
            .child(note("mid", "locate", words))
            .child(using),
    ]
}
