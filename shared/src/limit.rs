//! Rate limits: the generic cell rate algorithm (GCRA, ITU-T I.371) as a pure function.
//!
//! One number per subject is all the state: the *theoretical arrival time*, the time at which the
//! subject's bucket would be empty of debts again. A store keeps it and forgets it once it is
//! past.

/// A limit: `burst` events at once, and one more for every `period_ms` that passes.
///
/// ```
/// use balagh_shared::limit::Gcra;
/// let codes = Gcra::per(3, 60 * 60 * 1000);
/// let now = 1_795_243_260_000;
/// let mut tat = None;
/// for expected in [true, true, true, false] {
///     let decision = codes.check(tat, now);
///     assert_eq!(decision.allowed, expected);
///     tat = Some(decision.new_tat);
/// }
/// // One comes back every twenty minutes.
/// assert_eq!(codes.check(tat, now).retry_after_ms, 20 * 60 * 1000);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gcra {
    burst: u32,
    period_ms: u32,
}

/// What a limit says to one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// Whether the event is within the limit.
    pub allowed: bool,
    /// The state to keep, in milliseconds since 1970. A refused event does not add to it: asking
    /// too often never lengthens the wait.
    pub new_tat: i64,
    /// How long until an event will be allowed, in milliseconds; 0 when this one is.
    pub retry_after_ms: i64,
    /// A kept state past this time, in milliseconds since 1970, was written by a clock that was
    /// wrong, and is replaced.
    pub beyond: i64,
}

impl Gcra {
    /// A limit of `burst` events at once and one every `period_ms` milliseconds. Zero is read as
    /// one: a limit that lets nothing through is a closed door and belongs elsewhere.
    #[must_use]
    pub const fn new(burst: u32, period_ms: u32) -> Gcra {
        Gcra {
            burst: if burst == 0 { 1 } else { burst },
            period_ms: if period_ms == 0 { 1 } else { period_ms },
        }
    }

    /// The limit people mean by "`events` in `window_ms`": all of them may come at once, and they
    /// come back evenly. In any window at most twice as many pass.
    #[must_use]
    pub const fn per(events: u32, window_ms: u32) -> Gcra {
        let events = if events == 0 { 1 } else { events };
        Gcra::new(events, window_ms.div_ceil(events))
    }

    /// Decides one event at `now_ms` for a subject whose state is `tat_ms`, `None` for one not
    /// seen before. Both in milliseconds since 1970.
    ///
    /// A state further ahead than this limit ever sets it, because another process's clock is ahead
    /// of this one's or the limit was tightened, counts as a full bucket. One that is further ahead
    /// than that by a whole bucket was written by a clock that was wrong, and counts for nothing:
    /// else whoever was counted then would be refused until that time has really come. Nobody waits
    /// longer than two buckets take to drain.
    #[must_use]
    pub const fn check(&self, tat_ms: Option<i64>, now_ms: i64) -> Decision {
        let period = self.period_ms as i64;
        let full = self.full(now_ms);
        let beyond = self.beyond(now_ms);
        let tat = now_ms.saturating_add(self.ahead(tat_ms, now_ms));
        let next = tat.saturating_add(period);
        if next <= full {
            Decision {
                allowed: true,
                new_tat: next,
                retry_after_ms: 0,
                beyond,
            }
        } else {
            Decision {
                allowed: false,
                new_tat: tat,
                retry_after_ms: next.saturating_sub(full),
                beyond,
            }
        }
    }

    /// How far ahead of `now_ms` a state is, in milliseconds, as [`Gcra::check`] reads it: from 0, an
    /// empty bucket, to what a full one takes to drain.
    #[must_use]
    pub const fn ahead(&self, tat_ms: Option<i64>, now_ms: i64) -> i64 {
        let full = self.full(now_ms);
        match tat_ms {
            Some(tat) if tat > self.beyond(now_ms) => 0,
            Some(tat) if tat > full => full.saturating_sub(now_ms),
            Some(tat) if tat > now_ms => tat.saturating_sub(now_ms),
            _ => 0,
        }
    }

    const fn full(&self, now_ms: i64) -> i64 {
        now_ms.saturating_add((self.period_ms as i64).saturating_mul(self.burst as i64))
    }

    const fn beyond(&self, now_ms: i64) -> i64 {
        self.full(self.full(now_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: i64 = 1_795_243_260_000;
    const HOUR: u32 = 3_600_000;

    /// The times at which an event was let through.
    fn allowed(limit: Gcra, events: &[i64]) -> Vec<i64> {
        let mut tat = None;
        events
            .iter()
            .copied()
            .filter(|now| {
                let decision = limit.check(tat, *now);
                tat = Some(decision.new_tat);
                decision.allowed
            })
            .collect()
    }

    #[test]
    fn three_an_hour_are_three_at_once_and_then_one_every_twenty_minutes() {
        let limit = Gcra::per(3, HOUR);
        let minutes = |minutes: i64| NOW + minutes * 60_000;
        let events = [0, 0, 0, 0, 19, 20, 39, 40, 100].map(minutes);
        assert_eq!(allowed(limit, &events), [0, 0, 0, 20, 40, 100].map(minutes));
    }

    #[test]
    fn the_wait_that_is_named_is_exactly_enough() {
        let limit = Gcra::new(1, HOUR);
        let first = limit.check(None, NOW);
        let second = limit.check(Some(first.new_tat), NOW + 1000);
        let retry_after_ms = i64::from(HOUR) - 1000;
        let expected = Decision {
            allowed: false,
            new_tat: first.new_tat,
            retry_after_ms,
            beyond: second.beyond,
        };
        assert_eq!(second, expected);
        assert!(
            !limit
                .check(Some(second.new_tat), NOW + 1000 + retry_after_ms - 1)
                .allowed
        );
        assert!(
            limit
                .check(Some(second.new_tat), NOW + 1000 + retry_after_ms)
                .allowed
        );
    }

    #[test]
    fn a_clock_that_was_wrong_locks_nobody_out_for_longer_than_two_buckets() {
        let limit = Gcra::per(3, HOUR);
        let hour = i64::from(HOUR);
        // Whatever it was set to, it is not written again by who is refused.
        for ahead in [1, hour, hour + 1, 2 * hour, 2 * hour + 1, 48 * hour, NOW] {
            let tat = Some(NOW + ahead);
            assert!(limit.check(tat, NOW + 2 * hour).allowed, "{ahead}");
        }
        let a_little_ahead = limit.check(Some(NOW + hour + 1), NOW);
        assert_eq!(a_little_ahead.retry_after_ms, hour / 3);
    }

    #[test]
    fn a_limit_of_zero_is_a_limit_of_one() {
        assert_eq!(Gcra::new(0, 0), Gcra::new(1, 1));
        assert_eq!(Gcra::per(0, HOUR), Gcra::new(1, HOUR));
    }

    proptest! {
        #[test]
        fn no_window_lets_through_more_than_the_burst_and_what_came_back(
            burst in 1_u32..6,
            period in 1_u32..500,
            gaps in prop::collection::vec(0_i64..400, 1..80),
        ) {
            let events: Vec<i64> =
                gaps.iter().scan(NOW, |now, gap| { *now += gap; Some(*now) }).collect();
            let passed = allowed(Gcra::new(burst, period), &events);
            for (i, from) in passed.iter().enumerate() {
                for (j, to) in passed.iter().enumerate().skip(i) {
                    let bound = i64::from(burst) + (to - from) / i64::from(period);
                    prop_assert!((j - i + 1) as i64 <= bound);
                }
            }
        }

        #[test]
        fn whoever_keeps_to_the_period_is_never_refused(
            burst in 1_u32..6,
            period in 1_u32..500,
            gaps in prop::collection::vec(0_i64..400, 1..80),
        ) {
            let events: Vec<i64> = gaps
                .iter()
                .scan(NOW, |now, gap| { *now += gap + i64::from(period); Some(*now) })
                .collect();
            prop_assert_eq!(allowed(Gcra::new(burst, period), &events), events);
        }

        #[test]
        fn no_time_overflows_and_the_wait_is_bounded(
            burst: u32, period: u32, tat: Option<i64>, now: i64,
        ) {
            let limit = Gcra::new(burst, period);
            let decision = limit.check(tat, now);
            prop_assert!(decision.new_tat >= now);
            prop_assert!((0..=i64::from(period.max(1))).contains(&decision.retry_after_ms));
            prop_assert_eq!(decision.allowed, decision.retry_after_ms == 0);
        }
    }
}
