//! The part that finds places by what is typed: most who report point at the map.
//!
//! It comes when somebody is about to type. Whatever is typed is kept with the draft meanwhile, as the
//! place in words.

use balagh_shared::text::with_ascii_digits;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::*;

use super::{Hit, hits, in_words};
use crate::app::App;
use crate::live::Live;
use crate::part::{self, Part};

/// What only who types where it is needs.
trait Finding {
    /// All that `typed` may mean.
    fn hits(&self, app: App, typed: &str) -> Vec<Hit>;
    /// The points that it gives by itself.
    fn points(&self, app: App, typed: &str) -> Vec<Hit>;
}

struct Whole;

impl Finding for Whole {
    fn hits(&self, app: App, typed: &str) -> Vec<Hit> {
        hits::hits(app, typed)
    }

    fn points(&self, app: App, typed: &str) -> Vec<Hit> {
        hits::points(app, typed)
    }
}

thread_local! {
    static FINDING: Part<dyn Finding> = const { Part::new("finding", &Whole) };
}

/// Hands in the part, of which this is.
#[wasm_bindgen]
pub fn come_finding() {
    FINDING.with(|it| it.bring(&Whole));
}

/// The part as a screen waits for it.
#[derive(Clone, Copy)]
pub(in crate::screens) struct Coming {
    /// Whether it came, once that is known.
    came: Live<Option<bool>>,
}

impl Coming {
    /// Nothing was asked for yet.
    pub(in crate::screens) fn new() -> Coming {
        Coming {
            came: Live::new(None),
        }
    }

    /// Fetches the part where it has not come, and tries once more where it could not be fetched.
    pub(in crate::screens) fn bring(self, app: App) {
        if part::came(&FINDING).is_some() {
            return;
        }
        self.came.change(None);
        spawn_local(async move {
            let came = part::fetch(app, &FINDING).await.is_ok();
            if app.alive() {
                self.came.set(Some(came));
            }
        });
    }

    /// The same where `typed` may be a point: no point is without a digit or a plus.
    pub(in crate::screens) fn bring_for(self, app: App, typed: &str) {
        let may_be = |it: u8| it.is_ascii_digit() || it == b'+';
        if with_ascii_digits(typed).bytes().any(may_be) {
            self.bring(app);
        }
    }

    /// Makes the running effect follow it.
    pub(super) fn track(self) {
        self.came.track();
    }

    /// All that `typed` may mean; while the part is on its way nothing, and without it the place in
    /// words.
    pub(super) fn hits(self, app: App, typed: &str) -> Vec<Hit> {
        match part::came(&FINDING) {
            Some(part) => part.hits(app, typed),
            None if self.came.now() == Some(false) => in_words(app, typed),
            None => Vec::new(),
        }
    }

    /// The points that `typed` gives by itself, without a name: coordinates, or a plus code. Followed,
    /// as the part may come after they were typed.
    pub(in crate::screens) fn points(self, app: App, typed: &str) -> Vec<Hit> {
        self.track();
        part::came(&FINDING).map_or_else(Vec::new, |part| part.points(app, typed))
    }
}
