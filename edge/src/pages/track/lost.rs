//! A lost tracking code: given back to who has the contact that the report was made with.

use balagh_shared::number::ReportNumber;
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::rules;
use maud::html;

use super::Desk;
use crate::answer::Answer;
use crate::http::Response;
use crate::pages::door::{Api, is_for};
use crate::pages::field::Typing;
use crate::pages::form::Form;
use crate::pages::report::{Fault, Reached};

/// Asks for the contact, then for the code that was sent there; then shows the report.
pub(super) async fn answer(desk: &Desk<'_, impl Api>, form: &Form) -> Answer {
    let contact = form.text("contact").trim();
    let Some(session) = desk.door.session("") else {
        return Answer::refuse_for(Reason::Internal, desk.words.language());
    };
    // An address has the one sign that no number has.
    let to = match contact.contains('@') {
        true => Reached::Email(contact),
        false => Reached::Phone(contact),
    };
    match form.text("go") {
        "lost-send" => {
            let mut faults = Vec::new();
            if ReportNumber::parse(desk.number).is_err() {
                faults.push(Fault::lack("track.number", "number"));
            }
            if !is_contact(desk, to) {
                faults.push(Fault::lack("required.contact", "contact"));
            }
            if !faults.is_empty() {
                return ask(desk, contact, &faults).into();
            }
            match desk.door.send_code(to, &session).await {
                Ok(_) => typed(desk, contact, &[]).into(),
                Err(found) => ask(desk, contact, &faults_of(found, "contact")).into(),
            }
        }
        "lost-check" if form.text("sent").trim().is_empty() => {
            typed(desk, contact, &[Fault::lack("required.code", "sent")]).into()
        }
        "lost-check" => match desk.door.check_code(to, form.text("sent"), &session).await {
            Ok(granted) => match desk.door.secret(desk.number, &granted.token).await {
                Ok(found) => {
                    let desk = Desk::new(desk.door, desk.number, &found.secret);
                    Box::pin(desk.answer("found", form)).await
                }
                Err(found) if is_for(&found, Reason::ReportUnknown) => {
                    ask(desk, contact, &[Fault::lack("lost.none", "number")]).into()
                }
                Err(found) => ask(desk, contact, &faults_of(found, "")).into(),
            },
            Err(found) => typed(desk, contact, &faults_of(found, "sent")).into(),
        },
        _ => ask(desk, contact, &[]).into(),
    }
}

fn is_contact(desk: &Desk<'_, impl Api>, to: Reached<'_>) -> bool {
    match to {
        Reached::Phone(typed) => rules::phone(typed, &desk.door.served.public().contact).is_some(),
        Reached::Email(typed) => rules::email(typed).is_some(),
    }
}

fn faults_of(found: Vec<Violation>, field: &str) -> Vec<Fault> {
    let first = found.into_iter().take(1);
    first.map(|it| Fault::of(it, field)).collect()
}

/// The form that asks for number and contact.
fn ask(desk: &Desk<'_, impl Api>, contact: &str, faults: &[Fault]) -> Response {
    let words = desk.words;
    let title = words.say("lost.title");
    let number = desk.field(faults, "number", words.say("number"), "");
    let reached = desk.field(faults, "contact", words.say("contact"), "");
    let fields = html! {
        (number.line(Typing::CODE, desk.number))
        (reached.line(Typing::CODE, contact))
    };
    let body = html! {
        (desk.errors(faults, &fields))
        h1 { (title) }
        p { (words.say("lost.why")) }
        form id="form" method="post" action=(desk.address(words.language())) novalidate {
            (fields)
            div class="foot" {
                button class="btn" name="go" value="lost-send" { (words.say("lost.send")) }
                button class="btn quiet" name="go" value="stay" { (words.say("back")) }
            }
        }
    };
    let status = if faults.is_empty() { 200 } else { 422 };
    desk.page(
        title,
        !faults.is_empty(),
        desk.languages("lost-send", "lost"),
        body,
        status,
    )
}

/// The form that asks for the code that was sent.
fn typed(desk: &Desk<'_, impl Api>, contact: &str, faults: &[Fault]) -> Response {
    let words = desk.words;
    let title = words.say("lost.title");
    let sent = desk.field(faults, "sent", words.say("otp.code"), words.say("otp.hint"));
    let field = sent.line(Typing::ONE_TIME, "");
    let body = html! {
        (desk.errors(faults, &field))
        h1 { (title) }
        p { (words.fill("otp", &[("p", contact)])) }
        form id="form" method="post" action=(desk.address(words.language())) novalidate {
            input type="hidden" name="number" value=(desk.number);
            input type="hidden" name="contact" value=(contact);
            (field)
            div class="foot" {
                button class="btn" name="go" value="lost-check" { (words.say("otp.confirm")) }
                button class="btn quiet" name="go" value="lost-send" { (words.say("otp.again")) }
                button class="btn quiet" name="go" value="lost" { (words.say("you.change")) }
            }
        }
    };
    let status = if faults.is_empty() { 200 } else { 422 };
    desk.page(title, !faults.is_empty(), html! {}, body, status)
}
