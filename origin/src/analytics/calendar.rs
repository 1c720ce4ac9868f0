//! Days by the Gregorian calendar and by that of Umm al-Qura.

use std::ops::Range;

use balagh_shared::time::{civil_from_days, days_from_civil};
use icu_calendar::Date as IcuDate;
use icu_calendar::cal::Hijri;
use icu_calendar::types::RataDie;

/// A calendar that periods are named by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Calendar {
    /// The common one.
    Gregorian,
    /// The Hijri calendar of Umm al-Qura, as Saudi Arabia keeps it.
    Hijri,
}

/// A day by one of the calendars. It need not be one that there is: the 31st of a month of 30 days
/// is refused where it is turned into a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    /// The year.
    pub year: i32,
    /// The month, from 1.
    pub month: u8,
    /// The day of the month, from 1.
    pub day: u8,
}

/// 1970-01-01 as a count of days from the year 1, as icu counts them.
const UNIX: i64 = 719_163;

impl Calendar {
    /// Both.
    pub const ALL: [Calendar; 2] = [Calendar::Gregorian, Calendar::Hijri];

    /// Its name in the ledger.
    #[must_use]
    pub(crate) fn code(self) -> &'static str {
        match self {
            Calendar::Gregorian => "gregorian",
            Calendar::Hijri => "hijri",
        }
    }

    /// Years that can be asked for: those of reports on one side, those that the tables of Umm
    /// al-Qura reach on the other.
    fn years(self) -> std::ops::RangeInclusive<i32> {
        match self {
            Calendar::Gregorian => 1970..=2200,
            Calendar::Hijri => 1390..=1500,
        }
    }

    /// Days since 1970-01-01 of a date; nothing for one that there is not.
    #[must_use]
    pub fn day(self, date: Date) -> Option<i64> {
        if !self.years().contains(&date.year) {
            return None;
        }
        match self {
            Calendar::Gregorian => {
                let (year, month, day) = (date.year.into(), date.month.into(), date.day.into());
                let days = days_from_civil(year, month, day);
                let is_one =
                    (1..=12).contains(&date.month) && civil_from_days(days) == (year, month, day);
                is_one.then_some(days)
            }
            Calendar::Hijri => {
                let Date { year, month, day } = date;
                let calendar = Hijri::new_umm_al_qura();
                let date = IcuDate::try_new_hijri_with_calendar(year, month, day, calendar);
                Some(date.ok()?.to_rata_die().to_i64_date() - UNIX)
            }
        }
    }

    /// The date of a day, given as days since 1970-01-01.
    #[must_use]
    pub fn date(self, day: i64) -> Date {
        match self {
            Calendar::Gregorian => {
                let (year, month, day) = civil_from_days(day);
                Date {
                    year: i32::try_from(year).unwrap_or(i32::MAX),
                    month: u8::try_from(month).unwrap_or(1),
                    day: u8::try_from(day).unwrap_or(1),
                }
            }
            Calendar::Hijri => {
                let days = RataDie::new(day.saturating_add(UNIX));
                let date = IcuDate::from_rata_die(days, Hijri::new_umm_al_qura());
                Date {
                    year: date.era_year().year,
                    month: date.month().ordinal,
                    day: date.day_of_month().0,
                }
            }
        }
    }

    /// The first day of a month, where `month` may lie in another year: 13 is the first of the next.
    #[must_use]
    pub fn month(self, year: i32, month: i32) -> Option<i64> {
        let months = month.checked_sub(1)?;
        let year = year.checked_add(months.div_euclid(12))?;
        let month = u8::try_from(months.rem_euclid(12) + 1).ok()?;
        let day = 1;
        self.day(Date { year, month, day })
    }

    /// The days of the month that a day is in; nothing where that is beyond the calendar's years.
    #[must_use]
    pub fn month_around(self, day: i64) -> Option<Range<i64>> {
        let Date { year, month, .. } = self.date(day);
        Some(self.month(year, month.into())?..self.month(year, i32::from(month) + 1)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(hijri: (i32, u8, u8), gregorian: (i32, u8, u8)) {
        let date = |(year, month, day)| Date { year, month, day };
        let day = Calendar::Hijri.day(date(hijri));
        assert_eq!(day, Calendar::Gregorian.day(date(gregorian)), "{hijri:?}");
        assert_eq!(Calendar::Hijri.date(day.unwrap()), date(hijri));
    }

    /// Known days: Eid al-Fitr as Saudi Arabia's calendar has it, and new years.
    #[test]
    fn days_of_umm_al_qura_are_the_gregorian_days_that_are_known() {
        check((1444, 10, 1), (2023, 4, 21));
        check((1445, 9, 1), (2024, 3, 11));
        check((1445, 10, 1), (2024, 4, 10));
        check((1446, 1, 1), (2024, 7, 7));
        check((1446, 10, 1), (2025, 3, 30));
    }

    #[test]
    fn a_date_that_there_is_not_is_no_day() {
        let day = |calendar: Calendar, year, month, day| calendar.day(Date { year, month, day });
        assert_eq!(day(Calendar::Gregorian, 2025, 2, 29), None);
        assert_eq!(day(Calendar::Gregorian, 2025, 13, 1), None);
        assert_eq!(day(Calendar::Gregorian, 2025, 0, 1), None);
        assert_eq!(day(Calendar::Gregorian, i32::MAX, 1, 1), None);
        assert_eq!(day(Calendar::Hijri, 1445, 10, 31), None);
        assert_eq!(day(Calendar::Hijri, 1445, 13, 1), None);
        assert_eq!(day(Calendar::Hijri, i32::MIN, 1, 1), None);
        assert_eq!(Calendar::Gregorian.month(i32::MAX, i32::MAX), None);
    }

    proptest! {
        #[test]
        fn every_day_is_found_again_by_both_calendars(day in 500_i64..36_000) {
            for calendar in [Calendar::Gregorian, Calendar::Hijri] {
                prop_assert_eq!(calendar.day(calendar.date(day)), Some(day));
            }
        }
    }
}
