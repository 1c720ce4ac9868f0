//! A report is posted: the plan's reads, the decision, its effects; and a receipt is asked for
//! again.

use balagh_shared::reason::Reason;

use super::edge::{Answer, Asked, Edge};
use super::ledger::LedgerError;
use super::{clock, identity};
use crate::screen::{
    Decision, Effect, MOST_CONFLICTS, Posted, Randomness, Scope, Slot, envelope, plan, screen,
    session,
};
use crate::served::Served;

/// What comes with a report beside its words.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Beside<'a> {
    /// The number of the report that it joins.
    pub(crate) joins: Option<&'a str>,
    /// An address of a picture: stored, never fetched.
    pub(crate) media_url: Option<&'a str>,
}

/// `POST /v1/{municipality}/reports`, and `…/reports/{number}/join` for one that `joins` another.
pub(crate) async fn receive(
    edge: &Edge,
    served: &Served,
    joins: Option<&str>,
    asked: Asked<'_>,
) -> Answer {
    let beside = Beside {
        joins,
        ..Beside::default()
    };
    receive_with(edge, served, beside, asked).await
}

/// The same with whatever comes beside it.
pub(crate) async fn receive_with(
    edge: &Edge,
    served: &Served,
    beside: Beside<'_>,
    asked: Asked<'_>,
) -> Answer {
    let now = clock::now();
    let Asked {
        request,
        origin,
        sender,
        ..
    } = asked;
    let outside = identity::outside(served, request, now);
    let posted = Posted {
        joins: beside.joins,
        can_work: asked.can_work,
        ..edge.posted(served, request, origin, sender, outside.as_ref())
    };
    let plan = plan(&posted, now);
    let stay = plan.reads().slot.map(|slot| edge.in_flight.enter(slot));
    if matches!(stay, Some(None)) {
        return Answer::refuse_for(Reason::KeyInFlight, asked.language);
    }
    let _under_way = match plan.reads().slot {
        Some(slot) => edge.ledger.under_way(slot).await,
        None => None,
    };
    let mut conflicts = 0;
    loop {
        let mut reads = match edge.ledger.read(served.id(), plan.reads()).await {
            Ok(reads) => reads,
            Err(error) => return unavailable(&error, asked.language),
        };
        reads.conflicts = conflicts;
        let (Ok(number), Ok(proof)) = (clock::random(), clock::random()) else {
            return Answer::refuse_for(Reason::Internal, asked.language);
        };
        let randomness = Randomness { number, proof };
        let mut decision = screen(&posted, &edge.mint(), &plan, &reads, now, &randomness);
        decision.attach_media(beside.media_url);
        if decision.effects.is_empty() {
            return decision.into();
        }
        match edge.ledger.apply(&decision.effects, now).await {
            Ok(()) => {
                edge.bell.ring();
                let number = number_of(&decision);
                return Answer {
                    number,
                    ..decision.into()
                };
            }
            // Somebody else took the key, the number or the nonce in between: what is there now
            // decides. The attempt after the last conflict is the one kept for a person.
            Err(LedgerError::Conflict) if conflicts < MOST_CONFLICTS => conflicts += 1,
            Err(error) => return unavailable(&error, asked.language),
        }
    }
}

/// `GET /v1/{municipality}/submission`: what became of an attempt that got no answer.
pub(crate) async fn recall(edge: &Edge, served: &Served, asked: Asked<'_>) -> Answer {
    let refuse = |reason| Answer::refuse_for(reason, asked.language);
    let key = match envelope::key(asked.request) {
        Ok(key) => key,
        Err(reason) => return refuse(reason),
    };
    let scope = match session::partner(served, asked.request) {
        Some(Ok(partner)) => Scope::Partner(partner),
        Some(Err(reason)) => return refuse(reason),
        None => Scope::Public,
    };
    let slot = Slot::of(served.id(), scope, &key);
    // Asked before the ledger is: a report that is stored between the two questions is then in one
    // of the two answers.
    let is_in_flight = edge.in_flight.contains(slot) || {
        match edge.ledger.is_under_way(slot).await {
            Ok(is_under_way) => is_under_way,
            Err(error) => return unavailable(&error, asked.language),
        }
    };
    match edge.ledger.submission(slot).await {
        Ok(Some(stored)) => match stored.stub.response(&edge.mint(), 200) {
            Ok(response) => Answer {
                number: Some(stored.stub.number.to_string()),
                ..response.into()
            },
            Err(error) => {
                tracing::error!(%error, "a tracking code's key is gone");
                refuse(Reason::Internal)
            }
        },
        Ok(None) if is_in_flight => refuse(Reason::KeyInFlight),
        Ok(None) => refuse(Reason::KeyUnknown),
        Err(error) => unavailable(&error, asked.language),
    }
}

/// The ledger cannot: nothing is acknowledged, and the client comes back.
pub(crate) fn unavailable(error: &LedgerError, language: &'static str) -> Answer {
    tracing::error!(%error, "the ledger failed");
    Answer::refuse_for(Reason::StorageUnavailable, language)
}

fn number_of(decision: &Decision) -> Option<String> {
    decision.effects.iter().find_map(|effect| match effect {
        Effect::InsertReport(insert) => Some(insert.stub.number.to_string()),
        Effect::SpendNonce { .. } | Effect::Count { .. } => None,
    })
}
