//! A report that is tracked: what is known of it, what its reporter is about to do, and how it is
//! found. What follows once it is found is in `after`, which travels when it is asked for (`part`).

mod after;
mod part;
mod story;

use std::cell::Cell;

use balagh_shared::number::{ReportNumber, Secret};
use balagh_shared::status::PublicStatus;
use balagh_shared::time::Timestamp;
use gloo_timers::future::TimeoutFuture;
use leptos::task::spawn_local;

use crate::api::{self, Came};
use crate::app::{App, Screen};
use crate::confirm;
use crate::draft::{Lack, Step};
use crate::live::Live;
pub(crate) use after::{RATED, act, age, ask_again, words};
pub use part::come_tracking;
pub(crate) use part::tracking;
pub(crate) use story::{Form, Happened, Offer, Place, entries, is_low, offer, took};

/// After this long it is said that the network is slow, in milliseconds.
const SLOW_MS: u32 = 5_000;

/// The state of tracking: as long-lived as the widget, so that what was typed outlives a change of
/// language and a failed attempt.
pub(crate) struct Track {
    /// The report.
    pub(crate) report: Live<Option<Tracked>>,
    /// The number and the code as typed.
    pub(crate) typed: [Live<String>; 2],
    /// The phone number or e-mail address that a report was made with, as typed.
    pub(crate) contact: Live<String>,
    /// The tracking code, once it was lost and came again.
    pub(crate) again: Live<Option<String>>,
    /// The form that is open.
    pub(crate) form: Live<Form>,
    /// What was typed into it.
    pub(crate) note: Live<String>,
    /// How it was, 1 to 5 each; 0 is not said yet.
    pub(crate) stars: [Live<u8>; 3],
    /// What was added to the stars in words.
    pub(crate) remark: Live<String>,
    /// What is under way.
    pub(crate) going: Live<Going>,
    /// What the last attempt came to: the key of its words.
    pub(crate) said: Live<Option<Said>>,
    round: Cell<u32>,
}

/// The report being tracked.
#[derive(Clone, PartialEq)]
pub(crate) struct Tracked {
    /// How it stands.
    pub(crate) status: PublicStatus,
    /// When that was told, in milliseconds since 1970 by the device's clock.
    pub(crate) at: f64,
    /// Whether asking again had no answer.
    pub(crate) stale: bool,
    secret: Secret,
}

/// What is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Going {
    /// Nothing.
    Idle,
    /// Something that was asked for.
    Asked,
    /// The same for more than five seconds.
    Slow,
}

/// What an attempt came to, in words.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Said {
    /// Whether it was done.
    pub(crate) done: bool,
    /// The key of the words.
    pub(crate) key: &'static str,
    /// From when on it can be done, where that is why it was not.
    pub(crate) next: Option<Timestamp>,
}

impl Track {
    /// Nothing is tracked yet.
    pub(crate) fn new() -> Track {
        Track {
            report: Live::new(None),
            typed: [Live::new(String::new()), Live::new(String::new())],
            contact: Live::new(String::new()),
            again: Live::new(None),
            form: Live::new(Form::Closed),
            note: Live::new(String::new()),
            stars: [Live::new(0), Live::new(0), Live::new(0)],
            remark: Live::new(String::new()),
            going: Live::new(Going::Idle),
            said: Live::new(None),
            round: Cell::new(0),
        }
    }
}

/// Shows where the report stands, or what is wrong with number and code.
pub(crate) fn look(app: App, number: &str, secret: &str) {
    let read = (ReportNumber::parse(number), Secret::parse(secret));
    let (Ok(number), Ok(secret)) = read else {
        let wrong = [
            read.0.is_err().then(|| lack("number", "track.number")),
            read.1.is_err().then(|| lack("secret", "track.secret")),
        ];
        app.lacking(wrong.into_iter().flatten().collect());
        return;
    };
    if app.track.going.now() != Going::Idle {
        return;
    }
    app.lacks.set(Vec::new());
    begin(app);
    spawn_local(async move {
        let found = part::show(app, number.as_str(), secret, false).await;
        if !app.alive() {
            return;
        }
        app.track.going.set(Going::Idle);
        if let Err(came) = found {
            let key = if came.status == 404 {
                "notfound"
            } else {
                "track.fail"
            };
            // Shown again, it would be made anew under who types.
            if app.screen.now() != Screen::Track {
                app.show(Screen::Track);
            }
            app.lacking(vec![lack("number", key)]);
        }
    });
}

/// Asks for a one-time code to who made the report, to give them its tracking code again.
pub(crate) fn regain(app: App) {
    let [number, _] = app.track.typed;
    let contact = app.track.contact.peek(|it| it.trim().to_owned());
    let read = number.peek(|it| ReportNumber::parse(it));
    let wrong = [
        read.is_err().then(|| lack("number", "track.number")),
        contact
            .is_empty()
            .then(|| lack("contact", "required.contact")),
    ];
    let wrong: Vec<Lack> = wrong.into_iter().flatten().collect();
    match read {
        Ok(number) if wrong.is_empty() => {
            let by_email = contact.contains('@');
            confirm::regain(app, number.as_str().to_owned(), contact, by_email);
        }
        _ => app.lacking(wrong),
    }
}

/// The contact was confirmed: fetches the tracking code of the report `number`, and shows both.
pub(crate) fn regained(app: App, number: String, token: String) {
    begin(app);
    spawn_local(async move {
        let came = api::secret(&app.base(), &app.lang(), &number, &token).await;
        let secret = came.as_ref().ok().and_then(|it| Secret::parse(it).ok());
        let found = match (came, secret) {
            (Ok(_), Some(secret)) => part::show(app, &number, secret, true).await,
            (Err(came), _) => Err(came),
            (Ok(_), None) => Err(Came::nothing()),
        };
        if !app.alive() {
            return;
        }
        app.track.going.set(Going::Idle);
        if let Err(came) = found {
            let key = if came.status == 404 {
                "lost.none"
            } else {
                "track.fail"
            };
            app.show(Screen::Lost);
            app.lacking(vec![lack("contact", key)]);
        }
    });
}

/// Under way; after a while it is said that it takes long.
fn begin(app: App) {
    app.track.going.set(Going::Asked);
    spawn_local(async move {
        TimeoutFuture::new(SLOW_MS).await;
        if app.alive() && app.track.going.now() == Going::Asked {
            app.track.going.set(Going::Slow);
        }
    });
}

/// Something to mend on a screen that is no stop of the path.
fn lack(field: &str, key: &'static str) -> Lack {
    Lack {
        step: Step::What,
        field: field.to_owned(),
        key,
        params: Vec::new(),
    }
}
