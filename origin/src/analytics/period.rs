//! Periods: how they are asked for, which days they are, and which one comes before.
//!
//! | text | days |
//! | --- | --- |
//! | `2024` | a year |
//! | `2024-h1`, `2024-q3` | a half, a quarter |
//! | `2024-03` | a month |
//! | `2024-03-w1` | the so-manieth seven days of a month: the 1st to the 7th |
//! | `2024-03-05` | a day |
//! | `2024-01-01..2024-04-30` | from one day to another, both of them included |
//!
//! With `ah` before it, each is meant by the Hijri calendar: `ah1445-10-w1` is the first week of
//! Shawwal 1445.

use std::fmt;
use std::ops::Range;

use super::calendar::{Calendar, Date};

/// Days that are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    calendar: Calendar,
    span: Span,
    first: i64,
    end: i64,
}

/// How a period is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// A year.
    Year(i32),
    /// A half of a year, 1 or 2.
    Half(i32, u8),
    /// A quarter of a year, from 1.
    Quarter(i32, u8),
    /// A month, from 1.
    Month(i32, u8),
    /// Seven days of a month, the first ones being 1; the fifth has what is left.
    Week(i32, u8, u8),
    /// From one day to another, both included.
    Days(Date, Date),
}

/// Why a text names no period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeriodError {
    /// It is not written like one, or names days that there are not.
    Malformed,
    /// It ends before it begins.
    UpsideDown,
    /// It is longer than five years.
    TooLong,
}

/// The longest period, in days: five years. A work budget.
const MOST_DAYS: i64 = 1_830;

impl Period {
    /// Reads one.
    ///
    /// # Errors
    /// [`PeriodError`].
    pub fn parse(text: &str) -> Result<Period, PeriodError> {
        let text = text.trim().to_ascii_lowercase();
        let (calendar, text) = match text.strip_prefix("ah") {
            Some(rest) => (Calendar::Hijri, rest),
            None => (Calendar::Gregorian, text.as_str()),
        };
        let span = match text.split_once("..") {
            Some((first, last)) => {
                let last = last.strip_prefix("ah").unwrap_or(last);
                Span::Days(date(first)?, date(last)?)
            }
            None => span(text)?,
        };
        Period::of(calendar, span)
    }

    /// The period that `span` names by `calendar`.
    ///
    /// # Errors
    /// [`PeriodError`].
    pub fn of(calendar: Calendar, span: Span) -> Result<Period, PeriodError> {
        let days = days(calendar, span).ok_or(PeriodError::Malformed)?;
        if days.end <= days.start {
            return Err(PeriodError::UpsideDown);
        }
        if days.end - days.start > MOST_DAYS {
            return Err(PeriodError::TooLong);
        }
        Ok(Period {
            calendar,
            span,
            first: days.start,
            end: days.end,
        })
    }

    /// The month of `day`, given as days since 1970.
    #[must_use]
    pub fn month_of(calendar: Calendar, day: i64) -> Option<Period> {
        let Date { year, month, .. } = calendar.date(day);
        Period::of(calendar, Span::Month(year, month)).ok()
    }

    /// The one before it: of the same kind where it is a part of the calendar, else as many days.
    #[must_use]
    pub fn previous(self) -> Option<Period> {
        let step = |year, part: u8, most| match part {
            0 | 1 => (year - 1, most),
            part => (year, part - 1),
        };
        let span = match self.span {
            Span::Year(year) => Span::Year(year - 1),
            Span::Half(year, half) => {
                let (year, half) = step(year, half, 2);
                Span::Half(year, half)
            }
            Span::Quarter(year, quarter) => {
                let (year, quarter) = step(year, quarter, 4);
                Span::Quarter(year, quarter)
            }
            Span::Month(year, month) => {
                let (year, month) = step(year, month, 12);
                Span::Month(year, month)
            }
            Span::Week(..) | Span::Days(..) => {
                let first = self.calendar.date(self.first - (self.end - self.first));
                Span::Days(first, self.calendar.date(self.first - 1))
            }
        };
        Period::of(self.calendar, span).ok()
    }

    /// The same a year before, by its own calendar.
    #[must_use]
    pub fn year_before(self) -> Option<Period> {
        let earlier = |mut date: Date| {
            date.year -= 1;
            // Where that month is shorter.
            while date.day > 28 && self.calendar.day(date).is_none() {
                date.day -= 1;
            }
            date
        };
        let span = match self.span {
            Span::Year(year) => Span::Year(year - 1),
            Span::Half(year, half) => Span::Half(year - 1, half),
            Span::Quarter(year, quarter) => Span::Quarter(year - 1, quarter),
            Span::Month(year, month) => Span::Month(year - 1, month),
            Span::Week(year, month, week) => Span::Week(year - 1, month, week),
            Span::Days(first, last) => Span::Days(earlier(first), earlier(last)),
        };
        Period::of(self.calendar, span).ok()
    }

    /// Its days, counted from 1970-01-01.
    #[must_use]
    pub fn days(self) -> Range<i64> {
        self.first..self.end
    }

    /// The calendar it is named by.
    #[must_use]
    pub fn calendar(self) -> Calendar {
        self.calendar
    }

    /// How it is named.
    #[must_use]
    pub fn span(self) -> Span {
        self.span
    }

    /// Its days in a few equal parts that a chart can show: days, sevens of days, or months.
    #[must_use]
    pub fn parts(self) -> Vec<Range<i64>> {
        let mut parts = Vec::new();
        let mut first = self.first;
        while first < self.end {
            let next = match self.end - self.first {
                ..=31 => first + 1,
                32..=190 => first + 7,
                _ => {
                    let Date { year, month, .. } = self.calendar.date(first);
                    let next = self.calendar.month(year, i32::from(month) + 1);
                    next.unwrap_or(self.end)
                }
            };
            let next = next.clamp(first + 1, self.end);
            parts.push(first..next);
            first = next;
        }
        parts
    }
}

/// As it is asked for.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.calendar == Calendar::Hijri {
            f.write_str("ah")?;
        }
        match self.span {
            Span::Year(year) => write!(f, "{year:04}"),
            Span::Half(year, half) => write!(f, "{year:04}-h{half}"),
            Span::Quarter(year, quarter) => write!(f, "{year:04}-q{quarter}"),
            Span::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            Span::Week(year, month, week) => write!(f, "{year:04}-{month:02}-w{week}"),
            Span::Days(first, last) if first == last => first.fmt(f),
            Span::Days(first, last) => write!(f, "{first}..{last}"),
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

fn span(text: &str) -> Result<Span, PeriodError> {
    let mut parts = text.split('-');
    let year = number(parts.next(), 4)?.into();
    let found = match (parts.next(), parts.next()) {
        (None, _) => Span::Year(year),
        (Some("h1"), None) => Span::Half(year, 1),
        (Some("h2"), None) => Span::Half(year, 2),
        (Some(part), None) => match part.strip_prefix('q') {
            Some(quarter) => Span::Quarter(year, within(quarter, 1, 4)?),
            None => Span::Month(year, within(part, 2, 12)?),
        },
        (Some(month), Some(rest)) => match rest.strip_prefix('w') {
            Some(week) => Span::Week(year, within(month, 2, 12)?, within(week, 1, 5)?),
            None => {
                let day = date(text)?;
                Span::Days(day, day)
            }
        },
    };
    match parts.next() {
        None => Ok(found),
        Some(_) => Err(PeriodError::Malformed),
    }
}

fn date(text: &str) -> Result<Date, PeriodError> {
    let mut parts = text.split('-');
    let year = number(parts.next(), 4)?.into();
    let month = within(parts.next().unwrap_or_default(), 2, 12)?;
    let day = within(parts.next().unwrap_or_default(), 2, 31)?;
    match parts.next() {
        None => Ok(Date { year, month, day }),
        Some(_) => Err(PeriodError::Malformed),
    }
}

fn within(text: &str, digits: usize, most: u8) -> Result<u8, PeriodError> {
    let number = u8::try_from(number(Some(text), digits)?).map_err(|_| PeriodError::Malformed)?;
    (1..=most)
        .contains(&number)
        .then_some(number)
        .ok_or(PeriodError::Malformed)
}

/// Exactly so many digits: a sign is none.
fn number(text: Option<&str>, digits: usize) -> Result<u16, PeriodError> {
    text.filter(|text| text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|text| text.parse().ok())
        .ok_or(PeriodError::Malformed)
}

fn days(calendar: Calendar, span: Span) -> Option<Range<i64>> {
    let months = |year, month: i32, count: i32| {
        Some(calendar.month(year, month)?..calendar.month(year, month + count)?)
    };
    match span {
        Span::Year(year) => months(year, 1, 12),
        Span::Half(year, half) => months(year, i32::from(half) * 6 - 5, 6),
        Span::Quarter(year, quarter) => months(year, i32::from(quarter) * 3 - 2, 3),
        Span::Month(year, month) => months(year, month.into(), 1),
        Span::Week(year, month, week) => {
            let month = months(year, month.into(), 1)?;
            let first = month.start + 7 * (i64::from(week) - 1);
            // February may have no fifth week.
            (first < month.end).then(|| first..month.end.min(first + 7))
        }
        Span::Days(first, last) => Some(calendar.day(first)?..calendar.day(last)? + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, first: &str, last: &str) {
        let period = Period::parse(text).unwrap();
        let day = |day| Calendar::Gregorian.date(day).to_string();
        let days = period.days();
        assert_eq!(
            (day(days.start), day(days.end - 1)),
            (first.into(), last.into()),
            "{text}"
        );
        assert_eq!(Period::parse(&period.to_string()), Ok(period), "{text}");
    }

    #[test]
    fn a_period_is_the_days_it_names() {
        check("2024", "2024-01-01", "2024-12-31");
        check("2023-H1", "2023-01-01", "2023-06-30");
        check("2023-h2", "2023-07-01", "2023-12-31");
        check("2024-q1", "2024-01-01", "2024-03-31");
        check("2024-02", "2024-02-01", "2024-02-29");
        check("2024-02-w5", "2024-02-29", "2024-02-29");
        check("2024-03-w2", "2024-03-08", "2024-03-14");
        check("2024-03-05", "2024-03-05", "2024-03-05");
        check("2024-01-01..2024-04-30", "2024-01-01", "2024-04-30");
        check("ah1445-10-w1", "2024-04-10", "2024-04-16");
        check("ah1445-10", "2024-04-10", "2024-05-08");
        check("ah1445-12-01..1445-12-15", "2024-06-07", "2024-06-21");
        check("ah1446", "2024-07-07", "2025-06-25");
    }

    #[test]
    fn what_names_no_period_is_refused_with_its_reason() {
        for text in [
            "",
            "24",
            "2024-",
            "2024-13",
            "2024-00",
            "2024-q5",
            "2024-h3",
            "2024-02-30",
            "2025-02-w5",
            "2024-02-w6",
            "2024-1-1",
            "+024",
            "2024-03-05-06",
            "ah1445-13",
            "ah",
            "2024-01-01..",
            "..",
            "٢٠٢٤",
            "9999",
            "0001",
            "2024-01-01..2024-04-31",
        ] {
            assert_eq!(Period::parse(text), Err(PeriodError::Malformed), "{text}");
        }
        let upside_down = Period::parse("2024-04-30..2024-01-01");
        assert_eq!(upside_down, Err(PeriodError::UpsideDown));
        assert_eq!(
            Period::parse("2020-01-01..2026-01-01"),
            Err(PeriodError::TooLong)
        );
    }

    #[track_caller]
    fn before(text: &str, previous: &str, year_before: &str) {
        let period = Period::parse(text).unwrap();
        assert_eq!(period.previous().unwrap().to_string(), previous);
        assert_eq!(period.year_before().unwrap().to_string(), year_before);
    }

    #[test]
    fn a_baseline_is_the_period_before_or_that_of_the_year_before() {
        before("2023-h1", "2022-h2", "2022-h1");
        before("2024-q1", "2023-q4", "2023-q1");
        before("2024-01", "2023-12", "2023-01");
        before("ah1445-01", "ah1444-12", "ah1444-01");
        before("2024", "2023", "2023");
        before("2024-03-w1", "2024-02-23..2024-02-29", "2023-03-w1");
        before("2024-02-29", "2024-02-28", "2023-02-28");
        before(
            "2024-01-01..2024-04-30",
            "2023-09-02..2023-12-31",
            "2023-01-01..2023-04-30",
        );
    }

    proptest! {
        #[test]
        fn parts_cover_a_period_without_overlap(first in 8_000_i64..30_000, length in 1_i64..1_830) {
            let date = |day| Calendar::Gregorian.date(day);
            let span = Span::Days(date(first), date(first + length - 1));
            let period = Period::of(Calendar::Gregorian, span).unwrap();
            let parts = period.parts();
            prop_assert!(parts.len() <= 64);
            prop_assert_eq!(parts.first().map(|it| it.start), Some(first));
            prop_assert_eq!(parts.last().map(|it| it.end), Some(first + length));
            prop_assert!(parts.windows(2).all(|two| two[0].end == two[1].start));
        }

        #[test]
        fn no_text_panics(text in "[0-9ahqw.-]{0,24}|\\PC{0,30}") {
            let _ = Period::parse(&text);
        }
    }
}
