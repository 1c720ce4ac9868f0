//! Confirming a contact: a one-time code goes there, and comes back typed.

use balagh_shared::municipality::IdentityMethod;
use balagh_shared::reason::Reason;
use gloo_timers::future::TimeoutFuture;
use leptos::task::spawn_local;

use crate::api::{self, Came, Credentials};
use crate::app::{App, Screen};
use crate::draft::{Confirmed, Draft, Lack, Step, from_violation, lacks};
use crate::{js, proof, sender, track};

/// A further code may be asked for after this long, in seconds.
const AGAIN_S: u32 = 60;
/// Works in a row that are done for one code.
const WORKS: u32 = 2;

/// A contact that is being confirmed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Confirming {
    /// Phone number or e-mail address, as typed.
    pub(crate) contact: String,
    /// Which of the two it is.
    pub(crate) by_email: bool,
    /// The key of the report that waits for it; none where it is still in the form.
    pub(crate) waiting: Option<String>,
    /// The number of the report whose tracking code was lost, where that is what it is for.
    pub(crate) lost: Option<String>,
    /// Seconds until another code may be asked for.
    pub(crate) again_s: u32,
}

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

/// Whether the municipality takes this report only from who is known: by a code, or by the page.
pub(crate) fn asked(app: App) -> bool {
    let anonymous = app.document(|of| of.identity.methods.contains(&IdentityMethod::Anonymous));
    !anonymous && !app.category(|it| it.anonymous).unwrap_or(false)
}

/// Whether a code confirms contacts of this sort here.
pub(crate) fn offered(app: App, by_email: bool) -> bool {
    let method = if by_email {
        IdentityMethod::EmailCode
    } else {
        IdentityMethod::PhoneCode
    };
    app.document(|of| of.identity.methods.contains(&method))
}

/// Whether who reports must be known, and nothing but the page around the widget can say who.
pub(crate) fn by_page_alone(app: App) -> bool {
    asked(app) && !offered(app, false) && !offered(app, true)
}

/// Whether the page around the widget says who its reader is, and the municipality believes it;
/// followed, as the page may say so at any time.
pub(crate) fn known(app: App) -> bool {
    app.identified.track();
    let believed = app.document(|of| of.identity.methods.contains(&IdentityMethod::Token));
    believed && app.identity().is_some()
}

/// Leaves the fourth stop: with a contact that a code is to confirm, only after the code was asked
/// for. Without network it is asked for once the report is sent.
pub(crate) fn leave(app: App) {
    if known(app) {
        return app.go(app
            .draft
            .peek(|draft| app.document(|of| Step::You.next(draft, of))));
    }
    let draft = app.draft.now();
    let found = app.document(|of| lacks(Step::You, &draft, of));
    if !found.is_empty() || !asked(app) {
        return app.leave(Step::You);
    }
    if draft.contact().is_empty() {
        let lack = Lack {
            field: field_of(&draft).to_owned(),
            ..lack(Reason::ContactMissing.code())
        };
        return app.lacking(vec![lack]);
    }
    if draft.token().is_none() && app.online.now() && offered(app, draft.by_email) {
        begin(app, &draft, None);
    } else {
        app.leave(Step::You);
    }
}

/// Asks for the code that a report in the queue waits for.
pub(crate) fn owed(app: App, key: &str) {
    let of_it = |all: &Vec<crate::outgoing::Outgoing>| {
        let report = all.iter().find(|it| it.draft.id == key);
        report.map(|it| it.draft.clone())
    };
    if let Some(draft) = app.waiting.peek(of_it) {
        begin(app, &draft, Some(key.to_owned()));
    }
}

fn begin(app: App, draft: &Draft, waiting: Option<String>) {
    let confirming = Confirming {
        contact: draft.contact().to_owned(),
        by_email: draft.by_email,
        waiting,
        lost: None,
        again_s: 0,
    };
    send(app, confirming);
}

/// Asks for a code to the contact that the report `number` was made with: who has it gets the
/// tracking code again.
pub(crate) fn regain(app: App, number: String, contact: String, by_email: bool) {
    let confirming = Confirming {
        contact,
        by_email,
        waiting: None,
        lost: Some(number),
        again_s: 0,
    };
    send(app, confirming);
}

/// Asks for another code for the same contact.
pub(crate) fn again(app: App) {
    if let Some(confirming) = app.confirming.now() {
        send(app, confirming);
    }
}

fn send(app: App, confirming: Confirming) {
    if app.asking.now() {
        return;
    }
    app.asking.set(true);
    app.lacks.set(Vec::new());
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
            // Nobody there to send one: the report says later what it needs.
            _ if confirming.waiting.is_none() && confirming.lost.is_none() => {
                app.leave(Step::You);
            }
            _ => app.assertive.set(app.t("code.fail")),
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

fn field_of(draft: &Draft) -> &'static str {
    if draft.by_email { "email" } else { "phone" }
}

fn lack(key: &'static str) -> Lack {
    Lack {
        step: Step::You,
        field: "code".to_owned(),
        key,
        params: Vec::new(),
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
