//! Confirming a contact: a one-time code goes there, and comes back typed. Whether one is asked for is
//! said here; what asks for it and takes it is in `codes`, which travels with the part `proving`.

mod codes;

use balagh_shared::municipality::IdentityMethod;
use balagh_shared::reason::Reason;
use leptos::task::spawn_local;

use crate::app::App;
use crate::draft::{Draft, Lack, Step, lacks};
use crate::proving;
pub(crate) use codes::{again, ask, verify};

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

/// Asks for the code, by the part that does ([`proving`]).
fn send(app: App, confirming: Confirming) {
    if app.asking.now() {
        return;
    }
    app.asking.set(true);
    app.lacks.set(Vec::new());
    spawn_local(async move {
        let part = proving::part(app).await;
        if !app.alive() {
            return;
        }
        match part {
            Some(part) => part.ask(app, confirming),
            None => unsent(app, &confirming),
        }
    });
}

/// There is nobody to send a code: the report says later what it needs.
fn unsent(app: App, confirming: &Confirming) {
    app.asking.set(false);
    if confirming.waiting.is_none() && confirming.lost.is_none() {
        app.leave(Step::You);
    } else {
        app.assertive.set(app.t("code.fail"));
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
