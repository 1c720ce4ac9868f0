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
use wasm_bindgen::JsValue;

use crate::api::{self, Came};
use crate::app::{App, Screen};
use crate::draft::{Lack, Step};
use crate::live::Live;
use crate::{confirm, js, keep};
pub(crate) use after::{RATED, act, age, ask_again, words};
pub use part::come_to_track;
pub(crate) use part::tracking;
pub(crate) use story::{Form, Happened, Offer, Place, entries, is_low, offer, took};

/// After this long it is said that the network is slow, in milliseconds.
const SLOW_MS: u32 = 5_000;

/// What [`trouble`] is said of: no field, but the button that asked.
pub(crate) const TROUBLE: &str = "trouble";
/// The key of the words where nothing came at all.
pub(crate) const UNREACHABLE: &str = "track.fail";
/// What the device keeps under this, while a page is loaded again.
const TYPED: &str = "typed to track";

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
        if let Err(missed) = found {
            missed.tell(app, Screen::Track, lack("number", "notfound"));
        }
    });
}

/// Why a report is not shown.
enum Missed {
    /// There is none, or it is not this reporter's.
    Unknown,
    /// What would show it did not come: the key of the words.
    Out(&'static str),
}

impl From<Came> for Missed {
    fn from(came: Came) -> Missed {
        if came.status == 404 {
            Missed::Unknown
        } else {
            Missed::Out(UNREACHABLE)
        }
    }
}

impl Missed {
    /// Says so on the screen that asked: `asked`, or the receipt, on which number and code stand.
    fn tell(self, app: App, asked: Screen, unknown: Lack) {
        let shown = app.screen.now();
        // Shown again, it would be made anew under who types.
        if shown != asked && shown != Screen::Receipt {
            app.show(asked);
        }
        match self {
            Missed::Unknown if shown == Screen::Receipt => trouble(app, unknown.key),
            Missed::Unknown => app.lacking(vec![unknown]),
            Missed::Out(key) => trouble(app, key),
        }
    }
}

/// Says what came to nothing, by the key of its words, over the button that asked for it.
pub(crate) fn trouble(app: App, key: &'static str) {
    app.lacking(vec![lack(TROUBLE, key)]);
}

/// Keeps what was typed to find a report over a page that is loaded again.
pub(crate) async fn keep_typed(app: App) {
    let [number, secret] = app.track.typed.map(|typed| typed.now());
    let contact = app.track.contact.now();
    if number.is_empty() && secret.is_empty() && contact.is_empty() {
        return;
    }
    let record = js::object([
        ("key", TYPED.into()),
        ("number", number.into()),
        ("secret", secret.into()),
        ("contact", contact.into()),
        ("saved_at", js::now().into()),
    ]);
    keep::put(app, TYPED, &record).await;
}

/// Brings back what was [kept](keep_typed), and forgets it on the device; whether `record` is that.
pub(crate) fn bring_back(app: App, record: &JsValue) -> bool {
    let text = |name| js::text(record, name).unwrap_or_default();
    let is_typed = text("key") == TYPED;
    if is_typed {
        let [number, secret] = app.track.typed;
        number.set(text("number"));
        secret.set(text("secret"));
        app.track.contact.set(text("contact"));
        app.show(Screen::Track);
        spawn_local(async move { keep::erase(app, TYPED).await });
    }
    is_typed
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
            (Err(came), _) => Err(came.into()),
            (Ok(_), None) => Err(Missed::Out(UNREACHABLE)),
        };
        if !app.alive() {
            return;
        }
        app.track.going.set(Going::Idle);
        if let Err(missed) = found {
            missed.tell(app, Screen::Lost, lack("contact", "lost.none"));
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
