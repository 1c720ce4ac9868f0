//! Keeping the draft on the device: after every change, and when the page goes away.

use gloo_timers::future::TimeoutFuture;
use js_sys::Array;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::*;

use crate::app::{App, FIRST_STOP_ONLY, Keeping, Screen};
use crate::draft::{Draft, Step};
use crate::js;
use crate::options::Options;
use crate::photos::{self, Photo};
use crate::store::Store;
use crate::{late, wire};

/// How long a draft is kept that nobody came back to, in milliseconds.
const WEEK_MS: f64 = 7.0 * 86_400_000.0;
/// How long typing rests before it is kept, in milliseconds.
const REST_MS: u32 = 300;

/// Opens the device's store and brings back what was left there; then keeps every change.
pub(crate) async fn begin(app: App) {
    let (edge, municipality) =
        app.options(|options| (options.edge.clone(), options.municipality.clone()));
    let opened = match Store::open(&edge, &municipality).await {
        Ok(store) => store.all().await.map(|records| (store, records)),
        Err(error) => Err(error),
    };
    if !app.alive() {
        return;
    }
    let Ok((store, records)) = opened else {
        app.keeping.set(Keeping::Forbidden);
        return;
    };
    let old =
        |record: &JsValue| js::number(record, "saved_at").is_none_or(|at| js::now() - at > WEEK_MS);
    let (gone, kept): (Vec<_>, Vec<_>) = records.into_iter().partition(old);
    for record in gone {
        let draft = js::text(&js::get(&record, "draft"), "id");
        if let Some(key) = draft.or_else(|| js::text(&record, "number")) {
            let _ = store.remove(&key).await;
        }
    }
    if !app.alive() {
        return;
    }
    app.store.set(Some(store));
    app.keeping.set(Keeping::Kept);
    // A record with a number holds photos that follow their report.
    let is_late = |record: &JsValue| !js::get(record, "number").is_undefined();
    let (late, kept): (Vec<_>, Vec<_>) = kept.into_iter().partition(is_late);
    if FIRST_STOP_ONLY && !late.is_empty() {
        return hand_over(app);
    }
    for record in late {
        late::resume(app, &record);
    }
    // The newest; what was typed in the meantime goes before it.
    let newest = kept.into_iter().max_by(|one, other| {
        let at = |record| js::number(record, "saved_at").unwrap_or(0.0);
        at(one).total_cmp(&at(other))
    });
    if let Some(record) = newest
        && app.draft.peek(Draft::is_blank)
    {
        restore(app, &record);
    }
}

/// There is more on the device than the first stop can see to: the whole widget reads it for itself,
/// and goes on with what was typed here in the meantime.
fn hand_over(app: App) {
    let typed = app
        .draft
        .peek(|draft| (!draft.is_blank()).then(|| wire::draft(draft)));
    let arguments = [typed.unwrap_or_default(), "report".into()];
    js::call(&app.options(Options::functions), "handOver", &arguments);
}

fn restore(app: App, record: &JsValue) {
    let Some(draft) = wire::kept_draft(&js::get(record, "draft")) else {
        return;
    };
    let stored = Array::from(&js::get(record, "photos"));
    let waits = draft.waiting_since.is_some();
    if FIRST_STOP_ONLY && (waits || draft.step != Step::What || stored.length() > 0) {
        return hand_over(app);
    }
    if !FIRST_STOP_ONLY {
        app.photos
            .set((1..).zip(stored).filter_map(photos::restored).collect());
    }
    let step = draft.step;
    app.draft.set(draft);
    if waits {
        app.show(Screen::Queued);
        crate::sender::wake(app);
    } else {
        app.restored.set(true);
        app.go(step);
    }
}

/// Keeps the draft a moment after the last change.
pub(crate) fn save_soon(app: App) {
    let seen = app.draft.now();
    spawn_local(async move {
        TimeoutFuture::new(REST_MS).await;
        if app.alive() && app.draft.peek(|draft| *draft == seen) {
            save(app).await;
        }
    });
}

/// Keeps the draft now.
pub(crate) async fn save(app: App) {
    let Some(store) = app.store.now() else { return };
    let draft = app.draft.now();
    if draft.is_blank() {
        return;
    }
    let usable = |photos: &Vec<Photo>| js::array(photos.iter().filter_map(photos::record));
    let record = js::object([
        ("draft", wire::draft(&draft)),
        ("photos", app.photos.peek(usable)),
        ("saved_at", js::now().into()),
    ]);
    let kept = store.put(&draft.id, &record).await.is_ok();
    if app.alive() {
        app.keeping.set(if kept {
            Keeping::Kept
        } else {
            Keeping::Forbidden
        });
    }
}

/// Keeps `record` under `key`; a device that forbids it keeps nothing.
pub(crate) async fn put(app: App, key: &str, record: &JsValue) {
    if let Some(store) = app.store.now() {
        let _ = store.put(key, record).await;
    }
}

/// Erases the draft with this key, or the photos under this number, from the device.
pub(crate) async fn erase(app: App, key: &str) {
    if let Some(store) = app.store.now() {
        let _ = store.remove(key).await;
    }
}
