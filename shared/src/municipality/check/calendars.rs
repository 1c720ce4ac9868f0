//! Working hours, holidays and clocks.

use super::Check;
use super::written::date;
use crate::municipality::{Calendar, Week, clock};
use crate::time::{DAY_MS, HOUR_MS};

/// Most hours a day in which reporters get no text message.
const MOST_QUIET_HOURS: i64 = 16;

impl Check<'_> {
    pub(super) fn calendars(&mut self) {
        let document = self.document;
        self.zone();
        self.quiet_hours();
        let ids = document.calendars.iter().map(|it| it.id.as_str());
        self.codes("calendar id", ids, |index| format!("/calendars/{index}/id"));
        for (index, calendar) in document.calendars.iter().enumerate() {
            let path = format!("/calendars/{index}");
            self.week(&format!("{path}/week"), &calendar.week);
            if days(&calendar.week)
                .iter()
                .all(|(_, spans)| spans.is_empty())
            {
                self.fault(
                    format!("{path}/week"),
                    "hours.never",
                    "no day is ever open",
                    "write hours for at least one day",
                );
            }
            self.holidays(&path, calendar);
        }
    }

    fn zone(&mut self) {
        let zone = &self.document.time_zone;
        let is_name = zone.name.contains('/') || zone.name == "UTC";
        if !is_name || zone.name.contains(char::is_whitespace) {
            self.fault(
                "/time_zone/name",
                "zone.name",
                format!("{:?} is no name of a time zone", zone.name),
                "write the IANA name, such as Asia/Riyadh",
            );
        }
        let mut before = None;
        for (index, transition) in zone.transitions.iter().enumerate() {
            let path = format!("/time_zone/transitions/{index}");
            if before.is_some_and(|before| before >= transition.at) {
                self.fault(
                    format!("{path}/at"),
                    "zone.order",
                    "the transition is no later than the one before",
                    "write the earliest first",
                );
            }
            before = Some(transition.at);
        }
    }

    fn quiet_hours(&mut self) {
        let Some(quiet) = &self.document.quiet_hours else {
            return;
        };
        let (from, until) = (clock(&quiet.from), clock(&quiet.until));
        for (field, text, read) in [("from", &quiet.from, from), ("until", &quiet.until, until)] {
            if read.is_none() {
                self.fault(
                    format!("/quiet_hours/{field}"),
                    "hours.invalid",
                    format!("{text:?} is no time of day"),
                    "write hours and minutes, such as 22:00",
                );
            }
        }
        let Some((from, until)) = from.zip(until) else {
            return;
        };
        // The same time twice is a day and no hours.
        let long = (until - from).rem_euclid(DAY_MS);
        if long == 0 || long > MOST_QUIET_HOURS * HOUR_MS {
            self.fault(
                "/quiet_hours",
                "quiet.long",
                "too little of the day is left for messages, or none is quiet",
                format!("write at most {MOST_QUIET_HOURS} hours, or leave it out"),
            );
        }
    }

    fn week(&mut self, path: &str, week: &Week) {
        for (day, spans) in days(week) {
            // Spans that can be read, with where they stand.
            let mut read = Vec::new();
            for (index, [opens, closes]) in spans.iter().enumerate() {
                let path = format!("{path}/{day}/{index}");
                match (clock(opens), clock(closes)) {
                    (Some(from), Some(to)) if from < to => read.push((from, to, path)),
                    (Some(_), Some(_)) => self.fault(
                        path,
                        "hours.reversed",
                        format!("{opens} is not before {closes}"),
                        "write when it opens, then when it closes; 24:00 is midnight",
                    ),
                    _ => self.fault(
                        path,
                        "hours.invalid",
                        format!("{opens:?} to {closes:?} are no times of day"),
                        "write hours and minutes, such as [\"07:30\", \"15:00\"]",
                    ),
                }
            }
            read.sort();
            // The latest close so far: long hours overlap with more than the next ones.
            let mut until = i64::MIN;
            for (from, to, path) in read {
                if from < until {
                    self.fault(
                        path,
                        "hours.overlap",
                        "the hours overlap with others of the day",
                        "write each hour once: what overlaps would count twice",
                    );
                }
                until = until.max(to);
            }
        }
    }

    fn holidays(&mut self, path: &str, calendar: &Calendar) {
        let mut before: Vec<(i64, i64)> = Vec::new();
        for (index, holiday) in calendar.holidays.iter().enumerate() {
            let path = format!("{path}/holidays/{index}");
            let mut ends = Vec::new();
            for (field, text) in [("from", &holiday.from), ("to", &holiday.to)] {
                match date(text) {
                    Some(day) => ends.push(day),
                    None => self.fault(
                        format!("{path}/{field}"),
                        "date.invalid",
                        format!("there is no day {text:?}"),
                        "write year, month and day, such as 2026-03-20",
                    ),
                }
            }
            if let [from, to] = *ends.as_slice() {
                if to < from {
                    self.fault(
                        path.clone(),
                        "holiday.reversed",
                        format!("{} is after {}", holiday.from, holiday.to),
                        "write the first day, then the last",
                    );
                }
                if from <= to && before.iter().any(|(f, t)| *f <= from && to <= *t) {
                    self.fault(
                        path.clone(),
                        "holiday.hidden",
                        "an earlier entry covers all of these days and decides them",
                        "move it before that one, or leave it out",
                    );
                }
                before.push((from, to));
            }
            if let Some(week) = &holiday.week {
                self.week(&format!("{path}/week"), week);
            }
        }
    }
}

fn days(week: &Week) -> [(&'static str, &[[String; 2]]); 7] {
    [
        ("sunday", &week.sunday),
        ("monday", &week.monday),
        ("tuesday", &week.tuesday),
        ("wednesday", &week.wednesday),
        ("thursday", &week.thursday),
        ("friday", &week.friday),
        ("saturday", &week.saturday),
    ]
}
