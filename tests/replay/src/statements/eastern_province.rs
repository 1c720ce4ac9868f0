//! The Eastern Province: the first week of Shawwal.

use serde_json::Value;

use super::{ALL, Line, Scale, Statement, days, done, group};
use crate::documents::Place;
use crate::story::{Chapter, Fate, Then};

/// More than 800 requests, satisfaction above 89%, 188 for other agencies, 200 from West Dammam.
/// Small enough to be sent whole at every scale.
pub(super) const WEEK: Statement = Statement {
    title: "Eastern Province, first week of Shawwal",
    town: "eastern-province",
    readings: &[
        "the year, which the statement does not name, is 1445: 10 to 16 April 2024",
        "more than 800 are 806, every one of them sent at every scale",
        "satisfaction is the share of ratings whose three marks are four of five or more on average",
    ],
    chapters,
    questions: &["period=ah1445-10-w1&baseline=none"],
    lines,
};

const REQUESTS: u64 = 806;
const WEST_DAMMAM: u64 = 200;
const TRANSFERRED: u64 = 188;
const RATED: u64 = 400;
const SATISFIED: u64 = 358;

const SUBJECTS: [(&str, &str); 5] = [
    ("public cleanliness", "cleanliness.street"),
    ("maintenance", "roads.pothole"),
    ("environmental health", "health.pests"),
    ("markets", "markets.violation"),
    ("women's salons", "salons.violation"),
];

/// What other agencies do.
const OF_OTHERS: [&str; 3] = ["health.stagnant", "other.electricity", "other.traffic"];

fn chapters(place: &Place, _: Scale) -> Vec<Chapter<'_>> {
    let mut reports = Vec::new();
    for (at, category) in super::dealt(TRANSFERRED, &OF_OTHERS)
        .into_iter()
        .enumerate()
    {
        reports.push((category, None, done(at, Then::HandedOn)));
    }
    let subjects = SUBJECTS.map(|(_, category)| category);
    for (at, category) in super::dealt(REQUESTS - TRANSFERRED, &subjects)
        .into_iter()
        .enumerate()
    {
        let count = at as u64;
        let then = match count {
            _ if count < SATISFIED => Then::Rated([5, 4, 5 - (count % 2) as u8]),
            // Not satisfied, and not so low that it is opened again.
            _ if count < RATED => Then::Rated([4, 3, 3]),
            _ => Then::Nothing,
        };
        // The last ones are late, and escalate until they are done.
        let fate = match count {
            0..600 => done(at, then),
            _ => Fate::Done {
                after_days: super::LATE_DAYS,
                then,
            },
        };
        reports.push((category, None, fate));
    }
    // From every part of the province, the most from West Dammam.
    let step = reports.len() as u64;
    for (at, (_, district, _)) in reports.iter_mut().enumerate() {
        let so_far = |at: u64| at * WEST_DAMMAM / step;
        if so_far(at as u64 + 1) > so_far(at as u64) {
            *district = Some("west-dammam");
        }
    }
    vec![Chapter {
        place,
        days: days("2024-04-10", "2024-04-16", 180),
        reports,
        languages: ALL,
        noise_percent: 5,
    }]
}

fn lines(_: Scale, answers: &[Value]) -> Vec<Line> {
    let whole = Scale(1);
    let answer = &answers[0];
    let total = &answer["total"];
    let districts = answer["by"]["district"].as_array();
    let most = districts.and_then(|all| all.first());
    let is_west = most.is_some_and(|it| it["value"] == "west-dammam");
    let mut lines = vec![
        Line::above("requests", "> 800", 800.0, &total["received"]),
        Line::count("requests sent", REQUESTS, whole, &total["received"]),
        Line::above(
            "satisfaction",
            "> 89%",
            89.0,
            &total["satisfaction_percent"],
        ),
        Line::count("ratings", RATED, whole, &total["rated"]),
        Line::count(
            "for other agencies",
            TRANSFERRED,
            whole,
            &total["transferred"],
        ),
        Line::count(
            "of these followed to completion",
            TRANSFERRED,
            whole,
            &total["transferred_completed"],
        ),
        Line::count(
            "from West Dammam",
            WEST_DAMMAM,
            whole,
            group(answer, "district", Some("west-dammam"), "received"),
        ),
        Line::count(
            "West Dammam has the most",
            1,
            whole,
            &u64::from(is_west).into(),
        ),
        Line::count(
            "sub-municipalities",
            18,
            whole,
            &districts.map_or(0, Vec::len).into(),
        ),
    ];
    for (subject, category) in SUBJECTS {
        let found = group(answer, "category", Some(category), "received");
        lines.push(Line::above(subject, "named", 0.0, found));
    }
    lines
}
