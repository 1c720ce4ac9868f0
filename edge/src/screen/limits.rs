//! How much does this sender send?
//!
//! Past a limit comes first work for the sender's device, then a person's look at the report: a
//! carrier's address stands for a crowd, and a crowd at Hajj is no attack. Only the hard ceiling,
//! made for floods, asks to come back.
//!
//! A limit is one GCRA bucket of [`PATIENCE`] times its burst, so that one number a subject says
//! both whether the burst is over and by how much.

use std::collections::BTreeMap;

use balagh_shared::limit::{Decision, Gcra};
use balagh_shared::municipality::Rate;
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::report::Report;
use balagh_shared::rules;
use balagh_shared::seal::blind_index;
use balagh_shared::time::Timestamp;

use super::{Caller, Effect, Plan, Posted};
use crate::http::refusal;
use crate::sender::Sender;
use crate::served::Served;

/// How many bursts a subject may send before a person looks at the next one; all after the first
/// burst only with work.
pub(super) const PATIENCE: u32 = 4;

/// What a report with a phone number and an e-mail address counts for.
const MOST_SUBJECTS: usize = 6;

/// Something that is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The counter's name: a hash, never an address or a contact.
    pub name: String,
    kind: Kind,
    rate: Rate,
}

/// What is counted, and what follows past its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The flood gate: 429.
    Ceiling,
    /// Everybody together: work, and nothing else.
    Whole,
    /// Work first, then a person's look, for this reason.
    Crowd(Reason),
    /// A program with a key: a person's look.
    Partner,
}

/// What the counters say.
#[derive(Debug, Default)]
pub(super) struct Pressure {
    /// By how many reports the hardest pressed subject is past its calm; 0 in calm.
    pub(super) over: u32,
    /// The limits that work no longer helps against.
    pub(super) past: Vec<Reason>,
    /// What each subject's limit says, in their order; [`counts`] is what follows where the report is
    /// taken.
    pub(super) counted: Vec<Decision>,
    /// The hard ceiling's refusal.
    pub(super) ceiling: Option<Violation>,
}

/// The hard ceiling of a sender, which also holds for photos.
#[must_use]
pub fn ceiling(served: &Served, sender: &str) -> Subject {
    Subject {
        name: ["ceiling/", served.id(), "/", sender].concat(),
        kind: Kind::Ceiling,
        rate: served.document().screening.ceiling,
    }
}

impl Subject {
    /// Counts one event for a counter at `tat`, at `now`; both in milliseconds since 1970.
    ///
    /// # Errors
    /// How long to wait, in milliseconds, when it is past the limit.
    pub fn count(&self, tat: Option<i64>, now: Timestamp) -> Result<Effect, i64> {
        let decision = self.limit().check(tat, now.millis());
        self.effect(&decision).ok_or(decision.retry_after_ms)
    }

    /// What an event that is within the limit adds; nothing for one that is past it.
    fn effect(&self, decision: &Decision) -> Option<Effect> {
        decision.allowed.then(|| Effect::Count {
            subject: self.name.clone(),
            tat: decision.new_tat,
            step_ms: i64::from(self.period_ms()),
            beyond: decision.beyond,
        })
    }

    /// By how many reports, this one included, a counter at `tat` is past one burst at `now`.
    fn over(&self, tat: Option<i64>, now: Timestamp) -> u32 {
        let ahead = self.limit().ahead(tat, now.millis());
        let period = i64::from(self.period_ms());
        let waiting = ahead.saturating_add(period - 1) / period;
        let waiting = u32::try_from(waiting).unwrap_or(u32::MAX).min(self.depth());
        waiting
            .saturating_add(1)
            .saturating_sub(self.rate.burst.max(1))
    }

    fn limit(&self) -> Gcra {
        Gcra::new(self.depth(), self.period_ms())
    }

    fn period_ms(&self) -> u32 {
        self.rate.every_seconds.saturating_mul(1000).max(1)
    }

    /// How many events the bucket holds.
    fn depth(&self) -> u32 {
        match self.kind {
            Kind::Ceiling | Kind::Partner => self.rate.burst,
            Kind::Whole | Kind::Crowd(_) => self.rate.burst.max(1).saturating_mul(PATIENCE),
        }
    }
}

/// Everything that a report counts for, the ceiling first.
pub(super) fn subjects(posted: &Posted<'_>, caller: &Caller, report: &Report) -> Vec<Subject> {
    let Posted {
        served,
        keys,
        sender,
        ..
    } = *posted;
    let Sender { address, network } = sender.sender();
    let id = served.id();
    let screening = &served.document().screening;
    let subject = |kind_name: &str, name: &str, kind, rate| Subject {
        name: [kind_name, "/", id, "/", name].concat(),
        kind,
        rate,
    };
    let crowd = |kind_name: &str, name: &str, reason, rate| {
        subject(kind_name, name, Kind::Crowd(reason), rate)
    };
    let mut subjects = Vec::with_capacity(MOST_SUBJECTS);
    subjects.push(ceiling(served, address));
    match caller {
        Caller::Form { .. } => subjects.extend([
            crowd("sender", address, Reason::LimitSender, screening.sender),
            crowd("network", network, Reason::LimitNetwork, screening.network),
            subject("whole", "all", Kind::Whole, screening.whole),
        ]),
        // A call centre has one address: what it may send is what was agreed with it.
        Caller::Partner(partner) => {
            let all = &served.document().partners;
            let agreed = all.iter().find(|it| it.id == *partner);
            subjects.extend(agreed.map(|it| subject("partner", partner, Kind::Partner, it.rate)));
        }
    }
    let contact = report.contact.as_ref();
    let phone = contact
        .and_then(|contact| contact.phone.as_deref())
        .and_then(|typed| rules::phone(typed, &served.public().contact))
        .map(|phone| blind_index(&keys.senders, "phone", phone.as_str()));
    let email = contact
        .and_then(|contact| contact.email.as_deref())
        .map(|email| blind_index(&keys.senders, "email", &email.trim().to_lowercase()));
    let of_contact = phone.into_iter().chain(email);
    subjects.extend(of_contact.map(|index| {
        let rate = screening.contact;
        crowd("contact", index.as_str(), Reason::LimitContact, rate)
    }));
    subjects
}

pub(super) fn press(plan: &Plan, counters: &BTreeMap<String, i64>, now: Timestamp) -> Pressure {
    let mut pressure = Pressure::default();
    let mut told = plan.states.iter().copied();
    for subject in &plan.subjects {
        let tat = match told.next() {
            Some(state) => state,
            None => counters.get(&subject.name).copied(),
        };
        if matches!(subject.kind, Kind::Whole | Kind::Crowd(_)) {
            pressure.over = pressure.over.max(subject.over(tat, now));
        }
        let decision = subject.limit().check(tat, now.millis());
        match subject.kind {
            _ if decision.allowed => {}
            Kind::Ceiling => {
                let wait = decision.retry_after_ms;
                pressure.ceiling = Some(refusal::retry_after(Reason::LimitCeiling, wait));
            }
            Kind::Whole => {}
            Kind::Crowd(reason) => pressure.past.push(reason),
            Kind::Partner => pressure.past.push(Reason::LimitPartner),
        }
        pressure.counted.push(decision);
    }
    pressure.past.dedup();
    pressure
}

/// What a report that is taken adds to the counters of its subjects.
pub(super) fn counts(subjects: &[Subject], counted: &[Decision]) -> impl Iterator<Item = Effect> {
    let each = subjects.iter().zip(counted);
    each.filter_map(|(subject, decision)| subject.effect(decision))
}
