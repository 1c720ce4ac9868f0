//! The part with what few are asked to prove: that a contact is theirs, by a code, and to an edge under
//! pressure that they are no flood, by work.

use std::future::Future;
use std::pin::Pin;

use wasm_bindgen::prelude::*;

use crate::app::App;
use crate::confirm::{self, Confirming};
use crate::part::{self, Part};
use crate::proof;
use crate::screens::code;
use crate::view::El;

type Working = Pin<Box<dyn Future<Output = Option<String>>>>;

/// What only who is asked for something needs.
pub(crate) trait Proving {
    /// Asks for a code, and shows where it is typed.
    fn ask(&self, app: App, confirming: Confirming);
    /// The header of the code's screen.
    fn top(&self, app: App) -> Vec<El>;
    /// The code's screen.
    fn body(&self, app: App) -> Vec<El>;
    /// Leaves it backwards.
    fn back(&self, app: App);
    /// Does the work of a challenge, as [`work`].
    fn work(&self, app: App, challenge: JsValue) -> Working;
}

struct Whole;

impl Proving for Whole {
    fn ask(&self, app: App, confirming: Confirming) {
        confirm::ask(app, confirming);
    }

    fn top(&self, app: App) -> Vec<El> {
        code::top(app)
    }

    fn body(&self, app: App) -> Vec<El> {
        code::body(app)
    }

    fn back(&self, app: App) {
        code::back(app);
    }

    fn work(&self, app: App, challenge: JsValue) -> Working {
        Box::pin(async move { proof::work(app, &challenge).await })
    }
}

thread_local! {
    static PROVING: Part<dyn Proving> = const { Part::new("proving", &Whole) };
}

/// The part, once it has come: the code's screen is shown by nothing else.
pub(crate) fn proving() -> Option<&'static dyn Proving> {
    part::came(&PROVING)
}

/// The part, fetched where it has not come.
pub(crate) async fn part(app: App) -> Option<&'static dyn Proving> {
    part::fetch(app, &PROVING).await.ok()
}

/// Hands in the part, of which this is.
#[wasm_bindgen]
pub fn come_proving() {
    PROVING.with(|it| it.bring(&Whole));
}

/// Does the work of `challenge`: the value of the `Balagh-Proof` header, or nothing where it cannot be
/// done, the part does not come, or the widget is gone meanwhile.
pub(crate) async fn work(app: App, challenge: JsValue) -> Option<String> {
    part(app).await?.work(app, challenge).await
}
