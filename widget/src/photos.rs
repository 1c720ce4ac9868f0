//! Photos: made small on the device, drawn as thumbnails, sent one at a time.

use balagh_shared::reason::Reason;
use js_sys::{ArrayBuffer, Uint8Array};
use leptos::task::spawn_local;
use sha2::{Digest, Sha256};
use wasm_bindgen::prelude::*;
use web_sys::{FileList, HtmlCanvasElement};

use crate::api;
use crate::app::App;
use crate::draft::{Lack, Step};
use crate::js;
use crate::options::{self, Options};
use crate::renewed;

/// What is said of a photo that came to nothing for no reason that has a name.
const FAILED: &str = "photo.fail";

/// A photo of the draft.
#[derive(Clone, PartialEq)]
pub(crate) struct Photo {
    /// Tells it from the others on the screen.
    pub(crate) id: u32,
    /// How far it is.
    pub(crate) state: PhotoState,
    /// What will be sent, once it is small.
    pub(crate) bytes: Option<ArrayBuffer>,
    /// SHA-256 of those bytes, in hexadecimal.
    pub(crate) sha256: String,
    /// Where the camera says it was taken: longitude and latitude, degrees.
    pub(crate) taken_at: Option<(f64, f64)>,
    /// The file it came from, for another try; `undefined` after a reload.
    file: JsValue,
}

/// How far a photo is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum PhotoState {
    /// Waiting for its turn to be made small.
    Waiting,
    /// Being made small: 0 to 1.
    Shrinking(f64),
    /// Ready to be sent.
    Ready,
    /// Under way: 0 to 1.
    Sending(f64),
    /// The edge has it.
    Sent,
    /// It cannot be used: why.
    Refused(Refusal),
}

/// Why a photo cannot be used.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Refusal {
    /// The key of its words.
    key: &'static str,
    /// What these call `{max}`; 0 where they do not.
    max: u32,
}

impl Refusal {
    /// Whether trying again needs the page loaded again.
    pub(crate) fn is_renewed(self) -> bool {
        self.key == renewed::RENEWED
    }

    /// Says it.
    pub(crate) fn words(self, app: App) -> String {
        app.fill(self.key, &[("max", &self.max.to_string())])
    }
}

impl Photo {
    /// Whether it goes along with the report.
    pub(crate) fn is_usable(&self) -> bool {
        self.bytes.is_some() && self.refusal().is_none()
    }

    /// Whether it is still being made small.
    pub(crate) fn is_coming(&self) -> bool {
        matches!(self.state, PhotoState::Waiting | PhotoState::Shrinking(_))
    }

    /// Why it cannot be used.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        match self.state {
            PhotoState::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// What the citizen's device calls it; empty after a reload, and for what a camera just took.
    pub(crate) fn file_name(&self) -> String {
        js::text(&self.file, "name").unwrap_or_default()
    }
}

/// Whether a photo of the form is still being made small.
pub(crate) fn coming(app: App) -> bool {
    app.photos
        .peek(|photos| photos.iter().any(Photo::is_coming))
}

/// Gives up those that are still being made small, as one that failed; the key of the words for it.
/// One that becomes small after all is as good as any.
pub(crate) fn give_up(app: App) -> &'static str {
    app.photos.update(|photos| {
        for photo in photos.iter_mut().filter(|photo| photo.is_coming()) {
            photo.state = refused(FAILED, 0);
        }
    });
    FAILED
}

/// How many of the photos allowed are there; those that cannot be used do not count.
pub(crate) fn counted(photos: &[Photo]) -> usize {
    photos
        .iter()
        .filter(|photo| photo.refusal().is_none())
        .count()
}

/// Adds the files that were chosen, as many as the policy allows.
pub(crate) fn add(app: App, files: &FileList) {
    let most = app.document(|document| usize::from(document.photos.count));
    for file in js_sys::Array::from(files).iter() {
        if app.photos.peek(|photos| counted(photos)) >= most {
            // Said beside the photos, the focus stays where it is.
            let lack = Lack {
                step: Step::Details,
                field: "photos".to_owned(),
                key: Reason::PhotoCount.code(),
                params: vec![("max".to_owned(), most.to_string())],
            };
            app.polite.set(app.words(&lack));
            app.lacks.set(vec![lack]);
            return;
        }
        let id = next_id(app);
        app.photos.update(|photos| {
            photos.push(Photo {
                id,
                state: PhotoState::Waiting,
                bytes: None,
                sha256: String::new(),
                taken_at: None,
                file,
            });
        });
        spawn_local(shrink(app, id));
    }
}

/// Takes a photo away.
pub(crate) fn remove(app: App, id: u32) {
    app.lacks
        .update(|lacks| lacks.retain(|lack| lack.field != "photos"));
    app.photos
        .update(|photos| photos.retain(|photo| photo.id != id));
}

/// Tries again to make a photo small.
pub(crate) fn retry(app: App, id: u32) {
    spawn_local(shrink(app, id));
}

/// A photo as it is kept on the device; nothing before it is small.
pub(crate) fn record(photo: &Photo) -> Option<JsValue> {
    let bytes = photo.bytes.clone()?;
    Some(js::object([
        ("bytes", bytes.into()),
        ("sha256", photo.sha256.as_str().into()),
    ]))
}

/// A photo that was kept, with the id it gets.
pub(crate) fn restored((id, record): (u32, JsValue)) -> Option<Photo> {
    Some(Photo {
        id,
        state: PhotoState::Ready,
        sha256: js::text(&record, "sha256")?,
        bytes: Some(js::get(&record, "bytes").dyn_into().ok()?),
        taken_at: None,
        file: JsValue::UNDEFINED,
    })
}

/// Sends one photo; whether that is settled now: the edge has it, or will never take it.
pub(crate) async fn upload(app: App, session: &str, photo: &Photo) -> bool {
    let Some(bytes) = &photo.bytes else {
        return true;
    };
    let sha256 = photo.sha256.clone();
    tell(app, &sha256, PhotoState::Sending(0.0));
    let progress = {
        let sha256 = sha256.clone();
        move |share| {
            if app.alive() {
                tell(app, &sha256, PhotoState::Sending(share));
            }
        }
    };
    let came = api::put_photo(&app.base(), &app.lang(), session, &sha256, bytes, progress).await;
    if !app.alive() {
        return false;
    }
    let (state, settled) = match (came.status, came.reason()) {
        (200 | 201, None) if came.body.is_some() => (PhotoState::Sent, true),
        (413 | 415 | 422, Some(reason)) => (refused(reason.code(), came.max()), true),
        _ => (PhotoState::Ready, false),
    };
    tell(app, &sha256, state);
    settled
}

fn refused(key: &'static str, max: u32) -> PhotoState {
    PhotoState::Refused(Refusal { key, max })
}

/// Sets how far the photo with these bytes is, if it is still among those shown.
fn tell(app: App, sha256: &str, state: PhotoState) {
    let shown = |photo: &&mut Photo| photo.sha256 == sha256 && photo.state != state;
    app.photos.update(|photos| {
        for photo in photos.iter_mut().filter(shown) {
            photo.state = state;
        }
    });
}

fn set_state(app: App, id: u32, state: PhotoState) {
    app.photos.update(|photos| {
        for photo in photos.iter_mut().filter(|photo| photo.id == id) {
            photo.state = state;
        }
    });
}

/// Draws a photo that is small already into `canvas`.
pub(crate) fn draw(app: App, bytes: ArrayBuffer, canvas: HtmlCanvasElement) {
    let functions = app.options(Options::functions);
    spawn_local(async move {
        if let Ok(module) = options::photo_module(functions).await {
            let _ = js::settled(js::call(&module, "preview", &[canvas.into(), bytes.into()])).await;
        }
    });
}

fn next_id(app: App) -> u32 {
    app.photos
        .peek(|photos| photos.iter().map(|photo| photo.id + 1).max().unwrap_or(1))
}

async fn shrink(app: App, id: u32) {
    let file = app.photos.peek(|photos| {
        photos
            .iter()
            .find(|photo| photo.id == id)
            .map(|photo| photo.file.clone())
    });
    let Some(file) = file else { return };
    set_state(app, id, PhotoState::Waiting);
    let made = make_small(app, id, file).await;
    if !app.alive() {
        return;
    }
    match made {
        Ok((bytes, taken_at)) => {
            let sha256 = sha256(&bytes);
            let known = app
                .photos
                .peek(|photos| photos.iter().any(|it| it.sha256 == sha256));
            if known {
                // The same picture twice is one picture.
                remove(app, id);
                return;
            }
            app.photos.update(|photos| {
                for photo in photos.iter_mut().filter(|photo| photo.id == id) {
                    photo.state = PhotoState::Ready;
                    photo.sha256.clone_from(&sha256);
                    photo.bytes = Some(bytes.clone());
                    photo.taken_at = taken_at;
                }
            });
        }
        Err(error) => {
            let code = js::text(&error, "code").unwrap_or_default();
            let failed = renewed::words(app, &error, FAILED);
            let key = Reason::from_code(&code).map_or(failed, |reason| reason.code());
            let max = js::text(&error, "max").and_then(|max| max.parse().ok());
            set_state(app, id, refused(key, max.unwrap_or_default()));
        }
    }
    tell_how_it_went(app, id);
    crate::keep::save_soon(app);
}

/// Says to who does not see it whether the photo is ready or cannot be used.
fn tell_how_it_went(app: App, id: u32) {
    let refusal = app.photos.peek(|photos| {
        let photo = photos.iter().find(|photo| photo.id == id);
        photo.map(Photo::refusal)
    });
    match refusal {
        Some(Some(refusal)) => app.assertive.set(refusal.words(app)),
        Some(None) => app.polite.set(app.t("photo.ready")),
        None => {}
    }
}

async fn make_small(
    app: App,
    id: u32,
    file: JsValue,
) -> Result<(ArrayBuffer, Option<(f64, f64)>), JsValue> {
    let module = options::photo_module(app.options(Options::functions)).await?;
    let progress: Closure<dyn Fn(f64)> = Closure::wrap(Box::new(move |share| {
        if app.alive() {
            set_state(app, id, PhotoState::Shrinking(share));
        }
    }));
    let arguments = [file, js::object([]), progress.as_ref().clone()];
    let photo = js::settled(js::call(&module, "shrink", &arguments)).await?;
    let bytes: ArrayBuffer = js::get(&photo, "bytes").dyn_into()?;
    let gps = js::get(&photo, "gps");
    let taken_at = gps
        .is_object()
        .then(|| Some((js::number(&gps, "lon")?, js::number(&gps, "lat")?)));
    Ok((bytes, taken_at.flatten()))
}

fn sha256(bytes: &ArrayBuffer) -> String {
    crate::proof::hex(&Sha256::digest(Uint8Array::new(bytes).to_vec()))
}
