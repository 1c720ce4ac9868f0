//! The seam to the part that tracks reports: what follows once one is found.
//!
//! Most who report look later where it stands, or never: the part comes when somebody asks, and no
//! answer can be shown before it has. As in `crate::later`, nothing but [`Tracking`] is called by name.

use std::future::Future;
use std::pin::Pin;

use balagh_shared::number::Secret;
use wasm_bindgen::prelude::*;

use super::{Missed, UNREACHABLE, after};
use crate::api::Came;
use crate::app::App;
use crate::part::{self, Part};
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
    static TRACKING: Part<dyn Tracking> = const { Part::new("tracking", &Whole) };
}

/// The part, once it has come.
pub(crate) fn tracking() -> Option<&'static dyn Tracking> {
    part::came(&TRACKING)
}

/// Hands in the part, of which this is.
#[wasm_bindgen]
pub fn come_tracking() {
    TRACKING.with(|it| it.bring(&Whole));
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
    match part::fetch(app, &TRACKING).await {
        Ok(part) => Ok(part.look(app, number.to_owned(), secret, was_lost).await?),
        Err(error) => Err(Missed::Out(renewed::words(app, &error, UNREACHABLE))),
    }
}
