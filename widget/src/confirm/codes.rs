//! Asking for a code, and giving it back.

use balagh_shared::reason::Reason;
use gloo_timers::future::TimeoutFuture;
use leptos::task::spawn_local;

use super::{Confirming, field_of, lack, offered, send, unsent};
use crate::api::{self, Came, Credentials};
use crate::app::{App, Screen};
use crate::draft::Step;
use crate::draft::{Confirmed, Lack, from_violation};
use crate::{js, proof, sender, track};

/// A further code may be asked for after this long, in seconds.
const AGAIN_S: u32 = 60;
/// Works in a row that are done for one code.
const WORKS: u32 = 2;

impl Confirming {
    fn json(&self, code: Option<&str>) -> String {
        let name = if self.by_email { "email" } else { "phone" };
        let body = js::object([(name, self.contact.as_str().into())]);
        if let Some(code) = code {
            js::set(&body, "code", code.into());
        }
        js::json(&body)
    }
}

/// Asks for another code for the same contact.
pub(crate) fn again(app: App) {
    if let Some(confirming) = app.confirming.now() {
        send(app, confirming);
    }
}

/// Asks for a code. The form waits for it already.
pub(crate) fn ask(app: App, confirming: Confirming) {
    spawn_local(async move {
        let came = request(app, "/codes", &confirming.json(None)).await;
        if !app.alive() {
            return;
        }
        app.asking.set(false);
        match came.status {
            200..300 if came.body.is_some() => sent(app, confirming),
            422 | 429 => refused(app, &came, &confirming),
            503 if came.reason() == Some(Reason::CodeUndelivered) => {
                refused(app, &came, &confirming);
            }
            _ => unsent(app, &confirming),
        }
    });
}

/// A request about codes, with the work that it may cost.
async fn request(app: App, path: &str, json: &str) -> Came {
    let (base, lang) = (app.base(), app.lang());
    let session = match api::session(&base, &lang).await {
        Ok(session) => session,
        Err(came) => return came,
    };
    let mut credentials = Credentials {
        session,
        ..Credentials::default()
    };
    for _ in 0..WORKS {
        let came = api::codes(&base, &lang, path, &credentials, json).await;
        let Some(challenge) = came.challenge().filter(|_| app.alive()) else {
            return came;
        };
        app.polite.set(app.t("working"));
        credentials.proof = proof::work(app, &challenge).await;
    }
    api::codes(&base, &lang, path, &credentials, json).await
}

fn sent(app: App, confirming: Confirming) {
    let begun = Confirming {
        again_s: AGAIN_S,
        ..confirming
    };
    app.confirming.set(Some(begun.clone()));
    // An older code is good for nothing now.
    app.code.set(String::new());
    let asked_again = app.screen.now() == Screen::Code;
    app.show(Screen::Code);
    if asked_again {
        app.polite.set(app.fill("otp", &[("p", &begun.contact)]));
        spawn_local(async move {
            // What was pressed is gone; the field is in the document only after the effects have run.
            TimeoutFuture::new(0).await;
            if app.alive() && app.screen.now() == Screen::Code {
                app.focus_field("code");
            }
        });
    }
    spawn_local(count_down(app, begun));
}

/// Counts the seconds to the next code; said aloud only at the end.
async fn count_down(app: App, mut begun: Confirming) {
    while begun.again_s > 0 {
        TimeoutFuture::new(1_000).await;
        if !app.alive() || app.confirming.peek(|now| now.as_ref() != Some(&begun)) {
            return;
        }
        begun.again_s -= 1;
        app.confirming.set(Some(begun.clone()));
    }
    app.polite.set(app.t("otp.again"));
}

/// Gives the code back.
pub(crate) fn verify(app: App, code: String) {
    let Some(confirming) = app.confirming.now() else {
        return;
    };
    if code.chars().count() != 6 {
        return app.lacking(vec![lack("required.code")]);
    }
    if app.asking.now() {
        return;
    }
    app.asking.set(true);
    app.lacks.set(Vec::new());
    spawn_local(async move {
        let came = request(app, "/codes/verify", &confirming.json(Some(&code))).await;
        if !app.alive() {
            return;
        }
        app.asking.set(false);
        let token = came.body.as_ref().and_then(|body| js::text(body, "token"));
        match token {
            Some(token) => verified(app, confirming, token),
            None => refused(app, &came, &confirming),
        }
    });
}

fn verified(app: App, confirming: Confirming, token: String) {
    app.confirming.set(None);
    app.polite.set(app.t("confirmed"));
    if let Some(number) = confirming.lost {
        return track::regained(app, number, token);
    }
    let contact = confirming.contact;
    let confirmed = Confirmed { contact, token };
    match confirming.waiting {
        Some(key) => {
            app.show(Screen::Queued);
            sender::confirmed(app, &key, confirmed);
        }
        None => {
            app.edit(|draft| draft.confirmed = Some(confirmed));
            app.leave(Step::You);
        }
    }
}

/// Says what is wrong with the contact or the code, where it is typed.
fn refused(app: App, came: &Came, confirming: &Confirming) {
    let abroad = came.reason() == Some(Reason::CodeCountry);
    let lost = confirming.lost.is_some();
    if abroad && confirming.waiting.is_none() && !lost && offered(app, true) {
        // No code goes to this country: by e-mail it does.
        app.edit(|draft| draft.by_email = true);
        app.screen.update(|_| {});
    }
    let draft = app.draft.now();
    let mut found: Vec<Lack> = app.document(|of| {
        let found = came.violations();
        let lacks = found.iter().map(|it| from_violation(it, &draft, of));
        lacks.collect()
    });
    if found.is_empty() {
        found.push(lack(came.reason().map_or("code.fail", Reason::code)));
    }
    let asked = app.screen.now() == Screen::Code;
    for lack in &mut found {
        if asked {
            lack.field = "code".to_owned();
        } else if lost {
            lack.field = "contact".to_owned();
        } else if lack.field == "code" || abroad {
            field_of(&draft).clone_into(&mut lack.field);
        }
    }
    app.lacking(found);
}
