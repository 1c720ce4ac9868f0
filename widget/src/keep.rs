//! Keeping the draft on the device: after every change, and when the page goes away.

use gloo_timers::future::TimeoutFuture;
use js_sys::Array;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::*;

use crate::app::{App, Done, Keeping, Screen};
use crate::draft::{Draft, Step};
use crate::js;
use crate::options::Options;
use crate::outgoing::Outgoing;
use crate::photos::{self, Photo};
use crate::store::Store;
use crate::{late, told, track, wire};

/// How long a draft is kept that nobody came back to, in milliseconds.
const WEEK_MS: f64 = 7.0 * 86_400_000.0;
/// How long typing rests before it is kept, in milliseconds.
const REST_MS: u32 = 300;

/// Opens the device's store and brings back what was left there; then keeps every change.
pub(crate) async fn begin(app: App) {
    let opened = match open(app).await {
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
    // What waits to be sent, or a receipt to be seen, waits for as long as it takes.
    let old = |record: &JsValue| {
        let waits =
            js::number(record, "waiting_since").is_some() || js::get(record, "receipt").is_object();
        let saved = js::number(record, "saved_at");
        !waits && saved.is_none_or(|at| js::now() - at > WEEK_MS)
    };
    let (gone, kept): (Vec<_>, Vec<_>) = records.into_iter().partition(old);
    for record in gone {
        let draft = js::text(&js::get(&record, "draft"), "id");
        let key = js::text(&record, "key").or(draft);
        if let Some(key) = key.or_else(|| js::text(&record, "number")) {
            let _ = store.remove(&key).await;
        }
    }
    if !app.alive() {
        return;
    }
    app.store.set(Some(store));
    app.keeping.set(Keeping::Kept);
    let is_draft = |record: &JsValue| {
        js::get(record, "draft").is_object() && js::get(record, "waiting_since").is_undefined()
    };
    let (drafts, others): (Vec<_>, Vec<_>) = kept.into_iter().partition(is_draft);
    match app.later() {
        Some(later) => later.bring_back(app, &others),
        None if !others.is_empty() || drafts.len() > 1 => return hand_over(app),
        None => {}
    }
    // The newest; what was typed in the meantime goes before it, the others come after it.
    let at = |record: &JsValue| js::number(record, "saved_at").unwrap_or(0.0);
    for record in in_order(drafts, at) {
        restore(app, &record);
    }
    let waits = app.waiting.peek(|all| !all.is_empty());
    if waits && app.draft.peek(Draft::is_blank) && app.screen.now() == Screen::Step(Step::What) {
        app.show(Screen::Queued);
    }
    if let Some(later) = app.later() {
        later.wake(app);
    }
}

async fn open(app: App) -> Result<Store, JsValue> {
    let (edge, municipality) =
        app.options(|options| (options.edge.clone(), options.municipality.clone()));
    Store::open(&edge, &municipality).await
}

/// What an earlier visit left: reports to be sent, photos that follow theirs, receipts to be seen.
pub(crate) fn bring_back(app: App, records: &[JsValue]) {
    let online = app.online.now();
    let mut waiting = Vec::new();
    let mut unseen = Vec::new();
    for record in records {
        if let Some(receipt) = told::receipt(&js::get(record, "receipt")) {
            let category = js::text(record, "category").unwrap_or_default();
            unseen.push(Done {
                receipt,
                category,
                phone: js::text(record, "phone"),
            });
        } else if let Some(report) = Outgoing::restored(record, online) {
            waiting.push(report);
        } else if !track::bring_back(app, record) {
            late::resume(app, record);
        }
    }
    app.unseen.set(unseen);
    app.waiting.set(in_order(waiting, |it| it.since));
}

/// What is there in the order of its times. There are few of them: the library's sorting is ten times
/// the code of all the rest here.
fn in_order<T>(things: Vec<T>, time: impl Fn(&T) -> f64) -> Vec<T> {
    let mut ordered = Vec::with_capacity(things.len());
    for thing in things {
        let at = ordered.partition_point(|it| time(it) <= time(&thing));
        ordered.insert(at, thing);
    }
    ordered
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

/// Puts an unfinished draft into the form; what is there already is put aside, unless it is newer:
/// typed in this visit.
fn restore(app: App, record: &JsValue) {
    let Some(draft) = wire::kept_draft(&js::get(record, "draft")) else {
        return;
    };
    let stored = Array::from(&js::get(record, "photos"));
    let photos = match app.later() {
        Some(later) => later.photos(stored),
        None if draft.step != Step::What || stored.length() > 0 => return hand_over(app),
        None => Vec::new(),
    };
    let typed_now = app.draft.peek(|form| !form.is_blank()) && !app.restored.now();
    if typed_now {
        // The very draft that another module handed over, or another one.
        if app.draft.peek(|form| form.id != draft.id) {
            app.parked.update(|parked| parked.push((draft, photos)));
        }
        return;
    }
    if app.restored.now() {
        app.park();
    }
    let step = draft.step;
    let hashes = photos.iter().map(|it| it.sha256.clone()).collect();
    app.kept.set(Some((draft.clone(), hashes)));
    app.photos.set(photos);
    app.draft.set(draft);
    app.restored.set(true);
    app.go(step);
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

/// Keeps the draft now. One that is on its way is kept by who sends it.
pub(crate) async fn save(app: App) {
    let draft = app.draft.now();
    let leaving = |all: &Vec<Outgoing>| all.iter().any(|it| it.draft.id == draft.id);
    if draft.is_blank() || app.waiting.peek(leaving) {
        return;
    }
    let usable = |photos: &Vec<Photo>| -> Vec<Photo> {
        photos
            .iter()
            .filter(|it| it.bytes.is_some())
            .cloned()
            .collect()
    };
    let photos = app.photos.peek(usable);
    let now = Some((draft, photos.iter().map(|it| it.sha256.clone()).collect()));
    // Another tab may have gone on with it: what did not change here is left to that one.
    if app.kept.peek(|kept| *kept == now) {
        return;
    }
    app.kept.set(now.clone());
    let Some((draft, _)) = now else { return };
    if !put(app, &draft.id, &unfinished(&draft, &photos)).await {
        app.kept.set(None);
    }
}

/// Keeps an unfinished draft in place of the report `old` that it was; whether nothing of that one is
/// left, as there is not either where nothing is kept at all.
pub(crate) async fn replace(app: App, old: &str, draft: &Draft, photos: &[Photo]) -> bool {
    let Some(store) = app.store.now() else {
        return true;
    };
    let record = unfinished(draft, photos);
    let replaced = store.replace(old, &draft.id, &record).await;
    say(app, &replaced);
    replaced.is_ok()
}

/// A draft that nobody sent yet, as it is kept.
fn unfinished(draft: &Draft, photos: &[Photo]) -> JsValue {
    js::object([
        ("draft", wire::draft(draft)),
        (
            "photos",
            js::array(photos.iter().filter_map(photos::record)),
        ),
        ("saved_at", js::now().into()),
    ])
}

/// Keeps `record` under `key`, and says so; a device that forbids it, or is full, keeps nothing.
pub(crate) async fn put(app: App, key: &str, record: &JsValue) -> bool {
    let Some(store) = app.store.now() else {
        return false;
    };
    let mut kept = store.put(key, record).await;
    if kept.as_ref().is_err_and(|error| !is_full(error)) {
        // The browser took the store away: cleared, or closed for a newer tab.
        if let Ok(store) = open(app).await {
            kept = store.put(key, record).await;
            app.store.set(Some(store));
            if let Some(later) = app.later() {
                later.look_again(app).await;
            }
        }
    }
    say(app, &kept);
    kept.is_ok()
}

/// Says whether the device keeps what is typed.
fn say(app: App, kept: &Result<(), JsValue>) {
    if app.alive() {
        app.keeping.change(match kept {
            Ok(()) => Keeping::Kept,
            Err(error) if is_full(error) => Keeping::Full,
            Err(_) => Keeping::Forbidden,
        });
    }
}

/// Keeps a receipt that came while the citizen was at something else, until they have seen it.
pub(crate) async fn receipt(app: App, done: &Done) {
    let key = receipt_key(done);
    let record = js::object([
        ("key", key.as_str().into()),
        ("receipt", wire::kept_receipt(&done.receipt)),
        ("category", done.category.as_str().into()),
        ("phone", done.phone.clone().into()),
        ("saved_at", js::now().into()),
    ]);
    put(app, &key, &record).await;
}

/// What a receipt is kept under; its number alone is what its photos are kept under.
pub(crate) fn receipt_key(done: &Done) -> String {
    ["receipt ", &done.receipt.number].concat()
}

fn is_full(error: &JsValue) -> bool {
    js::text(error, "name").as_deref() == Some("QuotaExceededError")
}

/// Whether a report that waits is kept under `key`; nothing where the device does not say.
pub(crate) async fn waits(app: App, key: &str) -> Option<bool> {
    let record = app.store.now()?.one(key).await.ok()?;
    Some(js::number(&record, "waiting_since").is_some())
}

/// Erases the draft with this key, or the photos under this number, from the device.
pub(crate) async fn erase(app: App, key: &str) {
    if let Some(store) = app.store.now() {
        let _ = store.remove(key).await;
    }
}

/// Erases everything of the citizen's from the device, and begins anew.
pub(crate) async fn erase_all(app: App) {
    crate::sender::leave(app);
    app.waiting.set(Vec::new());
    app.parked.set(Vec::new());
    app.unseen.set(Vec::new());
    app.clear();
    app.renew();
    if let Some(store) = app.store.now() {
        let _ = store.clear().await;
    }
}

/// Asks the browser not to clear what waits here when it needs room.
pub(crate) fn persist() {
    let storage = js::get(&js::get(&js::window(), "navigator"), "storage");
    js::call(&storage, "persist", &[]);
}
