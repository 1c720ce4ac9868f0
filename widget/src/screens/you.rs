//! Fourth stop: who reports. How the data is used comes first; then only what the policy needs.

use balagh_shared::municipality::{Ask, ContactRule};
use balagh_shared::text::without_controls;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::subject_top;
use crate::app::App;
use crate::confirm;
use crate::draft::{Draft, Step};
use crate::js;
use crate::keep;
use crate::live::{Live, derived};
use crate::view::{
    El, busy_button, button, el, enters, errors, field_error, foot, invalid, link, note, number,
    title,
};

pub(super) fn top(app: App) -> Vec<El> {
    subject_top(app, Step::You, None)
}

pub(super) fn body(app: App) -> Vec<El> {
    // Whoever the page names is the same by another token: nobody is disturbed at the field.
    let named = derived(move || {
        let known = confirm::known(app);
        known.then(|| name_in(&app.identity().unwrap_or_default()))
    });
    let who = move || match named.get() {
        Some(name) => vec![signed_in(app, name)],
        None if confirm::by_page_alone(app) => vec![contact(app), sign_in(app)],
        None => vec![contact(app)],
    };
    let body = el("div")
        .class("body stack s16")
        .child(title(app, &app.t("you"), Some(Step::You)))
        .child(errors(app))
        .child(notice(app))
        .live(who);
    let next = busy_button(&app.t("next"), move || app.asking.get()).icon("next", "s flip");
    vec![
        body,
        foot("").child(next.on("click", move |_| confirm::leave(app))),
    ]
}

fn notice(app: App) -> El {
    let privacy = app.document(|document| document.privacy.clone());
    let row = |term: &str, words: String| {
        let words = el("dd").attr("dir", "auto").text(&words);
        el("div").child(el("dt").text(&app.t(term))).child(words)
    };
    let list = el("dl")
        .class("stack")
        .child(row("privacy.who", app.label(&privacy.controller)))
        .child(row("privacy.why", app.label(&privacy.purpose)))
        .child(row("privacy.basis", app.label(&privacy.basis)))
        .child(row("privacy.seen", app.label(&privacy.recipients)))
        .child(row("privacy.long", app.label(&privacy.retention)))
        .child(
            el("div")
                .child(el("dt").text(&app.t("privacy.ask")))
                .child(el("dd").child(number(&privacy.contact))),
        );
    let heading = el("span").child(el("b").text(&app.t("privacy")));
    el("section")
        .class("card notice")
        .child(note("", "lock", heading))
        .child(list)
        .child(erase(app))
}

/// Erases everything from the device, once it is confirmed.
fn erase(app: App) -> El {
    let asking = Live::new(false);
    el("div").class("gap-t8").live(move || {
        if !asking.get() {
            let erase = el("button")
                .class("lk")
                .attr("type", "button")
                .icon("trash", "s")
                .text(&app.t("erase"));
            return vec![erase.on("click", move |_| asking.set(true))];
        }
        let sure = button("quiet danger", &app.t("erase"));
        let sure = sure.on("click", move |_| {
            spawn_local(async move {
                keep::erase_all(app).await;
                if app.alive() {
                    app.polite.set(app.t("erased"));
                }
            });
        });
        let keep = button("quiet", &app.t("queued.keep")).on("click", move |_| asking.set(false));
        let asked = el("div").class("card warn stack s12").attr("role", "group");
        vec![
            asked
                .child(el("b").text(&app.t("erase.sure")))
                .child(sure)
                .child(keep),
        ]
    })
}

/// Who the page around the widget says they are: shown, and nothing asked.
fn signed_in(app: App, name: Option<String>) -> El {
    let words = el("span").child(el("b").text(&app.t("identity")));
    let name = name.map(|name| el("span").class("sub").attr("dir", "auto").text(&name));
    let words = words.maybe(name);
    el("section")
        .class("card tint")
        .attr("id", "identity")
        .child(note("", "user", words))
        .child(el("p").class("lab gap-t8").text(&app.t("identity.why")))
}

/// Where nothing but the page can say who they are, it is asked to.
fn sign_in(app: App) -> El {
    app.tell("balagh:identity-needed", js::object([]));
    let words = el("span").text(&app.t("identity.needed"));
    el("section")
        .class("card warn")
        .child(note("", "user", words))
}

/// The name in a token, for display alone: nobody here can check it, and the edge does.
fn name_in(token: &str) -> Option<String> {
    let claims = token.split('.').nth(1)?;
    let base64 = claims.replace('-', "+").replace('_', "/");
    let bytes = js::call(&js::window(), "atob", &[base64.into()]).as_string()?;
    // `atob` gives a character a byte.
    let bytes: Vec<u8> = bytes
        .chars()
        .filter_map(|it| u8::try_from(u32::from(it)).ok())
        .collect();
    let claims = js_sys::JSON::parse(std::str::from_utf8(&bytes).ok()?).ok()?;
    js::text(&claims, "name").map(|name| without_controls(&name))
}

/// The phone number, or for who has none that takes a code, the e-mail address.
fn contact(app: App) -> El {
    let needed = app.document(|of| {
        let asked = app.draft.peek(|draft| draft.kind_asks(of).contact);
        of.contact.phone == ContactRule::Required || asked == Ask::Required
    });
    let asked = confirm::asked(app);
    let may_go_without = !asked && (!needed || app.category(|it| it.anonymous).unwrap_or(false));
    let by_email = derived(move || app.draft.with(|draft| draft.by_email));
    let email_offered = confirm::offered(app, true);
    el("div").class("stack s16").live(move || {
        let by_email = by_email.get();
        let field = if by_email { email(app) } else { phone(app) };
        let other = if by_email {
            "phone.instead"
        } else {
            "email.instead"
        };
        let other = link(&app.t(other)).on("click", move |_| {
            app.lacks.set(Vec::new());
            app.edit(|draft| draft.by_email = !by_email);
        });
        let without = link(&app.t("anon")).on("click", move |_| {
            app.edit(|draft| {
                draft.phone.clear();
                draft.email.clear();
            });
            app.leave(Step::You);
        });
        let coded = (asked && confirm::offered(app, by_email)).then(|| {
            let key = if app.online.get() {
                "otp.then"
            } else {
                "otp.later"
            };
            el("p").class("lab").text(&app.t(key))
        });
        let links = el("div")
            .class("split")
            .maybe(may_go_without.then_some(without))
            .maybe((email_offered || by_email).then_some(other));
        vec![field.maybe(coded), links]
    })
}

fn phone(app: App) -> El {
    let names = app.document(|document| document.names.clone());
    let why = app.fill("phone.why", &[("org", &app.label(&names))]);
    let write = |draft: &mut Draft, typed: String| draft.phone = typed;
    let typed = app.draft.peek(|draft| draft.phone.clone());
    let input = line(app, "phone", &typed, write)
        .attr("type", "tel")
        .attr("inputmode", "tel")
        .attr("autocomplete", "tel");
    field(app, "phone", &why, input)
}

fn email(app: App) -> El {
    let why = app.t("email.why");
    let write = |draft: &mut Draft, typed: String| draft.email = typed;
    let typed = app.draft.peek(|draft| draft.email.clone());
    let input = line(app, "email", &typed, write)
        .attr("type", "email")
        .attr("autocomplete", "email");
    field(app, "email", &why, input)
}

fn line(app: App, id: &'static str, typed: &str, write: fn(&mut Draft, String)) -> El {
    let hint = if id == "phone" {
        "phone-why"
    } else {
        "email-why"
    };
    let input = el("input").class("inp").attr("part", "field");
    enters(app, invalid(app, id, hint, input))
        .attr("dir", "ltr")
        .prop("value", typed)
        .on("input", move |event| {
            let input = event
                .target()
                .and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
            let typed = input.map(|it| it.value()).unwrap_or_default();
            app.edit(|draft| write(draft, without_controls(&typed)));
        })
}

fn field(app: App, id: &str, why: &str, input: El) -> El {
    let why = el("p")
        .class("hint")
        .attr("id", &[id, "-why"].concat())
        .text(why);
    el("div")
        .class("fld")
        .child(el("label").attr("for", id).text(&app.t(id)))
        .child(why)
        .child(input)
        .child(field_error(app, id))
}
