//! The receipt as a picture and on paper; with `receipt.js`, which draws and prints, it is fetched when
//! somebody asks for one.

use leptos::task::spawn_local;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlCanvasElement, HtmlInputElement};

use super::goes_to;
use super::keeping::{address, said};
use crate::app::{App, Done};
use crate::js;
use crate::live::Live;
use crate::options;
use crate::view::{El, button, check_row, el};

/// The picture as it will be saved, whether it carries the code, and the button that saves it.
pub(super) fn picture(app: App, done: &Done) -> El {
    let with_code = Live::new(false);
    let leaves = [false, true].map(|with| leaf(app, done, with));
    let leaf = move || {
        let [without, with] = &leaves;
        if with_code.get() { with } else { without }.clone()
    };
    let drawn = Live::new(None::<HtmlCanvasElement>);
    let canvas = el("canvas")
        .class("picture")
        .attr("role", "img")
        .attr("aria-label", &app.t("save.picture"))
        .follow_with(move |node| {
            let (leaf, canvas) = (leaf(), node.clone());
            spawn_local(async move {
                let Some(module) = module(app).await else {
                    return;
                };
                js::call(&module, "draw", &[canvas.clone().into(), leaf]);
                drawn.set(canvas.dyn_into().ok());
            });
        });
    let tick = check_row("", &app.t("save.code"), el("input").attr("id", "save-code"));
    let tick = tick.on("change", move |event| {
        let input = event
            .target()
            .and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
        with_code.set(input.is_some_and(|input| input.checked()));
    });
    let name = [&done.receipt.number, ".png"].concat();
    let save = button("quiet", &app.t("save.now"))
        .icon("save", "s")
        .on("click", move |_| {
            let Some(canvas) = drawn.now() else { return };
            let name = name.clone();
            spawn_local(async move {
                let Some(module) = module(app).await else {
                    return;
                };
                let saved = js::call(&module, "save", &[canvas.into(), name.into()]);
                if js::settled(saved).await.is_ok() && app.alive() {
                    app.polite.set(app.t("save.done"));
                }
            });
        });
    el("div")
        .class("card gap-t8 stack s12")
        .child(canvas)
        .child(tick)
        .child(el("p").class("lab").text(&app.t("save.code.why")))
        .child(save)
}

/// What stands on the picture and on paper.
pub(super) fn leaf(app: App, done: &Done, with_code: bool) -> JsValue {
    let receipt = &done.receipt;
    let (names, zone) =
        app.document(|document| (document.names.clone(), document.time_zone.clone()));
    let received = app
        .locale
        .peek(|locale| locale.moment(receipt.received_at, &zone));
    let mut rows = vec![(app.t("what"), app.category_name(&done.category))];
    rows.extend(goes_to(app, receipt).map(|to| (app.t("with"), to)));
    rows.push((app.t("received"), received));
    if let Some(due) = receipt.due {
        let days = [Some(app.moment(due)), app.hijri(due)];
        let days: Vec<String> = days.into_iter().flatten().collect();
        rows.push((app.t("due"), days.join("\n")));
    }
    let rows = rows
        .into_iter()
        .map(|(term, words)| js::array([term.into(), words.into()]));
    let words = |key: &str| app.for_kind_of(key, &done.category);
    let direction = app.locale.peek(|locale| locale.direction());
    let leaf = js::object([
        ("lang", app.lang().into()),
        ("dir", direction.into()),
        ("org", app.label(&names).into()),
        ("title", words("done").into()),
        ("numberName", words("number").into()),
        ("number", receipt.number.as_str().into()),
        ("rows", js::array(rows)),
        ("link", address(app, &receipt.number).into()),
        ("linkName", words("print.track").into()),
        ("note", app.t("print.code").into()),
    ]);
    if with_code {
        js::set(&leaf, "secretName", app.t("secret").into());
        js::set(&leaf, "secret", receipt.secret.as_str().into());
    }
    leaf
}

/// Prints `paper`, a [`leaf`].
pub(super) async fn print(app: App, paper: JsValue) {
    let Some(module) = module(app).await else {
        return;
    };
    if let Some(frame) = app.find(".w") {
        let printed = js::call(&module, "print", &[frame.into(), paper]);
        let _ = js::settled(printed).await;
    }
}

async fn module(app: App) -> Option<JsValue> {
    let functions = app.options(|options| options.functions());
    said(app, options::receipt_module(functions).await)
}
