//! Muscat: the first half of 2023.

use serde_json::Value;

use super::{ARABIC_AND_ENGLISH, Expected, Line, Scale, Statement, days, dealt, fates};
use crate::documents::Place;
use crate::story::{Chapter, Then};

/// More than 11,000 reports, about 10,700 the year before; completion up 54%.
pub(super) const HALF_YEAR: Statement = Statement {
    title: "Muscat, first half of 2023",
    town: "muscat",
    readings: &[
        "the year before is its first half, January to June 2022",
        "up 54% is relative, of the share that was completed: from 50% to 77%, which is 27 points; \
         54 points would need fewer than half completed before and nearly all after",
        "more than 11,000 are 11,040",
    ],
    chapters,
    questions: &[
        "period=2023-h1&baseline=year-before",
        "period=2023-h1&baseline=2022",
    ],
    lines,
};

const BEFORE: u64 = 10_700;
const NOW: u64 = 11_040;
const COMPLETED_BEFORE: u64 = 5_350;
const COMPLETED_NOW: u64 = 8_501;

fn chapters(place: &Place, scale: Scale) -> Vec<Chapter<'_>> {
    let half = |first, last, reports, completed| {
        let categories = dealt(
            scale.of(reports),
            &[
                "cleanliness.street",
                "roads.pavement",
                "complaint.staff",
                "info.licence",
                "suggestion.any",
                "service.bulky",
            ],
        );
        Chapter {
            place,
            days: days(first, last, 240),
            reports: fates(categories, scale.of(completed), |_| Then::Nothing),
            languages: ARABIC_AND_ENGLISH,
            noise_percent: 2,
        }
    };
    vec![
        half("2022-01-01", "2022-06-30", BEFORE, COMPLETED_BEFORE),
        half("2023-01-01", "2023-06-30", NOW, COMPLETED_NOW),
    ]
}

fn lines(scale: Scale, answers: &[Value]) -> Vec<Line> {
    let [half, year] = answers else {
        panic!("two questions, two answers");
    };
    let change = &half["change"];
    let least = (11_000 / scale.0) as f64 - 0.5;
    // What one report in the smaller of the two halves moves the change by.
    let within = 0.5_f64.max(200.0 / scale.of(BEFORE) as f64);
    let percent = |what: &str, published: f64, found: &Value| Line {
        what: what.to_owned(),
        published: format!("{published}%"),
        expected: Expected::Percent(published, within),
        found: found.as_f64(),
    };
    let points = percent("the same, in points", 27.0, &change["completion"]["points"]);
    vec![
        Line::above("reports", "> 11,000", least, &half["total"]["received"]),
        Line::count("reports sent", NOW, scale, &half["total"]["received"]),
        Line::count(
            "the year before",
            BEFORE,
            scale,
            &half["baseline_total"]["received"],
        ),
        percent(
            "completion, relative",
            54.0,
            &change["completion"]["percent"],
        ),
        Line {
            published: "not said".to_owned(),
            ..points
        },
        Line::count(
            "the year before, read as the whole of 2022",
            BEFORE,
            scale,
            &year["baseline_total"]["received"],
        ),
    ]
}
