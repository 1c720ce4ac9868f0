//! The seam between the first two parts in which the widget travels; those that few need are
//! `crate::part`'s.
//!
//! The first stop's part is all that is fetched before the first input; what follows it comes while
//! the citizen describes the problem. It is one module, cut in two by what refers to what
//! (`xtask/src/build/split`), so that the first part may call nothing of the second by name: it asks
//! for [`Later`], which the second hands in when it has come, and does without where it has not. Both
//! live in one memory, and nothing is fetched twice.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;

use balagh_shared::municipality::PublicMunicipality;
use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::app::{App, Screen};
use crate::draft::{Draft, Lack, Step};
use crate::photos::{self, Photo};
use crate::view::El;
use crate::{departure, document, draft, keep, nearby, outgoing, place, screens, sender, track};

/// What only the whole form does.
pub(crate) trait Later {
    /// Reads what the first stop does not show of the document.
    fn document(&self, read: &mut PublicMunicipality, of: &JsValue);
    /// What `step` of `draft` lacks before it can be left.
    fn lacks(&self, step: Step, draft: &Draft, of: &PublicMunicipality) -> Vec<Lack>;
    /// Adds what happened elsewhere to the lines under the header.
    fn news(&self, app: App, notes: El) -> El;
    /// The header of a screen.
    fn top(&self, app: App, screen: &Screen) -> Vec<El>;
    /// What stands under the header of the place.
    fn bar(&self, app: App) -> El;
    /// The map beside the form, or what was said so far.
    fn beside(&self, app: App, recap: bool) -> El;
    /// A screen.
    fn body(&self, app: App, screen: &Screen) -> Vec<El>;
    /// Leaves the code backwards.
    fn leave_code(&self, app: App);
    /// Whether the form stops to compare with what is nearby.
    fn stops_nearby(&self, app: App) -> bool;
    /// Lets go of what is on its way, before the form is written in again; whether anything was.
    fn put_by(&self, app: App) -> bool;
    /// Finds out where the draft's point lies.
    fn locate(&self, app: App);
    /// Brings back what an earlier visit left besides drafts.
    fn bring_back(&self, app: App, records: &[JsValue]);
    /// The photos of a draft that was kept.
    fn photos(&self, kept: Array) -> Vec<Photo>;
    /// Looks after everything that waits.
    fn wake(&self, app: App);
    /// Looks which of the reports that wait the device still has.
    fn look_again(&self, app: App) -> Pin<Box<dyn Future<Output = ()>>>;
    /// The network came or went.
    fn online(&self, app: App);
    /// The page gave the token that reports wait for.
    fn identified(&self, app: App);
    /// The page is seen again, or has a network again.
    fn seen(&self, app: App);
    /// Lets others send: the widget goes.
    fn leave(&self, app: App);
}

struct Whole;

impl Later for Whole {
    fn document(&self, read: &mut PublicMunicipality, of: &JsValue) {
        document::read_on(read, of);
    }

    fn lacks(&self, step: Step, draft: &Draft, of: &PublicMunicipality) -> Vec<Lack> {
        draft::lacks(step, draft, of)
    }

    fn news(&self, app: App, notes: El) -> El {
        screens::later::news(app, notes)
    }

    fn top(&self, app: App, screen: &Screen) -> Vec<El> {
        screens::later::top(app, screen)
    }

    fn bar(&self, app: App) -> El {
        screens::later::bar(app)
    }

    fn beside(&self, app: App, recap: bool) -> El {
        screens::later::beside(app, recap)
    }

    fn body(&self, app: App, screen: &Screen) -> Vec<El> {
        screens::later::body(app, screen)
    }

    fn leave_code(&self, app: App) {
        screens::later::leave_code(app);
    }

    fn stops_nearby(&self, app: App) -> bool {
        nearby::stops(app)
    }

    fn put_by(&self, app: App) -> bool {
        departure::put_by(app)
    }

    fn locate(&self, app: App) {
        place::find(app);
    }

    fn bring_back(&self, app: App, records: &[JsValue]) {
        keep::bring_back(app, records);
    }

    fn photos(&self, kept: Array) -> Vec<Photo> {
        (1..).zip(kept).filter_map(photos::restored).collect()
    }

    fn wake(&self, app: App) {
        sender::wake(app);
    }

    fn look_again(&self, app: App) -> Pin<Box<dyn Future<Output = ()>>> {
        Box::pin(sender::look_again(app))
    }

    fn online(&self, app: App) {
        sender::online(app);
    }

    fn identified(&self, app: App) {
        sender::supplied(app, outgoing::Need::Identity);
    }

    fn seen(&self, app: App) {
        if let Some(part) = track::tracking() {
            part.seen(app);
        }
    }

    fn leave(&self, app: App) {
        sender::leave(app);
    }
}

thread_local! {
    // Natively there is one part, and tests ask it for everything.
    static CAME: Cell<Option<&'static dyn Later>> = const {
        Cell::new(if cfg!(target_arch = "wasm32") { None } else { Some(&Whole) })
    };
}

/// The second part, once it has come.
pub(crate) fn later() -> Option<&'static dyn Later> {
    CAME.get()
}

/// Hands in the second part, of which this is. The loader calls it when it has come.
#[wasm_bindgen]
pub fn come() {
    // What is stored must not be known to the optimiser, which would call it by name.
    CAME.set(std::hint::black_box(Some(&Whole)));
}
