//! The hours in which nobody's phone should ring.

use serde::{Deserialize, Serialize};

use super::TimeZone;
use super::calendar::clock;
use crate::time::{DAY_MS, Timestamp};

/// The hours in which reporters get no text message, by the municipality's clocks. They may go over
/// midnight. What a reporter has just asked for, and e-mail, come at any time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// When they begin, `22:00`.
    pub from: String,
    /// When they end, `07:00`.
    pub until: String,
}

impl QuietHours {
    /// The first instant from `at` on that is not in them: `at` itself by day. Hours that cannot be
    /// read are none.
    ///
    /// ```
    /// use balagh_shared::municipality::{QuietHours, TimeZone};
    /// use balagh_shared::time::Timestamp;
    /// let zone = TimeZone { name: "Asia/Riyadh".into(), offset_minutes: 180, transitions: Vec::new() };
    /// let quiet = QuietHours { from: "22:00".into(), until: "07:00".into() };
    /// let at = |text| Timestamp::parse(text).unwrap();
    /// let over = quiet.over(at("2026-11-22T23:30:00+03:00"), &zone);
    /// assert_eq!(over, at("2026-11-23T07:00:00+03:00"));
    /// ```
    #[must_use]
    pub fn over(&self, at: Timestamp, zone: &TimeZone) -> Timestamp {
        let (Some(from), Some(until)) = (clock(&self.from), clock(&self.until)) else {
            return at;
        };
        if from == until {
            return at;
        }
        let local = zone.local_millis(at);
        let time = local.rem_euclid(DAY_MS);
        let midnight = local - time;
        let goes_over_midnight = until < from;
        let ends = if goes_over_midnight && time >= from {
            midnight + DAY_MS + until
        } else if time < until && (goes_over_midnight || time >= from) {
            midnight + until
        } else {
            return at;
        };
        Timestamp::from_millis(zone.millis_at_local(ends)).max(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn riyadh() -> TimeZone {
        TimeZone {
            name: "Asia/Riyadh".into(),
            offset_minutes: 180,
            transitions: Vec::new(),
        }
    }

    fn hours(from: &str, until: &str) -> QuietHours {
        QuietHours {
            from: from.into(),
            until: until.into(),
        }
    }

    #[track_caller]
    fn check(quiet: &QuietHours, at: &str, expected: &str) {
        let time = |text: &str| Timestamp::parse(&format!("{text}:00+03:00")).unwrap();
        assert_eq!(quiet.over(time(at), &riyadh()), time(expected), "{at}");
    }

    #[test]
    fn what_falls_into_the_night_waits_for_the_morning() {
        let night = hours("22:00", "07:00");
        check(&night, "2026-11-22T21:59", "2026-11-22T21:59");
        check(&night, "2026-11-22T22:00", "2026-11-23T07:00");
        check(&night, "2026-11-23T00:00", "2026-11-23T07:00");
        check(&night, "2026-11-23T06:59", "2026-11-23T07:00");
        check(&night, "2026-11-23T07:00", "2026-11-23T07:00");
    }

    #[test]
    fn hours_within_a_day_end_on_that_day() {
        let noon = hours("13:00", "15:30");
        check(&noon, "2026-11-22T12:59", "2026-11-22T12:59");
        check(&noon, "2026-11-22T13:00", "2026-11-22T15:30");
        check(&noon, "2026-11-22T15:30", "2026-11-22T15:30");
        check(
            &hours("00:00", "24:00"),
            "2026-11-22T12:00",
            "2026-11-23T00:00",
        );
    }

    #[test]
    fn hours_that_cannot_be_read_are_none() {
        check(
            &hours("night", "07:00"),
            "2026-11-22T03:00",
            "2026-11-22T03:00",
        );
    }

    proptest! {
        #[test]
        fn nothing_waits_longer_than_a_day_or_goes_in_the_hours(
            from in 0_u32..1440, until in 0_u32..1440, at in 0_i64..100_000_000_000,
        ) {
            prop_assume!(from != until);
            let text = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
            let quiet = hours(&text(from), &text(until));
            let at = Timestamp::from_millis(at);
            let over = quiet.over(at, &riyadh());
            prop_assert!(over >= at && over.millis() - at.millis() < DAY_MS);
            prop_assert_eq!(quiet.over(over, &riyadh()), over);
        }
    }
}
