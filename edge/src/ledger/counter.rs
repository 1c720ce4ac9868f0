//! What counting an event makes of a counter: its theoretical arrival time, in milliseconds since 1970.

use crate::codes;
use crate::screen::Effect;

/// An event that was decided from a state `step_ms` before `tat`. Another event may have been counted
/// since that state was read; this one comes on top of it, but of none that is past `beyond`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Count<'a> {
    pub(crate) subject: &'a str,
    pub(crate) tat: i64,
    pub(crate) step_ms: i64,
    pub(crate) beyond: i64,
}

impl<'a> Count<'a> {
    /// What an effect counts, if it does.
    pub(crate) fn of(effect: &'a Effect) -> Option<Count<'a>> {
        let Effect::Count {
            subject,
            tat,
            step_ms,
            beyond,
        } = effect
        else {
            return None;
        };
        Some(Count {
            subject,
            tat: *tat,
            step_ms: *step_ms,
            beyond: *beyond,
        })
    }

    /// The counter after it, as `before` found it.
    pub(crate) fn after(self, before: Option<i64>) -> i64 {
        match before {
            Some(before) if before <= self.beyond => {
                let on_top = before.saturating_add(self.step_ms);
                self.tat.max(on_top).min(self.beyond)
            }
            _ => self.tat,
        }
    }
}

impl<'a> From<&'a codes::Count> for Count<'a> {
    fn from(count: &'a codes::Count) -> Count<'a> {
        Count {
            subject: &count.subject,
            tat: count.tat,
            step_ms: count.step_ms,
            beyond: count.beyond,
        }
    }
}
