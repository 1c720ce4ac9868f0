//! The work that an edge under pressure asks of a phone: in slices, so that nothing stands still.

use balagh_shared::proof::{Progress, Solver};
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::prelude::*;

use crate::app::App;
use crate::document::string;
use crate::js;

/// The longest that a slice may hold the thread, in milliseconds.
const SLICE_MS: f64 = 6.0;
/// Hashes between two looks at the clock: half a millisecond on an old phone.
const STEP: u32 = 200;

/// Does the work of `challenge`: the value of the `Balagh-Proof` header, or nothing where it cannot
/// be done or the widget is gone meanwhile.
pub(crate) async fn work(app: App, challenge: &JsValue) -> Option<String> {
    let asked = js::get(challenge, "parameters");
    let [salt, nonce, prefix] = ["salt", "nonce", "keyPrefix"].map(|key| string(&asked, key));
    let mut solver = Solver::new(&salt, &nonce, &prefix).ok()?;
    let begun = js::elapsed();
    app.working.set(true);
    let found = loop {
        let slice = js::elapsed();
        let progress = loop {
            let progress = solver.work(STEP);
            if progress != Progress::Working || js::elapsed() - slice >= SLICE_MS {
                break progress;
            }
        };
        match progress {
            Progress::Working => TimeoutFuture::new(0).await,
            Progress::Solved { counter, key } => break Some((counter, key)),
            Progress::Hopeless => break None,
        }
        if !app.alive() {
            return None;
        }
    };
    app.working.set(false);
    let (counter, key) = found?;
    let solution = js::object([
        ("counter", counter.into()),
        ("derivedKey", hex(&key).into()),
        ("time", (js::elapsed() - begun).round().into()),
    ]);
    let payload = js::object([("challenge", challenge.clone()), ("solution", solution)]);
    let payload = js::json(&payload);
    // Hexadecimal, numbers and an id of ours: nothing that `btoa` refuses.
    js::call(&js::window(), "btoa", &[payload.into()]).as_string()
}

/// Bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or_default();
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}
