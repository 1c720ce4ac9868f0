//! Working calendars and due times.

use serde::{Deserialize, Serialize};

use super::TimeZone;
use crate::time::{DAY_MS, HOUR_MS, Timestamp, civil_from_days};

/// By when something is to be done, from the moment it is received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Due {
    /// How many.
    pub amount: u32,
    /// Of what.
    pub unit: DueUnit,
    /// The calendar whose hours count; needed for working hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
}

/// What a due time counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DueUnit {
    /// Hours by the clock, day and night.
    Hours,
    /// Hours in which the calendar is open.
    WorkingHours,
}

/// When an office works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// Stable id.
    pub id: String,
    /// The ordinary week.
    pub week: Week,
    /// Days that differ, such as Eid (closed) or Ramadan (shorter): the first that covers a day
    /// decides it.
    #[serde(default)]
    pub holidays: Vec<Holiday>,
}

/// Opening hours by weekday: spans of local time, `["07:30", "15:00"]`; an absent day is closed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Week {
    /// Open on Sundays from when to when.
    pub sunday: Vec<[String; 2]>,
    /// Open on Mondays from when to when.
    pub monday: Vec<[String; 2]>,
    /// Open on Tuesdays from when to when.
    pub tuesday: Vec<[String; 2]>,
    /// Open on Wednesdays from when to when.
    pub wednesday: Vec<[String; 2]>,
    /// Open on Thursdays from when to when.
    pub thursday: Vec<[String; 2]>,
    /// Open on Fridays from when to when.
    pub friday: Vec<[String; 2]>,
    /// Open on Saturdays from when to when.
    pub saturday: Vec<[String; 2]>,
}

/// Days that differ from the ordinary week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// First day, `2026-03-20`.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Hours in those days; closed when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub week: Option<Week>,
}

/// A calendar that never opens within this many days is taken for a mistake in the document: the
/// due time then counts clock hours, which is stricter, instead of never coming.
const HORIZON_DAYS: i64 = 400;

/// Most days that are gone through: twenty years. A due time that is further off counts clock hours.
const LONGEST_DAYS: i64 = 7_305;

impl Due {
    /// The instant this falls on for something received at `received`.
    ///
    /// `zone` is the municipality's, `calendar` the one this names.
    /// Working hours that `calendar` cannot supply (none given, closed for 400 days, or too few in
    /// twenty years) count as clock hours.
    #[must_use]
    pub fn after(
        &self,
        received: Timestamp,
        zone: &TimeZone,
        calendar: Option<&Calendar>,
    ) -> Timestamp {
        let needed = i64::from(self.amount) * HOUR_MS;
        let by_clock = received.plus_millis(needed);
        match (self.unit, calendar) {
            (DueUnit::WorkingHours, Some(calendar)) => {
                calendar.after(received, zone, needed).unwrap_or(by_clock)
            }
            _ => by_clock,
        }
    }
}

impl Calendar {
    /// Spans are turned into instants before they are added up: a night in which the clocks go
    /// back has an hour more of them.
    fn after(&self, received: Timestamp, zone: &TimeZone, needed: i64) -> Option<Timestamp> {
        let first_day = zone.local_day(received);
        let mut left = needed;
        let mut closed_days = 0;
        for day in first_day..first_day + LONGEST_DAYS {
            let midnight = day * DAY_MS;
            let spans = self.spans(day);
            closed_days = if spans.is_empty() { closed_days + 1 } else { 0 };
            if closed_days > HORIZON_DAYS {
                return None;
            }
            for (opens, closes) in spans {
                let opens = zone.millis_at_local(midnight + opens);
                let closes = zone.millis_at_local(midnight + closes);
                let from = opens.max(received.millis());
                let open = (closes - from).max(0);
                if open >= left && (open > 0 || left == 0) {
                    return Some(Timestamp::from_millis(from + left));
                }
                left -= open;
            }
        }
        None
    }

    /// When it opens on the first working day after the day of `at`, by the clocks of `zone`; on the
    /// next day at midnight where it does not open for 400 days.
    #[must_use]
    pub fn next_working_day(&self, at: Timestamp, zone: &TimeZone) -> Timestamp {
        let today = zone.local_day(at);
        let opens = (today + 1..=today + HORIZON_DAYS).find_map(|day| {
            let (opens, _) = *self.spans(day).first()?;
            Some(day * DAY_MS + opens)
        });
        let local = opens.unwrap_or((today + 1) * DAY_MS);
        Timestamp::from_millis(zone.millis_at_local(local))
    }

    /// The open spans of a day (days since 1970), in milliseconds after local midnight, in order.
    fn spans(&self, day: i64) -> Vec<(i64, i64)> {
        let (year, month, date) = civil_from_days(day);
        let written = format!("{year:04}-{month:02}-{date:02}");
        let week = match self
            .holidays
            .iter()
            .find(|h| h.from <= written && written <= h.to)
        {
            Some(holiday) => holiday.week.as_ref(),
            None => Some(&self.week),
        };
        // 1970-01-01 was a Thursday.
        let spans = week.map(|week| match (day + 4).rem_euclid(7) {
            0 => &week.sunday,
            1 => &week.monday,
            2 => &week.tuesday,
            3 => &week.wednesday,
            4 => &week.thursday,
            5 => &week.friday,
            _ => &week.saturday,
        });
        let mut spans: Vec<(i64, i64)> = spans
            .into_iter()
            .flatten()
            .filter_map(|[opens, closes]| Some((clock(opens)?, clock(closes)?)))
            .filter(|(opens, closes)| opens < closes)
            .collect();
        spans.sort_unstable();
        spans
    }
}

/// `07:30` in milliseconds after midnight; `24:00` is the end of the day.
pub(super) fn clock(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    let is_plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !is_plain(hours) || !is_plain(minutes) || hours.len() > 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    ((0..24).contains(&hours) && (0..60).contains(&minutes) || (hours, minutes) == (24, 0))
        .then_some(hours * HOUR_MS + minutes * 60_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Sunday to Thursday, 07:30 to 15:00; closed for Eid; shorter in Ramadan.
    fn office() -> Calendar {
        let day = || vec![["07:30".to_owned(), "15:00".to_owned()]];
        let short = || vec![["10:00".to_owned(), "15:00".to_owned()]];
        Calendar {
            id: "office".into(),
            week: Week {
                sunday: day(),
                monday: day(),
                tuesday: day(),
                wednesday: day(),
                thursday: day(),
                ..Week::default()
            },
            holidays: vec![
                Holiday {
                    from: "2026-03-19".into(),
                    to: "2026-03-23".into(),
                    week: None,
                },
                Holiday {
                    from: "2026-02-18".into(),
                    to: "2026-03-18".into(),
                    week: Some(Week {
                        monday: short(),
                        tuesday: short(),
                        ..Week::default()
                    }),
                },
            ],
        }
    }

    fn riyadh() -> TimeZone {
        TimeZone {
            name: "Asia/Riyadh".into(),
            offset_minutes: 180,
            transitions: vec![],
        }
    }

    #[track_caller]
    fn check(amount: u32, unit: DueUnit, received: &str, expected: &str) {
        let due = Due {
            amount,
            unit,
            calendar: None,
        };
        let after = due.after(
            Timestamp::parse(received).unwrap(),
            &riyadh(),
            Some(&office()),
        );
        assert_eq!(after, Timestamp::parse(expected).unwrap(), "got {after}");
    }

    #[test]
    fn clock_hours_count_day_and_night() {
        check(
            48,
            DueUnit::Hours,
            "2026-11-20T22:00:00+03:00",
            "2026-11-22T22:00:00+03:00",
        );
    }

    #[test]
    fn working_hours_skip_the_night_and_the_weekend() {
        // Thursday noon: three hours on Thursday, then Sunday.
        let (unit, received) = (DueUnit::WorkingHours, "2026-11-19T12:00:00+03:00");
        check(3, unit, received, "2026-11-19T15:00:00+03:00");
        check(4, unit, received, "2026-11-22T08:30:00+03:00");
        check(
            2,
            unit,
            "2026-11-20T12:00:00+03:00",
            "2026-11-22T09:30:00+03:00",
        );
    }

    #[test]
    fn eid_is_closed_and_ramadan_is_shorter() {
        // Tuesday 17 March 2026, 14:00 in Ramadan: one hour, then Eid until Monday the 23rd.
        check(
            2,
            DueUnit::WorkingHours,
            "2026-03-17T14:00:00+03:00",
            "2026-03-24T08:30:00+03:00",
        );
    }

    #[test]
    fn a_calendar_that_never_opens_falls_back_to_clock_hours() {
        let due = Due {
            amount: 5,
            unit: DueUnit::WorkingHours,
            calendar: None,
        };
        let closed = Calendar {
            id: "x".into(),
            week: Week::default(),
            holidays: vec![],
        };
        let received = Timestamp::from_millis(0);
        assert_eq!(
            due.after(received, &riyadh(), Some(&closed)).millis(),
            5 * HOUR_MS
        );
    }

    #[test]
    fn more_working_hours_than_twenty_years_hold_are_clock_hours() {
        let due = Due {
            amount: u32::MAX,
            unit: DueUnit::WorkingHours,
            calendar: None,
        };
        let minute = Calendar {
            id: "x".into(),
            week: Week {
                friday: vec![["09:00".into(), "09:01".into()]],
                ..Week::default()
            },
            holidays: vec![],
        };
        let after = due.after(Timestamp::from_millis(0), &riyadh(), Some(&minute));
        assert_eq!(after, Timestamp::MAX);
    }

    #[test]
    fn the_night_the_clocks_change_is_an_hour_shorter_on_them() {
        let at = |text: &str| Timestamp::parse(text).unwrap();
        let zone = TimeZone {
            name: "Africa/Cairo".into(),
            offset_minutes: 120,
            transitions: vec![crate::municipality::Transition {
                at: at("2026-04-23T22:00:00Z"),
                offset_minutes: 180,
            }],
        };
        let day = || vec![["00:00".to_owned(), "24:00".to_owned()]];
        let always = Calendar {
            id: "always".into(),
            week: Week {
                thursday: day(),
                friday: day(),
                ..Week::default()
            },
            holidays: vec![],
        };
        let due = Due {
            amount: 26,
            unit: DueUnit::WorkingHours,
            calendar: None,
        };
        // Friday 24 April has 23 hours: three on Thursday, twenty-three on Friday.
        let after = due.after(at("2026-04-23T19:00:00Z"), &zone, Some(&always));
        assert_eq!(after, at("2026-04-24T21:00:00Z"));
    }

    #[test]
    fn the_next_working_day_skips_what_is_closed() {
        #[track_caller]
        fn check(at: &str, expected: &str) {
            let at = Timestamp::parse(at).unwrap();
            let expected = Timestamp::parse(expected).unwrap();
            assert_eq!(office().next_working_day(at, &riyadh()), expected);
        }
        check("2026-11-17T23:59:00+03:00", "2026-11-18T07:30:00+03:00");
        check("2026-11-18T00:01:00+03:00", "2026-11-19T07:30:00+03:00");
        check("2026-11-19T12:00:00+03:00", "2026-11-22T07:30:00+03:00");
        // Ramadan has two days a week here, and Eid comes after it.
        check("2026-03-17T12:00:00+03:00", "2026-03-24T07:30:00+03:00");
        let never = Calendar {
            id: "never".into(),
            week: Week::default(),
            holidays: Vec::new(),
        };
        let at = Timestamp::parse("2026-11-18T12:00:00+03:00").unwrap();
        let midnight = Timestamp::parse("2026-11-19T00:00:00+03:00").unwrap();
        assert_eq!(never.next_working_day(at, &riyadh()), midnight);
    }

    proptest! {
        #[test]
        fn more_work_is_never_due_earlier(hours in 0_u32..200, millis in 0..4_000_000_000_000_i64) {
            let received = Timestamp::from_millis(millis);
            let due = |amount| {
                let due = Due { amount, unit: DueUnit::WorkingHours, calendar: None };
                due.after(received, &riyadh(), Some(&office()))
            };
            prop_assert!(due(hours) <= due(hours + 1));
            prop_assert!(due(hours) >= received.plus_millis(i64::from(hours) * HOUR_MS));
        }
    }
}
