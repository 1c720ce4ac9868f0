//! The photos of a report: added, watched, taken away, drawn on a canvas.

use crate::live::derived;
use balagh_shared::municipality::PhotoRule;
use balagh_shared::report::PlaceSource;
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, HtmlInputElement};

use super::stage;
use crate::app::App;
use crate::draft::Step;
use crate::photos::{self, Photo, PhotoState, Refusal};
use crate::view::{El, button, el, link, note};
use crate::{place, renewed};

/// The pixels of a thumbnail's side: twice what is shown, for sharp screens.
const SIDE: u32 = 240;

pub(super) fn shots(app: App, rule: PhotoRule) -> El {
    let most = app.document(|document| usize::from(document.photos.count));
    // Those that cannot be used stand below the others, each in a row with room for the reason.
    let shown = derived(move || {
        app.photos.with(|photos| {
            let of = |refused| {
                let of = photos
                    .iter()
                    .filter(move |it| it.refusal().is_some() == refused);
                of.map(|photo| photo.id).collect::<Vec<_>>()
            };
            (of(false), of(true))
        })
    });
    let heading = el("h3").class("h3").text(&app.t("photos")).text(" ").child(
        el("span")
            .class("opt-mark")
            .text(&app.fill("photos.most", &[("n", &most.to_string())])),
    );
    let why = (rule == PhotoRule::Asked).then(|| el("p").class("lab").text(&app.t("photo.asked")));
    let list = el("ul").class("shots gap-t8").live(move || {
        let (good, refused) = shown.get();
        let full = good.len() >= most;
        let tiles = (1..).zip(good).map(|(index, id)| shot(app, index, id));
        tiles
            .chain((!full).then(|| adding(app)).into_iter().flatten())
            .chain(refused.into_iter().map(|id| refusal(app, id)))
            .collect()
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

/// The ways to add one. Where a finger points, there is a camera too, and not every system offers
/// it beside the gallery.
fn adding(app: App) -> [El; 2] {
    let camera = chooser(app, "photo-take", "camera", "photo.take");
    [
        el("li").child(chooser(app, "photo-add", "plus", "photo.add")),
        el("li").class("by-hand").child(camera),
    ]
}

fn chooser(app: App, id: &str, icon: &str, words: &str) -> El {
    let input = el("input")
        .attr("type", "file")
        .attr("accept", "image/*")
        .attr("id", id);
    let input = if icon == "camera" {
        input.attr("capture", "environment")
    } else {
        input.flag("multiple", true)
    };
    let input = input.on("change", move |event| {
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
    let label = el("label").class("add").icon(icon, "");
    label.text(&app.t(words)).child(input)
}

fn shot(app: App, index: usize, id: u32) -> El {
    let state = move || of(app, id, |photo| photo.state);
    let n = index.to_string();
    let name = app.fill("photo.name", &[("n", &n)]);
    let file = of(app, id, Photo::file_name).unwrap_or_default();
    let name = [name, file].join(" ").trim_end().to_owned();
    let remove = el("button")
        .class("x")
        .attr("type", "button")
        .attr("aria-label", &app.fill("photo.remove", &[("n", &n)]));
    let remove = remove.child(el("span").icon("close", ""));
    el("li")
        .live_attr("class", move || {
            let done = matches!(state(), Some(PhotoState::Ready | PhotoState::Sent));
            Some(if done { "shot" } else { "shot busy" }.to_owned())
        })
        .child(
            canvas(app, id)
                .attr("role", "img")
                .attr("aria-label", &name),
        )
        .child(remove.on("click", move |_| take_away(app, id)))
        .live(move || match state() {
            Some(PhotoState::Waiting) => vec![gauge(app, "photo.waiting", 0.0)],
            Some(PhotoState::Shrinking(share)) => vec![gauge(app, "photo.shrinking", share)],
            Some(PhotoState::Sending(share)) => vec![gauge(app, "", share)],
            _ => Vec::new(),
        })
}

/// A photo that cannot be used: which, why, and the two ways on.
fn refusal(app: App, id: u32) -> El {
    let name = of(app, id, Photo::file_name).unwrap_or_default();
    let why = of(app, id, Photo::refusal).flatten();
    let again = if why.is_some_and(Refusal::is_renewed) {
        link(&app.t("reload")).on("click", move |_| renewed::reload(app))
    } else {
        link(&app.t("photo.again")).on("click", move |_| photos::retry(app, id))
    };
    let why = why.map(|why| why.words(app)).unwrap_or_default();
    let remove = link(&app.t("photo.away")).on("click", move |_| take_away(app, id));
    let words = el("span")
        .child(el("bdi").text(&name))
        .child(el("span").class("why").text(&why))
        .child(el("span").class("ways").child(again).child(remove));
    el("li")
        .class("refused")
        .child(note("danger", "warning", words))
}

fn take_away(app: App, id: u32) {
    photos::remove(app, id);
    crate::keep::save_soon(app);
    app.focus_field("photos");
}

/// What `read` says of the photo, while it is there.
fn of<T>(app: App, id: u32, read: fn(&Photo) -> T) -> Option<T> {
    app.photos
        .with(|photos| photos.iter().find(|it| it.id == id).map(read))
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

/// A thumbnail, drawn once the photo is small: what a camera made is decoded only once.
pub(super) fn canvas(app: App, id: u32) -> El {
    let side = SIDE.to_string();
    let small = derived(move || of(app, id, |photo| photo.bytes.clone()).flatten());
    el("canvas")
        .attr("width", &side)
        .attr("height", &side)
        .follow_with(move |canvas| {
            let canvas = canvas.clone().dyn_into::<HtmlCanvasElement>();
            if let (Ok(canvas), Some(bytes)) = (canvas, small.get()) {
                photos::draw(app, bytes, canvas);
            }
        })
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
