//! A password and a language of one's own.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use maud::html;

use super::failure::{self, Failed};
use super::form::Sent;
use super::frame::{framed, guarded};
use super::session::Signed;
use super::sign_in::{self, No};
use super::words::Language;
use crate::password::{Kept, PasswordError};
use crate::server::Origin;
use crate::sys;

/// `GET /console/account`.
pub(super) async fn show(signed: Signed) -> Response {
    page(StatusCode::OK, &signed, None)
}

fn page(status: StatusCode, signed: &Signed, wrong: Option<&str>) -> Response {
    let door = &signed.words().door;
    let body = html! {
        form.card.narrow method="post" action="/console/account" {
            (signed.word("/console/account"))
            h2 { (door.change) }
            @if let Some(wrong) = wrong { p.said.wrong role="alert" { (wrong) } }
            // For password managers.
            input type="hidden" name="username" value=(signed.member.name) autocomplete="username";
            label.field { span { (door.current) }
                input name="current" type="password" autocomplete="current-password" required;
            }
            label.field { span { (door.chosen) }
                input name="chosen" type="password" autocomplete="new-password" minlength="12" required aria-describedby="rule";
                small.hint #rule { (door.chosen_hint) }
            }
            label.field { span { (door.repeated) }
                input name="repeated" type="password" autocomplete="new-password" minlength="12" required;
            }
            button { (door.save) }
        }
    };
    framed(status, signed, door.account, body)
}

/// `POST /console/account`: another password. All sessions are over then, this one too.
pub(super) async fn change(
    State(origin): State<Arc<Origin>>,
    Sent { signed, fields, .. }: Sent,
) -> Response {
    let door = &signed.words().door;
    let no = |said| page(StatusCode::UNPROCESSABLE_ENTITY, &signed, Some(said));
    let chosen = fields.text("chosen").to_owned();
    if chosen != fields.text("repeated") {
        return no(door.differs);
    }
    let name = &signed.member.name;
    // As bounded as at the door: a session that was stolen must not find the password out.
    let typed = (name.as_str(), fields.text("current"));
    match sign_in::judge(&origin, typed, &format!("account {name}")).await {
        Ok(Ok(_)) => {}
        Ok(Err(No::Wrong)) => return no(door.not_current),
        Ok(Err(No::Wait(millis))) => return no(&sign_in::waits(signed.language, millis)),
        Err(Failed) => return failure::failed(&signed),
    }
    let Ok(salt) = sys::random() else {
        return failure::failed(&signed);
    };
    let hashed = sign_in::hashing(move || Kept::of(&chosen, &salt));
    let kept = match hashed.await {
        Ok(Ok(kept)) => kept,
        Ok(Err(PasswordError::TooShort)) => return no(door.too_short),
        Ok(Err(PasswordError::TooLong)) => return no(door.too_long),
        Ok(Err(_)) | Err(_) => return failure::failed(&signed),
    };
    let audit = origin.store.audit(name, "console", "password", sys::now());
    let written = async {
        audit.await?;
        origin.store.set_password(name, &kept).await
    };
    match written.await {
        Ok(()) => {
            let to = format!("/console/sign-in?changed=1&lang={}", signed.language.code());
            guarded((StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response())
        }
        Err(_) => failure::failed(&signed),
    }
}

/// `POST /console/language`.
pub(super) async fn language(
    State(origin): State<Arc<Origin>>,
    Sent { signed, fields, .. }: Sent,
) -> Response {
    let chosen = Language::from_code(fields.text("language")).unwrap_or(signed.language);
    let name = &signed.member.name;
    if origin
        .store
        .set_language(name, chosen.code())
        .await
        .is_err()
    {
        return failure::failed(&signed);
    }
    let back = sign_in::inside(fields.text("back")).to_owned();
    guarded((StatusCode::SEE_OTHER, [(LOCATION, back)]).into_response())
}
