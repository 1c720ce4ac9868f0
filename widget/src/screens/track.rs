//! Asking where a report stands: number and code, nothing to sign in to.

use crate::live::Live;
use balagh_shared::number::{ReportNumber, Secret};
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use crate::api;
use crate::app::{App, Screen};
use crate::draft::{Lack, Step};
use crate::view::{El, Top, button, el, errors, field_error, foot, head, invalid, title};

pub(super) fn top(app: App) -> Vec<El> {
    let names = app.document(|document| document.names.clone());
    vec![head(
        app,
        Top {
            back: true,
            line: app.label(&names),
            ..Top::default()
        },
    )]
}

pub(super) fn body(app: App) -> Vec<El> {
    let number = Live::new(String::new());
    let secret = Live::new(String::new());
    let body = el("div")
        .class("body stack s16")
        .child(title(app, &app.t("track"), None))
        .child(errors(app))
        .child(field(app, "number", number))
        .child(field(app, "secret", secret));
    let go = button("", &app.t("track"));
    let go = go.on("click", move |_| look(app, number.now(), secret.now()));
    vec![body, foot("").child(go)]
}

fn field(app: App, id: &'static str, typed: Live<String>) -> El {
    let input = el("input")
        .class("inp")
        .attr("part", "field")
        .attr("dir", "ltr");
    let input = invalid(app, id, "", input)
        .attr("autocomplete", "off")
        .on("input", move |event| {
            let input = event
                .target()
                .and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
            typed.set(input.map(|it| it.value()).unwrap_or_default());
        });
    el("div")
        .class("fld")
        .child(el("label").attr("for", id).text(&app.t(id)))
        .child(input)
        .child(field_error(app, id))
}

/// Shows where the report stands, or what is wrong with number and code.
pub(super) fn look(app: App, number: String, secret: String) {
    let lack = |field: &str, key| Lack {
        step: Step::What,
        field: field.to_owned(),
        key,
        params: Vec::new(),
    };
    let read = (ReportNumber::parse(&number), Secret::parse(&secret));
    let (number, secret) = match read {
        (Ok(number), Ok(secret)) => (number, secret),
        (number, secret) => {
            let wrong = [
                number.is_err().then(|| lack("number", "track.number")),
                secret.is_err().then(|| lack("secret", "track.secret")),
            ];
            app.lacking(wrong.into_iter().flatten().collect());
            return;
        }
    };
    app.lacks.set(Vec::new());
    spawn_local(async move {
        let found = api::status(&app.base(), &app.lang(), number.as_str(), &secret.reveal()).await;
        if !app.alive() {
            return;
        }
        match found {
            Ok(status) => {
                app.tracked.set(Some(status));
                app.show(Screen::Tracking);
            }
            Err(came) => {
                let key = if came.status == 404 {
                    "notfound"
                } else {
                    "track.fail"
                };
                // Shown again, its fields would be made anew, and empty.
                if app.screen.now() != Screen::Track {
                    app.show(Screen::Track);
                }
                app.lacking(vec![lack("number", key)]);
            }
        }
    });
}
