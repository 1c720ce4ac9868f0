//! A host page's own boundaries: `<balagh-report boundaries="areas.geojson">`.
//!
//! They are a choice to show, never a decision: the edge decides with its own. Where the municipality
//! knows the id of every area, citizens choose by them, and what they confirm is sent like any other
//! district. Where it does not, they are drawn and named beside the municipality's, which are chosen
//! by: an id that the edge does not know is never sent.

use balagh_shared::district::Pack;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::app::App;
use crate::options::{self, Options};
use crate::{js, place};

/// What became of the page's own boundaries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Own {
    /// Nobody needed them yet.
    Unasked,
    /// The page has none, or none that can be used.
    None,
    /// Citizens choose by them: the name of their pack.
    Decide(String),
    /// They are drawn and named: the name of their pack.
    Shown(String),
}

/// Compiles what the page names, once, and tells the page what became of it.
pub(crate) async fn fetch(app: App) {
    if app.own.now() != Own::Unasked {
        return;
    }
    let own = match app.attribute("boundaries") {
        Some(url) if !url.is_empty() => {
            let compiled = compiled(app, &url).await;
            // Another screen may have asked meanwhile.
            if !app.alive() || app.own.now() != Own::Unasked {
                return;
            }
            opened(app, &url, &compiled)
        }
        _ => Own::None,
    };
    app.own.set(own);
}

async fn compiled(app: App, url: &str) -> JsValue {
    let attribute = |name, or: &str| app.attribute(name).unwrap_or_else(|| or.to_owned());
    let [lon, lat] = app.document(|document| document.view.center);
    let what = js::object([
        ("url", url.into()),
        ("id", attribute("boundaries-id", "id").into()),
        ("names", attribute("boundaries-name", "").into()),
        ("lon", lon.into()),
        ("lat", lat.into()),
    ]);
    let functions = app.options(Options::functions);
    match options::boundaries_module(functions).await {
        Ok(module) => {
            let done = js::call(&module, "compileBoundaries", &[what]);
            js::settled(done).await.unwrap_or_default()
        }
        Err(_) => JsValue::UNDEFINED,
    }
}

fn opened(app: App, url: &str, compiled: &JsValue) -> Own {
    let bytes = js::get(compiled, "pack").dyn_into::<Uint8Array>();
    let pack = bytes
        .ok()
        .and_then(|bytes| Pack::open(&bytes.to_vec()).ok());
    let Some(pack) = pack else {
        let refused = js::get(&js::get(compiled, "refused"), "message");
        let why = refused
            .as_string()
            .unwrap_or_else(|| "the compiler cannot be fetched".to_owned());
        tell(app, url, compiled, "refused", &why);
        return Own::None;
    };
    let known = |id: &str| app.document(|document| document.district(id).is_some());
    let unknown = pack.districts().find(|area| !known(area.id()));
    let unknown = unknown.map(|area| area.id().to_owned());
    let areas = pack.districts().count();
    let name = pack.checksum_hex();
    place::hold(&name, pack);
    match unknown {
        None if areas > 0 => {
            tell(app, url, compiled, "decides", "");
            Own::Decide(name)
        }
        unknown => {
            let why = [
                "the municipality has no district ",
                &unknown.unwrap_or_default(),
                ": the areas are shown, and its own districts are chosen by",
            ];
            tell(app, url, compiled, "shown", &why.concat());
            Own::Shown(name)
        }
    }
}

/// Tells the page what became of its file, with the compiler's findings: in an event, and in words to
/// who looks at the console.
fn tell(app: App, url: &str, compiled: &JsValue, state: &str, why: &str) {
    let findings = js::get(compiled, "findings");
    let console = js::get(&js::window(), "console");
    let start = ["balagh: boundaries ", url, ": "].concat();
    if state == "refused" {
        js::call(&console, "error", &[[&start, why].concat().into()]);
    } else if !why.is_empty() {
        js::call(&console, "info", &[[&start, why].concat().into()]);
    }
    if findings.is_object() {
        for finding in Array::from(&findings).iter() {
            let message = js::text(&finding, "message").unwrap_or_default();
            let id = js::text(&finding, "id").unwrap_or_default();
            let words = [&start, id.as_str(), ": ", &message].concat();
            js::call(&console, "warn", &[words.into()]);
        }
    }
    let detail = js::object([
        ("url", url.into()),
        ("state", state.into()),
        ("message", why.into()),
        ("refused", js::get(compiled, "refused")),
        ("findings", findings),
    ]);
    app.tell("balagh:boundaries", detail);
}
