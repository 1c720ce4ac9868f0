//! Choosing a category: rows, and the search over names and keywords in all languages.

use crate::live::{Live, follow};
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::what;
use crate::app::App;
use crate::draft::UNSURE;
use crate::view::{El, el, note};
use crate::{js, words};

/// A search box with its results below.
pub(super) fn search(app: App) -> El {
    let query = Live::new(String::new());
    let name = app.t("search.category");
    let input = el("input")
        .attr("type", "search")
        .attr("dir", "auto")
        .attr("id", "search")
        .attr("aria-label", &name)
        .attr("placeholder", &name)
        .on("input", move |event| {
            if let Some(input) = event
                .target()
                .and_then(|it| it.dyn_into::<HtmlInputElement>().ok())
            {
                query.set(input.value());
            }
        })
        .follow_with(|input| {
            // Once it is in the document.
            let input = input.clone();
            spawn_local(async move {
                gloo_timers::future::TimeoutFuture::new(0).await;
                js::call(&input, "focus", &[]);
            });
        });
    let field = el("div")
        .class("search")
        .attr("role", "search")
        .icon("search", "s")
        .child(input);
    // By name at once, by keywords as soon as the words of the query's tongue are here.
    let found = Live::new(Vec::new());
    follow(Box::new(move || {
        let typed = query.get();
        found.set(words::named(app, &typed));
        if typed.trim().is_empty() {
            return;
        }
        spawn_local(async move {
            let more = words::found(app, &typed).await;
            if let Some(more) = more
                && app.alive()
                && query.peek(|now| *now == typed)
            {
                found.change(more);
            }
        });
    }));
    el("div").child(field).live(move || {
        let (typed, found) = (query.now(), found.get());
        let nothing = found.is_empty() && !typed.trim().is_empty();
        let none = app.fill("search.none", &[("q", typed.trim())]);
        let empty = nothing.then(|| el("p").class("empty").attr("role", "status").text(&none));
        empty.into_iter().chain([rows(app, &found, true)]).collect()
    })
}

/// A row for each category, and where `unsure` one more for who finds none.
pub(super) fn rows(app: App, codes: &[String], unsure: bool) -> El {
    let known = app.document(|document| document.category(UNSURE).is_some());
    let last = (unsure && known).then(|| UNSURE.to_owned());
    let rows = codes.iter().cloned().chain(last).map(|code| row(app, code));
    el("ul")
        .class("rows gap-t16")
        .children(rows.map(|row| el("li").child(row)))
}

fn row(app: App, code: String) -> El {
    let (danger, agency) = app.document(|document| {
        let category = document.category(&code);
        let danger = category.is_some_and(|it| it.danger.is_some());
        (danger, category.and_then(|it| it.transfer.clone()))
    });
    let name = if code == UNSURE {
        app.t("unsure.cat")
    } else {
        app.category_name(&code)
    };
    let goes_to =
        agency.map(|id| el("small").text(&app.fill("agency.has", &[("a", &app.agency(&id))])));
    let row = el("button").class("row").attr("type", "button");
    let row = if danger {
        row.icon("warning", "s")
    } else {
        row
    };
    row.child(el("span").text(&name).maybe(goes_to))
        .icon("next", "s flip")
        .on("click", move |_| {
            choose(app, &code);
            what::onwards(app);
        })
}

/// Chooses a category.
pub(super) fn choose(app: App, code: &str) {
    app.lacks.set(Vec::new());
    let category = app.document(|document| document.category(code).cloned());
    if let Some(category) = category {
        app.edit(|draft| draft.choose(&category));
    }
}

/// What is to be known about the chosen category before anything else is asked: who gets it, and
/// the municipality's own sentence.
pub(super) fn about(app: App) -> Vec<El> {
    app.draft.with(|draft| draft.category.clone());
    let (transfer, notice) = app
        .category(|it| (it.transfer.clone(), it.notice.clone()))
        .unwrap_or_default();
    let card = |icon: &str, title: &str, more: Option<String>| {
        let more = more.map(|more| el("span").class("sub").text(&more));
        let words = el("span").child(el("b").text(title)).maybe(more);
        el("div")
            .class("card tint gap-t16")
            .child(note("", icon, words))
    };
    let agency = transfer.map(|id| {
        let name = app.agency(&id);
        card(
            "info",
            &app.fill("agency.has", &[("a", &name)]),
            Some(app.t("agency.then")),
        )
    });
    let notice = notice.map(|notice| card("document", &app.label(&notice), None));
    agency.into_iter().chain(notice).collect()
}
