//! What four municipalities published in five statements, how each number is read where the text leaves it open, and
//! what the figures say once as many reports have gone through edge and origin.

mod abu_dhabi;
mod eastern_province;
mod holy_capital;
mod muscat;

use balagh_shared::time::{DAY_MS, Timestamp};
use serde_json::Value;

use crate::documents::Place;
use crate::play::Told;
use crate::stack::Stack;
use crate::story::{Chapter, Fate, Then};
use crate::texts::LANGUAGES;

/// One of the statements.
#[derive(Debug, Clone, Copy)]
pub struct Statement {
    /// Whose, and of when.
    pub title: &'static str,
    /// The municipality's id.
    pub town: &'static str,
    /// How it is read where it leaves something open.
    pub readings: &'static [&'static str],
    /// What is sent.
    pub chapters: for<'a> fn(&'a Place, Scale) -> Vec<Chapter<'a>>,
    /// What is asked of the staff's figures: path after `/staff/v1/figures?`, a name each.
    pub questions: &'static [&'static str],
    /// What the answers are to say.
    pub lines: fn(Scale, &[Value]) -> Vec<Line>,
}

/// All five; the Holy Capital published two.
pub const STATEMENTS: [Statement; 5] = [
    muscat::HALF_YEAR,
    abu_dhabi::HALF_YEAR,
    holy_capital::MONTHS,
    eastern_province::WEEK,
    holy_capital::HAJJ,
];

/// How many reports stand for one that was published.
#[derive(Debug, Clone, Copy)]
pub struct Scale(pub u64);

/// A number that was published, beside the one that was found.
#[derive(Debug, Clone)]
pub struct Line {
    /// What it counts.
    pub what: String,
    /// As it was published.
    pub published: String,
    /// What it must be, from that and the scale; in tenths where it is a percentage.
    pub expected: Expected,
    /// What the figures say.
    pub found: Option<f64>,
}

/// What a number must be.
#[derive(Debug, Clone, Copy)]
pub enum Expected {
    /// This one.
    Exactly(u64),
    /// More than this.
    Above(f64),
    /// This or less.
    AtMost(f64),
    /// This percentage, to within so much: half a unit of the last digit published, or what one
    /// report weighs where fewer were sent.
    Percent(f64, f64),
}

impl Scale {
    /// So many of a published count, rounded half up.
    #[must_use]
    pub fn of(self, published: u64) -> u64 {
        (published + self.0 / 2) / self.0
    }
}

impl Line {
    /// A count that was published, and scales.
    #[must_use]
    pub fn count(what: &str, published: u64, scale: Scale, found: &Value) -> Line {
        Line {
            what: what.to_owned(),
            published: published.to_string(),
            expected: Expected::Exactly(scale.of(published)),
            found: found.as_f64(),
        }
    }

    /// A percentage that was published in whole percent, of `whole` reports.
    #[must_use]
    pub fn percent(what: &str, published: f64, whole: u64, found: &Value) -> Line {
        let within = 0.5_f64.max(60.0 / whole as f64);
        Line {
            what: what.to_owned(),
            published: format!("{published}%"),
            expected: Expected::Percent(published, within),
            found: found.as_f64(),
        }
    }

    /// A number that was published as more than something.
    #[must_use]
    pub fn above(what: &str, published: &str, least: f64, found: &Value) -> Line {
        Line {
            what: what.to_owned(),
            published: published.to_owned(),
            expected: Expected::Above(least),
            found: found.as_f64(),
        }
    }

    /// Whether what was found is what must be.
    #[must_use]
    pub fn holds(&self) -> bool {
        let Some(found) = self.found else {
            return false;
        };
        match self.expected {
            Expected::Exactly(expected) => found.to_bits() == (expected as f64).to_bits(),
            Expected::Above(least) => found > least,
            Expected::AtMost(most) => found <= most,
            Expected::Percent(expected, within) => (found - expected).abs() <= within,
        }
    }
}

/// Compares a statement number by number; prints it and gives how many hold and how many do not.
pub async fn compare(
    stack: &Stack,
    statement: &Statement,
    told: &[Told],
    scale: Scale,
) -> (u64, u64) {
    println!("\n{}", statement.title);
    for reading in statement.readings {
        println!("  read so: {reading}");
    }
    let mut answers = Vec::new();
    for question in statement.questions {
        let path = format!("/staff/v1/figures?lang=en&{question}");
        let answer = stack.ask(statement.town, &path).await;
        assert_eq!(answer["pending_days"], 0, "{question}");
        answers.push(answer);
    }
    let mut lines = (statement.lines)(scale, &answers);
    lines.extend(of_everybody(stack, told));
    lines.extend(escalations(stack, statement, told).await);
    let (mut passed, mut failed) = (0, 0);
    for line in lines {
        let is_so = line.holds();
        let found = line.found.map_or("no data".to_owned(), |it| it.to_string());
        let mark = if is_so { "ok  " } else { "WRONG" };
        println!(
            "  {mark} {:<58} published {:>9}  expected {:<16} found {found}",
            line.what,
            line.published,
            line.expected.to_string(),
        );
        passed += u64::from(is_so);
        failed += u64::from(!is_so);
    }
    (passed, failed)
}

/// Where a statement has reports that wait for weeks: that each was taken higher by itself.
async fn escalations(stack: &Stack, statement: &Statement, told: &[Told]) -> Option<Line> {
    let is_late = |one: &&Told| matches!(one.sent.fate, Fate::Done { after_days, .. } if after_days >= LATE_DAYS);
    let late: Vec<&Told> = told.iter().filter(is_late).collect();
    let query = "SELECT DISTINCT events.number FROM events JOIN reports USING (number) \
         WHERE reports.municipality = ? AND events.what LIKE '%\"escalated\"%'";
    let escalated = stack.numbers(query, statement.town).await;
    let of_them = late.iter().filter(|one| {
        let number = one.number.as_ref();
        number.is_some_and(|number| escalated.contains(number))
    });
    (!late.is_empty()).then(|| Line {
        what: "late ones that were escalated by themselves".to_owned(),
        published: "until closed".to_owned(),
        expected: Expected::Exactly(late.len() as u64),
        found: Some(of_them.count() as f64),
    })
}

/// From so many days on a report is past every level of escalation.
const LATE_DAYS: i64 = 15;

/// Of a hundred reports, so many may wait for a person: a screen that held them all would be none.
const MOST_HELD_PERCENT: f64 = 1.0;

/// How the other agencies are reached, as their reporters are told.
const CONTACTS: [&str; 3] = ["920001744", "933", "993"];

/// What holds of every statement: whoever reported was told, and nothing else was counted.
fn of_everybody(stack: &Stack, told: &[Told]) -> Vec<Line> {
    let (mut handed_on, mut told_whom, mut held) = (0, 0, 0);
    let (mut reports, mut told_number, mut done, mut told_done, mut disturbed) = (0, 0, 0, 0, 0);
    for one in told {
        let messages = stack.messages(&one.sent.phone);
        let number = one.number.as_deref().unwrap_or("none");
        let with_number = messages.iter().filter(|text| text.contains(number)).count() as u64;
        let is_report = matches!(one.sent.fate, Fate::Open | Fate::Done { .. });
        held += u64::from(is_report && one.is_held);
        match one.sent.fate {
            Fate::Open => {
                reports += 1;
                told_number += u64::from(with_number > 0);
            }
            Fate::Done { then, .. } => {
                reports += 1;
                told_number += u64::from(with_number > 0);
                done += 1;
                if then == Then::HandedOn {
                    handed_on += 1;
                    let named = |text: &String| {
                        let mut words = text.split(|c: char| !c.is_alphanumeric());
                        words.any(|word| CONTACTS.contains(&word))
                    };
                    told_whom += u64::from(messages.iter().any(named));
                }
                // Of it and by its number, after it was.
                let mut since = messages.iter().skip(one.messages_before);
                told_done += u64::from(since.any(|text| text.contains(number)));
            }
            Fate::Trial | Fate::Refused => disturbed += messages.len() as u64,
            Fate::Spam => {}
        }
    }
    let line = |what: &str, published: &str, expected, found: u64| Line {
        what: what.to_owned(),
        published: published.to_owned(),
        expected: Expected::Exactly(expected),
        found: Some(found as f64),
    };
    vec![
        Line {
            what: "of a hundred reports, held by the screen for a person".to_owned(),
            published: "few".to_owned(),
            expected: Expected::AtMost(MOST_HELD_PERCENT),
            found: Some(held as f64 * 100.0 / reports as f64),
        },
        line(
            "reporters who were told whom to contact instead",
            "every",
            handed_on,
            told_whom,
        ),
        line(
            "reporters who were told their number",
            "every",
            reports,
            told_number,
        ),
        line(
            "reporters who were told that it is done",
            "every",
            done,
            told_done,
        ),
        line(
            "messages about trials and refused ones",
            "none",
            0,
            disturbed,
        ),
    ]
}

/// The days from one date to another, both included, on clocks so many minutes east.
fn days(first: &str, last: &str, offset_minutes: i64) -> std::ops::Range<Timestamp> {
    let day = |date: &str| {
        let text = format!("{date}T00:00:00Z");
        let midnight = Timestamp::parse(&text).unwrap();
        midnight.plus_millis(-offset_minutes * 60_000)
    };
    day(first)..day(last).plus_millis(DAY_MS)
}

/// `count` of `all`, one after the other.
fn dealt(count: u64, all: &[&'static str]) -> Vec<&'static str> {
    let count = usize::try_from(count).unwrap();
    all.iter().copied().cycle().take(count).collect()
}

/// Done within a week, as things go.
fn done(at: usize, then: Then) -> Fate {
    let after_days = [1, 1, 2, 2, 3, 4, 6][at % 7];
    Fate::Done { after_days, then }
}

/// Of reports, the first `done` end as `then` says, the others stay open.
fn fates(
    categories: Vec<&'static str>,
    completed: u64,
    then: impl Fn(usize) -> Then,
) -> Vec<(&'static str, Option<&'static str>, Fate)> {
    let total = categories.len() as u64;
    let reports = categories.into_iter().enumerate();
    reports
        .map(|(at, category)| {
            // Spread evenly, so that every category has its share.
            let so_far = |at: u64| at * completed / total;
            let is_done = so_far(at as u64 + 1) > so_far(at as u64);
            let fate = if is_done {
                done(at, then(at))
            } else {
                Fate::Open
            };
            (category, None, fate)
        })
        .collect()
}

/// The figure at `path` of a group of a dimension.
fn group<'a>(answer: &'a Value, dimension: &str, value: Option<&str>, figure: &str) -> &'a Value {
    let groups = answer["by"][dimension].as_array();
    let mut groups = groups.into_iter().flatten();
    let group = groups.find(|group| group["value"].as_str() == value);
    group.map_or(&Value::Null, |group| &group["now"][figure])
}

/// The six languages the Holy Capital names; Muscat and Abu Dhabi name none.
const ALL: &[&str] = &LANGUAGES;
const ARABIC_AND_ENGLISH: &[&str] = &["ar", "en"];

impl std::fmt::Display for Expected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Expected::Exactly(number) => write!(f, "{number}"),
            Expected::Above(number) => write!(f, "> {number}"),
            Expected::AtMost(number) => write!(f, "<= {number}"),
            Expected::Percent(percent, within) => write!(f, "{percent}% ± {within:.1}"),
        }
    }
}
