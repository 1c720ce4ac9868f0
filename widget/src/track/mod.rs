//! A report that is tracked: what is known of it, what its reporter is about to do, and asking for
//! news of it now and then.

mod story;

use std::cell::Cell;

use balagh_shared::number::{ReportNumber, Secret};
use balagh_shared::reason::Reason;
use balagh_shared::status::{PublicStatus, ReporterAction as Act, State};
use balagh_shared::time::Timestamp;
use gloo_timers::future::TimeoutFuture;
use leptos::task::spawn_local;

use crate::api::{self, Came};
use crate::app::{App, Screen};
use crate::confirm;
use crate::draft::{Lack, Step};
use crate::js;
use crate::live::Live;
pub(crate) use story::{Form, Happened, Offer, Place, entries, is_low, offer, took};

/// How long news are left alone, in milliseconds.
const NEWS_MS: u32 = 60_000;
/// How old they must be to be asked for when the page is seen again, in milliseconds.
const SEEN_MS: f64 = 15_000.0;
/// After this long it is said that the network is slow, in milliseconds.
const SLOW_MS: u32 = 5_000;

/// What is rated, in the order of the rows; the names are those of the wire.
pub(crate) const RATED: [&str; 3] = ["quality", "speed", "service"];

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

    fn begin(&self, status: PublicStatus, secret: Secret) {
        for typed in self
            .typed
            .into_iter()
            .chain([self.contact, self.note, self.remark])
        {
            typed.set(String::new());
        }
        self.again.set(None);
        self.form.set(Form::Closed);
        for stars in self.stars {
            stars.set(0);
        }
        self.said.set(None);
        self.take(status, secret);
    }

    fn take(&self, status: PublicStatus, secret: Secret) {
        self.report.set(Some(Tracked {
            status,
            secret,
            at: js::now(),
            stale: false,
        }));
    }

    /// The number and the code, to ask with.
    fn asked_for(&self) -> Option<(String, Secret)> {
        let read = |it: &Tracked| (it.status.number.clone(), it.secret);
        self.report.peek(|it| it.as_ref().map(read))
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
        let found = ask(app, number.as_str(), secret).await;
        if !app.alive() {
            return;
        }
        app.track.going.set(Going::Idle);
        match found {
            Ok(status) => {
                app.track.begin(status, secret);
                app.show(Screen::Tracking);
                spawn_local(news(app));
            }
            Err(came) => {
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
            (Ok(_), Some(secret)) => ask(app, &number, secret).await.map(|it| (it, secret)),
            (Err(came), _) => Err(came),
            (Ok(_), None) => Err(Came::nothing()),
        };
        if !app.alive() {
            return;
        }
        app.track.going.set(Going::Idle);
        match found {
            Ok((status, secret)) => {
                app.track.begin(status, secret);
                app.track.again.set(Some(secret.reveal()));
                app.show(Screen::Tracking);
                spawn_local(news(app));
            }
            Err(came) => {
                let key = if came.status == 404 {
                    "lost.none"
                } else {
                    "track.fail"
                };
                app.show(Screen::Lost);
                app.lacking(vec![lack("contact", key)]);
            }
        }
    });
}

/// Does what the reporter asked for, or says what it lacks.
pub(crate) fn act(app: App, act: Act) {
    let track = &app.track;
    let Some((number, secret)) = track.asked_for() else {
        return;
    };
    if track.going.now() != Going::Idle {
        return;
    }
    let note = track.note.peek(|note| note.trim().to_owned());
    let body = js::object([]);
    let path = match act {
        Act::FollowUp => "follow-up",
        Act::Close => "close",
        Act::Reopen => "reopen",
        Act::Rate => "rate",
    };
    match act {
        Act::Reopen if note.is_empty() => {
            return app.lacking(vec![lack("note", "required.reopen")]);
        }
        Act::FollowUp | Act::Reopen if !note.is_empty() => js::set(&body, "note", note.into()),
        Act::FollowUp | Act::Reopen | Act::Close => {}
        Act::Rate => {
            let mut lacking = Vec::new();
            for (what, stars) in RATED.into_iter().zip(track.stars) {
                if stars.now() == 0 {
                    lacking.push(lack(&["rate-", what].concat(), "required.stars"));
                }
                js::set(&body, what, stars.now().into());
            }
            if !lacking.is_empty() {
                lacking.truncate(1);
                return app.lacking(lacking);
            }
            let remark = track.remark.peek(|remark| remark.trim().to_owned());
            if !remark.is_empty() {
                js::set(&body, "comment", remark.into());
            }
        }
    }
    app.lacks.set(Vec::new());
    track.said.set(None);
    begin(app);
    spawn_local(async move {
        let json = js_sys::JSON::stringify(&body).map(String::from);
        let json = json.unwrap_or_default();
        let (base, lang) = (app.base(), app.lang());
        let done = api::act(&base, &lang, &number, &secret.reveal(), path, &json).await;
        if !app.alive() {
            return;
        }
        app.track.going.set(Going::Idle);
        match done {
            Ok(status) => did(app, act, status, secret),
            Err(came) => did_not(app, &came),
        }
    });
}

fn did(app: App, act: Act, status: PublicStatus, secret: Secret) {
    let key = match act {
        Act::FollowUp => "follow.done",
        Act::Close => "close.done",
        Act::Reopen => "reopen.done",
        Act::Rate if status.state == State::Reopened => "rate.reopened",
        Act::Rate => "rate.done",
    };
    app.track.begin(status, secret);
    say(app, key, true, None);
    // What was pressed is gone: the focus goes to what came of it.
    focus_title(app);
}

fn did_not(app: App, came: &Came) {
    let next = came
        .violations()
        .iter()
        .find_map(|it| Timestamp::parse(it.params.get("next")?).ok());
    let key = match came.reason() {
        Some(Reason::FollowUpTooSoon) if next.is_some() => "follow.next",
        Some(reason) => reason.code(),
        None => "act.fail",
    };
    say(app, key, false, next);
    // What may be done changed meanwhile: it is asked what may be now.
    if came.status == Reason::StateConflict.status() {
        spawn_local(async move {
            refresh(app).await;
        });
    }
}

fn say(app: App, key: &'static str, done: bool, next: Option<Timestamp>) {
    app.track.said.set(Some(Said { done, key, next }));
    app.polite.set(words(app, key, next));
}

/// The words of what an attempt came to.
pub(crate) fn words(app: App, key: &str, next: Option<Timestamp>) -> String {
    let at = next.map(|next| app.moment(next)).unwrap_or_default();
    app.fill(key, &[("t", &at)])
}

async fn ask(app: App, number: &str, secret: Secret) -> Result<PublicStatus, Came> {
    api::status(&app.base(), &app.lang(), number, &secret.reveal()).await
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

/// The page is seen again, or has a network again.
pub(crate) fn seen(app: App) {
    let old = |it: &Tracked| it.stale || js::now() - it.at > SEEN_MS;
    let is_old = app.track.report.peek(|it| it.as_ref().is_some_and(old));
    if is_old && shown(app) {
        spawn_local(async move {
            refresh(app).await;
        });
    }
}

/// How old what is told is, in words; followed.
pub(crate) fn age(app: App) -> String {
    let told = app
        .track
        .report
        .with(|it| it.as_ref().map(|it| (it.at, it.stale)));
    let words = told.map(|(at, stale)| {
        let at = app.locale.peek(|locale| locale.clock(at));
        let key = if stale { "news.old" } else { "news.at" };
        app.fill(key, &[("t", &at)])
    });
    words.unwrap_or_default()
}

/// Asks for news because the reporter wants them.
pub(crate) fn ask_again(app: App) {
    if app.track.going.now() == Going::Idle {
        begin(app);
        spawn_local(async move {
            let moved = refresh(app).await;
            if app.alive() {
                app.track.going.set(Going::Idle);
                // Said to who asked, and not at every news that come by themselves.
                if !moved {
                    app.polite.set(age(app));
                }
            }
        });
    }
}

/// Asks for news while the report is on the screen of a page that is seen.
async fn news(app: App) {
    let round = app.track.round.get().wrapping_add(1);
    app.track.round.set(round);
    loop {
        TimeoutFuture::new(NEWS_MS).await;
        if !app.alive() || app.track.round.get() != round || app.screen.now() != Screen::Tracking {
            return;
        }
        if shown(app) {
            refresh(app).await;
        }
    }
}

fn shown(app: App) -> bool {
    let hidden = js::get(&crate::view::document(), "hidden").is_truthy();
    !hidden && app.online.now() && app.screen.now() == Screen::Tracking
}

/// Takes the news, if there are any, and says so; what is typed stays. Whether the state is another.
async fn refresh(app: App) -> bool {
    let Some((number, secret)) = app.track.asked_for() else {
        return false;
    };
    let found = ask(app, &number, secret).await;
    let is_other = app.track.asked_for().is_none_or(|(it, _)| it != number);
    if !app.alive() || is_other {
        return false;
    }
    let before = app.track.report.now();
    match found {
        Ok(status) => {
            let state = status.state;
            let moved = before.is_some_and(|it| it.status.state != state);
            app.track.take(status, secret);
            if moved {
                app.track.said.set(None);
                app.polite.set(app.t(&["state.", state.code()].concat()));
            }
            moved
        }
        Err(_) => {
            let stale = before.map(|it| Tracked { stale: true, ..it });
            app.track.report.change(stale);
            false
        }
    }
}

fn focus_title(app: App) {
    spawn_local(async move {
        if let Some(title) = app.find(".title").filter(|_| app.alive()) {
            js::call(&title, "focus", &[]);
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
