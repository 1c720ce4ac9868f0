//! How a report leaves the form: what it waits for there, the words while that takes long, and when
//! the form lets it go.

use gloo_timers::future::TimeoutFuture;
use leptos::task::spawn_local;

use crate::app::{App, Keeping, Screen, Sending};
use crate::draft::{Lack, Step};
use crate::outgoing::Outgoing;
use crate::photos::{self, Photo};
use crate::{js, keep, sender};

/// After this long the button is joined by a word about the slow network, in milliseconds.
const SLOW_MS: u32 = 5_000;
/// After this much longer the report is put in the queue, in milliseconds; it goes on being sent.
const QUEUE_MS: u32 = 15_000;
/// How often it is looked whether the photos are small, in milliseconds.
const LOOK_MS: u32 = 250;
/// After so many looks at which no photo had got any further, those are given up.
const LOOKS: u32 = 60;

/// Sends the draft because the citizen asked for it, once its photos are small.
pub(crate) fn send(app: App) {
    if app.sending.now() != Sending::Idle {
        return;
    }
    app.sending.set(Sending::Going);
    app.trouble.set(None);
    if photos::coming(app) {
        spawn_local(when_small(app));
    } else {
        begin(app);
    }
}

/// Waits for photos that are still being made small: without them it would be another report than
/// the one that was declared.
async fn when_small(app: App) {
    let key = app.draft.peek(|draft| draft.id.clone());
    let (mut before, mut still) = (Vec::new(), 0);
    while still < LOOKS {
        TimeoutFuture::new(LOOK_MS).await;
        // Let go of meanwhile, by whoever went back; or begun by a later press.
        let same = app.draft.peek(|draft| draft.id == key);
        let waits = same && app.sending.now() != Sending::Idle && !is_on_its_way(app);
        if !app.alive() || !waits {
            return;
        }
        if !app.draft.peek(|draft| draft.declared) {
            return app.sending.set(Sending::Idle);
        }
        if !photos::coming(app) {
            return begin(app);
        }
        let now: Vec<_> = app
            .photos
            .peek(|all| all.iter().map(|it| it.state).collect());
        still = if now == before { still + 1 } else { 0 };
        before = now;
    }
    let key = photos::give_up(app);
    app.sending.set(Sending::Idle);
    app.edit(|draft| draft.reviewing = true);
    app.go(Step::Details);
    app.lacking(vec![Lack {
        step: Step::Details,
        field: "photos".to_owned(),
        key,
        params: Vec::new(),
    }]);
}

fn begin(app: App) {
    let usable = |all: &Vec<Photo>| all.iter().filter(|it| it.is_usable()).cloned().collect();
    let report = Outgoing::new(app.draft.now(), app.photos.peek(usable), app.online.now());
    let key = report.draft.id.clone();
    sender::add(app, report);
    if app.online.now() {
        spawn_local(watch(app, key));
    } else {
        queue(app, &key);
    }
}

/// Whether what is in the form is being sent.
pub(crate) fn is_on_its_way(app: App) -> bool {
    let key = app.draft.peek(|draft| draft.id.clone());
    app.waiting
        .peek(|all| all.iter().any(|it| it.draft.id == key))
}

/// Before the form is written in again: a report on its way is let go, and shown among what waits;
/// one that waits for its photos is not sent yet. Whether it was on its way.
pub(crate) fn put_by(app: App) -> bool {
    if app.sending.now() == Sending::Idle {
        return false;
    }
    let on_its_way = is_on_its_way(app);
    if on_its_way {
        let key = app.draft.peek(|draft| draft.id.clone());
        queue(app, &key);
    } else {
        app.sending.set(Sending::Idle);
    }
    on_its_way
}

/// The words while it takes long.
async fn watch(app: App, key: String) {
    let shown = move |key: &str| {
        app.alive() && app.sending.now() != Sending::Idle && app.draft.peek(|it| it.id == key)
    };
    TimeoutFuture::new(SLOW_MS).await;
    if !shown(&key) {
        return;
    }
    app.sending.set(Sending::Slow);
    TimeoutFuture::new(QUEUE_MS).await;
    if shown(&key) {
        queue(app, &key);
    }
}

/// An attempt did not do it: the form lets go of the report.
pub(crate) fn still_waits(app: App, key: &str) {
    if app.sending.now() != Sending::Idle && app.draft.peek(|draft| draft.id == key) {
        queue(app, key);
    }
}

/// Lets the form go, for another report, and shows what waits.
fn queue(app: App, key: &str) {
    app.sending.set(Sending::Idle);
    let category = app.waiting.peek(|all| {
        let report = all.iter().find(|it| it.draft.id == key)?;
        report.draft.category.clone()
    });
    app.clear();
    app.show(Screen::Queued);
    app.polite.set(app.t(words(app)));
    let category = category.unwrap_or_default();
    app.tell("balagh:queued", js::object([("category", category.into())]));
    keep::persist();
}

/// What is said of the reports that wait: all are on the device, or one is on this page alone.
pub(crate) fn words(app: App) -> &'static str {
    // One that the device was not asked to keep yet goes as the others went.
    let likely = app.keeping.now() == Keeping::Kept;
    let all_kept = app
        .waiting
        .peek(|all| all.iter().all(|it| it.stored.unwrap_or(likely)));
    if all_kept { "queued" } else { "queued.not" }
}
