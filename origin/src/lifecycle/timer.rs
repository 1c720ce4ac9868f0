//! What is to happen to a report by itself, and when.

use balagh_shared::status::State;
use balagh_shared::time::Timestamp;

use super::life::Life;
use super::policy::Policy;

/// Something that happens unless somebody is quicker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timer {
    /// It is taken to this level.
    Escalate(u32),
    /// It closes without the reporter's word, after it was resolved for the so-manieth time.
    Close(u32),
}

/// What is to happen to a report next, and when. What follows another report waits for that one,
/// and what nobody has looked at yet for that person.
#[must_use]
pub fn next(life: &Life, policy: &Policy<'_>) -> Option<(Timer, Timestamp)> {
    if life.joins.is_some() {
        return None;
    }
    match life.state {
        State::Received | State::Screened | State::Closed | State::Rejected => None,
        State::Resolved => {
            let at = policy.closes_by_itself(life.resolved_at?)?;
            Some((Timer::Close(life.times_resolved), at))
        }
        State::Assigned
        | State::InProgress
        | State::WaitingForReporter
        | State::Transferred
        | State::Reopened => {
            let level = life.level.saturating_add(1);
            Some((Timer::Escalate(level), policy.escalates(life.due, level)?))
        }
    }
}

impl Timer {
    /// The id of the job that does it.
    #[must_use]
    pub fn id(self, number: &str) -> String {
        match self {
            Timer::Escalate(level) => format!("{number}/escalation/{level}"),
            Timer::Close(time) => format!("{number}/closing/{time}"),
        }
    }

    /// The report and the timer that a job's id means.
    #[must_use]
    pub fn parse(id: &str) -> Option<(&str, Timer)> {
        let (number, rest) = id.split_once('/')?;
        let (kind, count) = rest.split_once('/')?;
        let count = count.parse().ok()?;
        match kind {
            "escalation" => Some((number, Timer::Escalate(count))),
            "closing" => Some((number, Timer::Close(count))),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timer_reads_back_from_the_id_of_its_job() {
        for timer in [Timer::Escalate(3), Timer::Close(1)] {
            let id = timer.id("TT-7K3M9-QX2RT-D");
            assert_eq!(Timer::parse(&id), Some(("TT-7K3M9-QX2RT-D", timer)));
        }
        for other in ["", "TT", "TT/escalation", "TT/escalation/x", "TT/other/1"] {
            assert_eq!(Timer::parse(other), None, "{other}");
        }
    }
}
