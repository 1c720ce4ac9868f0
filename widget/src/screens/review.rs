//! Fifth stop: everything once more, the declaration, and Send.

use balagh_shared::text::with_ascii_digits;
use leptos::prelude::untrack;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::{nearby, shots, stage};
use crate::app::{App, Screen, Sending};
use crate::confirm;
use crate::departure;
use crate::draft::{Draft, Spot, Step, lacks};
use crate::live::derived;
use crate::photos::Photo;
use crate::view::{
    El, Top, busy_button, check_row, el, errors, field_error, foot, head, invalid, link, note,
    number, on_the_path, summary_row, title,
};

pub(super) fn top(app: App) -> Vec<El> {
    let top = Top {
        back: true,
        line: app.t("review.line"),
        step: Some(Step::Review),
        ..Top::default()
    };
    vec![head(app, top), on_the_path(app, Step::Review)]
}

pub(super) fn body(app: App) -> Vec<El> {
    let ticked = app.draft.peek(|draft| draft.declared);
    let input = invalid(app, "declared", "", el("input")).prop("checked", ticked);
    let declare = check_row("declare", &app.t("declare"), input);
    let declare = declare.on("change", move |event| {
        let input = event
            .target()
            .and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
        app.edit(|draft| draft.declared = input.is_some_and(|input| input.checked()));
        app.lacks.set(Vec::new());
    });
    let body = el("div")
        .class("body")
        .child(title(app, &app.t("review"), Some(Step::Review)))
        .child(errors(app))
        .maybe(nearby::joining(app))
        .live(move || trouble(app))
        .maybe(stage::picture(app, "mini gap-t8", None))
        .child(summary(app, true))
        .child(declare)
        .child(field_error(app, "declared"));
    vec![body, footer(app)]
}

/// Why it was not taken, where no field is to blame.
fn trouble(app: App) -> Vec<El> {
    let words = app.trouble.get().map(|reason| app.t(reason.code()));
    let shown = |words: String| {
        let words = el("span").attr("role", "status").text(&words);
        el("div")
            .class("card warn gap-t8")
            .child(note("", "warning", words))
    };
    words.map(shown).into_iter().collect()
}

fn footer(app: App) -> El {
    let category = app.draft.peek(|draft| draft.category.clone());
    let text = app.for_kind_of("send", &category.unwrap_or_default());
    let send = busy_button(&text, move || app.sending.get() != Sending::Idle);
    let slow = el("div").attr("role", "status").live(move || {
        let text = match app.sending.get() {
            Sending::Idle => return Vec::new(),
            _ if app.working.get() => "working",
            _ if app.photos.with(|all| all.iter().any(Photo::is_coming)) => "photos.coming",
            Sending::Going => return Vec::new(),
            Sending::Slow => "slow",
        };
        vec![el("p").class("foot-line").text(&app.t(text))]
    });
    foot("")
        .child(slow)
        .child(send.on("click", move |_| send_it(app)))
}

/// Looks over all stops once more, and sends.
fn send_it(app: App) {
    let draft = app.draft.now();
    let mut found: Vec<_> = app.document(|document| {
        let passed = Step::ALL
            .into_iter()
            .filter(|step| step.applies(&draft, document));
        passed
            .flat_map(|step| lacks(step, &draft, document))
            .collect()
    });
    let Some(step) = found.iter().map(|lack| lack.step).min() else {
        return departure::send(app);
    };
    found.retain(|lack| lack.step == step);
    if step != Step::Review {
        edit(app, step);
    }
    app.lacking(found);
}

/// Goes to a stop and comes back here.
fn edit(app: App, step: Step) {
    app.edit(|draft| draft.reviewing = true);
    app.go(step);
}

/// What was said, row by row.
fn summary(app: App, with_edit: bool) -> El {
    let draft = app.draft.now();
    let change = |step: Step, what: &str| {
        with_edit.then(|| {
            let name = [&app.t("edit"), ": ", what].concat();
            let edit_it = link(&app.t("edit")).attr("aria-label", &name);
            edit_it.on("click", move |_| edit(app, step))
        })
    };
    let mut rows = Vec::new();
    if app.document(|document| Step::Where.applies(&draft, document)) {
        let where_ = app.t("place");
        let words = el("dd").attr("dir", "auto").text(&place_words(app));
        rows.push(summary_row(&where_, words, change(Step::Where, &where_)));
    }
    let code = draft.category.clone().unwrap_or_default();
    let category = app.category_name(&code);
    let words = el("dd").attr("dir", "auto").text(&draft.description);
    rows.push(summary_row(
        &category,
        words,
        change(Step::Details, &app.t("description")),
    ));
    let photos: Vec<u32> = app.photos.peek(|photos| {
        photos
            .iter()
            .filter(|it| it.is_usable())
            .map(|it| it.id)
            .collect()
    });
    if !photos.is_empty() {
        let many = app.count("photos.n", photos.len());
        let thumbs = photos
            .into_iter()
            .map(|id| el("span").class("thumb").child(shots::canvas(app, id)));
        let thumbs = el("dd").class("thumbs").children(thumbs);
        let photos = app.t("photos");
        let thumbs = thumbs.child(el("span").class("lab").text(&many));
        rows.push(summary_row(&photos, thumbs, change(Step::Details, &photos)));
    }
    // Beside the question itself the summary does not answer it.
    let asked_now = !with_edit && app.screen.now() == Screen::Step(Step::You);
    if !asked_now && app.document(|document| Step::You.applies(&draft, document)) {
        let name = app.t(if draft.by_email { "email" } else { "phone" });
        let known = derived(move || confirm::known(app));
        let draft = draft.clone();
        let words = el("dd").live(move || match known.get() {
            true => vec![el("span").text(&app.t("identity"))],
            false => vec![reached(app, &draft)],
        });
        rows.push(summary_row(&name, words, change(Step::You, &name)));
    }
    el("dl").class("sum").children(rows)
}

/// How the reporter is reached, and whether that was confirmed.
fn reached(app: App, draft: &Draft) -> El {
    let typed = draft.contact();
    if typed.is_empty() {
        return el("span").text(&app.t("anon.short"));
    }
    // Groups of Arabic-Indic digits change places around spaces, in either direction; the number as
    // it will be dialled does not.
    let words = el("span").child(number(&with_ascii_digits(typed)));
    let tick = draft.token().is_some().then(|| {
        let tick = el("span").class("tick").icon("check", "s");
        tick.text(&app.t("confirmed"))
    });
    words.maybe(tick)
}

/// The place of the form's report in words.
pub(super) fn place_words(app: App) -> String {
    app.draft.peek(|draft| words_of(app, &draft.place))
}

/// A place in words: what was typed, and the sub-municipality.
pub(super) fn words_of(app: App, place: &Spot) -> String {
    let district = match &place.district {
        Some(id) if !place.undecided => app.district(id),
        _ => {
            let names: Vec<String> = place.candidates.iter().map(|id| app.district(id)).collect();
            names.join(" / ")
        }
    };
    let comma = app.t("comma");
    // A sub-municipality found by its name is not said twice.
    let landmark = Some(place.landmark.trim())
        .filter(|it| *it != district)
        .unwrap_or_default();
    let parts = [landmark, &district];
    parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(&comma)
}

/// The summary beside the last two stops, where there is room: as things stand when one of them is
/// entered.
pub(super) fn recap(app: App) -> El {
    el("aside")
        .class("stage recap")
        .attr("aria-hidden", "true")
        .maybe(stage::picture(app, "mini", None))
        .live(move || {
            app.screen.track();
            untrack(|| vec![el("div").class("card").child(summary(app, false))])
        })
}
