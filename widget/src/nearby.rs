//! What others already reported near the place: asked once the place is confirmed, and never in the
//! way. Without an answer within two seconds nothing is compared and the form goes on.

use balagh_shared::nearby::NearbyReport;
use balagh_shared::reason::{Reason, Violation};
use leptos::task::spawn_local;

use crate::api::{self, Came};
use crate::app::{App, Screen};
use crate::draft::Step;
use crate::live::Live;
use crate::outgoing::Outgoing;

/// How long the form waits for what is nearby, in milliseconds.
const PATIENCE_MS: u32 = 2_000;

/// The state of the comparison.
pub(crate) struct Compared {
    /// Whether the edge is being asked.
    pub(crate) asking: Live<bool>,
    /// What it answered.
    pub(crate) reports: Live<Vec<NearbyReport>>,
    /// What the citizen has already compared with: they are not asked twice about one place.
    seen: Live<Option<Place>>,
}

/// A place and what is reported there.
#[derive(Clone, PartialEq)]
struct Place {
    lon: f64,
    lat: f64,
    category: String,
}

impl Compared {
    /// Nothing was compared yet.
    pub(crate) fn new() -> Compared {
        Compared {
            asking: Live::new(false),
            reports: Live::new(Vec::new()),
            seen: Live::new(None),
        }
    }
}

/// Whether the form stops to compare before it leaves the place; it goes on by itself then.
pub(crate) fn stops(app: App) -> bool {
    let place = app.draft.peek(|draft| {
        let at = draft.place.at?;
        Some(Place {
            lon: at.lon,
            lat: at.lat,
            category: draft.category.clone()?,
        })
    });
    let near = &app.near;
    if place.is_some() && near.seen.peek(|seen| *seen == place) {
        return false;
    }
    // Another place, or none: what was joined is not there.
    app.edit(|draft| draft.joins = None);
    let Some(place) = place.filter(|_| app.online.now()) else {
        return false;
    };
    if near.asking.now() {
        return true;
    }
    near.asking.set(true);
    spawn_local(async move {
        let at = (place.lon, place.lat);
        let (base, lang) = (app.base(), app.lang());
        let found = api::nearby(&base, &lang, at, &place.category, PATIENCE_MS).await;
        if !app.alive() {
            return;
        }
        let near = &app.near;
        near.asking.set(false);
        // They may have gone elsewhere meanwhile.
        if !matches!(app.screen.now(), Screen::Step(Step::Where) | Screen::NoMap) {
            return;
        }
        match found {
            Some(reports) if !reports.is_empty() => {
                near.reports.set(reports);
                near.seen.set(Some(place));
                app.show(Screen::Nearby);
            }
            _ => app.onwards(Step::Where),
        }
    });
    true
}

/// The citizen adds themselves to a report: what is left is who they are, and to look it over.
pub(crate) fn join(app: App, number: &str) {
    app.edit(|draft| draft.joins = Some(number.to_owned()));
    app.onwards(Step::Where);
}

/// Theirs is a report of its own.
pub(crate) fn is_new(app: App) {
    app.edit(|draft| draft.joins = None);
    app.onwards(Step::Where);
}

/// Makes a report one of its own where `came` says that the one it was to join is closed, or is
/// none; then this is what came instead, and the citizen looks it over.
pub(crate) fn parted(report: &mut Outgoing, came: &Came) -> Option<Came> {
    let over = matches!(
        came.reason(),
        Some(Reason::JoinClosed | Reason::ReportUnknown)
    );
    if !over || report.draft.joins.take().is_none() {
        return None;
    }
    report.json = None;
    let violation = Violation::new(Reason::JoinClosed, "/joins");
    Some(Came::refused(vec![violation]))
}
