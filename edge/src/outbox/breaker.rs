//! A circuit breaker: whether a destination is knocked at all.
//!
//! Closed, everything that is due goes out. After some failures in a row it opens, and nothing is
//! tried for a while; then it is half open, and one message at a time finds out. What that one
//! learns decides for all: the breaker closes, or opens for twice as long.

use balagh_shared::time::Timestamp;

use super::Ended;

/// Failures of the destination in a row that open it.
pub const FAILURES: u32 = 5;
/// How long it is open the first time, in milliseconds.
pub const SHORTEST_MS: i64 = 5_000;
/// The longest it is open, in milliseconds: so long after its return a destination may wait for
/// the first message.
pub const LONGEST_MS: i64 = 120_000;

/// The breaker of one destination. It lives in memory: a process that starts tries again, and
/// learns within a few messages what it knew before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Breaker {
    state: State,
    /// Failures since the destination last answered for itself.
    failures: u32,
    /// Times it opened since then.
    opened: u32,
}

/// How a breaker stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum State {
    /// Everything that is due goes out.
    #[default]
    Closed,
    /// Nothing is tried until then.
    Open {
        /// When.
        until: Timestamp,
    },
    /// One message at a time is tried.
    HalfOpen,
}

/// How much may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// Whatever is due.
    All,
    /// One message, whose end is told before another is tried.
    One,
    /// Nothing until then.
    Nothing {
        /// When to ask again.
        until: Timestamp,
    },
}

/// What an outcome changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The destination counts as away until then.
    Opened {
        /// When it is knocked again.
        until: Timestamp,
    },
    /// The destination answers again after it had failed: what waits for it may go at once.
    Recovered,
}

impl State {
    /// The name for logs and metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            State::Closed => "closed",
            State::Open { .. } => "open",
            State::HalfOpen => "half_open",
        }
    }
}

impl Breaker {
    /// How it stands.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// How much may be tried at `now`.
    pub fn admission(&mut self, now: Timestamp) -> Admission {
        match self.state {
            State::Closed => Admission::All,
            State::HalfOpen => Admission::One,
            // An end that is further away than any pause was set by a clock that was wrong.
            State::Open { until }
                if now < until && until.millis().saturating_sub(now.millis()) <= LONGEST_MS =>
            {
                Admission::Nothing { until }
            }
            State::Open { .. } => {
                self.state = State::HalfOpen;
                Admission::One
            }
        }
    }

    /// An attempt ended at `now`. `jitter` (0–255) is drawn by the caller.
    pub fn ended(&mut self, ended: Ended, now: Timestamp, jitter: u8) -> Option<Change> {
        match ended {
            // What never reached the destination says nothing about it; of a half-open one the next
            // message finds out.
            Ended::Unread => None,
            Ended::Taken | Ended::Refused | Ended::Impossible => {
                let had_failed = self.failures > 0;
                *self = Breaker::default();
                had_failed.then_some(Change::Recovered)
            }
            Ended::Failed { wait_ms } => {
                self.failures = self.failures.saturating_add(1);
                let opens = match self.state {
                    State::Closed => self.failures >= FAILURES,
                    State::HalfOpen => true,
                    // Those that were on their way when it opened.
                    State::Open { .. } => false,
                };
                opens.then(|| self.open(wait_ms, now, jitter))
            }
        }
    }

    fn open(&mut self, wait_ms: Option<i64>, now: Timestamp, jitter: u8) -> Change {
        let doubled = SHORTEST_MS.saturating_mul(1_i64 << self.opened.min(20));
        let pause = doubled.max(wait_ms.unwrap_or(0)).min(LONGEST_MS);
        let until = now.plus_millis(pause - pause / 4 * i64::from(jitter) / 255);
        self.opened = self.opened.saturating_add(1);
        self.state = State::Open { until };
        Change::Opened { until }
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

    /// A breaker after this many failures at 0, without jitter.
    fn failed(times: u32) -> Breaker {
        let mut breaker = Breaker::default();
        for _ in 0..times {
            breaker.ended(AWAY, at(0), 0);
        }
        breaker
    }

    #[test]
    fn it_opens_after_failures_in_a_row_and_not_after_failures_between_answers() {
        assert_eq!(failed(FAILURES - 1).admission(at(0)), Admission::All);
        let until = at(SHORTEST_MS);
        let nothing = Admission::Nothing { until };
        assert_eq!(failed(FAILURES).admission(at(0)), nothing);
        let mut flapping = Breaker::default();
        for _ in 0..100 {
            flapping.ended(AWAY, at(0), 0);
            flapping.ended(Ended::Taken, at(0), 0);
        }
        assert_eq!(flapping.admission(at(0)), Admission::All);
    }

    #[test]
    fn one_message_finds_out_whether_it_is_back() {
        let mut breaker = failed(FAILURES);
        assert_eq!(breaker.admission(at(SHORTEST_MS)), Admission::One);
        let until = at(SHORTEST_MS + 2 * SHORTEST_MS);
        let opened = breaker.ended(AWAY, at(SHORTEST_MS), 0);
        assert_eq!(opened, Some(Change::Opened { until }));
        assert_eq!(breaker.admission(until), Admission::One);
        assert_eq!(
            breaker.ended(Ended::Taken, until, 0),
            Some(Change::Recovered)
        );
        assert_eq!(breaker.admission(until), Admission::All);
    }

    #[test]
    fn a_refusal_of_one_message_says_that_the_destination_is_there() {
        let mut breaker = failed(FAILURES);
        breaker.admission(at(SHORTEST_MS));
        assert_eq!(
            breaker.ended(Ended::Refused, at(0), 0),
            Some(Change::Recovered)
        );
        let mut refusing = Breaker::default();
        for _ in 0..100 {
            assert_eq!(refusing.ended(Ended::Refused, at(0), 0), None);
        }
        assert_eq!(refusing.admission(at(0)), Admission::All);
    }

    #[test]
    fn what_could_not_be_read_here_says_nothing_about_the_destination() {
        let mut breaker = failed(FAILURES);
        breaker.admission(at(SHORTEST_MS));
        assert_eq!(breaker.ended(Ended::Unread, at(SHORTEST_MS), 0), None);
        assert_eq!(breaker.admission(at(SHORTEST_MS)), Admission::One);
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_keep_it_open() {
        let mut breaker = Breaker::default();
        for _ in 0..FAILURES {
            breaker.ended(AWAY, at(1_000_000_000), 0);
        }
        assert_eq!(breaker.admission(at(0)), Admission::One);
    }

    proptest! {
        /// A destination away for a while, knocked whenever the breaker lets somebody.
        #[test]
        fn a_destination_away_is_knocked_ever_more_rarely_and_found_within_the_longest_pause(
            away in 1_i64..86_400_000, jitter: u8,
        ) {
            let (mut breaker, mut now, mut knocks) = (Breaker::default(), 0, 0_i64);
            loop {
                match breaker.admission(at(now)) {
                    Admission::Nothing { until } => now = until.millis(),
                    Admission::All | Admission::One if now >= away => break,
                    Admission::All | Admission::One => {
                        knocks += 1;
                        breaker.ended(AWAY, at(now), jitter);
                    }
                }
            }
            prop_assert!(now - away <= LONGEST_MS);
            prop_assert!(knocks <= i64::from(FAILURES) + 6 + away / (LONGEST_MS * 3 / 4));
        }

        #[test]
        fn whatever_happens_it_admits_something_within_the_longest_pause(
            ends in prop::collection::vec((0_u8..5, any::<u8>(), 0_i64..10_000_000), 0..60),
        ) {
            let mut breaker = Breaker::default();
            for (end, jitter, now) in ends {
                let ended = match end {
                    0 => Ended::Taken,
                    1 => Ended::Refused,
                    2 => Ended::Unread,
                    3 => Ended::Failed { wait_ms: Some(now) },
                    _ => AWAY,
                };
                breaker.admission(at(now));
                breaker.ended(ended, at(now), jitter);
                let later = breaker.clone().admission(at(now + LONGEST_MS));
                let admits = !matches!(later, Admission::Nothing { .. });
                prop_assert!(admits);
            }
        }
    }
}
