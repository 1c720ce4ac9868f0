//! Clock, randomness and log of the runtime.

use balagh_shared::time::Timestamp;
use js_sys::Date;
use wasm_bindgen::prelude::*;
use web_sys::console;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues, catch)]
    fn fill(bytes: &mut [u8]) -> Result<(), JsValue>;
}

/// Says where a panic was, before it traps. What it says stays here: it could quote a citizen. That the
/// instance ended is what the entry sees.
pub(super) fn tell_of_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        console::error_2(
            &JsValue::from_str("edge function: a panic at"),
            &JsValue::from_str(&place),
        );
    }));
}

/// A line for operators. Never what a citizen wrote.
#[cfg(feature = "durable")]
pub(super) fn complain(what: &str) {
    console::error_2(
        &JsValue::from_str("edge function:"),
        &JsValue::from_str(what),
    );
}

pub(crate) fn now() -> Timestamp {
    // Milliseconds since 1970 fit a double exactly until the year 287396.
    Timestamp::from_millis(Date::now() as i64)
}

/// Random bytes; nothing where the runtime has none.
pub(crate) fn random<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    fill(&mut bytes).ok()?;
    Some(bytes)
}
