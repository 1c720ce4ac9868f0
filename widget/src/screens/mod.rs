//! The screens: one file each.

mod apart;
pub(crate) mod code;
mod danger;
mod details;
mod find;
mod group;
pub(crate) mod later;
mod lost;
mod nearby;
mod news;
mod nomap;
mod procedure;
mod queued;
mod receipt;
mod review;
mod search;
mod shots;
mod stage;
mod track;
pub(crate) mod tracking;
mod what;
mod where_;
mod you;

pub use find::come_finding;
pub use receipt::come_keeping;
pub(crate) use receipt::masked;

use crate::live::{Live, derived, follow};
use balagh_shared::time::Timestamp;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::app::{App, Screen};
use crate::draft::Step;
use crate::js;
use crate::view::{El, Top, el, head, isolated, link, on_the_path, root};

/// The whole widget.
pub(crate) fn widget(app: App) -> El {
    focus_titles(app);
    let at_first = derived(move || app.screen.with(|it| *it == Screen::Step(Step::What)));
    let was_found = derived(move || app.restored.get() && app.screen.with(in_form));
    let notes = el("div")
        .class("notes")
        .live(move || announcements(app, at_first.get()))
        .live(move || banner(app, was_found.get()));
    let notes = match app.later() {
        Some(later) => later.news(app, notes),
        None => notes,
    };
    root(app)
        .live_attr("class", move || {
            // Alone in the middle, where nothing stands beside it.
            let solo = match app.screen.get() {
                Screen::Step(Step::Details) | Screen::Nearby => !app.map_opened.get(),
                Screen::Step(_) | Screen::Group(_) => false,
                _ => true,
            };
            Some(if solo { "w solo" } else { "w" }.to_owned())
        })
        .live_attr("data-screen", move || {
            Some(name(&app.screen.get()).to_owned())
        })
        .live(move || made_anew(app, top))
        .child(notes)
        .live(move || made_anew(app, where_bar))
        .live(stage::stage(app))
        .live(move || made_anew(app, body))
        .live(move || made_anew(app, |app, _| vec![help(app)]))
}

/// Whom to call: the last line of every screen, where it is looked for (WCAG 3.2.6).
fn help(app: App) -> El {
    let phone = app.document(|document| document.help.phone.clone());
    let call = el("a").class("lk").attr("href", &["tel:", &phone].concat());
    el("p")
        .class("help")
        .child(isolated(call, &app.t("help"), "n", &phone))
}

/// `part` of the screen, made anew when the screen or the language changes and at no other time.
fn made_anew(app: App, part: fn(App, &Screen) -> Vec<El>) -> Vec<El> {
    app.locale.track();
    let screen = app.screen.get();
    untrack(|| part(app, &screen))
}

fn name(screen: &Screen) -> &'static str {
    match screen {
        Screen::Step(step) => step.code(),
        Screen::Group(_) => "what",
        Screen::NoMap => "nomap",
        Screen::Nearby => "nearby",
        Screen::Danger => "stop",
        Screen::Code => "code",
        Screen::Queued => "queued",
        Screen::Receipt => "receipt",
        Screen::Track => "track",
        Screen::Lost => "lost",
        Screen::Tracking => "tracking",
    }
}

fn top(app: App, screen: &Screen) -> Vec<El> {
    match screen {
        Screen::Step(Step::What) => what::top(app),
        Screen::Group(group) => group::top(app, group),
        Screen::Danger => danger::top(app),
        screen => app.later().map_or_else(Vec::new, |it| it.top(app, screen)),
    }
}

/// The head of a stop that is about a chosen category: the way back, its name, the path.
fn subject_top(app: App, step: Step, narrow_line: Option<String>) -> Vec<El> {
    let code = app.draft.peek(|draft| draft.category.clone());
    let line = app.category_name(&code.unwrap_or_default());
    let top = Top {
        back: true,
        line,
        narrow_line,
        step: Some(step),
        ..Top::default()
    };
    vec![head(app, top), on_the_path(app, step)]
}

fn where_bar(app: App, screen: &Screen) -> Vec<El> {
    let here = *screen == Screen::Step(Step::Where);
    let later = app.later().filter(|_| here);
    later.map(|it| it.bar(app)).into_iter().collect()
}

fn body(app: App, screen: &Screen) -> Vec<El> {
    match screen {
        Screen::Step(Step::What) => what::body(app),
        Screen::Group(group) => group::body(app, group),
        Screen::Danger => danger::body(app),
        screen => app.later().map_or_else(Vec::new, |it| it.body(app, screen)),
    }
}

fn in_form(screen: &Screen) -> bool {
    matches!(screen, Screen::Step(_) | Screen::Group(_) | Screen::NoMap)
}

/// A line under the header. It is read as it comes: what it says is derived, so that it is not made
/// anew, and read again, with whatever else changes.
fn bar(icon: &str, words: El) -> El {
    el("div")
        .class("banner")
        .attr("role", "status")
        .icon(icon, "s")
        .child(words)
}

/// What the municipality tells everybody, on the first screen.
fn announcements(app: App, at_first: bool) -> Vec<El> {
    app.locale.track();
    if !at_first {
        return Vec::new();
    }
    let now = Timestamp::from_millis(js::now() as i64);
    app.document(|document| document.announcements.clone())
        .iter()
        .filter(|it| it.is_shown(now))
        .map(|it| bar("info", el("span").text(&app.label(&it.text))))
        .collect()
}

/// That there is no network, or that a draft was found.
fn banner(app: App, was_found: bool) -> Vec<El> {
    app.locale.track();
    let words = |key: &str| el("span").text(&app.t(key));
    if !app.online.get() {
        vec![bar("offline", words("offline"))]
    } else if was_found {
        vec![found(app, bar("clock", words("draft")))]
    } else {
        Vec::new()
    }
}

/// Whether to go on with the draft that was found; to begin anew erases it, and is asked twice.
fn found(app: App, bar: El) -> El {
    let asking = Live::new(false);
    let go_on = move || link(&app.t("draft.on")).on("click", move |_| app.restored.set(false));
    bar.live(move || {
        if !asking.get() {
            let anew = link(&app.t("draft.new")).on("click", move |_| asking.set(true));
            return vec![go_on(), anew];
        }
        let sure = link(&app.t("draft.sure")).on("click", move |_| {
            let old = app.draft.peek(|draft| draft.id.clone());
            spawn_local(async move { crate::keep::erase(app, &old).await });
            app.clear();
            app.renew();
        });
        vec![sure, go_on()]
    })
}

/// The focus goes to the title of each screen that comes; a change of language keeps it where it
/// was made.
fn focus_titles(app: App) {
    let shown = Live::new((app.screen.now(), app.lang()));
    follow(Box::new(move || {
        let now = (
            app.screen.get(),
            app.locale.with(|locale| locale.lang.clone()),
        );
        let before = shown.now();
        if now == before {
            return;
        }
        let selector = if now.0 == before.0 {
            "#language"
        } else {
            ".title"
        };
        shown.set(now);
        // Behind the effects that this change has already woken, which make the screen anew, and
        // before anything the citizen does next: a later focus would take a key press meant for
        // the new screen.
        spawn_local(async move {
            // A page that was scrolled shows the new screen from its header on.
            if let Some(head) = app.find(".head") {
                let least = js::object([("block", "nearest".into())]);
                js::call(&head, "scrollIntoView", &[least]);
            }
            if let Some(element) = app.find(selector).filter(|_| app.alive()) {
                js::call(&element, "focus", &[]);
            }
        });
    }));
}
