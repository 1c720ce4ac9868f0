//! Sending: `shared::queue` decides, this does it. One sender per web origin, however many tabs.

use std::cell::Cell;
use std::rc::Rc;

use balagh_shared::district::Pack;
use balagh_shared::queue::{Answer, Reaction, react};
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::receipt::Receipt;
use balagh_shared::report::Report;
use balagh_shared::rules;
use gloo_timers::future::TimeoutFuture;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use crate::api::{self, Came};
use crate::app::{App, Done, FIRST_STOP_ONLY, Screen, Sending, fresh_key};
use crate::draft::{Draft, Step, from_violation, report};
use crate::photos::{self, PhotoState};
use crate::{js, keep, late, nearby, place, screens, wire};

/// After this long the button is joined by a word about the slow network, in milliseconds.
const SLOW_MS: u32 = 5_000;
/// After this much longer the report is put in the queue, in milliseconds; it goes on being sent.
const QUEUE_MS: u32 = 15_000;

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
    app.sending.set(Sending::Going);
    spawn_local(async move {
        keep::save(app).await;
        // What the edge would refuse is asked now, and nothing is sent.
        let found = judged(app).await;
        if !app.alive() {
            return;
        }
        if !found.is_empty() {
            ask(app, &found);
        } else if app.online.now() {
            alone(app).await;
        } else {
            queue(app);
        }
        if app.alive() {
            app.sending.set(Sending::Idle);
        }
    });
}

/// What the rules find in the report: the very function that the edge judges by.
///
/// It needs the boundaries where there is a point. They are here, but for a report that was left
/// and came back: then they are fetched; where they do not come, the edge alone judges.
async fn judged(app: App) -> Vec<Violation> {
    let (pointed, tried) = app
        .draft
        .peek(|draft| (draft.place.at.is_some(), draft.tried));
    // Sent again it must be the same report: what was tried is not looked up anew.
    if pointed && app.online.now() && place::fetch_pack(app).await && app.alive() && !tried {
        place::locate(app);
    }
    let report = report_of(app);
    let judge = |pack: &Pack| app.document(|of| rules::judge(of, pack, &report).err());
    let found = match &report.place {
        Some(place) if place.at.is_some() => place::with_pack(app, judge).flatten(),
        _ => judge(&Pack::empty()),
    };
    found.unwrap_or_default()
}

/// The report as it would be sent now.
fn report_of(app: App) -> Report {
    let draft = app.draft.now();
    let pack = place::pack_checksum(app);
    app.document(|of| report(&draft, of, &photos::hashes(app), &app.lang(), &pack))
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

/// Runs while no other tab does; where the browser has no locks, or refuses them (in a frame of
/// another site's page, with the storage), there is nothing to wait for, and the key keeps it to one
/// report all the same.
async fn alone(app: App) {
    let locks = js::get(&js::get(&js::window(), "navigator"), "locks");
    if !locks.is_object() {
        return attempts(app).await;
    }
    let answered = Rc::new(Cell::new(false));
    let answers = Rc::clone(&answered);
    let task = Closure::once_into_js(move |lock: JsValue| {
        answers.set(true);
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
    if !answered.get() {
        attempts(app).await;
    }
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
        if nearby::is_over(app, came.reason()) {
            return;
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
            Reaction::Work => {
                // No edge asks for work yet; a fresh session is all there is to try with.
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
            Reaction::AskCitizen => {
                let found = came.violations();
                if found.is_empty() {
                    // Nothing that anybody could mend: it stays.
                    app.trouble.set(came.reason());
                    queue(app);
                } else {
                    ask(app, &found);
                }
                return;
            }
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
    static TRIES: Cell<u32> = const { Cell::new(0) };
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
            photos::upload(app, &token, &photo).await;
            if !app.alive() {
                return Came::nothing();
            }
        }
    }
    let json = js_sys::JSON::stringify(&wire::report(&report_of(app)))
        .map(String::from)
        .unwrap_or_default();
    let (key, joins) = app.draft.peek(|it| (it.id.clone(), it.joins.clone()));
    api::submit(&base, &lang, &token, &key, joins.as_deref(), &json).await
}

/// Shows the receipt; nothing of the report stays on the device but photos still to be sent.
async fn received(app: App, receipt: Receipt) {
    let draft = app.draft.now();
    let category = draft.category.clone().unwrap_or_default();
    let number = receipt.number.clone();
    let owed = late::owed(app, &number).await;
    keep::erase(app, &draft.id).await;
    if !app.alive() {
        return;
    }
    app.tell(
        "balagh:submitted",
        js::object([
            ("number", number.as_str().into()),
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
    let phone = screens::masked(&draft.phone);
    app.done.set(Some(Done {
        receipt,
        category,
        phone,
    }));
    app.draft.set(Draft::new(fresh_key()));
    // The next report has none of these.
    app.photos.set(Vec::new());
    app.show(Screen::Receipt);
    spawn_local(late::send(app, number, owed));
}

/// Shows what only the citizen can mend, on the first step concerned. Nothing typed is lost, and
/// nothing is sent again before they did.
fn ask(app: App, found: &[Violation]) {
    let draft = app.draft.now();
    let mut found: Vec<_> = app.document(|of| {
        let lack = |violation| from_violation(violation, &draft, of);
        found.iter().map(lack).collect()
    });
    let Some(step) = found.iter().map(|lack| lack.step).min() else {
        return;
    };
    found.retain(|lack| lack.step == step);
    app.edit(|draft| {
        draft.waiting_since = None;
        draft.reviewing = step != Step::Review;
    });
    app.go(step);
    app.lacking(found);
}
