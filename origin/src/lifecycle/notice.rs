//! Who is told of what. The words come from the document's templates when a message is sent.

use balagh_shared::status::State;

use super::policy::Policy;
use super::{Event, What};

/// A message to be sent. It holds no personal data: the address is looked up then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Who is told.
    pub audience: Audience,
    /// The document's template for it.
    pub template: &'static str,
}

/// Who is told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Audience {
    /// Whoever reported it.
    Reporter,
    /// The department with this code.
    Department(String),
}

/// Who is told of `event`, of a report that `department` has.
#[must_use]
pub fn of(event: &Event, department: &str, policy: &Policy<'_>) -> Vec<Notice> {
    if let What::Escalated { level } = event.what {
        return escalation(level, department, policy);
    }
    if !event.what.moves() {
        return Vec::new();
    }
    let template = match event.state {
        State::Received => "received",
        State::Assigned => "assigned",
        State::WaitingForReporter => "waiting",
        State::Transferred => "transferred",
        State::Resolved => "resolved",
        State::Closed => "closed",
        State::Reopened => "reopened",
        // The municipality's own steps, and a refusal, which tracking explains with its reason.
        State::Screened | State::InProgress | State::Rejected => return Vec::new(),
    };
    vec![Notice {
        audience: Audience::Reporter,
        template,
    }]
}

fn escalation(level: u32, department: &str, policy: &Policy<'_>) -> Vec<Notice> {
    let Some(level) = policy.level(level) else {
        return Vec::new();
    };
    let told = match level.tell.as_slice() {
        [] => vec![department.to_owned()],
        named => named.to_vec(),
    };
    let departments = told.into_iter().map(Audience::Department);
    departments
        .chain(level.tell_reporter.then_some(Audience::Reporter))
        .map(|audience| Notice {
            template: match audience {
                Audience::Reporter => "escalated",
                Audience::Department(_) => "overdue",
            },
            audience,
        })
        .collect()
}
