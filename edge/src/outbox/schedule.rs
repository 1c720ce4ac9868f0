//! When a message is tried again, and when it is put aside.

use balagh_shared::outbox::next_attempt;
use balagh_shared::time::{DAY_MS, Timestamp};

use super::Ended;

/// Refusals of one message until it is put aside, under [`Schedule::Patient`]: about an hour, in
/// which a new version or a new document reaches an origin that is being updated.
pub const MOST_REFUSALS: u32 = 20;

/// The waits that Standard Webhooks recommends after each failed attempt, in milliseconds. After
/// the last of them, three days from the first attempt, there is none.
/// <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>
pub const WEBHOOK_WAITS_MS: [i64; 9] = [
    5_000,
    5 * MINUTE_MS,
    30 * MINUTE_MS,
    2 * HOUR_MS,
    5 * HOUR_MS,
    10 * HOUR_MS,
    14 * HOUR_MS,
    20 * HOUR_MS,
    24 * HOUR_MS,
];

/// The longest that a destination is left alone because it asked for it.
const MOST_ASKED_MS: i64 = DAY_MS;
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// How a destination's messages are tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schedule {
    /// From one second to five minutes, for ever while the destination is away: what a citizen was
    /// promised must get there.
    Patient,
    /// As Standard Webhooks recommends: nine times in three days.
    Webhook,
}

/// What was tried of a message, the attempt that has just ended among it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tried {
    /// Attempts that did not arrive.
    pub attempts: u32,
    /// Of those: the destination, or this edge's own disk, would not.
    pub refusals: u32,
}

/// What becomes of a message that did not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It is tried again then.
    Again(Timestamp),
    /// It is put aside until a person replays it.
    Dead,
}

impl Schedule {
    /// What becomes of a message whose latest attempt `ended` at `now` without arriving. `jitter`
    /// (0–255) is drawn by the caller, so that many messages do not knock at once.
    ///
    /// ```
    /// use balagh_edge::outbox::Ended;
    /// use balagh_edge::outbox::schedule::{Next, Schedule, Tried};
    /// use balagh_shared::time::Timestamp;
    /// let (now, away) = (Timestamp::from_millis(0), Ended::Failed { wait_ms: None });
    /// let first = Tried { attempts: 1, refusals: 0 };
    /// let again = Next::Again(Timestamp::from_millis(1_000));
    /// assert_eq!(Schedule::Patient.next(first, away, now, 0), again);
    /// assert_eq!(Schedule::Patient.next(first, Ended::Impossible, now, 0), Next::Dead);
    /// ```
    #[must_use]
    pub fn next(self, tried: Tried, ended: Ended, now: Timestamp, jitter: u8) -> Next {
        if ended == Ended::Impossible {
            return Next::Dead;
        }
        let due = match self {
            Schedule::Patient if tried.refusals >= MOST_REFUSALS => return Next::Dead,
            Schedule::Patient => next_attempt(now, tried.attempts, jitter),
            Schedule::Webhook => {
                let index = usize::try_from(tried.attempts.saturating_sub(1));
                let wait = index.ok().and_then(|index| WEBHOOK_WAITS_MS.get(index));
                let Some(wait) = wait else { return Next::Dead };
                // A tenth more at most: the schedule is the recommended one, only not to the second.
                now.plus_millis(wait + wait / 10 * i64::from(jitter) / 255)
            }
        };
        let asked = match ended {
            Ended::Failed {
                wait_ms: Some(wait),
            } => now.plus_millis(wait.clamp(0, MOST_ASKED_MS)),
            _ => now,
        };
        Next::Again(due.max(asked))
    }

    /// The longest wait of this schedule, in milliseconds. A row that is due later than this from
    /// now was written by a clock that was wrong.
    #[must_use]
    pub fn longest_ms(self) -> i64 {
        match self {
            // No more than was asked for, which is more than the schedule's own five minutes.
            Schedule::Patient => MOST_ASKED_MS,
            Schedule::Webhook => DAY_MS + DAY_MS / 10,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const AWAY: Ended = Ended::Failed { wait_ms: None };

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn tried(attempts: u32, refusals: u32) -> Tried {
        Tried { attempts, refusals }
    }

    #[test]
    fn a_webhook_is_tried_ten_times_in_three_days_and_then_put_aside() {
        let (mut now, mut attempts) = (at(0), 1);
        while let Next::Again(due) = Schedule::Webhook.next(tried(attempts, 0), AWAY, now, 0) {
            (now, attempts) = (due, attempts + 1);
        }
        assert_eq!(attempts, 10);
        let three_days = 75 * HOUR_MS + 35 * MINUTE_MS + 5_000;
        assert_eq!(now, at(three_days));
    }

    #[test]
    fn what_an_origin_refuses_is_put_aside_after_most_refusals_and_an_hour() {
        let (mut now, mut attempts) = (at(0), 1);
        let refused = Ended::Refused;
        while let Next::Again(due) =
            Schedule::Patient.next(tried(attempts, attempts), refused, now, 128)
        {
            (now, attempts) = (due, attempts + 1);
        }
        assert_eq!(attempts, MOST_REFUSALS);
        assert!(
            (at(40 * MINUTE_MS)..at(90 * MINUTE_MS)).contains(&now),
            "{now}"
        );
    }

    #[test]
    fn a_destination_that_asks_for_time_gets_it_for_a_day_at_most() {
        let asked = |wait| Ended::Failed {
            wait_ms: Some(wait),
        };
        let next = |wait| Schedule::Patient.next(tried(1, 0), asked(wait), at(0), 0);
        assert_eq!(next(90_000), Next::Again(at(90_000)));
        assert_eq!(next(10), Next::Again(at(1_000)));
        assert_eq!(next(-5), Next::Again(at(1_000)));
        assert_eq!(next(i64::MAX), Next::Again(at(DAY_MS)));
    }

    proptest! {
        #[test]
        fn while_the_destination_is_away_nothing_of_the_patient_schedule_dies(
            attempts in 1_u32.., refusals in 0..MOST_REFUSALS, jitter: u8,
        ) {
            let next = Schedule::Patient.next(tried(attempts, refusals), AWAY, at(0), jitter);
            let Next::Again(due) = next else { return Err(TestCaseError::fail("dead")) };
            prop_assert!((500..=300_000).contains(&due.millis()));
        }

        #[test]
        fn no_wait_is_longer_than_the_longest(
            attempts in 1_u32..30, wait: Option<i64>, jitter: u8, is_webhook: bool,
        ) {
            let schedule = if is_webhook { Schedule::Webhook } else { Schedule::Patient };
            let ended = Ended::Failed { wait_ms: wait };
            if let Next::Again(due) = schedule.next(tried(attempts, 0), ended, at(0), jitter) {
                prop_assert!((500..=schedule.longest_ms()).contains(&due.millis()), "{due}");
            }
        }
    }
}
