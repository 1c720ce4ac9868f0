//! Sending: through the API's own door, as often as the form comes back and as one report.

use balagh_shared::reason::Reason;

use super::draft::Draft;
use super::lacks::lacks;
use super::outgoing::report;
use super::sheet::Sheet;
use super::step::Step;
use super::{mend, receipt, show};
use crate::answer::Answer;
use crate::pages::door::{Api, Door, is_for};

/// Sends the draft, and answers with its receipt; else with the page on which something is to be
/// mended.
pub(super) async fn send(door: &Door<'_, impl Api>, draft: &Draft) -> Answer {
    let faults = lacks(Step::Review, draft, door.served);
    if !faults.is_empty() {
        let sheet = Sheet {
            faults: &faults,
            ..Sheet::of(door, draft, Step::Review)
        };
        return sheet.response(422).into();
    }
    // Something that was good is no more: a document that changed, or a draft put together by hand.
    let next = Step::Review.next(draft, door.served);
    if next != Step::Review {
        return show(door, draft.clone(), next).await;
    }
    let report = report(draft, door.served);
    let (sent, answer) = door
        .report(&report, &draft.key, &draft.session, &draft.token)
        .await;
    let page: Answer = match sent {
        Ok(receipt) => receipt::page(door, draft, &receipt).into(),
        Err(found) if is_for(&found, Reason::KeyReused) => {
            // Sent, gone back and changed: what was sent is sent, and what is new is asked about.
            match door.submission(&draft.key).await {
                Some(receipt) => receipt::changed(door, draft, &receipt).into(),
                None => mend(door, draft, found),
            }
        }
        Err(found) => {
            let mut draft = draft.clone();
            if is_for(&found, Reason::ContactUnverified) {
                // What was confirmed no longer is: a new code may be asked for.
                draft.token.clear();
                draft.asked = None;
            }
            let mut page = mend(door, &draft, found);
            page.response.status = answer.response.status;
            if let Some(wait) = answer.response.headers.get("retry-after") {
                page.response.headers.add("retry-after", wait);
            }
            page
        }
    };
    Answer {
        response: page.response,
        ..answer
    }
}

/// The draft under a key of its own, to be looked over again.
pub(super) async fn anew(door: &Door<'_, impl Api>, mut draft: Draft) -> Answer {
    let (Some(key), Some(session)) = (door.key(), door.session("")) else {
        return Answer::refuse_for(Reason::Internal, door.words.language());
    };
    draft.key = key;
    draft.session = session;
    draft.declared = false;
    show(door, draft, Step::Review).await
}
