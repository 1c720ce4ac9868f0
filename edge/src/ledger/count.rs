//! An event that a limit counts, on its way into a ledger.

use crate::screen::Effect;

/// A counter's new state, as it was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// Which.
    pub subject: String,
    /// Theoretical arrival time, in milliseconds since 1970, by what was read.
    pub tat: i64,
    /// What this event added to it, in milliseconds.
    pub step_ms: i64,
    /// A kept state past this time was written by a clock that was wrong, and is replaced.
    pub beyond: i64,
}

impl Count {
    /// What an effect counts, if it does.
    #[must_use]
    pub fn of(effect: &Effect) -> Option<Count> {
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
            subject: subject.clone(),
            tat: *tat,
            step_ms: *step_ms,
            beyond: *beyond,
        })
    }

    /// The counter with this event, where a ledger has it at `before`. Events that were decided at the
    /// same moment read the same state: each comes on top of those that were written since.
    #[must_use]
    pub fn after(&self, before: Option<i64>) -> i64 {
        match before {
            Some(before) if before <= self.beyond => {
                let on_top = before.saturating_add(self.step_ms);
                self.tat.max(on_top).min(self.beyond)
            }
            _ => self.tat,
        }
    }
}
