//! Where a report stands, as a line through time.

use balagh_shared::status::{PublicStatus, State, StatusEvent};

use crate::app::{App, Screen};
use crate::view::{El, Top, button, el, foot, head, title};

pub(super) fn top(app: App) -> Vec<El> {
    let number = app
        .tracked
        .peek(|it| it.as_ref().map(|it| it.number.clone()));
    let line = number.unwrap_or_default();
    vec![head(
        app,
        Top {
            back: true,
            line,
            ..Top::default()
        },
    )]
}

pub(super) fn body(app: App) -> Vec<El> {
    let Some(status) = app.tracked.now() else {
        return Vec::new();
    };
    let category = app.category_name(&status.category);
    let district = status.district.as_deref().map(|id| app.district(id));
    let about: Vec<String> = [Some(category), district].into_iter().flatten().collect();
    let body = el("div")
        .class("body")
        .child(title(app, &state(app, status.state), None))
        .child(el("p").class("sub").text(&about.join(&app.t("comma"))))
        .child(timeline(app, &status))
        .maybe(passed_on(app, &status));
    let other = button("quiet", &app.t("track.again"));
    let other = other.on("click", move |_| app.show(Screen::Track));
    vec![body, foot("").child(other)]
}

fn timeline(app: App, status: &PublicStatus) -> El {
    let received = StatusEvent {
        at: status.received_at,
        state: State::Received,
        what: None,
        note: None,
    };
    let told = status
        .events
        .iter()
        .any(|event| event.state == State::Received);
    let events: Vec<&StatusEvent> = (!told)
        .then_some(&received)
        .into_iter()
        .chain(&status.events)
        .collect();
    let last = events.len().saturating_sub(1);
    let steps = events.iter().enumerate().map(|(index, event)| {
        let now = index == last;
        let step = el("li").class(if now { "now" } else { "" });
        let step = if now {
            step.attr("aria-current", "step").pin("pin-s")
        } else {
            step
        };
        let note = event
            .note
            .as_ref()
            .map(|note| el("small").attr("dir", "auto").text(note));
        let day = app.document(|document| document.time_zone.clone());
        let day = app.locale.peek(|locale| locale.moment(event.at, &day));
        step.child(el("b").text(&state(app, event.state)))
            .child(el("small").text(&day))
            .maybe(note)
    });
    let steps: Vec<El> = steps.collect();
    let todo = status
        .due
        .filter(|_| status.state < State::Resolved)
        .map(|due| {
            let zone = app.document(|document| document.time_zone.clone());
            let day = app.locale.peek(|locale| locale.moment(due, &zone));
            let due = el("b").text(&app.t("due"));
            el("li")
                .class("todo")
                .child(due)
                .child(el("small").text(&day))
        });
    el("ol")
        .class("tl gap-t16")
        .attr("part", "timeline")
        .children(steps)
        .maybe(todo)
}

fn passed_on(app: App, status: &PublicStatus) -> Option<El> {
    let id = status.agency.as_deref()?;
    let contact = app.document(|document| document.agency(id).map(|it| it.contact.clone()));
    let contact = contact.unwrap_or_default();
    let words = app.fill("moved", &[("a", &app.agency(id)), ("contact", &contact)]);
    let words = el("span").attr("dir", "auto").text(&words);
    Some(
        el("div")
            .class("card tint gap-t16")
            .child(crate::view::note("", "info", words)),
    )
}

fn state(app: App, state: State) -> String {
    app.t(&["state.", state.code()].concat())
}
