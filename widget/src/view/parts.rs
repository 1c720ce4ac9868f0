//! Small pieces that several screens share.

use super::element::{El, el};
use crate::app::App;

/// A button: `quiet`, `danger`, `fit` or nothing. The screen's main one is marked for Ctrl+Enter.
pub(crate) fn button(kind: &str, text: &str) -> El {
    let part = if kind.contains("quiet") {
        "button-quiet"
    } else {
        "button"
    };
    el("button")
        .class(&["btn ", kind].concat())
        .attr("part", part)
        .attr("type", "button")
        .flag("data-main", !kind.contains("quiet"))
        .text(text)
}

/// A main button that shows when what it does is under way. It stays pressable: whoever presses
/// again is not told off.
pub(crate) fn busy_button(text: &str, busy: impl Fn() -> bool + Clone + 'static) -> El {
    let text = text.to_owned();
    let shown = busy.clone();
    button("", "")
        .live_attr("aria-busy", move || busy().then(|| "true".to_owned()))
        .live(move || {
            let spinner = shown().then(|| el("span").class("spin").attr("aria-hidden", "true"));
            let words = el("span").text(&text);
            spinner.into_iter().chain([words]).collect()
        })
}

/// A button that looks like a link.
pub(crate) fn link(text: &str) -> El {
    el("button").class("lk").attr("type", "button").text(text)
}

/// A button that is only an icon, with its name for who does not see it.
pub(crate) fn icon_button(name: &str, icon: &str, classes: &str) -> El {
    let button = el("button")
        .class("ib")
        .attr("type", "button")
        .attr("aria-label", name);
    button.icon(icon, classes)
}

/// A number or code, held left to right in any text.
pub(crate) fn number(text: &str) -> El {
    el("bdi").class("num").attr("dir", "ltr").text(text)
}

/// `sentence` around `value`, which keeps its own direction. `{name}` marks the place.
pub(crate) fn isolated(into: El, sentence: &str, name: &str, value: &str) -> El {
    match sentence.split_once(&["{", name, "}"].concat()) {
        Some((before, after)) => into.text(before).child(number(value)).text(after),
        None => into.text(sentence),
    }
}

/// A radio button as a card: group, name, whether it is chosen.
pub(crate) fn option(classes: &str, group: &str, name: &str, chosen: bool) -> El {
    el("label")
        .class(&["opt ", classes].concat())
        .attr("part", "option")
        .child(
            el("input")
                .attr("type", "radio")
                .attr("name", group)
                .prop("checked", chosen),
        )
        .child(
            el("span")
                .class("opt-t")
                .child(el("b").attr("dir", "auto").text(name)),
        )
}

/// A box to tick, `input`, as a card.
pub(crate) fn check_row(classes: &str, text: &str, input: El) -> El {
    el("label")
        .class(&["opt ", classes].concat())
        .child(input.attr("type", "checkbox"))
        .child(el("span").class("opt-t").text(text))
}

/// A note: an icon and words.
pub(crate) fn note(classes: &str, icon: &str, words: El) -> El {
    el("div")
        .class(&["note ", classes].concat())
        .icon(icon, "")
        .child(words)
}

/// A row of the summary: what, the details, and the way to change them.
pub(crate) fn summary_row(term: &str, details: El, change: Option<El>) -> El {
    el("div")
        .child(el("dt").text(term))
        .child(details)
        .maybe(change.map(|change| el("dd").class("go").child(change)))
}

/// Marks `field` as what `lacks` is about: told to who does not see the text under it.
pub(crate) fn invalid(app: App, id: &'static str, hint: &'static str, field: El) -> El {
    let error = [id, "-err"].concat();
    let lacking = move || {
        app.lacks
            .with(|lacks| lacks.iter().any(|lack| lack.field == id))
    };
    field
        .attr("id", id)
        .live_attr("aria-invalid", move || lacking().then(|| "true".to_owned()))
        .live_attr("aria-describedby", move || match (lacking(), hint) {
            (true, "") => Some(error.clone()),
            (true, hint) => Some([hint, " ", &error].concat()),
            (false, "") => None,
            (false, hint) => Some(hint.to_owned()),
        })
}

/// What is to be mended in the field `id`, under it.
pub(crate) fn field_error(app: App, id: &str) -> El {
    let id = id.to_owned();
    el("div").live(move || {
        let of_this = |lack: &&crate::draft::Lack| lack.field == id;
        let words = app
            .lacks
            .with(|lacks| lacks.iter().find(of_this).map(|lack| app.words(lack)));
        let shown = |words: String| {
            let text = el("span").attr("dir", "auto").text(&words);
            el("p")
                .class("err")
                .attr("id", &[&id, "-err"].concat())
                .icon("warning", "")
                .child(text)
        };
        words.map(shown).into_iter().collect()
    })
}

/// The summary of what is to be mended, where it is more than one thing.
pub(crate) fn errors(app: App) -> El {
    el("div").live(move || {
        let lacks = app.lacks.get();
        if lacks.len() < 2 {
            return Vec::new();
        }
        let items = lacks.iter().map(|lack| {
            let field = lack.field.clone();
            let link = el("a")
                .attr("href", &["#", &field].concat())
                .text(&app.words(lack));
            // A fragment does not reach into a shadow root.
            el("li").child(link.on("click", move |event| {
                event.prevent_default();
                app.focus_field(&field);
            }))
        });
        let summary = el("div")
            .class("errs")
            .attr("id", "errors")
            .attr("tabindex", "-1");
        let many = el("b").text(&app.count("errors", lacks.len()));
        vec![
            summary
                .attr("role", "group")
                .child(many)
                .child(el("ul").children(items)),
        ]
    })
}
