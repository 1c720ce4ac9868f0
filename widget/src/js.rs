//! The few ways in which JavaScript values are read, written and called.

use js_sys::{Array, Function, JSON, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// A property, `undefined` where there is none.
pub(crate) fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(key)).unwrap_or(JsValue::UNDEFINED)
}

/// A property that is text.
pub(crate) fn text(object: &JsValue, key: &str) -> Option<String> {
    get(object, key).as_string()
}

/// A property that is a number.
pub(crate) fn number(object: &JsValue, key: &str) -> Option<f64> {
    get(object, key).as_f64()
}

/// Sets a property; an object that refuses it stays as it is.
pub(crate) fn set(object: &JsValue, key: &str, value: JsValue) {
    let _ = Reflect::set(object, &JsValue::from_str(key), &value);
}

/// An object of these properties.
pub(crate) fn object<const N: usize>(properties: [(&str, JsValue); N]) -> JsValue {
    let object = JsValue::from(Object::new());
    for (key, value) in properties {
        set(&object, key, value);
    }
    object
}

/// An array of these values.
pub(crate) fn array(values: impl IntoIterator<Item = JsValue>) -> JsValue {
    let array = Array::new();
    for value in values {
        array.push(&value);
    }
    array.into()
}

/// An object, array or simple value as JSON.
///
/// `JSON.stringify` is asked for simple values alone: the libraries that give arrays and objects a
/// `toJSON` of their own still run on portals, and the edge reads no other JSON than JSON.
pub(crate) fn json(value: &JsValue) -> String {
    let simple =
        |value: &JsValue| JSON::stringify(value).map_or_else(|_| "null".into(), String::from);
    let entries = |of: &Array, open: &str, close: &str, write: &dyn Fn(JsValue) -> String| {
        let written: Vec<String> = of.iter().map(write).collect();
        [open, &written.join(","), close].concat()
    };
    if let Some(array) = value.dyn_ref::<Array>() {
        entries(array, "[", "]", &|it| json(&it))
    } else if let Some(object) = value.dyn_ref::<Object>() {
        entries(&Object::entries(object), "{", "}", &|entry| {
            let entry: Array = entry.unchecked_into();
            [simple(&entry.get(0)), json(&entry.get(1))].join(":")
        })
    } else {
        simple(value)
    }
}

/// Calls a method; `undefined` where there is none or it throws.
pub(crate) fn call(object: &JsValue, method: &str, arguments: &[JsValue]) -> JsValue {
    let Ok(function) = get(object, method).dyn_into::<Function>() else {
        return JsValue::UNDEFINED;
    };
    function
        .apply(object, &array(arguments.iter().cloned()).unchecked_into())
        .unwrap_or_default()
}

/// Waits for a promise, or passes on what is none.
///
/// # Errors
/// What it is rejected with.
pub(crate) async fn settled(value: JsValue) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(&value)).await
}

/// Milliseconds since 1970 by the device's clock.
pub(crate) fn now() -> f64 {
    js_sys::Date::now()
}

/// Milliseconds since the page came, by a clock that nobody sets.
pub(crate) fn elapsed() -> f64 {
    let performance = get(&window(), "performance");
    call(&performance, "now", &[]).as_f64().unwrap_or_else(now)
}

/// `window`.
pub(crate) fn window() -> JsValue {
    js_sys::global().into()
}
