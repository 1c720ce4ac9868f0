//! Clock, randomness and counters of the runtime.

use balagh_shared::time::Timestamp;
use js_sys::{Date, Map, Reflect, global};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Crypto, console};

use crate::screen::Effect;

/// Where the counters live: in the isolate and not in wasm memory, so that a trap does not forget
/// them. They only hold a flood off this isolate; the upstream counts for all.
const COUNTERS: &str = "__balaghCounters";
/// Senders counted at the same time; past it counting starts anew rather than growing.
const MOST_COUNTERS: u32 = 20_000;

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

pub(super) fn now() -> Timestamp {
    // Milliseconds since 1970 fit a double exactly until the year 287396.
    Timestamp::from_millis(Date::now() as i64)
}

/// Random bytes; nothing where the runtime has none.
pub(super) fn random<const N: usize>() -> Option<[u8; N]> {
    let crypto = Reflect::get(&global(), &JsValue::from_str("crypto")).ok()?;
    let mut bytes = [0; N];
    // Not by `instanceof`: some runtimes do not expose the class.
    crypto
        .unchecked_into::<Crypto>()
        .get_random_values_with_u8_array(&mut bytes)
        .ok()?;
    Some(bytes)
}

/// A counter's state in this isolate.
pub(super) fn counter(name: &str) -> Option<i64> {
    counters()
        .get(&JsValue::from_str(name))
        .as_f64()
        .map(|tat| tat as i64)
}

/// Keeps a counter's state in this isolate.
pub(super) fn count(effect: &Effect) {
    if let Effect::Count { subject, tat, .. } = effect {
        let counters = counters();
        if counters.size() >= MOST_COUNTERS {
            counters.clear();
        }
        counters.set(&JsValue::from_str(subject), &JsValue::from_f64(*tat as f64));
    }
}

fn counters() -> Map {
    let name = JsValue::from_str(COUNTERS);
    let known = Reflect::get(&global(), &name)
        .ok()
        .and_then(|it| it.dyn_into::<Map>().ok());
    known.unwrap_or_else(|| {
        let counters = Map::new();
        // Where the global object is frozen nothing is counted here, only upstream.
        let _ = Reflect::set(&global(), &name, &counters);
        counters
    })
}
