//! Fifth stop: everything once more, the declaration, and Send.

use balagh_shared::text::with_ascii_digits;
use leptos::prelude::untrack;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::{nearby, shots, stage};
use crate::app::{App, Sending};
use crate::draft::{Step, lacks};
use crate::sender;
use crate::view::{
    El, Top, button, check_row, el, errors, field_error, foot, head, invalid, link, number,
    on_the_path, summary_row, title,
};

pub(super) fn top(app: App) -> Vec<El> {
    let top = Top {
        back: true,
        line: app.t("review.line"),
        step: Some(Step::Review),
        ..Top::default()
    };
    vec![head(app, top), on_the_path(Step::Review)]
}

pub(super) fn body(app: App) -> Vec<El> {
    let ticked = app.draft.peek(|draft| draft.declared);
    let declare = check_row("declare", "declare", &app.t("declare"), ticked);
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
        .maybe(stage::picture(app, "mini gap-t8"))
        .child(summary(app, true))
        .child(invalid(app, "declared", "", el("div")).child(declare))
        .child(field_error(app, "declared"));
    vec![body, footer(app)]
}

fn footer(app: App) -> El {
    let busy = move || app.sending.get() != Sending::Idle;
    let text = app.t("send");
    let send = button("", "")
        .live_attr("aria-busy", move || busy().then(|| "true".to_owned()))
        .live(move || {
            let spinner = busy().then(|| el("span").class("spin").attr("aria-hidden", "true"));
            spinner
                .into_iter()
                .chain([el("span").text(&text)])
                .collect()
        });
    let slow = el("div").attr("role", "status").live(move || {
        let slow = app.sending.get() == Sending::Slow;
        slow.then(|| el("p").class("foot-line").text(&app.t("slow")))
            .into_iter()
            .collect()
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
        return sender::send(app);
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
    if app.document(|document| Step::You.applies(&draft, document)) {
        let phone = app.t("phone");
        let typed = draft.phone.trim();
        let words = if typed.is_empty() {
            el("dd").text(&app.t("anon.short"))
        } else {
            // Groups of Arabic-Indic digits change places around spaces, in either direction; the
            // number as it will be dialled does not.
            el("dd").child(number(&with_ascii_digits(typed)))
        };
        rows.push(summary_row(&phone, words, change(Step::You, &phone)));
    }
    el("dl").class("sum").children(rows)
}

/// The place in words: what was typed, and the sub-municipality.
pub(super) fn place_words(app: App) -> String {
    let place = app.draft.peek(|draft| draft.place.clone());
    let district = match place.district {
        Some(id) if !place.undecided => app.district(&id),
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
        .maybe(stage::picture(app, "mini"))
        .live(move || {
            app.screen.track();
            untrack(|| vec![el("div").class("card").child(summary(app, false))])
        })
}
