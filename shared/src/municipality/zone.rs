//! The clocks of a municipality.

use serde::{Deserialize, Serialize};

use crate::time::{DAY_MS, Timestamp};

/// The zone its clocks follow.
///
/// No time zone database is carried: the transitions of the years that matter are compiled into
/// the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TimeZone {
    /// IANA name, for display by the browser.
    pub name: String,
    /// Minutes east of UTC, until the first transition.
    #[cfg_attr(feature = "schema", schemars(range(min = -720, max = 840)))]
    pub offset_minutes: i32,
    /// When its offset changes, the earliest first; none where the clocks never change, as in
    /// Saudi Arabia and Oman.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transitions: Vec<Transition>,
}

/// An instant from which another offset holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Transition {
    /// From when.
    pub at: Timestamp,
    /// Minutes east of UTC from then on.
    #[cfg_attr(feature = "schema", schemars(range(min = -720, max = 840)))]
    pub offset_minutes: i32,
}

impl TimeZone {
    /// Minutes east of UTC at `at`.
    #[must_use]
    pub fn offset_minutes_at(&self, at: Timestamp) -> i32 {
        self.transitions
            .iter()
            .take_while(|transition| transition.at <= at)
            .last()
            .map_or(self.offset_minutes, |transition| transition.offset_minutes)
    }

    /// What its clocks show at `at`, as the instant at which those in Greenwich do: its text has the
    /// local date and time, and a `Z` that is not true.
    #[must_use]
    pub fn local(&self, at: Timestamp) -> Timestamp {
        at.plus_millis(i64::from(self.offset_minutes_at(at)) * MINUTE_MS)
    }

    /// The same as milliseconds since 1970-01-01T00:00 on them.
    pub(super) fn local_millis(&self, at: Timestamp) -> i64 {
        self.local(at).millis()
    }

    /// The instant, in milliseconds since 1970, at which its clocks show `local`.
    ///
    /// The first of the two where they show it twice; the transition itself where they skip it.
    /// Later on the clocks is never earlier in time.
    pub(super) fn millis_at_local(&self, local: i64) -> i64 {
        let mut instant = local - i64::from(self.offset_minutes) * MINUTE_MS;
        for transition in &self.transitions {
            let at = transition.at.millis();
            if instant < at {
                break;
            }
            instant = (local - i64::from(transition.offset_minutes) * MINUTE_MS).max(at);
        }
        instant
    }

    /// Days since 1970 on its clocks at `at`.
    #[must_use]
    pub fn local_day(&self, at: Timestamp) -> i64 {
        self.local_millis(at).div_euclid(DAY_MS)
    }
}

const MINUTE_MS: i64 = 60_000;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A zone like Cairo's in 2026: an hour forward on 24 April, back on 30 October.
    fn summer() -> TimeZone {
        let transition = |at: &str, offset_minutes| Transition {
            at: Timestamp::parse(at).unwrap(),
            offset_minutes,
        };
        TimeZone {
            name: "Africa/Cairo".into(),
            offset_minutes: 120,
            transitions: vec![
                transition("2026-04-23T22:00:00Z", 180),
                transition("2026-10-29T21:00:00Z", 120),
            ],
        }
    }

    #[track_caller]
    fn check(local: &str, expected: &str) {
        let local = Timestamp::parse(local).unwrap().millis();
        let instant = Timestamp::from_millis(summer().millis_at_local(local));
        assert_eq!(instant.to_string(), expected);
    }

    #[test]
    fn clocks_that_skip_or_repeat_an_hour_still_name_one_instant() {
        check("2026-01-10T12:00:00Z", "2026-01-10T10:00:00Z");
        check("2026-07-10T12:00:00Z", "2026-07-10T09:00:00Z");
        // Skipped: 00:00 to 01:00 on 24 April.
        check("2026-04-24T00:30:00Z", "2026-04-23T22:00:00Z");
        check("2026-04-24T01:00:00Z", "2026-04-23T22:00:00Z");
        // Twice: 23:00 to 24:00 on 29 October.
        check("2026-10-29T23:30:00Z", "2026-10-29T20:30:00Z");
        check("2026-10-30T00:00:00Z", "2026-10-29T22:00:00Z");
    }

    proptest! {
        #[test]
        fn every_instant_is_found_again_but_for_the_repeated_hour(
            millis in 1_760_000_000_000_i64..1_800_000_000_000,
        ) {
            let zone = summer();
            let at = Timestamp::from_millis(millis);
            let found = zone.millis_at_local(zone.local_millis(at));
            prop_assert!(found == millis || found == millis - 3_600_000);
        }

        #[test]
        fn later_on_the_clocks_is_never_earlier(
            local in 1_760_000_000_000_i64..1_800_000_000_000,
            more in 0_i64..10_000_000,
        ) {
            let zone = summer();
            prop_assert!(zone.millis_at_local(local) <= zone.millis_at_local(local + more));
        }
    }
}
