//! Photos that did not go along with their report: they follow it.
//!
//! They are kept under the report's number until the edge has them, also over a reload and while
//! the citizen is at their next report. The report itself named their hashes, so nothing but the
//! bytes is owed.

use gloo_timers::future::TimeoutFuture;
use js_sys::Array;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::*;

use crate::api;
use crate::app::App;
use crate::photos::{self, Photo, PhotoState};
use crate::{js, keep};

/// Tries while a page is open; what is left then waits for the next visit.
const TRIES: u32 = 8;
/// The first wait, in milliseconds; each one after it is twice as long.
const FIRST_MS: u32 = 2_000;

/// Keeps those of `photos` that the report `number` still owes; they are to be [sent](send).
pub(crate) async fn owed(app: App, number: &str, photos: &[Photo]) -> Vec<Photo> {
    let owed = photos
        .iter()
        .filter(|it| it.is_usable() && it.state != PhotoState::Sent);
    let owed: Vec<Photo> = owed.cloned().collect();
    if !owed.is_empty() {
        keep(app, number, &owed).await;
    }
    owed
}

/// Goes on with what an earlier visit left under a number.
pub(crate) fn resume(app: App, record: &JsValue) {
    let Some(number) = js::text(record, "number") else {
        return;
    };
    let kept = Array::from(&js::get(record, "photos"));
    let owed = (1..).zip(kept).filter_map(photos::restored).collect();
    spawn_local(send(app, number, owed));
}

/// The device may forbid it: then they are sent from this page only.
async fn keep(app: App, number: &str, owed: &[Photo]) {
    let record = js::object([
        ("number", number.into()),
        ("photos", js::array(owed.iter().filter_map(photos::record))),
        ("saved_at", js::now().into()),
    ]);
    keep::put(app, number, &record).await;
}

/// Sends the photos that the report `number` owes, again and again; those that the edge has are
/// forgotten here.
pub(crate) async fn send(app: App, number: String, mut owed: Vec<Photo>) {
    app.owed.update(|many| *many += owed.len());
    for round in 0..TRIES {
        if owed.is_empty() {
            return;
        }
        TimeoutFuture::new(FIRST_MS << round).await;
        if !app.alive() {
            return;
        }
        let Ok(session) = api::session(&app.base(), &app.lang()).await else {
            continue;
        };
        let many = owed.len();
        let mut left = Vec::new();
        for photo in owed {
            if !app.alive() {
                return;
            }
            if photos::upload(app, &session, &photo).await {
                app.owed.update(|many| *many = many.saturating_sub(1));
            } else {
                left.push(photo);
            }
        }
        if !app.alive() {
            return;
        }
        if left.is_empty() {
            keep::erase(app, &number).await;
        } else if left.len() < many {
            keep(app, &number, &left).await;
        }
        owed = left;
    }
}
