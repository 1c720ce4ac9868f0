//! Who reports: how the data is used first, then only what the policy needs; and the code that
//! confirms a contact, where the municipality takes reports only from who is known.

use balagh_shared::municipality::{Ask, ContactRule, IdentityMethod};
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::time::Timestamp;
use maud::{Markup, html};

use super::draft::{Asked, Draft};
use super::lacks::Fault;
use super::now_ms;
use super::sheet::Sheet;
use super::step::{Step, is_code_out, is_identity_asked, is_phone_asked, reached};
use crate::pages::door::{Api, Door, is_for};
use crate::pages::field::Typing;
use crate::pages::form::Form;
use crate::pages::frame::{call, icon};

pub(super) fn body(sheet: &Sheet<'_>) -> Markup {
    let (words, draft, of) = (sheet.words, sheet.draft, sheet.served.public());
    let organisation = sheet.served.document().names.in_language(words.language());
    let is_asked = is_identity_asked(draft, of);
    let offers = |method| of.identity.methods.contains(&method);
    let by_phone = is_phone_asked(draft, of);
    let by_email = offers(IdentityMethod::EmailCode);
    let needed = of.contact.phone == ContactRule::Required
        || draft.asks(of).contact == Ask::Required
        || is_asked;
    let may_go_without = !needed || draft.category(of).is_some_and(|it| it.anonymous);
    let why = words.fill("phone.why", &[("org", organisation)]);
    let mut phone = sheet.field("phone", words.say("phone"), &why);
    let mut email = sheet.field("email", words.say("email"), words.say("email.why"));
    phone.optional = may_go_without || by_email;
    email.optional = may_go_without || by_phone;
    html! {
        (sheet.subject())
        (notice(sheet))
        @if may_go_without { p { (words.say("you.anonymous")) } }
        @else if by_phone && by_email { p { (words.say("you.either")) } }
        @if by_phone { (phone.line(Typing::PHONE, &draft.phone)) }
        @if by_email { (email.line(Typing::EMAIL, &draft.email)) }
        @if is_asked { p class="hint" { (words.say("otp.then")) } }
        @if is_asked && !by_phone && !by_email { p { (words.say("identity.needed")) } }
        (sheet.onwards())
    }
}

/// How the data is used, before any is asked for.
fn notice(sheet: &Sheet<'_>) -> Markup {
    let (words, privacy) = (sheet.words, &sheet.served.public().privacy);
    let rows = [
        ("privacy.who", &privacy.controller),
        ("privacy.why", &privacy.purpose),
        ("privacy.basis", &privacy.basis),
        ("privacy.seen", &privacy.recipients),
        ("privacy.long", &privacy.retention),
    ];
    html! {
        section class="card" {
            h2 class="h3 with-icon" {
                (icon(include_str!("../../../../widget/icons/lock.svg")))
                span { (words.say("privacy")) }
            }
            dl class="pairs" {
                @for (term, said) in rows {
                    div { dt { (words.say(term)) } dd dir="auto" { (said.in_language(words.language())) } }
                }
                div { dt { (words.say("privacy.ask")) } dd { bdi { (privacy.contact) } } }
            }
        }
    }
}

/// The page on which the code is typed.
pub(super) fn code(sheet: &Sheet<'_>) -> Markup {
    let (words, draft) = (sheet.words, sheet.draft);
    let contact = reached(draft, sheet.served.public()).map_or("", |it| it.typed());
    let field = sheet.field("code", words.say("otp.code"), words.say("otp.hint"));
    html! {
        p { (words.fill("otp", &[("p", contact)])) }
        (field.line(Typing::ONE_TIME, ""))
        div class="foot" {
            button class="btn" name="go" value="next" { (words.say("otp.confirm")) }
            button class="btn quiet" name="go" value="again" { (words.say("otp.again")) }
            button class="btn quiet" name="go" value="back" { (words.say("you.change")) }
        }
        p class="hint" { (words.say("help.phone")) " " (call(&sheet.served.document().help.phone)) }
    }
}

/// What leaving `step` asks for: a code to be sent to the contact, or the typed one to be checked.
pub(super) async fn confirm(
    door: &Door<'_, impl Api>,
    step: Step,
    draft: &mut Draft,
    form: &Form,
) -> Result<(), Vec<Fault>> {
    let of = door.served.public();
    let Some(to) = reached(draft, of).filter(|_| Step::Code.applies(draft, of)) else {
        return Ok(());
    };
    let now = Timestamp::from_millis(now_ms());
    // One that was sent stays good, whatever becomes of another.
    let is_out = is_code_out(draft, to.typed(), now) && form.text("go") != "again";
    if step == Step::Code && is_out {
        return check(door, draft, form.text("code")).await;
    }
    if is_out || !matches!(step, Step::You | Step::Code) && !draft.reviewing {
        return Ok(());
    }
    match door.send_code(to, &draft.session).await {
        Ok(sent) => {
            let contact = to.typed().to_owned();
            let until = sent.expires_at.millis();
            draft.asked = Some(Asked { contact, until });
            Ok(())
        }
        Err(found) => {
            // Work that this page cannot do buys a second code; without it there is the first one.
            let field = if step == Step::Code {
                "code"
            } else {
                to.field()
            };
            let first = found.into_iter().next();
            let violation = first.unwrap_or_else(|| Violation::new(Reason::CodeUndelivered, ""));
            Err(vec![Fault::of(violation, field)])
        }
    }
}

async fn check(
    door: &Door<'_, impl Api>,
    draft: &mut Draft,
    typed: &str,
) -> Result<(), Vec<Fault>> {
    let of = door.served.public();
    let Some(to) = reached(draft, of) else {
        return Ok(());
    };
    if typed.trim().is_empty() {
        return Err(vec![Fault::lack("required.code", "code")]);
    }
    match door.check_code(to, typed, &draft.session).await {
        Ok(granted) => {
            draft.token = granted.token;
            draft.asked = None;
            Ok(())
        }
        Err(found) => {
            if is_for(&found, Reason::CodeExpired) {
                draft.asked = None;
            }
            let faults = found.into_iter().take(1);
            Err(faults.map(|it| Fault::of(it, "code")).collect())
        }
    }
}

/// The page that a fault of [`confirm`] is told on.
pub(super) fn page_of(fault: &Fault, step: Step) -> Step {
    match fault.field.as_str() {
        "code" => Step::Code,
        "phone" | "email" => Step::You,
        _ => step,
    }
}
