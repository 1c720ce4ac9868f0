//! Parts of the widget that few need, each fetched when it is asked for: a trait, what does it, and a
//! line in `xtask/src/build/widget.rs`.
//!
//! They build on the second part (`crate::later`), which may call nothing of theirs by name: it asks
//! for what has come, and does without, in words, where it has not. Whoever needs one needs the network
//! for the same thing: what is needed without it is in the second part.

use std::cell::Cell;
use std::thread::LocalKey;

use wasm_bindgen::JsValue;

use crate::app::App;
use crate::options::{self, Options};

/// A part, once it has come, by what it does.
pub(crate) struct Part<T: ?Sized + 'static> {
    name: &'static str,
    came: Cell<Option<&'static T>>,
}

impl<T: ?Sized> Part<T> {
    /// The part of this name, which `whole` is. Natively there is one module, and tests ask it for
    /// everything.
    pub(crate) const fn new(name: &'static str, whole: &'static T) -> Part<T> {
        let came = if cfg!(target_arch = "wasm32") {
            None
        } else {
            Some(whole)
        };
        Part {
            name,
            came: Cell::new(came),
        }
    }

    /// Hands it in. Its export does, which the loader calls when it has come.
    pub(crate) fn bring(&self, whole: &'static T) {
        // What is stored must not be known to the optimiser, which would call it by name.
        self.came.set(std::hint::black_box(Some(whole)));
    }
}

/// The part, once it has come.
pub(crate) fn came<T: ?Sized>(part: &'static LocalKey<Part<T>>) -> Option<&'static T> {
    part.with(|it| it.came.get())
}

/// The part, fetched where it has not come. Asked again, it is fetched again.
///
/// # Errors
/// Why it does not come.
pub(crate) async fn fetch<T: ?Sized>(
    app: App,
    part: &'static LocalKey<Part<T>>,
) -> Result<&'static T, JsValue> {
    if let Some(part) = came(part) {
        return Ok(part);
    }
    let name = part.with(|it| it.name);
    options::part(app.options(Options::functions), name).await?;
    came(part).ok_or(JsValue::UNDEFINED)
}
