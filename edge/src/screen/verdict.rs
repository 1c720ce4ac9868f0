//! Whose is it, and by when? The number is minted, the report routed, the receipt written.

use balagh_shared::delivery::{self, Delivery};
use balagh_shared::keyring::UnknownKey;
use balagh_shared::language::detect;
use balagh_shared::municipality::PublicRule;
use balagh_shared::number::ReportNumber;
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::receipt::Acknowledged;
use balagh_shared::report::{Point, Report};
use balagh_shared::routing;
use balagh_shared::time::Timestamp;

use super::{
    Caller, Decision, Effect, MOST_CONFLICTS, Mint, Plan, Posted, Randomness, Reads, Screened,
    Slot, Step, Stub, Verdict, Vetted,
};

/// A report to write: with its key, its receipt, and what goes to the origin.
#[derive(Debug, Clone)]
pub struct Insert {
    /// Where its key is remembered.
    pub slot: Slot,
    /// Which report it is.
    pub fingerprint: [u8; 32],
    /// Its receipt at rest.
    pub stub: Stub,
    /// What goes to the origin.
    pub delivery: Delivery,
    /// What the screen made of it, kept beside it.
    pub screened: Screened,
    /// Where others may find it; nowhere for what is kept from the public, joins another, or is a
    /// trial.
    pub spot: Option<Spot>,
}

/// Where a report can be found by who stands near.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spot {
    /// The point.
    pub at: Point,
    /// Whether it can be found at once, or only when a person has looked at it.
    pub is_shown: bool,
}

pub(super) fn decide(
    posted: &Posted<'_>,
    mint: &Mint<'_>,
    plan: &Plan,
    vetted: &Vetted<'_>,
    reads: &Reads,
    now: Timestamp,
    randomness: &Randomness,
) -> Decision {
    let language = posted.request.language();
    let internal = || {
        Decision::reject(
            Step::Verdict,
            &[Violation::new(Reason::Internal, "")],
            language,
        )
    };
    let served = posted.served;
    let report = &vetted.envelope.report;
    // The rules found the category in the public part, which is made of this document.
    let category = served.document().category(&report.category);
    let (Some(category), Some(remembered)) = (category, vetted.envelope.remembered) else {
        return internal();
    };
    let route = routing::route(
        served.document(),
        category,
        vetted.accepted.district.as_deref(),
        &vetted.accepted.candidates,
        now,
    );
    let mut reasons = vetted.marks.clone();
    let acting = || vetted.opinions.iter().filter(|opinion| !opinion.shadow);
    for reason in acting().flat_map(|opinion| &opinion.reasons) {
        if !reasons.contains(reason) {
            reasons.push(*reason);
        }
    }
    if reads.conflicts >= MOST_CONFLICTS {
        reasons.push(Reason::ScreenConflict);
    }
    let verdict = if reads.conflicts >= MOST_CONFLICTS
        || acting().any(|opinion| opinion.verdict == Verdict::Quarantine)
    {
        Verdict::Quarantine
    } else if route.agency.is_some() {
        Verdict::Redirect
    } else {
        Verdict::Accept
    };
    let number = ReportNumber::mint(served.prefix(), &randomness.number);
    let stub = Stub {
        municipality: served.id().to_owned(),
        number: number.clone(),
        secret_kid: mint.numbers.current().kid().to_owned(),
        received_at: now,
        // By the route alone: a sender must not read off the receipt that a person will look.
        verdict: match route.agency {
            Some(_) => Acknowledged::Redirected,
            None => Acknowledged::Accepted,
        },
        district: route.district.clone(),
        department: Some(route.department.clone()),
        agency: route.agency.clone(),
        due: Some(route.due),
        joins: vetted.envelope.joins.clone(),
    };
    let response = match stub.response(mint, 201) {
        Ok(response) => response,
        Err(UnknownKey) => return internal(),
    };
    let delivery = Delivery {
        municipality: served.id().to_owned(),
        number: number.to_string(),
        secret_kid: stub.secret_kid.clone(),
        received_at: now,
        verdict: match verdict {
            Verdict::Redirect => delivery::Verdict::Redirect,
            Verdict::Quarantine => delivery::Verdict::Quarantine,
            Verdict::Accept | Verdict::Repeat | Verdict::Challenge | Verdict::Reject => {
                delivery::Verdict::Accept
            }
        },
        reasons: reasons.clone(),
        route,
        partner: vetted.caller.partner().map(str::to_owned),
        joins: vetted.envelope.joins.clone(),
        confirmed: vetted.known.confirmation.clone(),
        report: Report {
            channel: vetted.channel.to_owned(),
            ..report.clone()
        },
        media_url: None,
        photos: vetted.photos.clone(),
    };
    let is_findable =
        category.public != PublicRule::Never && !report.test && delivery.joins.is_none();
    let at = report.place.as_ref().and_then(|place| place.at);
    let spot = at.filter(|_| is_findable).map(|at| Spot {
        at,
        is_shown: verdict != Verdict::Quarantine,
    });
    let insert = Insert {
        slot: remembered.slot,
        fingerprint: remembered.fingerprint,
        stub,
        delivery,
        screened: Screened {
            language: detect(&report.description).language.code().to_owned(),
            score: vetted.score.points,
            features: vetted
                .score
                .features
                .iter()
                .map(|feature| (feature.code.to_owned(), feature.points))
                .collect(),
            opinions: vetted.opinions.clone(),
            fingerprint: plan.reads.text.map(|text| text.fingerprint),
        },
        spot,
    };
    let mut effects = vec![Effect::InsertReport(Box::new(insert))];
    if let Caller::Form {
        nonce, expires_at, ..
    } = vetted.caller
    {
        effects.push(Effect::SpendNonce {
            nonce: *nonce,
            expires_at: *expires_at,
        });
    }
    effects.extend(vetted.effects.iter().cloned());
    effects.extend(vetted.known.spends.clone());
    Decision {
        verdict,
        reasons,
        step: Step::Verdict,
        opinions: vetted.opinions.clone(),
        effects,
        response,
    }
}
