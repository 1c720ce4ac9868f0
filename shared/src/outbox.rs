//! When an undelivered report is tried again: a pure plan, so that a simulation can run a million
//! of its steps.

use crate::time::Timestamp;

/// The first wait, in milliseconds.
const FIRST_MS: i64 = 1_000;
/// The longest wait, in milliseconds: five minutes after the origin returns, it has everything.
pub const LONGEST_MS: i64 = 300_000;

/// When to try again after `attempts` failures, the last of them at `now`.
///
/// Doubles from one second to five minutes, less up to half of it by `jitter` (0–255, drawn by the
/// caller), so that many edges do not knock at once. It never gives up: an acknowledged report is
/// delivered, whenever the origin returns.
#[must_use]
pub fn next_attempt(now: Timestamp, attempts: u32, jitter: u8) -> Timestamp {
    let doubled = FIRST_MS.saturating_mul(1_i64 << attempts.saturating_sub(1).min(20));
    let wait = doubled.min(LONGEST_MS);
    now.plus_millis(wait - wait / 2 * i64::from(jitter) / 255)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_wait_is_between_half_a_second_and_five_minutes(attempts in 1_u32.., jitter: u8) {
            let now = Timestamp::from_millis(0);
            let wait = next_attempt(now, attempts, jitter).millis();
            prop_assert!((500..=300_000).contains(&wait));
        }

        #[test]
        fn without_jitter_waits_never_shrink(attempts in 1_u32..60) {
            let now = Timestamp::from_millis(0);
            prop_assert!(next_attempt(now, attempts, 0) <= next_attempt(now, attempts + 1, 0));
        }

        /// Jobs that become due at random, an origin that is away for random spells.
        #[test]
        fn everything_is_delivered_within_five_minutes_of_the_origins_return(
            jobs in prop::collection::vec((0_i64..600_000, any::<u8>()), 1..20),
            away in prop::collection::vec((0_i64..7_200_000, 1_i64..1_800_000), 0..6),
        ) {
            let is_away = |at: i64| away.iter().any(|(from, length)| (*from..from + length).contains(&at));
            for (acknowledged, jitter) in jobs {
                let (mut at, mut attempts) = (acknowledged, 0_u32);
                let mut last_failure = acknowledged;
                while is_away(at) {
                    last_failure = at;
                    attempts += 1;
                    let next = next_attempt(Timestamp::from_millis(at), attempts, jitter).millis();
                    prop_assert!(next > at, "knocks twice at once");
                    at = next;
                }
                // Between the last failure and this success the origin came back.
                prop_assert!(at - last_failure <= LONGEST_MS);
                // Twice a second at the very most, and ever more rarely.
                prop_assert!(i64::from(attempts) <= 12 + (at - acknowledged) / (LONGEST_MS / 2));
            }
        }
    }
}
