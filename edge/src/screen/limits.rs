//! How much does this sender send?
//!
//! Past a limit a person looks at the report: a carrier's address stands for a crowd, and a crowd
//! at Hajj is no attack. Only the hard ceiling, made for floods, asks to come back.

use std::collections::BTreeMap;

use balagh_shared::limit::Gcra;
use balagh_shared::municipality::Rate;
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::report::Report;
use balagh_shared::rules;
use balagh_shared::seal::blind_index;
use balagh_shared::time::Timestamp;

use super::{Effect, Posted};
use crate::http::refusal;
use crate::served::Served;

/// Something that is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The counter's name: a hash, never an address or a contact.
    pub name: String,
    reason: Reason,
    rate: Rate,
}

/// What the counters say.
#[derive(Debug, Default)]
pub(super) struct Limited {
    pub(super) marks: Vec<Reason>,
    pub(super) counts: Vec<Effect>,
}

/// The hard ceiling of a sender, which also holds for photos.
#[must_use]
pub fn ceiling(served: &Served, sender: &str) -> Subject {
    Subject {
        name: format!("ceiling/{}/{sender}", served.id()),
        reason: Reason::LimitCeiling,
        rate: served.document().screening.ceiling,
    }
}

impl Subject {
    /// Counts one event for a counter at `tat`, at `now`; both in milliseconds since 1970.
    ///
    /// # Errors
    /// How long to wait, in milliseconds, when it is past the limit.
    pub fn count(&self, tat: Option<i64>, now: Timestamp) -> Result<Effect, i64> {
        let period_ms = self.rate.every_seconds.saturating_mul(1000);
        let decision = Gcra::new(self.rate.burst, period_ms).check(tat, now.millis());
        if decision.allowed {
            Ok(Effect::Count {
                subject: self.name.clone(),
                tat: decision.new_tat,
                step_ms: i64::from(period_ms.max(1)),
            })
        } else {
            Err(decision.retry_after_ms)
        }
    }
}

/// Everything that a report counts for, the ceiling first.
pub(super) fn subjects(posted: &Posted<'_>, report: &Report) -> Vec<Subject> {
    let Posted {
        served,
        keys,
        sender,
        ..
    } = *posted;
    let id = served.id();
    let screening = &served.document().screening;
    let contact = report.contact.as_ref();
    let phone = contact
        .and_then(|contact| contact.phone.as_deref())
        .and_then(|typed| rules::phone(typed, &served.public().contact))
        .map(|phone| blind_index(&keys.senders, "phone", phone.as_str()));
    let email = contact
        .and_then(|contact| contact.email.as_deref())
        .map(|email| blind_index(&keys.senders, "email", &email.trim().to_lowercase()));
    let of_contact = phone.into_iter().chain(email).map(|index| Subject {
        name: format!("contact/{id}/{}", index.as_str()),
        reason: Reason::LimitContact,
        rate: screening.contact,
    });
    let of_sender = Subject {
        name: format!("sender/{id}/{sender}"),
        reason: Reason::LimitSender,
        rate: screening.sender,
    };
    [ceiling(served, sender), of_sender]
        .into_iter()
        .chain(of_contact)
        .collect()
}

pub(super) fn judge(
    subjects: &[Subject],
    counters: &BTreeMap<String, i64>,
    now: Timestamp,
) -> Result<Limited, Violation> {
    let mut limited = Limited::default();
    for subject in subjects {
        match subject.count(counters.get(&subject.name).copied(), now) {
            Ok(count) => limited.counts.push(count),
            Err(wait) if subject.reason == Reason::LimitCeiling => {
                return Err(refusal::retry_after(Reason::LimitCeiling, wait));
            }
            Err(_) => limited.marks.push(subject.reason),
        }
    }
    limited.marks.dedup();
    Ok(limited)
}
