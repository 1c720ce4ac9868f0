//! Sending: `shared::queue` decides, this does it. One sender per web origin, however many tabs.

use balagh_shared::queue::{Answer, Reaction, react};
use balagh_shared::reason::Reason;
use balagh_shared::receipt::Receipt;
use gloo_timers::future::TimeoutFuture;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use crate::api::{self, Came};
use crate::app::{App, Done, FIRST_STOP_ONLY, Screen, Sending, fresh_key};
use crate::draft::{Draft, from_violation, report};
use crate::photos::{self, PhotoState};
use crate::{js, keep, place, wire};

/// After this long the button is joined by a word about the slow network, in milliseconds.
const SLOW_MS: u32 = 5_000;
/// After this much longer the report is put in the queue, in milliseconds; it goes on being sent.
const QUEUE_MS: u32 = 15_000;
/// Tries for a photo that did not go along with its report.
const PHOTO_TRIES: u32 = 6;

/// Sends the draft because the citizen asked for it.
pub(crate) fn send(app: App) {
    if app.sending.now() != Sending::Idle {
        return;
    }
    app.edit(|draft| {
        draft.waiting_since.get_or_insert_with(js::now);
    });
    if app.online.now() {
        spawn_local(watch(app));
    }
    wake(app);
}

/// Sends what waits, if anything does: on load, when the network is back, when the page is seen
/// again, when the wait is over.
pub(crate) fn wake(app: App) {
    if FIRST_STOP_ONLY {
        return;
    }
    let waits = app.draft.peek(|draft| draft.waiting_since.is_some());
    if !waits || app.sending.now() != Sending::Idle {
        return;
    }
    if !app.online.now() {
        queue(app);
        return;
    }
    app.sending.set(Sending::Going);
    spawn_local(async move {
        keep::save(app).await;
        alone(app).await;
        if app.alive() {
            app.sending.set(Sending::Idle);
        }
    });
}

/// Whether the report arrived after all: asked before it is edited or deleted, where an attempt
/// had no answer. If it did, its receipt is shown.
pub(crate) async fn arrived(app: App) -> bool {
    let draft = app.draft.now();
    if !draft.tried {
        return false;
    }
    let answer = api::submission(&app.base(), &app.lang(), &draft.id).await;
    if app.alive()
        && let Reaction::Received(receipt) = react(answer, 1, 0)
    {
        received(app, receipt).await;
        return true;
    }
    false
}

/// Takes the report back from the queue, to be edited. An edited report is another one: it gets a
/// new key.
pub(crate) async fn take_back(app: App) {
    if arrived(app).await || !app.alive() {
        return;
    }
    let old = app.draft.peek(|draft| draft.id.clone());
    app.edit(|draft| {
        draft.waiting_since = None;
        if draft.tried {
            draft.id = fresh_key();
            draft.tried = false;
        }
    });
    keep::save(app).await;
    if app.alive() && app.draft.peek(|draft| draft.id != old) {
        keep::erase(app, &old).await;
    }
}

/// The words while it takes long.
async fn watch(app: App) {
    TimeoutFuture::new(SLOW_MS).await;
    if !app.alive() || app.sending.now() == Sending::Idle {
        return;
    }
    app.sending.set(Sending::Slow);
    TimeoutFuture::new(QUEUE_MS).await;
    if app.alive() && app.sending.now() != Sending::Idle {
        queue(app);
    }
}

fn queue(app: App) {
    if app.screen.now() == Screen::Queued {
        return;
    }
    app.show(Screen::Queued);
    app.polite.set(app.t("queued"));
    let category = app
        .draft
        .peek(|draft| draft.category.clone())
        .unwrap_or_default();
    app.tell("balagh:queued", js::object([("category", category.into())]));
    spawn_local(keep::save(app));
}

/// Runs while no other tab does; where the browser has no locks there is nothing to wait for, and
/// the key keeps it to one report all the same.
async fn alone(app: App) {
    let locks = js::get(&js::get(&js::window(), "navigator"), "locks");
    if !locks.is_object() {
        return attempts(app).await;
    }
    let task = Closure::once_into_js(move |lock: JsValue| {
        future_to_promise(async move {
            if lock.is_null() {
                // Another tab is at it: look again later.
                schedule(app, 5_000);
            } else {
                attempts(app).await;
            }
            Ok(JsValue::UNDEFINED)
        })
    });
    let name = ["balagh ", &app.base()].concat();
    let options = js::object([("ifAvailable", true.into())]);
    let _ = js::settled(js::call(&locks, "request", &[name.into(), options, task])).await;
}

fn schedule(app: App, millis: u32) {
    spawn_local(async move {
        TimeoutFuture::new(millis).await;
        if app.alive() {
            wake(app);
        }
    });
}

/// Attempts until the answer ends it or asks for patience.
async fn attempts(app: App) {
    let (mut session, mut renewals) = (None, 0);
    loop {
        let came = attempt(app, &mut session).await;
        if !app.alive() {
            return;
        }
        let answer = came.answer();
        if matches!(answer, Answer::None | Answer::Foreign) {
            app.edit(|draft| draft.tried = true);
        }
        let tries = TRIES.with(|tries| {
            tries.set(tries.get().saturating_add(1));
            tries.get()
        });
        match react(answer, tries, renewals) {
            Reaction::Received(receipt) => {
                TRIES.set(0);
                return received(app, receipt).await;
            }
            Reaction::RenewSession => {
                session = None;
                renewals += 1;
            }
            Reaction::AskCitizen if came.reason() == Some(Reason::KeyReused) => {
                // It arrived in another form, before an edit: that one counts.
                app.edit(|draft| draft.tried = true);
                if !arrived(app).await && app.alive() {
                    app.edit(|draft| draft.id = fresh_key());
                    schedule(app, 500);
                }
                return;
            }
            Reaction::AskCitizen => return ask(app, &came),
            Reaction::Wait { millis } => {
                app.trouble.set(came.reason());
                queue(app);
                schedule(app, millis);
                return;
            }
        }
    }
}

thread_local! {
    /// Attempts since the last receipt, for the growing waits.
    static TRIES: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

/// One attempt: a session if there is none, the photos, the report.
async fn attempt(app: App, session: &mut Option<String>) -> Came {
    let (base, lang) = (app.base(), app.lang());
    let token = match session {
        Some(token) => token.clone(),
        None => match api::session(&base, &lang).await {
            Ok(token) => session.insert(token).clone(),
            Err(came) => return came,
        },
    };
    if !app.alive() {
        return Came::nothing();
    }
    for photo in app.photos.now() {
        if photo.is_usable() && photo.state != PhotoState::Sent {
            // One that fails follows after the receipt.
            upload(app, &token, photo.id).await;
            if !app.alive() {
                return Came::nothing();
            }
        }
    }
    let draft = app.draft.now();
    let report = report(
        &draft,
        &photos::hashes(app),
        &lang,
        &place::pack_checksum(app),
    );
    let json = js_sys::JSON::stringify(&wire::report(&report))
        .map(String::from)
        .unwrap_or_default();
    api::submit(&base, &lang, &token, &draft.id, &json).await
}

/// Sends one photo; whether the edge has it now.
async fn upload(app: App, session: &str, id: u32) -> bool {
    let photo = app
        .photos
        .peek(|photos| photos.iter().find(|it| it.id == id).cloned());
    let Some((photo, bytes)) = photo.and_then(|photo| Some((photo.clone(), photo.bytes?))) else {
        return true;
    };
    photos::set_state(app, id, PhotoState::Sending(0.0));
    let progress = move |share| {
        if app.alive() {
            photos::set_state(app, id, PhotoState::Sending(share));
        }
    };
    let came = api::put_photo(
        &app.base(),
        &app.lang(),
        session,
        &photo.sha256,
        &bytes,
        progress,
    )
    .await;
    if !app.alive() {
        return false;
    }
    let (state, has) = match (came.status, came.reason()) {
        (200 | 201, None) if came.body.is_some() => (PhotoState::Sent, true),
        (413 | 415 | 422, Some(reason)) => (PhotoState::Refused(reason.code()), true),
        _ => (PhotoState::Ready, false),
    };
    photos::set_state(app, id, state);
    has
}

/// Shows the receipt; nothing of the report stays on the device but photos still to be sent.
async fn received(app: App, receipt: Receipt) {
    let draft = app.draft.now();
    let category = draft.category.clone().unwrap_or_default();
    keep::erase(app, &draft.id).await;
    if !app.alive() {
        return;
    }
    let number = receipt.number.clone();
    app.tell(
        "balagh:submitted",
        js::object([
            ("number", number.into()),
            ("category", category.clone().into()),
        ]),
    );
    // Letter by letter, for who listens.
    let spelled: String = receipt
        .number
        .chars()
        .flat_map(|letter| [letter, ' '])
        .collect();
    app.polite.set(
        [
            app.t("done"),
            ". ".into(),
            app.t("number"),
            ": ".into(),
            spelled,
        ]
        .concat(),
    );
    app.trouble.set(None);
    app.restored.set(false);
    app.done.set(Some(Done { receipt, category }));
    app.draft.set(Draft::new(fresh_key()));
    app.show(Screen::Receipt);
    spawn_local(follow(app));
}

/// Sends the photos that did not go along.
async fn follow(app: App) {
    for round in 0..PHOTO_TRIES {
        let left: Vec<u32> = app.photos.peek(|photos| {
            let open = photos
                .iter()
                .filter(|it| it.is_usable() && it.state != PhotoState::Sent);
            open.map(|it| it.id).collect()
        });
        if left.is_empty() {
            return;
        }
        TimeoutFuture::new(2_000 << round).await;
        if !app.alive() {
            return;
        }
        let Ok(session) = api::session(&app.base(), &app.lang()).await else {
            continue;
        };
        for id in left {
            if app.alive() {
                upload(app, &session, id).await;
            }
        }
        if !app.alive() {
            return;
        }
    }
}

/// Shows what only the citizen can mend, on the first step concerned.
fn ask(app: App, came: &Came) {
    let draft = app.draft.now();
    let mut found: Vec<_> = came
        .violations()
        .iter()
        .map(|it| from_violation(it, &draft))
        .collect();
    let Some(step) = found.iter().map(|lack| lack.step).min() else {
        app.trouble.set(came.reason());
        queue(app);
        return;
    };
    found.retain(|lack| lack.step == step);
    app.edit(|draft| {
        draft.waiting_since = None;
        draft.reviewing = step != crate::draft::Step::Review;
        draft.step = step;
    });
    app.show(Screen::Step(step));
    app.lacking(found);
}
