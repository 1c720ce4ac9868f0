//! The screens of the second part: see `crate::later`.

use super::{details, lost, nearby, news, nomap, queued, receipt, review, stage, track};
use super::{where_, you};
use crate::app::{App, Screen};
use crate::draft::Step;
use crate::proving::proving;
use crate::track::tracking;
use crate::view::El;

/// Adds what happened elsewhere to the lines under the header.
pub(crate) fn news(app: App, notes: El) -> El {
    news::news(app, notes)
}

/// What stands under the header of the place.
pub(crate) fn bar(app: App) -> El {
    where_::bar(app)
}

/// Where the way back leads from the code.
pub(crate) fn leave_code(app: App) {
    if let Some(part) = proving() {
        part.back(app);
    }
}

/// The header of a screen after the first stop.
pub(crate) fn top(app: App, screen: &Screen) -> Vec<El> {
    match screen {
        Screen::Step(Step::What) | Screen::Group(_) | Screen::Danger => Vec::new(),
        Screen::Step(Step::Where) => where_::top(app),
        Screen::Step(Step::Details) => details::top(app),
        Screen::Step(Step::You) => you::top(app),
        Screen::Step(Step::Review) => review::top(app),
        Screen::NoMap => nomap::top(app),
        Screen::Nearby => nearby::top(app),
        Screen::Code => proving().map_or_else(Vec::new, |it| it.top(app)),
        Screen::Queued => queued::top(app),
        Screen::Receipt => receipt::top(app),
        Screen::Track | Screen::Lost => track::top(app),
        Screen::Tracking => tracking().map_or_else(Vec::new, |it| it.top(app)),
    }
}

/// What stands beside the form: what was said so far, or the map.
pub(crate) fn beside(app: App, recap: bool) -> El {
    if recap {
        review::recap(app)
    } else {
        stage::map(app)
    }
}

/// A screen after the first stop.
pub(crate) fn body(app: App, screen: &Screen) -> Vec<El> {
    match screen {
        Screen::Step(Step::What) | Screen::Group(_) | Screen::Danger => Vec::new(),
        Screen::Step(Step::Where) => where_::body(app),
        Screen::Step(Step::Details) => details::body(app),
        Screen::Step(Step::You) => you::body(app),
        Screen::Step(Step::Review) => review::body(app),
        Screen::NoMap => nomap::body(app),
        Screen::Nearby => nearby::body(app),
        Screen::Code => proving().map_or_else(Vec::new, |it| it.body(app)),
        Screen::Queued => queued::body(app),
        Screen::Receipt => receipt::body(app),
        Screen::Track => track::body(app),
        Screen::Lost => lost::body(app),
        Screen::Tracking => tracking().map_or_else(Vec::new, |it| it.body(app)),
    }
}
