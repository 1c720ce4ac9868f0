//! What is posted: only where that was asked for.

use super::{Look, Verdict, refused, said, unless};
use crate::open311_check::ask::Question;
use crate::open311_check::shape::text;
use Verdict::{Broken, Kept, Unseen};

/// Why nothing is known of it.
fn unposted(look: &Look<'_>) -> Option<Verdict> {
    if !look.evidence.may_post {
        return Some(Unseen("nothing is posted without --post".to_owned()));
    }
    let reason = look.evidence.chosen.unposted?;
    Some(Unseen(reason.to_owned()))
}

fn refused_with(look: &Look<'_>, question: Question, statuses: &[u16]) -> Verdict {
    match refused(look, question, statuses) {
        Unseen(reason) => unposted(look).unwrap_or(Unseen(reason)),
        verdict => verdict,
    }
}

pub(in super::super) fn without_key(look: &Look<'_>) -> Verdict {
    refused_with(look, Question::PostWithoutKey, &[400, 401, 403, 404])
}

pub(in super::super) fn without_key_403(look: &Look<'_>) -> Verdict {
    refused_with(look, Question::PostWithoutKey, &[403])
}

pub(in super::super) fn without_service(look: &Look<'_>) -> Verdict {
    refused_with(look, Question::PostWithoutService, &[400])
}

pub(in super::super) fn unknown_service(look: &Look<'_>) -> Verdict {
    refused_with(look, Question::PostToUnknownService, &[404, 400])
}

pub(in super::super) fn created(look: &Look<'_>) -> Verdict {
    let answer = match look.answer(Question::Post) {
        Ok(answer) => answer,
        Err(verdict) => return unposted(look).unwrap_or(verdict),
    };
    let items = answer.items().unwrap_or_default();
    match items.as_slice() {
        [one] => {
            let id = text(one.get("service_request_id")).or(text(one.get("token")));
            match id {
                Some(id) => Kept(format!("{id}, with status {}", answer.status)),
                None => Broken(said(answer)),
            }
        }
        _ => Broken(said(answer)),
    }
}

pub(in super::super) fn found(look: &Look<'_>) -> Verdict {
    let Some((id, is_token)) = &look.evidence.chosen.posted else {
        return unposted(look).unwrap_or_else(|| Unseen("nothing was posted".to_owned()));
    };
    unless(look.answer(Question::Posted), |answer| {
        let what = if *is_token {
            "token"
        } else {
            "service_request_id"
        };
        let items = answer.items().unwrap_or_default();
        let is_there = items
            .iter()
            .any(|item| text(item.get(what)).as_ref() == Some(id));
        if is_there {
            Kept(answer.url.clone())
        } else {
            Broken(said(answer))
        }
    })
}
