//! The screen: what becomes of a report, decided purely.
//!
//! [`plan`] reads the request and says what must be looked up; the shell looks it up; [`screen`]
//! decides and says what to write; the shell writes it, report, nonce and counters in **one**
//! transaction, and on a conflict screens again. Steps run from cheap to dear, a file each, and
//! each can say why it stopped a report.
//!
//! *Architecture invariant: screening never fails: it returns a verdict and its reasons.*

mod channel;
mod doubt;
mod duplicate;
pub mod envelope;
pub mod identity;
mod join;
mod key;
mod limits;
mod opinion;
pub mod photos;
mod plan;
pub mod proof;
mod rules;
pub mod session;
mod spam;
mod verdict;

use std::collections::BTreeMap;

use balagh_shared::delivery::StoredPhoto;
use balagh_shared::keyring::Keyring;
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::spam::Score;
use balagh_shared::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::http::cors::WebOrigin;
use crate::http::{Request, Response, refusal};
use crate::keys::ScreenKeys;
use crate::sender::Counted;
use crate::served::Served;
use limits::Pressure;
use opinion::Opinions;

pub use duplicate::{Around, Text};
pub use envelope::Envelope;
pub use identity::Identity;
pub use join::Leader;
pub use key::{Scope, Slot, StoredSubmission, Stub};
pub use limits::{Subject, ceiling};
pub use opinion::{Opinion, Screened};
use plan::Opened;
pub use plan::{Plan, Wanted, plan, plan_without_ledger};
pub use session::Caller;
pub use spam::{judge_score, reached};
pub use verdict::{Insert, Spot};

/// The steps, in the order they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Is it a request of the right shape, from a page that may send it?
    Envelope,
    /// Was it here before?
    Key,
    /// Does a form of ours, or a partner, send it?
    Session,
    /// Is its device to work first?
    Proof,
    /// Is the reporter known, as far as the municipality asks?
    Identity,
    /// Does it follow the municipality's rules?
    Rules,
    /// Which of its photos are here?
    Photos,
    /// How much does this sender send?
    Limits,
    /// Does it read like spam?
    Spam,
    /// Was the same said lately, or close by?
    Duplicate,
    /// Whose is it, and by when?
    Verdict,
}

impl Step {
    /// All steps, in order.
    pub const ALL: [Step; 11] = [
        Step::Envelope,
        Step::Key,
        Step::Session,
        Step::Proof,
        Step::Identity,
        Step::Rules,
        Step::Photos,
        Step::Limits,
        Step::Spam,
        Step::Duplicate,
        Step::Verdict,
    ];

    /// Its name, in logs and metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Step::Envelope => "envelope",
            Step::Key => "key",
            Step::Session => "session",
            Step::Proof => "proof",
            Step::Identity => "identity",
            Step::Rules => "rules",
            Step::Photos => "photos",
            Step::Limits => "limits",
            Step::Spam => "spam",
            Step::Duplicate => "duplicate",
            Step::Verdict => "verdict",
        }
    }

    /// What it asks and what its answer can be, for people.
    #[must_use]
    pub fn explain(self) -> &'static str {
        match self {
            Step::Envelope => {
                "Method, size, type, web origin, key and shape; refuses what cannot be read as a \
                 report."
            }
            Step::Key => {
                "Looks the idempotency key up; the same report gets its receipt again, another \
                 report under the same key is refused."
            }
            Step::Session => {
                "Checks the form's session or the partner's key; refuses a session that is not \
                 ours, over or spent, so that the widget renews it."
            }
            Step::Proof => {
                "Asks nothing in calm; past the calm of a sender, a network, a contact or the whole, \
                 asks the device for work that grows with the pressure."
            }
            Step::Identity => {
                "Where the municipality asks who reports, looks for a contact that a code has confirmed \
                 or a signed identity of the page; refuses with neither, and what has run out."
            }
            Step::Rules => {
                "Judges the report by the municipality's document and the full boundary pack; \
                 refuses with everything there is to mend, and marks a description that clearly reads like \
                 another category."
            }
            Step::Photos => {
                "Notes which of the named photos are held; missing ones may follow and never stop \
                 a report."
            }
            Step::Limits => {
                "Counts per sender, network, contact and partner; far past a limit a person looks at \
                 the report, past the hard ceiling it is asked to come back."
            }
            Step::Spam => {
                "Scores the text by features that each say why; from one threshold on the device is \
                 asked for work, from the next a person looks at it. It never refuses."
            }
            Step::Duplicate => {
                "Marks a report whose text nearly came before, or that lies close to an open one of \
                 its category; it stops nothing."
            }
            Step::Verdict => {
                "Mints the number, routes to district, department or agency, and writes the \
                 receipt."
            }
        }
    }
}

/// A report that is posted, as it came, and where.
#[derive(Debug, Clone, Copy)]
pub struct Posted<'a> {
    /// The municipality it is for.
    pub served: &'a Served,
    /// The keys of the screen.
    pub keys: &'a ScreenKeys,
    /// The request.
    pub request: &'a Request,
    /// The page it comes from, judged.
    pub origin: &'a WebOrigin,
    /// The edge's own web origin.
    pub own_origin: &'a str,
    /// The sender, by hashes of the day.
    pub sender: &'a dyn Counted,
    /// The number of the report that it is joined to, as written in the path.
    pub joins: Option<&'a str>,
    /// What judges who reports.
    pub identity: Identity<'a>,
    /// Whether the sender's device can be asked for work: a page without scripts cannot, and where
    /// work would be asked for a person looks at its report instead.
    pub can_work: bool,
}

/// What the ledger knows of it.
#[derive(Debug, Clone, Default)]
pub struct Reads {
    /// What was acknowledged in the slot.
    pub submission: Option<StoredSubmission>,
    /// Whether the session's nonce was spent by another report.
    pub nonce_spent: bool,
    /// Whether the challenge was spent by another report.
    pub proof_spent: bool,
    /// Whether the outside identity was spent by another report.
    pub identity_spent: bool,
    /// The photos that are held.
    pub photos: Vec<StoredPhoto>,
    /// Theoretical arrival times by counter, in milliseconds since 1970.
    pub counters: BTreeMap<String, i64>,
    /// How many texts like this one came lately.
    pub alike: u32,
    /// Whether an open report of the category lies around here.
    pub nearby: bool,
    /// What is known of the report that it is joined to.
    pub leader: Leader,
    /// How many times the decision met a conflict when it was written.
    pub conflicts: u8,
}

/// After so many conflicts a report is kept for a person to look at instead of tried once more.
pub const MOST_CONFLICTS: u8 = 3;

/// What only the holder of a ledger has.
#[derive(Debug, Clone, Copy)]
pub struct Mint<'a> {
    /// Derives tracking codes.
    pub numbers: &'a Keyring,
    /// The edge's address, as receipts name it; without a slash at the end.
    pub public_url: &'a str,
}

/// Bytes drawn for one decision.
#[derive(Debug, Clone, Copy)]
pub struct Randomness {
    /// For the number.
    pub number: [u8; 8],
    /// For a challenge, where one is made.
    pub proof: [u8; 36],
}

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// On to the department.
    Accept,
    /// Kept and delivered, marked, for a person to look at.
    Quarantine,
    /// Another agency's.
    Redirect,
    /// It was here before: its receipt again.
    Repeat,
    /// To come back with work done.
    Challenge,
    /// Refused, with what to mend.
    Reject,
}

impl Verdict {
    /// Its name, in logs and metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Accept => "accept",
            Verdict::Quarantine => "quarantine",
            Verdict::Redirect => "redirect",
            Verdict::Repeat => "repeat",
            Verdict::Challenge => "challenge",
            Verdict::Reject => "reject",
        }
    }
}

/// What to write, all of it in one transaction.
#[derive(Debug, Clone)]
pub enum Effect {
    /// The report, its key and its place in the queue to the origin.
    InsertReport(Box<Insert>),
    /// A session, a challenge or an outside identity is used up.
    SpendNonce {
        /// Which.
        nonce: [u8; 16],
        /// Until when it must be remembered, in seconds since 1970.
        expires_at: i64,
    },
    /// A counter's new state.
    Count {
        /// Which.
        subject: String,
        /// Theoretical arrival time, in milliseconds since 1970, by what was read.
        tat: i64,
        /// What this event added to it, in milliseconds. Events decided at the same moment read
        /// the same state: each must still add its own.
        step_ms: i64,
        /// A kept state past this time was written by a clock that was wrong, and is replaced.
        beyond: i64,
    },
}

/// A decision: everything that follows from a report.
#[derive(Debug, Clone)]
pub struct Decision {
    /// What becomes of it.
    pub verdict: Verdict,
    /// Why, and what was noticed.
    pub reasons: Vec<Reason>,
    /// The step that decided.
    pub step: Step,
    /// What the steps that can be watched or switched off made of it, in their order.
    pub opinions: Vec<Opinion>,
    /// What to write.
    pub effects: Vec<Effect>,
    /// What to answer once that is written.
    pub response: Response,
}

/// Everything the steps before the verdict found.
#[derive(Debug)]
pub struct Vetted<'a> {
    envelope: &'a Envelope,
    caller: &'a Caller,
    known: identity::Known,
    accepted: balagh_shared::rules::Accepted<'a>,
    channel: &'a str,
    photos: Vec<StoredPhoto>,
    marks: Vec<Reason>,
    opinions: Vec<Opinion>,
    score: Score,
    effects: Vec<Effect>,
}

/// Decides.
#[must_use]
pub fn screen(
    posted: &Posted<'_>,
    mint: &Mint<'_>,
    plan: &Plan,
    reads: &Reads,
    now: Timestamp,
    randomness: &Randomness,
) -> Decision {
    if let Ok(Opened { envelope, .. }) = &plan.opened
        && let Some(decision) = key::repeat(posted, mint, envelope, reads)
    {
        return decision;
    }
    match vet(posted, plan, reads, now, randomness) {
        Ok(vetted) => verdict::decide(posted, mint, plan, &vetted, reads, now, randomness),
        Err(decision) => *decision,
    }
}

/// Every step before the verdict: all that an edge function can decide without a ledger, where it
/// gives no [`Reads`].
///
/// # Errors
/// The decision that refuses the report.
pub fn vet<'a>(
    posted: &Posted<'a>,
    plan: &'a Plan,
    reads: &Reads,
    now: Timestamp,
    randomness: &Randomness,
) -> Result<Vetted<'a>, Box<Decision>> {
    let reject = |step, violations: &[Violation]| {
        Decision::reject(step, violations, posted.request.language())
    };
    let one = |step, reason| reject(step, &[Violation::new(reason, "")]);
    let Opened { envelope, caller } = plan
        .opened
        .as_ref()
        .map_err(|violations| reject(Step::Envelope, violations))?;
    let caller = session::admit(caller, reads).map_err(|reason| one(Step::Session, reason))?;
    let Pressure {
        over,
        past,
        counted,
        ceiling,
    } = limits::press(plan, &reads.counters, now);
    let wanted = proof::wanted(posted.served, over);
    let work = proof::done(plan.proof.as_ref(), reads, wanted.unwrap_or_default());
    // What is made of a sender whose device should work. A program with a key cannot be asked to, and
    // need not be.
    let instead = match caller {
        Caller::Form { .. } if work.is_some() => Verdict::Accept,
        Caller::Form { .. } if posted.can_work => Verdict::Challenge,
        Caller::Form { .. } => Verdict::Quarantine,
        Caller::Partner(_) => Verdict::Accept,
    };
    let ask = |opinion: &Opinion, work| {
        let (step, reasons) = (opinion.step, opinion.reasons.clone());
        proof::ask(posted, step, reasons, work, now, randomness)
    };
    let mut opinions = Opinions::of(posted.served);
    if let Some(work) = wanted.filter(|_| instead != Verdict::Accept)
        && let Some(opinion) = opinions.add(Step::Proof, instead, vec![Reason::ProofRequired])
        && instead == Verdict::Challenge
    {
        return Err(Box::new(opinions.on(ask(&opinion, work))));
    }
    let known = identity::judge(posted, caller, &envelope.report, reads, now)
        .map_err(|violation| reject(Step::Identity, &[violation]))?;
    let accepted = rules::judge(posted.served, &envelope.report)
        .map_err(|violations| reject(Step::Rules, &violations))?;
    let channel = channel::of(posted, caller, &envelope.report)
        .map_err(|violation| reject(Step::Rules, &[violation]))?;
    join::judge(reads).map_err(|reason| one(Step::Rules, reason))?;
    let photos = photos::held(&envelope.report, reads);
    if let Some(violation) = ceiling {
        return Err(Box::new(reject(Step::Limits, &[violation])));
    }
    if !past.is_empty() {
        opinions.add(Step::Limits, Verdict::Quarantine, past);
    }
    let score = spam::score(posted.served, caller, &envelope.report, reads, now);
    let (verdict, reasons) = spam::judge(posted.served, &score, instead);
    if verdict != Verdict::Accept
        && let Some(opinion) = opinions.add(Step::Spam, verdict, reasons)
        && verdict == Verdict::Challenge
        && let Some(work) = proof::wanted(posted.served, 1)
    {
        return Err(Box::new(opinions.on(ask(&opinion, work))));
    }
    let seen = duplicate::marks(reads);
    if !seen.is_empty() {
        opinions.add(Step::Duplicate, Verdict::Accept, seen);
    }
    let mut marks = accepted.marks.clone();
    marks.extend(doubt::mark(posted.served, &envelope.report));
    Ok(Vetted {
        envelope,
        caller,
        known,
        accepted,
        channel,
        photos,
        marks,
        opinions: opinions.all(),
        score,
        effects: work
            .into_iter()
            .chain(limits::counts(&plan.subjects, &counted))
            .collect(),
    })
}

impl Vetted<'_> {
    /// What is to be counted and spent for it, where there is no ledger to do so with the report.
    #[must_use]
    pub fn into_effects(self) -> Vec<Effect> {
        self.effects
    }
}

impl Decision {
    /// Lets an address of a picture travel with the report, if one is taken.
    pub fn attach_media(&mut self, media_url: Option<&str>) {
        for effect in &mut self.effects {
            if let Effect::InsertReport(insert) = effect {
                insert.delivery.media_url = media_url.map(str::to_owned);
            }
        }
    }

    /// A refusal: nothing is written.
    #[must_use]
    pub fn reject(step: Step, violations: &[Violation], language: &'static str) -> Decision {
        let mut reasons: Vec<Reason> = violations.iter().map(|violation| violation.code).collect();
        reasons.dedup();
        Decision {
            verdict: Verdict::Reject,
            reasons,
            step,
            opinions: Vec::new(),
            effects: Vec::new(),
            response: refusal::response(violations, language),
        }
    }
}

// The boundaries of the town are compiled by the test, with a feature that only `native` brings.
#[cfg(feature = "native")]
#[cfg(test)]
mod tests;
