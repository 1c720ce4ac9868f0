//! Clock, randomness and log of the runtime.

use std::cell::RefCell;

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

/// Bytes that are drawn at once: to ask the runtime costs more than to draw.
const DRAWN: usize = 1024;

thread_local! {
    /// What was drawn and not handed out; each byte is handed out once.
    static POOL: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Random bytes; nothing where the runtime has none.
pub(crate) fn random<const N: usize>() -> Option<[u8; N]> {
    const { assert!(N <= DRAWN) };
    POOL.with_borrow_mut(|pool| {
        if pool.len() < N {
            let mut drawn = vec![0; DRAWN];
            fill(&mut drawn).ok()?;
            *pool = drawn;
        }
        let rest = pool.len() - N;
        let handed = pool.last_chunk().copied();
        pool.truncate(rest);
        handed
    })
}
