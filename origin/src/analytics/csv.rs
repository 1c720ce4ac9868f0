//! Figures as CSV (RFC 4180) for spreadsheets.
//!
//! It begins with a byte-order mark: without it Excel reads Arabic names as another alphabet's, and
//! what reads CSV by the book skips it. A field that a spreadsheet would take for a formula gets an
//! apostrophe before it.

use super::contacts::Ratings;
use super::dimension::{Dimension, name};
use super::statement::Statement;
use super::tally::{Share, Tally};

/// The media type.
pub(super) const MEDIA_TYPE: &str = "text/csv; charset=utf-8; header=present";

const HEADER: [&str; 19] = [
    "dimension",
    "value",
    "name",
    "received",
    "completed",
    "open",
    "rejected",
    "completion_percent",
    "on_time",
    "on_time_percent",
    "median_minutes",
    "p90_minutes",
    "rated",
    "satisfaction_percent",
    "transferred",
    "transferred_completed",
    "reopened",
    "reopenings",
    "received_baseline",
];

/// A statement, a line a group; an empty field is no data.
#[must_use]
pub(super) fn statement(
    statement: &Statement<'_>,
    dimensions: &[Dimension],
    language: &str,
) -> String {
    let mut csv = Csv::new(&HEADER);
    let mut add =
        |dimension: &str, value: &str, name: &str, now: &Tally, before: Option<&Tally>| {
            let mut fields = vec![dimension.to_owned(), value.to_owned(), name.to_owned()];
            fields.extend(measures(now));
            fields.push(before.map(|it| it.received.to_string()).unwrap_or_default());
            csv.line(&fields);
        };
    let total = statement.total();
    add("total", "", "", total.now, total.before);
    for dimension in dimensions {
        for row in statement.rows(*dimension) {
            let name = name(*dimension, row.value, statement.served, language);
            add(dimension.code(), row.value, name, row.now, row.before);
        }
    }
    for (dimension, of) in [
        ("contact_agent", Ratings::agent as fn(&Ratings) -> Share),
        ("contact_answer", Ratings::answer),
    ] {
        let contacts = &statement.contacts.0;
        let by_channel = contacts.by_channel.iter();
        let by_channel = by_channel.map(|(channel, ratings)| (channel.as_str(), ratings));
        let total = Some(("", &contacts.total)).filter(|(_, ratings)| ratings.rated > 0);
        for (channel, ratings) in total.into_iter().chain(by_channel) {
            let name = match channel {
                "" => "",
                channel => name(Dimension::Channel, channel, statement.served, language),
            };
            csv.line(&rated(
                dimension,
                channel,
                name,
                (ratings.rated, of(ratings)),
            ));
        }
    }
    csv.0
}

/// A line of which all is empty but how many rated, and how many of them were pleased.
fn rated(dimension: &str, value: &str, name: &str, (rated, share): (u64, Share)) -> Vec<String> {
    let fields = HEADER.iter().map(|column| match *column {
        "dimension" => dimension.to_owned(),
        "value" => value.to_owned(),
        "name" => name.to_owned(),
        "rated" => rated.to_string(),
        "satisfaction_percent" => percent(share),
        _ => String::new(),
    });
    fields.collect()
}

fn measures(tally: &Tally) -> [String; 15] {
    let number = |number: u64| number.to_string();
    let minutes = |percent| {
        let minutes = tally.durations.percentile(percent);
        minutes.map(|it| it.to_string()).unwrap_or_default()
    };
    [
        number(tally.received),
        number(tally.completed),
        number(tally.open()),
        number(tally.rejected),
        percent(tally.completion()),
        number(tally.on_time),
        percent(tally.punctuality()),
        minutes(50),
        minutes(90),
        number(tally.rated),
        percent(tally.satisfaction()),
        number(tally.transferred),
        number(tally.transferred_completed),
        number(tally.reopened),
        number(tally.reopenings),
    ]
}

/// With one decimal and a point, whatever the language.
pub(super) fn percent(share: Share) -> String {
    let permille = share.permille();
    permille
        .map(|it| format!("{}.{}", it / 10, it % 10))
        .unwrap_or_default()
}

/// Lines of fields.
pub(super) struct Csv(pub(super) String);

impl Csv {
    pub(super) fn new(header: &[&str]) -> Csv {
        let mut csv = Csv(String::from('\u{feff}'));
        csv.line(header);
        csv
    }

    pub(super) fn line<T: AsRef<str>>(&mut self, fields: &[T]) {
        for (position, field) in fields.iter().enumerate() {
            if position > 0 {
                self.0.push(',');
            }
            self.0.push_str(&escaped(field.as_ref()));
        }
        self.0.push_str("\r\n");
    }
}

/// A field that is text to spreadsheets, and one field to parsers.
fn escaped(field: &str) -> String {
    // What spreadsheets strip before they look for a formula, and its signs in two widths.
    let seen = field.trim_start_matches(|c: char| c.is_whitespace() || c.is_control());
    let is_formula = seen.starts_with(['=', '+', '-', '@', '|', '%', '＝', '＋', '－', '＠'])
        || field.starts_with(['\t', '\r', '\n']);
    let quote = if is_formula { "'" } else { "" };
    let field = format!("{quote}{field}");
    if field.contains(['"', ',', '\r', '\n', ';', '\t']) || is_formula {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(field: &str, expected: &str) {
        assert_eq!(escaped(field), expected);
    }

    #[test]
    fn nothing_that_was_typed_is_a_formula_to_a_spreadsheet() {
        check("=1+1", "\"'=1+1\"");
        check("+966501234567", "\"'+966501234567\"");
        check("-2+3", "\"'-2+3\"");
        check("@SUM(A1)", "\"'@SUM(A1)\"");
        check(
            " \u{a0}=cmd|' /C calc'!A0",
            "\"' \u{a0}=cmd|' /C calc'!A0\"",
        );
        check("\t=1", "\"'\t=1\"");
        check("＝1", "\"'＝1\"");
        check("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\"");
    }

    #[test]
    fn a_field_stays_one_field_and_a_line_one_line() {
        check("غرب الدمام", "غرب الدمام");
        check("a,b", "\"a,b\"");
        check("a\"b", "\"a\"\"b\"");
        check("a\r\nb", "\"a\r\nb\"");
        check("a;b", "\"a;b\"");
        let mut csv = Csv::new(&["x", "y"]);
        csv.line(&["1", ""]);
        assert_eq!(csv.0, "\u{feff}x,y\r\n1,\r\n");
    }
}
