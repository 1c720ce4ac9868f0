//! The tracking code was lost: it comes again to who holds the phone, or the address, that the
//! report was made with.

use super::track::{field, trouble};
use crate::app::{App, Screen};
use crate::confirm;
use crate::track;
use crate::view::{El, busy_button, el, errors, foot, title};

/// The way here, where the municipality sends codes at all.
pub(super) fn link(app: App) -> Option<El> {
    let offered = confirm::offered(app, false) || confirm::offered(app, true);
    let link = || {
        crate::view::link(&app.t("lost")).on("click", move |_| {
            app.lacks.set(Vec::new());
            app.show(Screen::Lost);
        })
    };
    offered.then(link)
}

pub(super) fn body(app: App) -> Vec<El> {
    let [number, _] = app.track.typed;
    let body = el("div")
        .class("body stack s16")
        .child(title(app, &app.t("lost.title"), None))
        .child(el("p").class("sub").text(&app.t("lost.why")))
        .child(errors(app))
        .child(field(app, "number", number))
        .child(field(app, "contact", app.track.contact));
    let send = busy_button(&app.t("lost.send"), move || app.asking.get());
    let send = send.on("click", move |_| track::regain(app));
    vec![body, foot("").child(trouble(app)).child(send)]
}
