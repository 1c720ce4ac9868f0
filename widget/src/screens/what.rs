//! First stop: what it is. Describe it or choose it; nothing is chosen for anyone.

use crate::live::{Live, derived, follow};
use balagh_shared::municipality::Kind;
use balagh_shared::text::without_controls;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{HtmlSelectElement, HtmlTextAreaElement};

use super::search;
use crate::app::{App, Screen};
use crate::draft::{Step, UNSURE};
use crate::view::{
    El, Top, button, el, errors, field_error, foot, head, icon_button, lattice, link, on_the_path,
    option, title,
};
use crate::words;

/// Most categories suggested for a description.
const SUGGESTIONS: usize = 3;
/// Words a description needs before it is worth suggesting any.
const WORDS_BEFORE_SUGGESTING: usize = 3;
/// How long typing rests before categories are suggested, in milliseconds.
const REST_MS: u32 = 300;

pub(super) fn top(app: App) -> Vec<El> {
    let name = app.document(|document| document.names.clone());
    let line = app.label(&name);
    let kind = derived(move || app.draft.with(|draft| draft.kind));
    let title = el("div")
        .class("split")
        .live(move || {
            let kind = kind.get();
            untrack(|| vec![title(app, &app.t(asks(kind)), Some(Step::What))])
        })
        .child(kinds(app));
    let band = el("div").class("band").markup(lattice()).live(move || {
        // Another kind may pass fewer stops.
        kind.track();
        let top = Top {
            line: line.clone(),
            step: Some(Step::What),
            ..Top::default()
        };
        untrack(|| vec![head(app, top), on_the_path(app, Step::What)])
    });
    vec![band.child(title)]
}

/// What is asked first, by kind.
fn asks(kind: Kind) -> &'static str {
    match kind {
        Kind::Report => "start",
        Kind::Complaint => "start.complaint",
        Kind::Suggestion => "start.suggestion",
        Kind::InformationRequest => "start.information_request",
        Kind::ServiceRequest => "start.service_request",
        Kind::Thanks => "start.thanks",
    }
}

fn kinds(app: App) -> El {
    let now = app.draft.peek(|draft| draft.kind);
    let kinds = app.document(|document| document.kinds.clone());
    let choices = kinds.iter().map(|policy| {
        let choice = el("option")
            .attr("value", policy.kind.code())
            .text(&app.label(&policy.names));
        choice.flag("selected", policy.kind == now)
    });
    let select = el("select")
        .attr("id", "kind")
        .attr("aria-label", &app.t("kind"))
        .children(choices);
    let select = select.on("change", move |event| {
        let chosen = event
            .target()
            .and_then(|it| it.dyn_into::<HtmlSelectElement>().ok());
        let code = chosen.map(|select| select.value()).unwrap_or_default();
        let kinds = app.document(|document| document.kinds.clone());
        if let Some(policy) = kinds.iter().find(|policy| policy.kind.code() == code) {
            turn_to(app, policy.kind);
        }
    });
    el("span").class("pill").child(select).icon("down", "s")
}

/// Another kind: what was chosen of the first one goes, what was typed stays.
fn turn_to(app: App, kind: Kind) {
    let of_it = app
        .category(|category| category.kind == kind)
        .unwrap_or(false);
    app.edit(|draft| {
        draft.kind = kind;
        if !of_it {
            draft.category = None;
            draft.answers.clear();
        }
    });
    app.lacks.set(Vec::new());
}

pub(super) fn body(app: App) -> Vec<El> {
    let searching = Live::new(false);
    let kind = derived(move || app.draft.with(|draft| draft.kind));
    let offered = Live::new(Vec::new());
    follow(Box::new(move || {
        kind.track();
        offered.set(chosen(app));
        offer(app, offered);
    }));
    let body = el("div")
        .class("body")
        .child(errors(app))
        .child(description(app, offered))
        .live(move || suggested(app, &offered.get()))
        .child(field_error(app, "category"))
        .child(list_head(app, searching))
        .live(move || {
            kind.track();
            if searching.get() {
                vec![search::search(app)]
            } else {
                untrack(|| listed(app))
            }
        })
        .child(link(&app.t("track")).on("click", move |_| app.show(Screen::Track)));
    let next = button("", &app.t("next")).icon("next", "s flip");
    vec![
        body,
        foot("").child(next.on("click", move |_| onwards(app))),
    ]
}

fn description(app: App, offered: Live<Vec<String>>) -> El {
    let typed = app.draft.peek(|draft| draft.description.clone());
    let hint = move || {
        let of_problems = app.draft.with(|draft| draft.kind == Kind::Report);
        Some(app.t(if of_problems {
            "start.hint"
        } else {
            "start.words"
        }))
    };
    let area = el("textarea")
        .class("ta short")
        .attr("part", "field")
        .attr("dir", "auto")
        .attr("id", "words")
        .live_attr("aria-label", hint)
        .live_attr("placeholder", hint)
        .prop("value", typed.as_str())
        .on("input", move |event| {
            let Some(area) = event
                .target()
                .and_then(|it| it.dyn_into::<HtmlTextAreaElement>().ok())
            else {
                return;
            };
            let typed = without_controls(&area.value());
            app.edit(|draft| draft.description.clone_from(&typed));
            spawn_local(async move {
                TimeoutFuture::new(REST_MS).await;
                let rests = app.alive() && app.draft.peek(|it| it.description == typed);
                if rests {
                    offer(app, offered);
                }
            });
        });
    el("div").child(area)
}

/// Offers what was chosen, and what comes closest to the words once they can be read.
fn offer(app: App, offered: Live<Vec<String>>) {
    let asked = move || {
        app.draft
            .peek(|draft| (draft.kind, draft.description.clone()))
    };
    let (kind, typed) = asked();
    spawn_local(async move {
        let enough = typed.split_whitespace().count() >= WORDS_BEFORE_SUGGESTING;
        let close = match typed.trim() {
            "" => Vec::new(),
            typed if enough => words::closest(app, typed).await,
            // From the first word on, so that they are here for the third.
            begun => {
                words::prepare(app, begun).await;
                Vec::new()
            }
        };
        if !app.alive() || asked() != (kind, typed) {
            return;
        }
        let mut codes = chosen(app);
        for code in close {
            if codes.len() < SUGGESTIONS && !codes.contains(&code) {
                codes.push(code);
            }
        }
        if offered.peek(|before| *before != codes) {
            if enough {
                app.polite.set(app.count("suggestions", codes.len()));
            }
            offered.set(codes);
        }
    });
}

fn chosen(app: App) -> Vec<String> {
    let chosen = app.draft.peek(|draft| draft.category.clone());
    chosen.into_iter().collect()
}

fn suggested(app: App, codes: &[String]) -> Vec<El> {
    if codes.is_empty() {
        return Vec::new();
    }
    let options = codes.iter().map(|code| {
        let code = code.clone();
        let chosen = app
            .draft
            .peek(|draft| draft.category.as_ref() == Some(&code));
        let card = option("slim", "category", &app.category_name(&code), chosen);
        card.on("change", move |_| search::choose(app, &code))
    });
    let group = el("fieldset")
        .class("gap-t8")
        .attr("role", "radiogroup")
        .attr("id", "category")
        .child(el("legend").class("lab").text(&app.t("suggest")))
        .child(el("div").class("opts").children(options));
    vec![group.live(move || search::about(app))]
}

fn list_head(app: App, searching: Live<bool>) -> El {
    let toggle = icon_button(&app.t("search"), "search", "")
        .live_attr("aria-expanded", move || Some(searching.get().to_string()))
        .on("click", move |_| searching.update(|on| *on = !*on));
    el("div")
        .class("split gap-t8")
        .child(el("h3").class("h3").text(&app.t("list")))
        .child(toggle)
}

/// The arches of the groups; the few subjects of another kind as rows at once.
fn listed(app: App) -> Vec<El> {
    let kind = app.draft.peek(|draft| draft.kind);
    let groups: Vec<_> = app.document(|document| {
        let of_kind = |group: &&balagh_shared::municipality::PublicGroup| {
            group
                .categories
                .iter()
                .any(|it| it.kind == kind && it.code != UNSURE)
        };
        document.groups.iter().filter(of_kind).cloned().collect()
    });
    if kind != Kind::Report {
        let codes = groups
            .iter()
            .flat_map(|group| &group.categories)
            .filter(|it| it.kind == kind);
        let codes: Vec<String> = codes.map(|category| category.code.clone()).collect();
        return vec![search::rows(app, &codes, true)];
    }
    let tiles = groups.into_iter().map(|group| {
        let tile = el("button")
            .class("cat")
            .attr("part", "tile")
            .attr("type", "button")
            .child(el("span").class("niche").picture(&group.icon))
            .text(&app.label(&group.names));
        let codes: Vec<String> = group.categories.iter().map(|it| it.code.clone()).collect();
        // A suggestion may choose another one while it is shown.
        let tile = tile.live_attr("aria-pressed", move || {
            let holds = |code: &String| codes.contains(code);
            let chosen = app
                .draft
                .with(|draft| draft.category.as_ref().is_some_and(holds));
            Some(chosen.to_string())
        });
        tile.on("click", move |_| {
            // To choose is what was asked for.
            app.lacks.set(Vec::new());
            app.show(Screen::Group(group.code.clone()));
        })
    });
    vec![
        el("div").class("cats").children(tiles),
        search::rows(app, &[], true),
    ]
}

/// To the next stop; a dangerous subject stops first.
pub(super) fn onwards(app: App) {
    match app.category(|category| category.danger.is_some()) {
        Some(true) => app.show(Screen::Danger),
        _ => app.leave(Step::What),
    }
}
