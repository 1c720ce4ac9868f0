//! What follows once a report is found: it is shown, its reporter does something about it, and news
//! of it are asked for now and then.

use balagh_shared::number::Secret;
use balagh_shared::reason::Reason;
use balagh_shared::status::{PublicStatus, ReporterAction as Act, State};
use balagh_shared::time::Timestamp;
use gloo_timers::future::TimeoutFuture;
use leptos::task::spawn_local;

use super::story::Form;
use super::{Going, Said, Track, Tracked, begin, lack};
use crate::api::{self, Came};
use crate::app::{App, Screen};
use crate::js;

/// How long news are left alone, in milliseconds.
const NEWS_MS: u32 = 60_000;
/// How old they must be to be asked for when the page is seen again, in milliseconds.
const SEEN_MS: f64 = 15_000.0;

/// What is rated, in the order of the rows; the names are those of the wire.
pub(crate) const RATED: [&str; 3] = ["quality", "speed", "service"];

impl Track {
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

/// Asks where the report stands, and shows it; with its code, for who had lost it.
///
/// # Errors
/// What came instead.
pub(super) async fn look(
    app: App,
    number: &str,
    secret: Secret,
    was_lost: bool,
) -> Result<(), Came> {
    let status = ask(app, number, secret).await?;
    if app.alive() {
        app.track.going.set(Going::Idle);
        app.track.begin(status, secret);
        if was_lost {
            app.track.again.set(Some(secret.reveal()));
        }
        app.show(Screen::Tracking);
        spawn_local(news(app));
    }
    Ok(())
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

/// The page is seen again, or has a network again.
pub(super) fn seen(app: App) {
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
