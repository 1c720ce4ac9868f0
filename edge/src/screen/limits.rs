//! How much does this sender send?
//!
//! Past a limit comes first work for the sender's device, then a person's look at the report: a
//! carrier's address stands for a crowd, and a crowd at Hajj is no attack. Only the hard ceiling,
//! made for floods, asks to come back.
//!
//! A limit is one GCRA bucket of [`PATIENCE`] times its burst, so that one number a subject says
//! both whether the burst is over and by how much.

use std::collections::BTreeMap;

use balagh_shared::limit::Gcra;
use balagh_shared::municipality::Rate;
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::report::Report;
use balagh_shared::rules;
use balagh_shared::seal::blind_index;
use balagh_shared::time::Timestamp;

use super::{Caller, Effect, Posted};
use crate::http::refusal;
use crate::served::Served;

/// How many bursts a subject may send before a person looks at the next one; all after the first
/// burst only with work.
pub(super) const PATIENCE: u32 = 4;

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
    /// What is counted if the report is taken.
    pub(super) counts: Vec<Effect>,
    /// The hard ceiling's refusal.
    pub(super) ceiling: Option<Violation>,
}

/// The hard ceiling of a sender, which also holds for photos.
#[must_use]
pub fn ceiling(served: &Served, sender: &str) -> Subject {
    Subject {
        name: format!("ceiling/{}/{sender}", served.id()),
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
        if decision.allowed {
            Ok(Effect::Count {
                subject: self.name.clone(),
                tat: decision.new_tat,
                step_ms: i64::from(self.period_ms()),
                beyond: decision.beyond,
            })
        } else {
            Err(decision.retry_after_ms)
        }
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
    let (sender, network) = (sender.address.as_str(), sender.network.as_str());
    let id = served.id();
    let screening = &served.document().screening;
    let subject = |kind_name: &str, name: &str, kind, rate| Subject {
        name: format!("{kind_name}/{id}/{name}"),
        kind,
        rate,
    };
    let crowd = |kind_name: &str, name: &str, reason, rate| {
        subject(kind_name, name, Kind::Crowd(reason), rate)
    };
    let mut subjects = vec![ceiling(served, sender)];
    match caller {
        Caller::Form { .. } => subjects.extend([
            crowd("sender", sender, Reason::LimitSender, screening.sender),
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

pub(super) fn press(
    subjects: &[Subject],
    counters: &BTreeMap<String, i64>,
    now: Timestamp,
) -> Pressure {
    let mut pressure = Pressure::default();
    for subject in subjects {
        let tat = counters.get(&subject.name).copied();
        if matches!(subject.kind, Kind::Whole | Kind::Crowd(_)) {
            pressure.over = pressure.over.max(subject.over(tat, now));
        }
        match (subject.count(tat, now), subject.kind) {
            (Ok(count), _) => pressure.counts.push(count),
            (Err(wait), Kind::Ceiling) => {
                pressure.ceiling = Some(refusal::retry_after(Reason::LimitCeiling, wait));
            }
            (Err(_), Kind::Whole) => {}
            (Err(_), Kind::Crowd(reason)) => pressure.past.push(reason),
            (Err(_), Kind::Partner) => pressure.past.push(Reason::LimitPartner),
        }
    }
    pressure.past.dedup();
    pressure
}
