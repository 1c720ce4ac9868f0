//! One at a time among all tabs of a web origin, by the browser's Web Locks.

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

use crate::js;

/// Takes the lock `name` unless another tab holds it; whether it is ours now. `hold` gets what is
/// called to give it back.
///
/// Where the browser has no locks, or refuses them (in a frame of another site's page, with the
/// storage), there is nothing to wait for: it counts as ours, and nothing is held.
pub(crate) async fn acquire(name: &str, hold: impl Fn(Function) + Clone + 'static) -> bool {
    let locks = js::get(&js::get(&js::window(), "navigator"), "locks");
    if !locks.is_object() {
        return true;
    }
    let granted = Promise::new(&mut |granted: Function, _| {
        let (refused, hold) = (granted.clone(), hold.clone());
        let task = Closure::once_into_js(move |lock: JsValue| -> JsValue {
            let ours = !lock.is_null();
            let mut held = JsValue::UNDEFINED;
            if ours {
                held = Promise::new(&mut |release, _| hold(release)).into();
            }
            let _ = granted.call1(&JsValue::UNDEFINED, &ours.into());
            held
        });
        let options = js::object([("ifAvailable", true.into())]);
        let asked = js::call(&locks, "request", &[name.into(), options, task]);
        let unlocked = Closure::once_into_js(move |_: JsValue| {
            let _ = refused.call1(&JsValue::UNDEFINED, &true.into());
        });
        if asked.is_undefined() {
            let _ = unlocked
                .unchecked_into::<Function>()
                .call1(&JsValue::UNDEFINED, &JsValue::UNDEFINED);
        } else {
            js::call(&asked, "catch", &[unlocked]);
        }
    });
    let ours = js::settled(granted.into()).await;
    ours.is_ok_and(|ours| ours.is_truthy())
}
