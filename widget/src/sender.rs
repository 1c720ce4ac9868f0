//! Sending: `shared::queue` decides, this does it. One sender per web origin, however many tabs and
//! reports.

use balagh_shared::district::Pack;
use balagh_shared::queue::{Answer, Command, Event};
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::receipt::Receipt;
use balagh_shared::rules;
use balagh_shared::time::Timestamp;
use gloo_timers::future::TimeoutFuture;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::*;

use crate::api::{self, Came, Credentials};
use crate::app::{App, Done, Screen, Sending, fresh_key};
use crate::draft::{Confirmed, Draft, Step, from_violation};
use crate::outgoing::{Need, Outgoing};
use crate::photos::{self, PhotoState};
use crate::{departure, js, keep, late, lock, nearby, place, proving, wire};

/// Sends a report that left the form.
pub(crate) fn add(app: App, report: Outgoing) {
    let key = report.draft.id.clone();
    app.waiting.update(|all| all.push(report));
    tell(app, &key, Event::Send);
}

/// Looks after everything that waits: on load, and when the page is seen again.
pub(crate) fn wake(app: App) {
    tell_all(app, || Event::Wake);
}

/// Tries everything that waits, without the waits of our own making: the network is back, or the
/// citizen wants it now.
pub(crate) fn online(app: App) {
    let online = app.online.now();
    tell_all(app, || Event::Online(online));
}

/// Tries this one now.
pub(crate) fn send_now(app: App, key: &str) {
    tell(app, key, Event::Online(app.online.now()));
}

/// Gives back a report to be edited.
pub(crate) fn take_back(app: App, key: &str) {
    tell(app, key, Event::Edit);
}

/// Takes a report off the device, unless it arrived after all.
pub(crate) fn delete(app: App, key: &str) {
    tell(app, key, Event::Delete);
}

/// The contact of a report that waits was confirmed.
pub(crate) fn confirmed(app: App, key: &str, confirmed: Confirmed) {
    with(app, key, |report| {
        report.draft.confirmed = Some(confirmed);
        report.needs = None;
    });
    send_now(app, key);
}

/// What a report waited for has come.
pub(crate) fn supplied(app: App, need: Need) {
    let mut keys = Vec::new();
    app.waiting.update(|all| {
        for report in all.iter_mut().filter(|it| it.needs == Some(need)) {
            report.needs = None;
            keys.push(report.draft.id.clone());
        }
    });
    for key in keys {
        send_now(app, &key);
    }
}

/// Lets other tabs, or another widget of this page, send.
pub(crate) fn leave(app: App) {
    app.waiting.update(|all| {
        for report in all.iter_mut() {
            unlock(report);
        }
    });
}

fn tell_all(app: App, event: impl Fn() -> Event) {
    for key in keys(app) {
        tell(app, &key, event());
    }
}

/// Tells the machine of one report, in turn.
fn tell(app: App, key: &str, event: Event) {
    let begin = with(app, key, |report| {
        // What waits for the citizen is not tried before they gave it; their wishes are heard.
        let held = report.needs.is_some() && matches!(event, Event::Wake | Event::Online(true));
        if !held {
            report.inbox.push_back(event);
        }
        !held && !std::mem::replace(&mut report.told, true)
    });
    if begin == Some(true) {
        spawn_local(tell_it(app, key.to_owned()));
    }
}

/// Runs `change` on the report with this key, if it still waits.
fn with<T>(app: App, key: &str, change: impl FnOnce(&mut Outgoing) -> T) -> Option<T> {
    app.waiting
        .update(|all| all.iter_mut().find(|it| it.draft.id == key).map(change))
}

async fn tell_it(app: App, mut key: String) {
    let mut answer = None;
    while app.alive() {
        let event = answer.take().map(Some);
        let event = event.unwrap_or_else(|| with(app, &key, |it| it.inbox.pop_front()).flatten());
        let Some(event) = event else { break };
        // By a clock that nobody sets: waits are counted within one visit.
        let now = Timestamp::from_millis(js::elapsed() as i64);
        let commands = with(app, &key, |report| report.queue.step(event, now));
        for command in commands.unwrap_or_default() {
            if let Some(came) = obey(app, &mut key, command).await {
                answer = Some(came);
            }
            if !app.alive() {
                return;
            }
        }
    }
    with(app, &key, |report| report.told = false);
}

/// Does what the machine says; the event that this leads to.
async fn obey(app: App, key: &mut String, command: Command) -> Option<Event> {
    match command {
        Command::Keep => keep_it(app, key).await,
        Command::Lock => {
            let ours = lock(app, key).await;
            with(app, key, |report| report.behind = !ours);
            if !ours {
                return Some(Event::Lock(false));
            }
            return match elsewhere(app, key).await {
                Elsewhere::Nothing => Some(Event::Lock(true)),
                Elsewhere::Withdrawn => None,
                Elsewhere::Unknown => {
                    with(app, key, unlock);
                    Some(Event::Lock(false))
                }
            };
        }
        Command::Unlock => {
            with(app, key, unlock);
            next(app);
        }
        Command::Attempt => return Some(Event::Answer(attempt(app, key, None).await)),
        Command::Renew => return Some(Event::Answer(renew(app, key).await)),
        Command::Work => return Some(Event::Answer(work(app, key).await)),
        Command::Ask => {
            busy(app, key, true);
            let answer = api::submission(&app.base(), &app.lang(), key).await;
            busy(app, key, false);
            return Some(Event::Answer(answer));
        }
        Command::Wake(at) => {
            departure::still_waits(app, key);
            let wait = (at.millis() as f64 - js::elapsed()).max(1.0);
            let key = key.clone();
            spawn_local(async move {
                TimeoutFuture::new(wait.ceil() as u32).await;
                if app.alive() {
                    tell(app, &key, Event::Wake);
                }
            });
        }
        Command::Show(receipt) => received(app, key, receipt).await,
        Command::Mend { fresh_key } => mend(app, key, fresh_key).await,
        Command::Open => {
            open(app, key, Key::ForAnEdit).await;
            app.go(Step::Review);
        }
        Command::Erase => {
            keep::erase(app, key).await;
            forget(app, key);
            next(app);
            if app.alive() && app.screen.now() == Screen::Queued {
                after_the_last(app);
            }
        }
    }
    None
}

/// Where the queue is shown and holds nothing any more, the form is next.
fn after_the_last(app: App) {
    if app.waiting.peek(Vec::is_empty) {
        app.go(app.draft.peek(|draft| draft.step));
    }
}

fn forget(app: App, key: &str) {
    app.waiting.update(|all| {
        for report in all.iter_mut().filter(|it| it.draft.id == key) {
            unlock(report);
        }
        all.retain(|it| it.draft.id != key);
    });
}

/// Lets a report of this tab try that stood behind another.
fn next(app: App) {
    let behind = |all: &Vec<Outgoing>| {
        let next = all.iter().find(|it| it.behind);
        next.map(|it| it.draft.id.clone())
    };
    if let Some(key) = app.waiting.peek(behind) {
        with(app, &key, |report| report.behind = false);
        send_now(app, &key);
    }
}

async fn keep_it(app: App, key: &str) {
    match with(app, key, |report| report.record()) {
        Some(record) => {
            let stored = Some(keep::put(app, key, &record).await);
            let before = with(app, key, |it| std::mem::replace(&mut it.stored, stored));
            let lost = stored == Some(false) && before.is_some_and(|before| before != stored);
            if lost && app.screen.now() == Screen::Queued {
                app.polite.set(app.t("queued.not"));
            }
        }
        // It is in the form again.
        None => keep::save(app).await,
    }
}

/// Looks which of the reports that wait the device still has: its store was taken away, and one that
/// went with it was not dealt with by another tab.
pub(crate) async fn look_again(app: App) {
    for key in keys(app) {
        let stored = keep::waits(app, &key).await;
        with(app, &key, |report| report.stored = stored);
    }
}

fn keys(app: App) -> Vec<String> {
    app.waiting
        .peek(|all| all.iter().map(|it| it.draft.id.clone()).collect())
}

fn busy(app: App, key: &str, now: bool) {
    with(app, key, |report| report.busy = now);
}

/// One attempt: what the rules find first, then a session if there is none, the photos, the report.
async fn attempt(app: App, key: &str, proof: Option<String>) -> Answer {
    busy(app, key, true);
    let came = try_it(app, key, proof).await;
    let answer = came.answer();
    with(app, key, |report| {
        report.busy = false;
        report.last = Some(came);
    });
    answer
}

async fn try_it(app: App, key: &str, proof: Option<String>) -> Came {
    let Some(json) = settled(app, key).await else {
        return Came::nothing();
    };
    let json = match json {
        Ok(json) => json,
        Err(found) => return Came::refused(found),
    };
    let (base, lang) = (app.base(), app.lang());
    let session = match with(app, key, |report| report.session.clone()).flatten() {
        Some(session) => session,
        None => match api::session(&base, &lang).await {
            Ok(session) => session,
            Err(came) => return came,
        },
    };
    with(app, key, |report| report.session = Some(session.clone()));
    let photos = with(app, key, |report| report.photos.clone()).unwrap_or_default();
    for photo in photos.iter().filter(|it| it.state != PhotoState::Sent) {
        // One that fails follows after the receipt.
        let settled = photos::upload(app, &session, photo).await;
        if !app.alive() {
            return Came::nothing();
        }
        with(app, key, |report| {
            let same = report
                .photos
                .iter_mut()
                .filter(|it| it.sha256 == photo.sha256);
            for photo in same.filter(|_| settled) {
                photo.state = PhotoState::Sent;
            }
        });
    }
    let contact = with(app, key, |it| it.draft.token().map(str::to_owned)).flatten();
    let credentials = Credentials {
        session,
        proof,
        contact,
        identity: app.identity(),
    };
    let joins = with(app, key, |it| it.draft.joins.clone()).flatten();
    let came = api::submit(&base, &lang, &credentials, key, joins.as_deref(), &json).await;
    let parted = with(app, key, |report| nearby::parted(report, &came));
    parted.flatten().unwrap_or(came)
}

/// The report as it is sent, decided and kept before the first attempt; or what the rules find in
/// it: the very function that the edge judges by. Nothing where it waits no longer.
async fn settled(app: App, key: &str) -> Option<Result<String, Vec<Violation>>> {
    if let Some(json) = with(app, key, |report| report.json.clone())? {
        return Some(Ok(json));
    }
    // The boundaries are here, but for a report that was left and came back. Where they do not come
    // the edge alone judges.
    let pointed = with(app, key, |report| report.draft.place.at.is_some())?;
    if pointed && !place::fetch_pack(app).await && !app.alive() {
        return None;
    }
    let report = with(app, key, |report| report.report(app))?;
    let judge = |pack: &Pack| app.document(|of| rules::judge(of, pack, &report).err());
    let found = match &report.place {
        Some(place) if place.at.is_some() => place::with_pack(app, judge).flatten(),
        _ => judge(&Pack::empty()),
    };
    let mut found = found.unwrap_or_default();
    if app.identity().is_some() {
        // Who they are, and how they are reached, the page says.
        found.retain(|violation| !violation.field.starts_with("/contact"));
    }
    if !found.is_empty() {
        return Some(Err(found));
    }
    let json = js::json(&wire::report(&report));
    with(app, key, |report| report.json = Some(json.clone()))?;
    keep_it(app, key).await;
    Some(Ok(json))
}

/// The answer that came last, again: nothing that we have changes it.
fn again(app: App, key: &str) -> Answer {
    let last = with(app, key, |it| it.last.as_ref().map(Came::answer));
    last.flatten().unwrap_or(Answer::None)
}

/// A credential was refused: another session is fetched; for a code or the page's token it waits.
async fn renew(app: App, key: &str) -> Answer {
    let last = with(app, key, |it| it.last.clone()).flatten();
    let need = match last.and_then(|came| came.reason()) {
        Some(Reason::ContactUnverified) => Some(Need::Code),
        Some(Reason::IdentityExpired | Reason::IdentityInvalid) => Some(Need::Identity),
        _ => None,
    };
    if need.is_none() {
        with(app, key, |report| report.session = None);
        return attempt(app, key, None).await;
    }
    let before = with(app, key, |report| {
        report.draft.confirmed = None;
        std::mem::replace(&mut report.needs, need)
    });
    if need == Some(Need::Identity) && before == Some(None) {
        app.tell("balagh:identity-needed", js::object([]));
    }
    again(app, key)
}

/// Does the work that was asked for, and sends it again.
async fn work(app: App, key: &str) -> Answer {
    let challenge = with(app, key, |it| it.last.as_ref().and_then(Came::challenge));
    let Some(challenge) = challenge.flatten() else {
        return again(app, key);
    };
    busy(app, key, true);
    app.polite.set(app.t("working"));
    let proof = proving::work(app, challenge).await;
    busy(app, key, false);
    match proof {
        Some(proof) => attempt(app, key, Some(proof)).await,
        None => again(app, key),
    }
}

/// Becomes the one sender of the web origin, while no other tab is.
async fn lock(app: App, key: &str) -> bool {
    let name = ["balagh ", &app.base()].concat();
    let key = key.to_owned();
    let hold = move |release| {
        with(app, &key, |report| report.release = Some(release));
    };
    lock::acquire(&name, hold).await
}

fn unlock(report: &mut Outgoing) {
    report.session = None;
    if let Some(release) = report.release.take() {
        let _ = release.call0(&JsValue::UNDEFINED);
    }
}

/// What another tab made of a report meanwhile.
enum Elsewhere {
    /// Nothing that this tab has to know.
    Nothing,
    /// It was taken back, or deleted.
    Withdrawn,
    /// It is not on the device any more, and nobody can tell now why.
    Unknown,
}

/// What another tab made of the report meanwhile.
///
/// One that was sent is sent once more from here: where the words are the same, that brings its
/// receipt; where they were edited here, the edge says that they are not what it has, and they are
/// not lost. To show the receipt of the key would be to show another report's.
async fn elsewhere(app: App, key: &str) -> Elsewhere {
    let stored = with(app, key, |report| report.stored).flatten() == Some(true);
    if !stored || keep::waits(app, key).await != Some(false) {
        return Elsewhere::Nothing;
    }
    let answer = api::submission(&app.base(), &app.lang(), key).await;
    if !app.alive() {
        return Elsewhere::Withdrawn;
    }
    match answer {
        Answer::Receipt(_) => Elsewhere::Nothing,
        Answer::Problem { status: 404, .. } => {
            forget(app, key);
            if app.screen.now() == Screen::Queued {
                after_the_last(app);
            }
            Elsewhere::Withdrawn
        }
        _ => Elsewhere::Unknown,
    }
}

/// Shows the receipt; nothing of the report stays on the device but photos still to be sent.
async fn received(app: App, key: &str, receipt: Receipt) {
    let report = with(app, key, |it| (it.draft.clone(), it.photos.clone()));
    let Some((draft, photos)) = report else {
        return;
    };
    let category = draft.category.clone().unwrap_or_default();
    let number = receipt.number.clone();
    let owed = late::owed(app, &number, &photos).await;
    if !app.alive() {
        return;
    }
    app.tell(
        "balagh:submitted",
        js::object([
            ("number", number.as_str().into()),
            ("category", category.as_str().into()),
        ]),
    );
    // Letter by letter, for who listens.
    let spelled: String = number.chars().flat_map(|letter| [letter, ' ']).collect();
    let said = [
        app.for_kind_of("done", &category),
        ". ".into(),
        app.for_kind_of("number", &category),
        ": ".into(),
        spelled,
    ];
    app.polite.set(said.concat());
    let in_form = app.draft.peek(|form| form.id == draft.id);
    if in_form {
        app.clear();
        app.sending.set(Sending::Idle);
    }
    let done = Done::of(receipt, &draft);
    // Who is at another report is not torn away from it.
    if in_form || app.screen.now() == Screen::Queued {
        app.done.set(Some(done));
        app.show(Screen::Receipt);
    } else {
        keep::receipt(app, &done).await;
        app.unseen.update(|unseen| unseen.push(done));
    }
    spawn_local(late::send(app, number, owed));
}

/// The key of a report that is taken back into the form.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    /// The same: it stands for nothing at the edge.
    Same,
    /// Another, as another tab may be sending it with this one.
    ForAnEdit,
    /// Another, as this one stands for another report at the edge.
    Spent,
}

/// Takes a report back into the form; what is written there is put aside.
async fn open(app: App, key: &mut String, which: Key) {
    let report = with(app, key, |it| (it.draft.clone(), it.photos.clone()));
    let Some((mut draft, photos)) = report else {
        return;
    };
    if app.draft.peek(|form| form.id != draft.id) {
        keep::save(app).await;
        // One that is on its way is not unfinished.
        if !departure::is_on_its_way(app) {
            app.park();
        }
    }
    forget(app, key);
    if which != Key::Same {
        // An edited report is another one.
        draft.id = fresh_key();
        if !keep::replace(app, key, &draft, &photos).await {
            match which {
                // The device has no room, and still has the report as it was: safe there, until this
                // one is. Both have one key, so that whichever the edge gets first is the only one.
                Key::ForAnEdit => draft.id.clone_from(key),
                // What the edge has need not be sent again.
                _ => keep::erase(app, key).await,
            }
        }
        key.clone_from(&draft.id);
    }
    let all_ready = photos.into_iter().map(|mut photo| {
        photo.state = PhotoState::Ready;
        photo
    });
    app.sending.set(Sending::Idle);
    // What the device has is a report that waits; this is a draft.
    app.kept.set(None);
    app.photos.set(all_ready.collect());
    app.draft.set(draft);
}

/// Shows what only the citizen can mend, on the first step concerned. Nothing typed is lost, and
/// nothing is sent again before they did.
async fn mend(app: App, key: &mut String, fresh: bool) {
    let last = with(app, key, |it| it.last.clone()).flatten();
    open(app, key, if fresh { Key::Spent } else { Key::Same }).await;
    if !app.alive() {
        return;
    }
    let found = last.as_ref().map(Came::violations).unwrap_or_default();
    let reason = last.and_then(|came| came.reason());
    let draft = app.draft.now();
    let mut found: Vec<_> = app.document(|of| {
        let lack = |violation| from_violation(violation, &draft, of);
        found.iter().map(lack).collect()
    });
    let Some(step) = found.iter().map(|lack| lack.step).min() else {
        // Nothing that has a field: said where it is sent from.
        app.trouble.set(reason.or(Some(Reason::Internal)));
        return app.go(Step::Review);
    };
    found.retain(|lack| lack.step == step);
    app.edit(|draft: &mut Draft| draft.reviewing = step != Step::Review);
    app.go(step);
    app.lacking(found);
}
