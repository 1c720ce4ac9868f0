//! The seam to the third part in which the widget travels: what follows once a report is found.
//!
//! Most who report look later where it stands, or never: the part comes when somebody asks, and no
//! answer can be shown before it has. As in `crate::later`, nothing but [`Tracking`] is called by name.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;

use balagh_shared::number::Secret;
use wasm_bindgen::prelude::*;

use super::{Missed, UNREACHABLE, after};
use crate::api::Came;
use crate::app::App;
use crate::options::{self, Options};
use crate::view::El;
use crate::{renewed, screens};

type Looking = Pin<Box<dyn Future<Output = Result<(), Came>>>>;

/// What only who tracks a report needs.
pub(crate) trait Tracking {
    /// Asks where the report stands, and shows it; with its code, for who had lost it.
    fn look(&self, app: App, number: String, secret: Secret, was_lost: bool) -> Looking;
    /// The header of its screen.
    fn top(&self, app: App) -> Vec<El>;
    /// Its screen.
    fn body(&self, app: App) -> Vec<El>;
    /// The page is seen again, or has a network again.
    fn seen(&self, app: App);
}

struct Whole;

impl Tracking for Whole {
    fn look(&self, app: App, number: String, secret: Secret, was_lost: bool) -> Looking {
        Box::pin(async move { after::look(app, &number, secret, was_lost).await })
    }

    fn top(&self, app: App) -> Vec<El> {
        screens::tracking::top(app)
    }

    fn body(&self, app: App) -> Vec<El> {
        screens::tracking::body(app)
    }

    fn seen(&self, app: App) {
        after::seen(app);
    }
}

thread_local! {
    // Natively there is one part, and tests ask it for everything.
    static CAME: Cell<Option<&'static dyn Tracking>> = const {
        Cell::new(if cfg!(target_arch = "wasm32") { None } else { Some(&Whole) })
    };
}

/// The third part, once it has come.
pub(crate) fn tracking() -> Option<&'static dyn Tracking> {
    CAME.get()
}

/// Hands in the third part, of which this is. The loader calls it when it has come.
#[wasm_bindgen]
pub fn come_to_track() {
    // What is stored must not be known to the optimiser, which would call it by name.
    CAME.set(std::hint::black_box(Some(&Whole)));
}

/// Fetches the part where it has not come, asks where the report stands, and shows it.
///
/// # Errors
/// Why it is not shown.
pub(super) async fn show(
    app: App,
    number: &str,
    secret: Secret,
    was_lost: bool,
) -> Result<(), Missed> {
    let fetched = match tracking() {
        None => options::tracking_part(app.options(Options::functions)).await,
        Some(_) => Ok(()),
    };
    match (tracking(), fetched) {
        (Some(part), _) => Ok(part.look(app, number.to_owned(), secret, was_lost).await?),
        (None, Err(error)) => Err(Missed::Out(renewed::words(app, &error, UNREACHABLE))),
        (None, Ok(())) => Err(Missed::Out(UNREACHABLE)),
    }
}
