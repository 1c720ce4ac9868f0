//! The line through time: what happened, where the report is, and what is expected.

use balagh_shared::status::{PublicStatus, State, TeamPhoto, What};
use balagh_shared::time::Timestamp;

use crate::app::App;
use crate::js;
use crate::screens::apart::apart;
use crate::track::{self, Happened, Place};
use crate::view::{El, el};

pub(super) fn timeline(app: App, status: &PublicStatus) -> Vec<El> {
    let now = Timestamp::from_millis(js::now() as i64);
    let entries = track::entries(status, now);
    let steps = entries.iter().map(|entry| {
        let class = match entry.place {
            Place::Passed => "",
            Place::Now => "now",
            Place::Asked => "asked",
            Place::Ahead => "todo",
            Place::Late => "todo late",
        };
        let step = el("li").class(class);
        let step = if entry.place == Place::Now {
            step.attr("aria-current", "step").pin("pin-s")
        } else {
            step
        };
        let is_due = entry.what == Happened::Due;
        let other = is_due.then(|| app.hijri(entry.at)).flatten();
        let note = entry.note.as_deref().filter(|note| !note.is_empty());
        let photo = entry
            .photo
            .as_ref()
            .and_then(|photo| picture(app, photo, entry.at));
        let words = match &photo {
            Some(_) => app.t("event.photo.team"),
            None => words(app, status, entry.what, entry.place),
        };
        step.child(el("b").text(&words))
            .child(el("small").text(&app.moment(entry.at)))
            .maybe(other.map(|day| el("small").text(&day)))
            .maybe(note.map(|note| el("p").class("said").attr("dir", "auto").text(note)))
            .maybe(photo)
    });
    let line = el("ol").class("tl gap-t16").attr("part", "timeline");
    vec![line.children(steps.collect::<Vec<_>>())]
}

/// A photo of the work, where the edge says where it is; opened whole by who looks closer.
fn picture(app: App, photo: &TeamPhoto, at: Timestamp) -> Option<El> {
    let url = photo.url.as_deref().filter(|url| url.starts_with("http"))?;
    let size = |pixels: u32| pixels.to_string();
    let image = el("img")
        .attr("src", url)
        .attr("width", &size(photo.width))
        .attr("height", &size(photo.height))
        .attr("loading", "lazy")
        .attr(
            "alt",
            &app.fill("photo.team.alt", &[("t", &app.moment(at))]),
        );
    let link = el("a").class("shown").attr("href", url);
    Some(apart(app, link.child(image)))
}

fn words(app: App, status: &PublicStatus, what: Happened, place: Place) -> String {
    match what {
        Happened::Due if place == Place::Late => app.t("due.late"),
        Happened::Due => app.t("due"),
        Happened::Event(What::FollowUp) => app.t("event.follow_up"),
        Happened::Event(What::Note) => app.t("event.note"),
        Happened::Event(What::Rated) => app.t("event.rated"),
        Happened::Event(What::Joined) => app.t("event.joined"),
        Happened::Event(What::Photo) => app.t("event.photo"),
        Happened::State(State::Assigned) => {
            let with = status.department.as_deref();
            let with = with.and_then(|code| app.department(code));
            with.map_or_else(
                || state(app, State::Assigned),
                |with| app.fill("event.assigned", &[("u", &with)]),
            )
        }
        Happened::State(State::Transferred) => {
            let to = status.agency.as_deref().map(|id| app.agency(id));
            to.map_or_else(
                || state(app, State::Transferred),
                |to| app.fill("told.transferred", &[("a", &to)]),
            )
        }
        Happened::State(it) => state(app, it),
    }
}

/// The words of a state.
pub(super) fn state(app: App, state: State) -> String {
    app.t(&["state.", state.code()].concat())
}
