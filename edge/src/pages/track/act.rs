//! What a reporter does with their report, by the buttons of its page.

use balagh_shared::action::{Close, FollowUp, Rate, Reopen};
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::status::{PublicStatus, ReporterAction, State, What};

use super::Desk;
use crate::pages::door::Api;
use crate::pages::form::Form;
use crate::pages::report::Fault;

/// The report as it stands now, and the word for what was done.
type Done = Option<(PublicStatus, &'static str)>;

/// Does what `go` says; nothing where it is only to be shown.
pub(super) async fn act(
    desk: &Desk<'_, impl Api>,
    go: &str,
    form: &Form,
) -> Result<Done, Vec<Fault>> {
    let said = |name: &str| {
        let text = form.text(name).replace("\r\n", "\n");
        Some(text).filter(|text| !text.trim().is_empty())
    };
    let (door, number, code) = (desk.door, desk.number, desk.code);
    let (acted, field, done) = match go {
        "follow-up" => {
            let note = said("note");
            let body = FollowUp { note };
            let action = ReporterAction::FollowUp;
            (
                door.act(number, code, action, &body).await,
                "note",
                "follow.done",
            )
        }
        "close" => {
            let action = ReporterAction::Close;
            (
                door.act(number, code, action, &Close {}).await,
                "",
                "close.done",
            )
        }
        "reopen" => {
            let Some(note) = said("why") else {
                return Err(vec![Fault::lack("required.reopen", "why")]);
            };
            let (action, body) = (ReporterAction::Reopen, Reopen { note });
            (
                door.act(number, code, action, &body).await,
                "why",
                "reopen.done",
            )
        }
        "rate" => {
            let comment = said("comment");
            let stars = |name: &str| form.text(name).parse::<u8>().ok();
            let lacking = ["quality", "speed", "service"]
                .into_iter()
                .filter(|name| stars(name).is_none());
            let lacking: Vec<Fault> = lacking
                .map(|name| Fault::lack("required.stars", name))
                .collect();
            let (Some(quality), Some(speed), Some(service)) =
                (stars("quality"), stars("speed"), stars("service"))
            else {
                return Err(lacking);
            };
            let body = Rate {
                quality,
                speed,
                service,
                comment,
            };
            let action = ReporterAction::Rate;
            (
                door.act(number, code, action, &body).await,
                "comment",
                "rate.done",
            )
        }
        _ => return Ok(None),
    };
    match acted {
        Ok(status) if done == "rate.done" && status.state == State::Reopened => {
            Ok(Some((status, "rate.reopened")))
        }
        Ok(status) => Ok(Some((status, done))),
        Err(found) => Err(found.into_iter().map(|it| placed(it, field)).collect()),
    }
}

/// The fields that go with what `go` says.
pub(super) fn fields(go: &str) -> &'static [&'static str] {
    match go {
        "follow-up" => &["note"],
        "reopen" => &["why"],
        "rate" => &["quality", "speed", "service", "comment"],
        _ => &[],
    }
}

/// The word for what `go` says where it is done already, and nothing came after it. Where it could be
/// done again, what was sent is not what is done: whoever asks a second time is told what stopped it.
pub(super) fn is_done_already(status: &PublicStatus, go: &str) -> Option<&'static str> {
    let last = status.events.last()?;
    let is_moved_to = |state| last.what.is_none() && last.state == state;
    match go {
        "follow-up"
            if last.what == Some(What::FollowUp)
                && !status.may.contains(&ReporterAction::FollowUp) =>
        {
            Some("follow.done")
        }
        "close" if is_moved_to(State::Closed) => Some("close.done"),
        "reopen" if is_moved_to(State::Reopened) => Some("reopen.done"),
        "rate" if last.what == Some(What::Rated) => Some("rate.done"),
        "rate" if status.rating.is_some() && is_moved_to(State::Reopened) => Some("rate.reopened"),
        _ => None,
    }
}

fn placed(violation: Violation, field: &str) -> Fault {
    let is_text = matches!(
        violation.code,
        Reason::TextTooLong | Reason::TextControl | Reason::NoteMissing
    );
    Fault::of(violation, if is_text { field } else { "" })
}
