//! What every screen has: header, path, title, footer.

pub(crate) use balagh_shared::language::OWN_NAMES as LANGUAGES;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlSelectElement, KeyboardEvent};

use super::element::{El, el};
use crate::app::App;
use crate::draft::Step;
use crate::js;

/// What the header says.
#[derive(Default)]
pub(crate) struct Top {
    /// Whether it leads back; else the mark stands there.
    pub(crate) back: bool,
    /// Its line.
    pub(crate) line: String,
    /// Its line where there is no room for a title of its own.
    pub(crate) narrow_line: Option<String>,
    /// The stop, counted under it.
    pub(crate) step: Option<Step>,
    /// What stands under it where there is no stop.
    pub(crate) under: Option<String>,
}

/// The widget's outermost element: language, direction, keys, and what is said aloud.
pub(crate) fn root(app: App) -> El {
    el("div")
        .live_attr("lang", move || {
            Some(app.locale.with(|locale| locale.lang.clone()))
        })
        .live_attr("dir", move || {
            Some(app.locale.with(|locale| locale.direction().to_owned()))
        })
        .on("keydown", move |event| {
            // Ctrl+Enter does what the screen's main button does, from any field.
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
                return;
            };
            if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
                event.prevent_default();
                press_main(app);
            }
        })
        // Browsers bring a long field's first line into sight, which may be all that is not under
        // the footer.
        .on("focusin", |event| {
            let field = event
                .target()
                .filter(|it| js::text(it, "localName").as_deref() == Some("textarea"));
            if let Some(field) = field {
                let least = js::object([("block", "nearest".into())]);
                js::call(&field, "scrollIntoView", &[least]);
            }
        })
        // What is being mended is no longer pointed at.
        .on("input", move |event| mended(app, &event))
        .on("change", move |event| mended(app, &event))
        .child(said("status", move || app.polite.get()))
        .child(said("alert", move || app.assertive.get()))
}

fn press_main(app: App) {
    if let Some(button) = app.find(".foot .btn[data-main]") {
        js::call(&button, "click", &[]);
    }
}

/// `line`, a field in which Enter does what the screen's main button does, as phones' keyboards say.
pub(crate) fn enters(app: App, line: El) -> El {
    line.attr("enterkeyhint", "go").on("keydown", move |event| {
        let enter = |event: &KeyboardEvent| {
            event.key() == "Enter" && !event.ctrl_key() && !event.meta_key()
        };
        if event.dyn_ref::<KeyboardEvent>().is_some_and(enter) {
            event.prevent_default();
            press_main(app);
        }
    })
}

fn mended(app: App, event: &Event) {
    let field = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let field = field.and_then(|field| field.closest("[id]").ok().flatten());
    let Some(id) = field.map(|field| field.id()) else {
        return;
    };
    if app
        .lacks
        .peek(|lacks| lacks.iter().any(|lack| lack.field == id))
    {
        app.lacks
            .update(|lacks| lacks.retain(|lack| lack.field != id));
    }
}

fn said(role: &str, text: impl Fn() -> String + 'static) -> El {
    el("div").class("vh").attr("role", role).live_text(text)
}

/// The header.
pub(crate) fn head(app: App, top: Top) -> El {
    let Top {
        back,
        line,
        narrow_line,
        step,
        under,
    } = top;
    let lines = match narrow_line {
        Some(narrow) => vec![
            el("span")
                .class("only-narrow")
                .attr("aria-hidden", "true")
                .text(&narrow),
            el("span").class("only-wide").text(&line),
        ],
        None => vec![el("span").text(&line)],
    };
    let header = el("header").class("head").attr("part", "header");
    let header = if back {
        header.child(
            super::icon_button(&app.t("back"), "back", "flip").on("click", move |_| app.back()),
        )
    } else {
        // Or the page's own: `<img slot="logo">` in the element.
        header.child(el("slot").attr("name", "logo").mark())
    };
    let under = step.map(|step| counted(app, step)).or(under);
    let counted = under.map(|words| el("small").text(&words));
    header
        .child(el("div").class("head-t").children(lines).maybe(counted))
        .maybe(languages(app))
}

/// The stops that the report passes.
fn passed(app: App) -> Vec<Step> {
    let all = Step::ALL.into_iter();
    app.draft
        .peek(|draft| app.document(|of| all.filter(|it| it.applies(draft, of)).collect()))
}

fn counted(app: App, step: Step) -> String {
    let passed = passed(app);
    let at = passed.iter().filter(|it| **it <= step).count();
    let values = [("n", &*at.to_string()), ("of", &*passed.len().to_string())];
    app.fill("step", &values)
}

fn languages(app: App) -> Option<El> {
    let offered = app.options(|options| options.languages.clone());
    if offered.len() < 2 {
        return None;
    }
    let now = app.lang();
    let names = offered.iter().map(|lang| {
        let name = LANGUAGES
            .iter()
            .find(|(code, _)| code == lang)
            .map_or(lang.as_str(), |(_, n)| n);
        let choice = el("option")
            .attr("value", lang)
            .attr("lang", lang)
            .text(name);
        choice.flag("selected", *lang == now)
    });
    let select = el("select")
        .attr("id", "language")
        .attr("aria-label", &app.t("language"));
    let select = select.children(names).on("change", move |event| {
        if let Some(select) = event
            .target()
            .and_then(|it| it.dyn_into::<HtmlSelectElement>().ok())
        {
            app.speak(select.value());
        }
    });
    Some(el("span").class("lang").icon("globe", "s").child(select))
}

/// The path: the stops of this report, a pin where you are. The header counts it for who does not see it.
pub(crate) fn on_the_path(app: App, at: Step) -> El {
    let path = el("div")
        .class("path")
        .attr("part", "path")
        .attr("aria-hidden", "true");
    passed(app).iter().fold(path, |path, step| {
        let leg = |done| el("b").class(if done { "done" } else { "" });
        let path = if *step == Step::What {
            path
        } else {
            path.child(leg(*step <= at))
        };
        match (*step).cmp(&at) {
            std::cmp::Ordering::Less => path.child(el("i").class("done")),
            std::cmp::Ordering::Equal => path.pin("pin-s"),
            std::cmp::Ordering::Greater => path.child(el("i")),
        }
    })
}

/// The screen's title, which takes the focus when the screen comes; on the path it is read with
/// the stop's number.
pub(crate) fn title(app: App, text: &str, step: Option<Step>) -> El {
    let title = el(app.options(|options| options.heading))
        .class("title")
        .attr("part", "title")
        .attr("tabindex", "-1")
        .text(text);
    match step {
        Some(step) => title.attr("aria-label", &[text, ". ", &counted(app, step)].concat()),
        None => title,
    }
}

/// The footer, which stays in sight.
pub(crate) fn foot(classes: &str) -> El {
    el("footer")
        .class(&["foot ", classes].concat())
        .attr("part", "footer")
}
