//! A deploy took away what this page had still to fetch: it loads itself again, and finds what was
//! there.

use leptos::task::spawn_local;
use wasm_bindgen::JsValue;

use crate::app::{App, Keeping};
use crate::{js, keep, track};

/// The key of the words for it.
pub(crate) const RENEWED: &str = "renewed";

/// The key of the words for a file that did not come for `error`; `otherwise` where trying again may
/// help, and where the device keeps nothing that a page loaded again would find.
pub(crate) fn words(app: App, error: &JsValue, otherwise: &'static str) -> &'static str {
    let is_gone = js::text(error, "code").as_deref() == Some("load.gone");
    if is_gone && app.keeping.now() == Keeping::Kept {
        RENEWED
    } else {
        otherwise
    }
}

/// Loads the page again, once the device has the draft, a receipt that is shown, and what was typed
/// to find a report.
pub(crate) fn reload(app: App) {
    spawn_local(async move {
        keep::save(app).await;
        if let Some(done) = app.done.now() {
            keep::receipt(app, &done).await;
        }
        track::keep_typed(app).await;
        js::call(&js::get(&js::window(), "location"), "reload", &[]);
    });
}
