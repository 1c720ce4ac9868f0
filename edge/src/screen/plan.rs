//! What is known of a request without looking anything up, and what must be looked up.

use balagh_shared::proof::Attempt;
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::time::Timestamp;

use super::duplicate::{self, Around, Text};
use super::envelope::{self, Envelope};
use super::key::Slot;
use super::limits::{self, Subject};
use super::session::{self, Caller};
use super::{Posted, proof};

/// A request, read: what is known of it without looking anything up, and what must be looked up.
#[derive(Debug)]
pub struct Plan {
    pub(super) opened: Result<Opened, Vec<Violation>>,
    pub(super) proof: Option<Attempt>,
    pub(super) subjects: Vec<Subject>,
    /// The states of their counters, in their order, where no ledger tells them.
    pub(super) states: Vec<Option<i64>>,
    pub(super) reads: Wanted,
}

/// A report out of its envelope, and who sends it: of what is no report nobody asks whose it is.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) envelope: Envelope,
    pub(super) caller: Result<Caller, Reason>,
}

/// What must be looked up before the decision.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wanted {
    /// The submission in this slot.
    pub slot: Option<Slot>,
    /// Whether this nonce is spent.
    pub nonce: Option<[u8; 16]>,
    /// Whether this challenge is spent.
    pub proof: Option<[u8; 16]>,
    /// Whether this outside identity is spent.
    pub identity: Option<[u8; 16]>,
    /// Which of these photos are held, by the hash they were sent under.
    pub photos: Vec<String>,
    /// The state of these counters.
    pub counters: Vec<String>,
    /// How many texts like this one came lately.
    pub text: Option<Text>,
    /// Whether an open report of the category lies around here.
    pub around: Option<Around>,
    /// Whether this report can be joined.
    pub leader: Option<String>,
}

/// Reads a request and says what must be looked up. `now` decides whether its session is over.
#[must_use]
pub fn plan(posted: &Posted<'_>, now: Timestamp) -> Plan {
    planned(posted, now, true)
}

/// As [`plan`], where no ledger is: counters are all there is to look up, whose states `known` tells in the
/// order of their names, and what a ledger would ask for is not reckoned. Such a plan is for
/// [`vet`](super::vet), with nothing read.
#[must_use]
pub fn plan_without_ledger(
    posted: &Posted<'_>,
    now: Timestamp,
    known: impl FnOnce(&[&str]) -> Vec<Option<i64>>,
) -> Plan {
    let mut plan = planned(posted, now, false);
    let names: Vec<&str> = plan.subjects.iter().map(|it| it.name.as_str()).collect();
    let states = known(&names);
    plan.states = states;
    plan
}

fn planned(posted: &Posted<'_>, now: Timestamp, has_ledger: bool) -> Plan {
    let envelope = match envelope::open(posted, has_ledger) {
        Ok(envelope) => envelope,
        Err(violations) => {
            return Plan {
                opened: Err(violations),
                proof: None,
                subjects: Vec::new(),
                states: Vec::new(),
                reads: Wanted::default(),
            };
        }
    };
    let caller = session::identify(posted, now);
    let proof = proof::open(posted, now);
    let report = &envelope.report;
    let subjects = caller
        .as_ref()
        .map(|caller| limits::subjects(posted, caller, report))
        .unwrap_or_default();
    let reads = if has_ledger {
        let names = subjects.iter().map(|subject| subject.name.clone());
        let counters = names.collect();
        looked_up(posted, &envelope, &caller, proof.as_ref(), counters)
    } else {
        Wanted::default()
    };
    Plan {
        opened: Ok(Opened { envelope, caller }),
        proof,
        subjects,
        states: Vec::new(),
        reads,
    }
}

/// What a ledger is asked for.
fn looked_up(
    posted: &Posted<'_>,
    envelope: &Envelope,
    caller: &Result<Caller, Reason>,
    proof: Option<&Attempt>,
    counters: Vec<String>,
) -> Wanted {
    let report = &envelope.report;
    let most_photos = usize::from(posted.served.document().photos.count);
    Wanted {
        // A key that is no partner's opens no slot, not even the public one.
        slot: envelope
            .remembered
            .map(|it| it.slot)
            .filter(|_| *caller != Err(Reason::PartnerUnknown)),
        nonce: caller.as_ref().ok().and_then(Caller::nonce),
        proof: proof.map(|attempt| attempt.nonce),
        identity: posted.identity.nonce(),
        // More than are allowed are refused by the rules and need no looking up.
        photos: report.photos.iter().take(most_photos).cloned().collect(),
        text: caller
            .is_ok()
            .then(|| duplicate::text(posted.served, report))
            .flatten(),
        around: duplicate::around(posted.served, report),
        leader: envelope.joins.clone(),
        counters,
    }
}

impl Plan {
    /// What must be looked up.
    #[must_use]
    pub fn reads(&self) -> &Wanted {
        &self.reads
    }
}
